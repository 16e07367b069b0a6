package dev.dirql.kernel;

import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import java.util.Arrays;

/**
 * The memory that the kernel takes for itself: control regions, stacks, thread and interrupt
 * objects.
 */
public final class KernelMemory implements StatePart {
    public static final long STACKS = 0xFFFFF880_00000000L;
    public static final long OBJECTS = 0xFFFFF8A0_00000000L;

    /** Bytes of a kernel stack. */
    public static final long STACK_SIZE = 0x6000;

    /** From one stack to the next: below each lie a hole and a guard page. */
    public static final long STACK_STRIDE = 0x8000;

    private static final int PAGE = PhysicalMemory.FRAME_SIZE;

    /** Fills private fields: no address, no count, no character. */
    private static final byte UNMODELLED = (byte) 0xA5;

    private final Machine machine;
    private int stackCount;
    private long[] freeStacks = new long[0];
    private long objectsEnd = OBJECTS;
    private long nextObject = OBJECTS;

    public KernelMemory(Machine machine) {
        this.machine = machine;
    }

    /** Maps fresh pages, filled with zeroes, and says whether there was memory for them. */
    public boolean map(long address, long size, int flags) {
        for (long page = address; page < address + size; page += PAGE) {
            int frame = machine.memory().allocateFrame();
            if (frame < 0) {
                return false;
            }
            machine.map(machine.kernelSpace(), page, frame, flags);
        }
        return true;
    }

    /**
     * Maps fresh pages while the machine is built, where no memory is a mistake of the settings.
     */
    public void mapOrFail(long address, long size, int flags) {
        if (!map(address, size, flags)) {
            throw new IllegalArgumentException(
                    "the machine has too little memory for the kernel: %d bytes"
                            .formatted((long) machine.memory().frameCount() * PAGE));
        }
    }

    /** Fills mapped memory with what no driver can mistake for data. */
    public void fillUnmodelled(long address, int size) {
        byte[] fill = new byte[size];
        Arrays.fill(fill, UNMODELLED);
        write(address, fill);
    }

    /** Writes mapped memory whatever its protection, as a loader does. */
    public void write(long address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            long at = address + done;
            int count = Math.min(bytes.length - done, PAGE - ((int) at & (PAGE - 1)));
            long physical = machine.processor(0).memory().physical(at);
            machine.writePhysical(physical, Arrays.copyOfRange(bytes, done, done + count));
            done += count;
        }
    }

    /** Maps an image whose addresses need no relocation. */
    public void mapImage(Image image) {
        for (Image.Section section : image.sections()) {
            int flags =
                    (section.writable() ? PageFlags.WRITABLE : 0)
                            | (section.executable() ? PageFlags.EXECUTABLE : 0);
            long address = image.preferredBase() + section.rva();
            mapOrFail(address, (section.virtualSize() + PAGE - 1) & -PAGE, flags);
            write(address, section.content());
        }
    }

    /** Takes a kernel stack and gives the address behind its highest byte, or 0 without memory. */
    public long allocateStack() {
        if (freeStacks.length > 0) {
            long top = freeStacks[freeStacks.length - 1];
            freeStacks = Arrays.copyOf(freeStacks, freeStacks.length - 1);
            return top;
        }
        long start = STACKS + STACK_STRIDE * stackCount++;
        long stack = start + STACK_STRIDE - STACK_SIZE;
        if (!map(stack - PAGE, PAGE, PageFlags.GUARD)
                || !map(stack, STACK_SIZE, PageFlags.WRITABLE)) {
            return 0;
        }
        return start + STACK_STRIDE;
    }

    /** Gives back a stack that nothing runs on. */
    public void freeStack(long top) {
        freeStacks = Arrays.copyOf(freeStacks, freeStacks.length + 1);
        freeStacks[freeStacks.length - 1] = top;
    }

    /** Whether an address lies in the region of kernel stacks. */
    public static boolean isStack(long address) {
        return address >= STACKS && address < STACKS + (1L << 32);
    }

    /**
     * Takes memory for an object that is never given back, aligned to 16, and fills it as
     * unmodelled.
     *
     * @return its address, or 0 without memory
     */
    public long allocateObject(int size) {
        long address = nextObject;
        nextObject = (address + size + 15) & -16;
        if (nextObject > objectsEnd) {
            long end = (nextObject + PAGE - 1) & -PAGE;
            if (!map(objectsEnd, end - objectsEnd, PageFlags.WRITABLE)) {
                return 0;
            }
            objectsEnd = end;
        }
        fillUnmodelled(address, size);
        return address;
    }

    @Override
    public void save(StateWriter out) {
        out.value(stackCount);
        out.value(freeStacks.length);
        out.values(freeStacks);
        out.value(objectsEnd);
        out.value(nextObject);
    }

    @Override
    public void restore(StateReader in) {
        stackCount = in.intValue();
        freeStacks = new long[in.intValue()];
        in.values(freeStacks);
        objectsEnd = in.value();
        nextObject = in.value();
    }
}
