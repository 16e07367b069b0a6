package dev.dirql.kernel.images;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.DebugInformation.Symbol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The images that are loaded now: the kernel's own first, then drivers in order of loading. */
public final class LoadedImages implements StatePart {
    private List<LoadedImage> images = List.of();
    private List<LoadedImage> unloaded = List.of();

    /** Makes an image known. Its sections are mapped by whoever loads it. */
    public void add(LoadedImage image) {
        List<LoadedImage> more = new ArrayList<>(images);
        more.add(image);
        images = List.copyOf(more);
    }

    /** An image is not loaded any more. Nothing is ever loaded where it was. */
    public void unload(LoadedImage image) {
        images = images.stream().filter(i -> i.base() != image.base()).toList();
        List<LoadedImage> more = new ArrayList<>(unloaded);
        more.add(image);
        unloaded = List.copyOf(more);
    }

    /** The image that an address lay in when it was loaded, or null. */
    public @Nullable LoadedImage findUnloaded(long address) {
        for (LoadedImage image : unloaded) {
            if (image.contains(address)) {
                return image;
            }
        }
        return null;
    }

    /** Those that are loaded, and then those that were. */
    public List<LoadedImage> known() {
        List<LoadedImage> known = new ArrayList<>(images);
        known.addAll(unloaded);
        return known;
    }

    public List<LoadedImage> all() {
        return images;
    }

    /** The image that an address lies in, or null. */
    public @Nullable LoadedImage find(long address) {
        for (LoadedImage image : images) {
            if (image.contains(address)) {
                return image;
            }
        }
        return null;
    }

    /** Whether an address lies in the image of a driver. */
    public boolean isDriver(long address) {
        for (int i = 1; i < images.size(); i++) {
            if (images.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * An address in words: {@code disk_driver!OnDpc+0x12}, {@code nt!KeSetEvent}, {@code
     * disk_driver+0x2040} without symbol, {@code <Unloaded_disk_driver>!OnDpc} where it was, else
     * the number.
     */
    public String name(long address) {
        LoadedImage image = find(address);
        boolean gone = image == null;
        if (gone) {
            image = findUnloaded(address);
        }
        if (image == null) {
            return "0x" + Long.toHexString(address);
        }
        Symbol symbol = image.symbolAt(address);
        long offset = address - image.base() - (symbol == null ? 0 : symbol.rva());
        String suffix = offset == 0 ? "" : "+0x" + Long.toHexString(offset);
        String module = image.image().name();
        return (gone ? "<Unloaded_" + module + ">" : module)
                + (symbol == null ? "" : "!" + symbol.name())
                + suffix;
    }

    @Override
    public void save(StateWriter out) {
        out.value(images.size());
        images.forEach(image -> out.value(image.base()));
        out.reference(images);
        out.value(unloaded.size());
        out.reference(unloaded);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            in.value();
        }
        images = in.reference(List.class);
        in.value();
        unloaded = in.reference(List.class);
    }
}
