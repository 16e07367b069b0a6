package dev.dirql.kernel.memory;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.io.DriverUnloading.Leftover;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which sections of drivers are locked in memory, and which drivers are pageable as a whole. A
 * section's handle is the address of its first byte. Source: WDK, "Locking Pageable Code or Data"
 * and "Paging an Entire Driver".
 */
public final class ImageSections implements StatePart {
    private final Machine machine;
    private final LoadedImages images;
    private final PageLocks locks;

    /** How often each section is locked whose handle a driver ever got. */
    private final TreeMap<Long, Integer> counts = new TreeMap<>();

    /** Bases of the drivers that are pageable as a whole. */
    private final TreeSet<Long> paged = new TreeSet<>();

    public ImageSections(Machine machine, LoadedImages images, PageLocks locks) {
        this.machine = machine;
        this.images = images;
        this.locks = locks;
    }

    private record Place(LoadedImage image, Image.Section section) {
        long start() {
            return image.base() + section.rva();
        }

        long end() {
            return start() + Math.max(section.virtualSize(), section.content().length);
        }
    }

    private List<Place> sections(LoadedImage image) {
        return image.image().sections().stream().map(section -> new Place(image, section)).toList();
    }

    /** The handle of the section that an address lies in, or 0 if it lies in none. */
    long handle(long address) {
        LoadedImage image = images.find(address);
        if (image == null) {
            return 0;
        }
        for (Place place : sections(image)) {
            if (address >= place.start() && address < place.end()) {
                return place.start();
            }
        }
        return 0;
    }

    /** Whether a number is a handle that a driver got, and its driver is loaded. */
    boolean isHandle(long handle) {
        return counts.containsKey(handle) && images.find(handle) != null;
    }

    /** How often a section is locked. */
    int count(long handle) {
        return counts.getOrDefault(handle, 0);
    }

    /** Brings the section's pages in, if need be by a fault, and locks each once more. */
    void lock(Processor processor, long handle) {
        Place place = place(handle);
        processor.memory().probe(place.start(), place.end() - place.start(), false);
        for (long page = place.start(); page < place.end(); page += KernelLayout.PAGE_SIZE) {
            locks.lock(page);
        }
        counts.merge(handle, 1, Integer::sum);
    }

    /** Takes one lock of the section back. */
    void unlock(Processor processor, long handle) {
        Place place = place(handle);
        for (long page = place.start(); page < place.end(); page += KernelLayout.PAGE_SIZE) {
            long entry = machine.kernelSpace().find(page);
            locks.unlock(page, AddressSpace.frame(entry));
        }
        counts.merge(handle, -1, Integer::sum);
    }

    private Place place(long handle) {
        LoadedImage image = images.find(handle);
        if (image != null) {
            for (Place place : sections(image)) {
                if (place.start() == handle) {
                    return place;
                }
            }
        }
        throw new IllegalStateException("0x%x is no section".formatted(handle));
    }

    /** Makes all sections of a driver pageable, those that are locked as soon as they are not. */
    void page(LoadedImage image) {
        if (paged.add(image.base())) {
            for (Place place : sections(image)) {
                setPageable(place, true);
            }
        }
    }

    /** Makes only those sections of a driver pageable that were so when it was loaded. */
    void reset(LoadedImage image) {
        if (paged.remove(image.base())) {
            for (Place place : sections(image)) {
                setPageable(place, place.section.pageable());
            }
        }
    }

    private void setPageable(Place place, boolean pageable) {
        for (long page = place.start(); page < place.end(); page += KernelLayout.PAGE_SIZE) {
            long entry = machine.kernelSpace().find(page);
            int flags = AddressSpace.flags(entry) & ~PageFlags.PAGEABLE;
            machine.map(
                    machine.kernelSpace(),
                    page,
                    AddressSpace.frame(entry),
                    pageable ? flags | PageFlags.PAGEABLE : flags);
        }
    }

    /** The sections of a driver that stay locked in memory when it is unloaded. */
    public List<Leftover> leftovers(LoadedImage image) {
        List<Leftover> left = new ArrayList<>();
        for (Place place : sections(image)) {
            if (count(place.start()) > 0) {
                left.add(
                        new Leftover(
                                "PageableSectionLocked",
                                "its section %s locked in memory".formatted(place.section.name())));
            }
        }
        return left;
    }

    @Override
    public void save(StateWriter out) {
        out.value(counts.size());
        counts.forEach((handle, count) -> {
            out.value(handle);
            out.value(count);
        });
        out.value(paged.size());
        paged.forEach(out::value);
    }

    @Override
    public void restore(StateReader in) {
        counts.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long handle = in.value();
            counts.put(handle, in.intValue());
        }
        paged.clear();
        for (int i = in.intValue(); i > 0; i--) {
            paged.add(in.value());
        }
    }
}
