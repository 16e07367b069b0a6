package dev.dirql.kernel.loader;

import dev.dirql.events.Event;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.memory.KernelLayout;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceSlot;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Maps images into the kernel's address space, one behind the other, relocates them and binds their
 * imports to the kernel's exports.
 */
public final class ImageLoader implements StatePart {
    /** Images begin at multiples of this. */
    private static final long ALIGNMENT = 0x10000;

    private static final int PAGE = (int) KernelLayout.PAGE_SIZE;

    /** Modules whose exports the kernel is. */
    private static final Set<String> KERNEL_MODULES = Set.of("ntoskrnl.exe", "hal.dll", "nt");

    /** The module that workloads import from, and drivers cannot. */
    public static final String WORKLOAD_MODULE = "dirql.workload";

    private final Machine machine;
    private final LoadedImages images;
    private final ServiceTable table;
    private final UnmodelledImports unmodelled;
    private long next = KernelLayout.DRIVERS;

    public ImageLoader(
            Machine machine,
            LoadedImages images,
            ServiceTable table,
            UnmodelledImports unmodelled) {
        this.machine = machine;
        this.images = images;
        this.table = table;
        this.unmodelled = unmodelled;
    }

    /**
     * Loads an image.
     *
     * @throws IllegalArgumentException if the machine has too little memory for it
     */
    public LoadedImage load(Image image) {
        long base = next;
        next += (image.size() + ALIGNMENT - 1) & -ALIGNMENT;
        for (Image.Section section : image.sections()) {
            map(image, section, base);
        }
        long distance = base - image.preferredBase();
        if (distance != 0) {
            for (int rva : image.relocations()) {
                store64(base + rva, load64(base + rva) + distance);
            }
        }
        for (Image.Import wanted : image.imports()) {
            store64(base + wanted.slot(), bind(wanted));
        }
        LoadedImage loaded = new LoadedImage(image, base);
        images.add(loaded);
        machine.emit(new Event.ImageLoaded(image.name(), base, image.size()));
        return loaded;
    }

    /**
     * Takes an image out of memory: each access to it faults. What its data was can still be looked
     * at from outside.
     */
    public void unload(Processor processor, LoadedImage loaded) {
        for (Image.Section section : loaded.image().sections()) {
            int size = Math.max(section.virtualSize(), section.content().length);
            for (long done = 0; done < size; done += PAGE) {
                long page = loaded.base() + section.rva() + done;
                long entry = machine.kernelSpace().find(page);
                machine.map(
                        machine.kernelSpace(), page, AddressSpace.frame(entry), PageFlags.FREED);
            }
        }
        images.unload(loaded);
        machine.emit(
                processor,
                new Event.ImageUnloaded(
                        loaded.image().name(), loaded.base(), loaded.image().size()));
    }

    private void map(Image image, Image.Section section, long base) {
        int flags =
                (section.writable() ? PageFlags.WRITABLE : 0)
                        | (section.executable() ? PageFlags.EXECUTABLE : 0)
                        | (section.pageable() ? PageFlags.PAGEABLE : 0);
        int size = Math.max(section.virtualSize(), section.content().length);
        for (int done = 0; done < size; done += PAGE) {
            int frame = machine.memory().allocateFrame();
            if (frame < 0) {
                throw new IllegalArgumentException(
                        "the machine has too little memory for %s".formatted(image.name()));
            }
            machine.map(machine.kernelSpace(), base + section.rva() + done, frame, flags);
            int from = Math.min(done, section.content().length);
            int to = Math.min(done + PAGE, section.content().length);
            machine.writePhysical(
                    (long) frame * PAGE, Arrays.copyOfRange(section.content(), from, to));
        }
    }

    private long bind(Image.Import wanted) {
        String module = wanted.module().toLowerCase(Locale.ROOT);
        Optional<ServiceSlot> slot = exported(wanted.name());
        boolean isOfWorkload =
                slot.map(ServiceSlot::ddi)
                        .filter(ddi -> ddi.library() == Ddi.Library.WORKLOAD)
                        .isPresent();
        boolean fits =
                isOfWorkload ? module.equals(WORKLOAD_MODULE) : KERNEL_MODULES.contains(module);
        OptionalLong address = table.export(wanted.name());
        return fits && address.isPresent()
                ? address.getAsLong()
                : unmodelled.addressOf(wanted.module(), wanted.name());
    }

    private Optional<ServiceSlot> exported(String name) {
        OptionalLong address = table.export(name);
        return address.isPresent() ? table.slotAt(address.getAsLong()) : Optional.empty();
    }

    private long load64(long address) {
        return machine.peek(machine.kernelSpace(), address, 8)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "a relocation at 0x%x lies outside the sections"
                                        .formatted(address)));
    }

    private void store64(long address, long value) {
        byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        for (int i = 0; i < 8; i++) {
            long entry = machine.kernelSpace().find(address + i);
            machine.writePhysical(
                    AddressSpace.frame(entry) * PAGE + ((address + i) & (PAGE - 1)),
                    new byte[] {bytes[i]});
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(next);
    }

    @Override
    public void restore(StateReader in) {
        next = in.value();
    }
}
