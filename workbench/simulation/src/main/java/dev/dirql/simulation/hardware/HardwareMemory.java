package dev.dirql.simulation.hardware;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.Image;
import java.util.Arrays;

/** The memory that the C of one device has: its image and a stack, and nothing else. */
final class HardwareMemory {
    static final long IMAGE = 0xFFFF_F801_0000_0000L;
    static final long STACK = 0xFFFF_F880_0000_0000L;
    static final long STACK_SIZE = 0x1_0000;

    private final Machine machine;
    private final Processor processor;

    /**
     * @param machine one that has the frames of {@link #framesFor}
     */
    HardwareMemory(Machine machine) {
        this.machine = machine;
        processor = machine.processor(0);
    }

    /** Frames that a machine for an image needs. */
    static long framesFor(Image image) {
        long pages = STACK_SIZE / PhysicalMemory.FRAME_SIZE + 2;
        for (Image.Section section : image.sections()) {
            pages += pages(section);
        }
        return pages;
    }

    private static long pages(Image.Section section) {
        long size = Math.max(section.virtualSize(), section.content().length);
        return (size + PhysicalMemory.FRAME_SIZE - 1) / PhysicalMemory.FRAME_SIZE;
    }

    /** Puts an image where it is to be; its imports are left open. */
    void load(Image image) {
        for (Image.Section section : image.sections()) {
            int flags =
                    (section.writable() ? PageFlags.WRITABLE : 0)
                            | (section.executable() ? PageFlags.EXECUTABLE : 0);
            map(IMAGE + section.rva(), pages(section), flags);
            write(IMAGE + section.rva(), section.content());
        }
        map(STACK, STACK_SIZE / PhysicalMemory.FRAME_SIZE, PageFlags.WRITABLE);
        long distance = IMAGE - image.preferredBase();
        for (int rva : image.relocations()) {
            store64(IMAGE + rva, load64(IMAGE + rva) + distance);
        }
    }

    private void map(long address, long pages, int flags) {
        for (long i = 0; i < pages; i++) {
            machine.map(
                    machine.kernelSpace(),
                    address + i * PhysicalMemory.FRAME_SIZE,
                    machine.memory().allocateFrame(),
                    flags);
        }
    }

    // ---- as the C may use it ----

    /**
     * Asks whether the C may access it.
     *
     * @throws MemoryFault if not
     */
    void probe(long address, long length, boolean write) {
        processor.memory().probe(address, length, write);
    }

    // ---- whatever the C may do with it ----

    /** A variable of 1, 2, 4 or 8 bytes. */
    long get(long address, int size) {
        return switch (size) {
            case 1 -> processor.memory().load8(address);
            case 2 -> processor.memory().load16(address);
            case 4 -> processor.memory().load32(address);
            default -> processor.memory().load64(address);
        };
    }

    void set(long address, int size, long value) {
        switch (size) {
            case 1 -> processor.memory().store8(address, value);
            case 2 -> processor.memory().store16(address, value);
            case 4 -> processor.memory().store32(address, value);
            default -> processor.memory().store64(address, value);
        }
    }

    long load64(long address) {
        byte[] bytes = new byte[8];
        read(address, bytes);
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = (value << 8) | (bytes[i] & 0xFF);
        }
        return value;
    }

    void store64(long address, long value) {
        byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (value >>> (8 * i));
        }
        write(address, bytes);
    }

    void read(long address, byte[] target) {
        for (int done = 0; done < target.length; ) {
            int count = inPage(address + done, target.length - done);
            byte[] part = new byte[count];
            machine.readPhysical(physical(address + done), part);
            System.arraycopy(part, 0, target, done, count);
            done += count;
        }
    }

    void write(long address, byte[] source) {
        for (int done = 0; done < source.length; ) {
            int count = inPage(address + done, source.length - done);
            machine.writePhysical(
                    physical(address + done), Arrays.copyOfRange(source, done, done + count));
            done += count;
        }
    }

    private static int inPage(long address, int left) {
        int offset = (int) address & PhysicalMemory.FRAME_SIZE - 1;
        return Math.min(left, PhysicalMemory.FRAME_SIZE - offset);
    }

    private long physical(long address) {
        long entry = machine.kernelSpace().find(address);
        if (entry == AddressSpace.NONE) {
            throw new IllegalStateException("0x%x: not memory of the device".formatted(address));
        }
        return (AddressSpace.frame(entry) << PhysicalMemory.FRAME_SHIFT)
                + (address & PhysicalMemory.FRAME_SIZE - 1);
    }
}
