package dev.dirql.machine;

import static dev.dirql.machine.PhysicalMemory.FRAME_SHIFT;
import static dev.dirql.machine.PhysicalMemory.FRAME_SIZE;
import static dev.dirql.machine.PhysicalMemory.INTS;
import static dev.dirql.machine.PhysicalMemory.LONGS;
import static dev.dirql.machine.PhysicalMemory.OFFSET_MASK;
import static dev.dirql.machine.PhysicalMemory.SHORTS;

import dev.dirql.machine.MemoryFault.Access;
import dev.dirql.machine.MemoryFault.Reason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory as one processor sees it at its present IRQL. Pages that need no question are
 * remembered with their bytes, so that an access to one is a compare and a load; device pages,
 * pageable pages, watched frames and what a {@link MemoryObserver} observes take the long way. What
 * is remembered is listed, so that forgetting it costs as much as it is.
 */
public final class ProcessorMemory implements GuestMemory {
    private static final int SLOTS = 512;
    private static final long NO_PAGE = 1;
    private static final byte[] NO_BYTES = new byte[FRAME_SIZE];

    private final Machine machine;
    private final Processor processor;
    private final MemoryFault fault = new MemoryFault();
    private final AheadOfHorizon ahead = new AheadOfHorizon();
    private AddressSpace space;

    private final long[] readPages = new long[SLOTS];
    private final byte[][] readBytes = new byte[SLOTS][];
    private final long[] readEntries = new long[SLOTS];
    private final int[] readSlots = new int[SLOTS];
    private int readCount;

    private final long[] writePages = new long[SLOTS];
    private final byte[][] writeBytes = new byte[SLOTS][];
    private final int[] writeSlots = new int[SLOTS];
    private int writeCount;

    ProcessorMemory(Machine machine, Processor processor, AddressSpace space) {
        this.machine = machine;
        this.processor = processor;
        this.space = space;
        Arrays.fill(readBytes, NO_BYTES);
        Arrays.fill(writeBytes, NO_BYTES);
        Arrays.fill(readPages, NO_PAGE);
        Arrays.fill(writePages, NO_PAGE);
    }

    public AddressSpace space() {
        return space;
    }

    /** Changes the address space, as loading CR3 does. */
    public void setSpace(AddressSpace newSpace) {
        if (space != newSpace) {
            space = newSpace;
            forget();
        }
    }

    /** Forgets all remembered pages. */
    public void forget() {
        for (int i = 0; i < readCount; i++) {
            readPages[readSlots[i]] = NO_PAGE;
        }
        readCount = 0;
        forgetWrites();
    }

    /** Forgets which pages may be written at once, so that the next write to each is noticed. */
    void forgetWrites() {
        for (int i = 0; i < writeCount; i++) {
            writePages[writeSlots[i]] = NO_PAGE;
        }
        writeCount = 0;
    }

    /** Forgets pages whose bytes were replaced by a copy. */
    void forgetBytes(byte[] bytes) {
        for (int i = readCount - 1; i >= 0; i--) {
            int slot = readSlots[i];
            if (readBytes[slot] == bytes) {
                readPages[slot] = NO_PAGE;
                readSlots[i] = readSlots[--readCount];
            }
        }
    }

    private void rememberForRead(long address, byte[] bytes, long entry) {
        int slot = slot(address);
        if (readPages[slot] == NO_PAGE) {
            readSlots[readCount++] = slot;
        }
        readPages[slot] = page(address);
        readBytes[slot] = bytes;
        readEntries[slot] = entry;
    }

    private void rememberForWrite(long address, byte[] bytes) {
        int slot = slot(address);
        if (writePages[slot] == NO_PAGE) {
            writeSlots[writeCount++] = slot;
        }
        writePages[slot] = page(address);
        writeBytes[slot] = bytes;
    }

    private static int slot(long address) {
        return (int) (address >>> FRAME_SHIFT) & (SLOTS - 1);
    }

    private static long page(long address) {
        return address & -FRAME_SIZE;
    }

    private static int offset(long address) {
        return (int) address & OFFSET_MASK;
    }

    // The methods of the short way are short themselves, so that HotSpot inlines them always.

    private static boolean isAtHand(long[] pages, long address, int size) {
        return pages[slot(address)] == page(address) && offset(address) <= FRAME_SIZE - size;
    }

    private static long get64(byte[][] bytes, long address) {
        return (long) LONGS.get(bytes[slot(address)], offset(address));
    }

    private static long get32(byte[][] bytes, long address) {
        return (int) INTS.get(bytes[slot(address)], offset(address)) & 0xFFFF_FFFFL;
    }

    private static long get16(byte[][] bytes, long address) {
        return (short) SHORTS.get(bytes[slot(address)], offset(address)) & 0xFFFF;
    }

    // ---- loads ----

    @Override
    public long load8(long address) {
        int slot = slot(address);
        if (readPages[slot] == page(address)) {
            return readBytes[slot][(int) address & OFFSET_MASK] & 0xFF;
        }
        return slowLoad(address, 1);
    }

    @Override
    public long load16(long address) {
        return isAtHand(readPages, address, 2) ? get16(readBytes, address) : slowLoad(address, 2);
    }

    @Override
    public long load32(long address) {
        return isAtHand(readPages, address, 4) ? get32(readBytes, address) : slowLoad(address, 4);
    }

    @Override
    public long load64(long address) {
        return isAtHand(readPages, address, 8) ? get64(readBytes, address) : slowLoad(address, 8);
    }

    private long slowLoad(long address, int size) {
        int offset = (int) address & OFFSET_MASK;
        if (offset + size <= FRAME_SIZE) {
            return load(translate(address, Access.READ), address, size);
        }
        // Both pages are asked for once, and before the first byte.
        long first = translate(address, Access.READ);
        long second = translate(page(address) + FRAME_SIZE, Access.READ);
        long value = 0;
        for (int i = 0; i < size; i++) {
            long entry = offset + i < FRAME_SIZE ? first : second;
            value |= load(entry, address + i, 1) << (8 * i);
        }
        return value;
    }

    /** Loads from the page of an entry, which the access does not leave. */
    private long load(long entry, long address, int size) {
        int offset = (int) address & OFFSET_MASK;
        long frame = AddressSpace.frame(entry);
        if ((AddressSpace.flags(entry) & PageFlags.DEVICE) != 0) {
            mustNotBeAhead();
            long value = machine.bus().readMemory(processor, (frame << FRAME_SHIFT) + offset, size);
            processor.endVisibleStep();
            return value;
        }
        byte[] bytes = machine.memory().forRead((int) frame);
        long value = get(bytes, offset, size);
        MemoryObserver observer = machine.memoryObserver();
        if (observer != null && observer.observes((int) frame)) {
            observer.accessed(
                    processor, address, (frame << FRAME_SHIFT) + offset, size, false, value);
        } else if ((AddressSpace.flags(entry) & PageFlags.PAGEABLE) == 0) {
            rememberForRead(address, bytes, entry);
        }
        return value;
    }

    static long get(byte[] bytes, int offset, int size) {
        return switch (size) {
            case 1 -> bytes[offset] & 0xFF;
            case 2 -> (short) SHORTS.get(bytes, offset) & 0xFFFF;
            case 4 -> (int) INTS.get(bytes, offset) & 0xFFFF_FFFFL;
            default -> (long) LONGS.get(bytes, offset);
        };
    }

    static void put(byte[] bytes, int offset, int size, long value) {
        switch (size) {
            case 1 -> bytes[offset] = (byte) value;
            case 2 -> SHORTS.set(bytes, offset, (short) value);
            case 4 -> INTS.set(bytes, offset, (int) value);
            default -> LONGS.set(bytes, offset, value);
        }
    }

    // ---- stores ----

    @Override
    public void store8(long address, long value) {
        int slot = slot(address);
        if (writePages[slot] == page(address)) {
            writeBytes[slot][(int) address & OFFSET_MASK] = (byte) value;
            return;
        }
        slowStore(address, 1, value);
    }

    @Override
    public void store16(long address, long value) {
        if (isAtHand(writePages, address, 2)) {
            SHORTS.set(writeBytes[slot(address)], offset(address), (short) value);
        } else {
            slowStore(address, 2, value);
        }
    }

    @Override
    public void store32(long address, long value) {
        if (isAtHand(writePages, address, 4)) {
            INTS.set(writeBytes[slot(address)], offset(address), (int) value);
        } else {
            slowStore(address, 4, value);
        }
    }

    @Override
    public void store64(long address, long value) {
        if (isAtHand(writePages, address, 8)) {
            LONGS.set(writeBytes[slot(address)], offset(address), value);
        } else {
            slowStore(address, 8, value);
        }
    }

    private void slowStore(long address, int size, long value) {
        int offset = (int) address & OFFSET_MASK;
        if (offset + size <= FRAME_SIZE) {
            store(translate(address, Access.WRITE), address, size, value);
            return;
        }
        // Both pages are asked for once, and before the first byte.
        long first = translate(address, Access.WRITE);
        long second = translate(page(address) + FRAME_SIZE, Access.WRITE);
        for (int i = 0; i < size; i++) {
            long entry = offset + i < FRAME_SIZE ? first : second;
            store(entry, address + i, 1, value >>> (8 * i));
        }
    }

    /** Stores to the page of an entry, which the access does not leave. */
    private void store(long entry, long address, int size, long value) {
        int offset = (int) address & OFFSET_MASK;
        int flags = AddressSpace.flags(entry);
        long frame = AddressSpace.frame(entry);
        long physical = (frame << FRAME_SHIFT) + offset;
        if ((flags & PageFlags.DEVICE) != 0) {
            mustNotBeAhead();
            machine.bus().writeMemory(processor, physical, size, value);
            processor.endVisibleStep();
            return;
        }
        MemoryObserver observer = machine.memoryObserver();
        boolean observed = observer != null && observer.observes((int) frame);
        if (observer != null && observed) {
            long bits = size == 8 ? value : value & ((1L << (8 * size)) - 1);
            observer.accessed(processor, address, physical, size, true, bits);
        }
        byte[] bytes = machine.writableFrame((int) frame);
        put(bytes, offset, size, value);
        if (machine.memory().isWatched((int) frame)) {
            machine.writeWaits().written(physical, size);
        } else if (!observed && (flags & PageFlags.PAGEABLE) == 0) {
            rememberForWrite(address, bytes);
        }
    }

    // ---- the long way ----

    private void mustNotBeAhead() {
        if (processor.clockNs > processor.horizonNs) {
            throw ahead;
        }
    }

    /** Finds the page of an address for an access, or throws. */
    private long translate(long address, Access access) {
        long entry = space.find(address);
        if (entry == AddressSpace.NONE) {
            boolean canonical = address << 16 >> 16 == address;
            throw fault.set(address, access, canonical ? Reason.NOT_MAPPED : Reason.NOT_CANONICAL);
        }
        int flags = AddressSpace.flags(entry);
        @Nullable Reason reason = refusal(address, flags, access);
        if (reason != null) {
            throw fault.set(address, access, reason);
        }
        return entry;
    }

    private @Nullable Reason refusal(long address, int flags, Access access) {
        if ((flags & PageFlags.FREED) != 0) {
            return Reason.FREED;
        }
        if ((flags & PageFlags.GUARD) != 0) {
            return Reason.GUARD;
        }
        if (access == Access.WRITE && (flags & PageFlags.WRITABLE) == 0) {
            return Reason.READ_ONLY;
        }
        if (access == Access.EXECUTE && (flags & PageFlags.EXECUTABLE) == 0) {
            return Reason.NOT_EXECUTABLE;
        }
        if ((flags & PageFlags.PAGEABLE) != 0 && (flags & PageFlags.LOCKED) == 0) {
            boolean absent = (flags & PageFlags.ABSENT) != 0;
            if (absent || !machine.software().isResident(processor, address)) {
                return Reason.NOT_RESIDENT;
            }
        }
        return null;
    }

    @Override
    public void probe(long address, long size, boolean write) {
        if (size <= 0) {
            return;
        }
        int slot = slot(address);
        if ((write ? writePages : readPages)[slot] == page(address)
                && ((int) address & OFFSET_MASK) + size <= FRAME_SIZE) {
            return;
        }
        Access access = write ? Access.WRITE : Access.READ;
        translate(address, access);
        long last = address + size - 1;
        for (long page = page(address) + FRAME_SIZE; page <= last; page += FRAME_SIZE) {
            translate(page, access);
        }
    }

    /** What {@link AddressSpace#find} gives; a change of mappings makes every processor forget. */
    private long entry(long address) {
        int slot = slot(address);
        return readPages[slot] == page(address) ? readEntries[slot] : space.find(address);
    }

    /**
     * The physical address behind a virtual one, or -1 where nothing is mapped. Residency is not
     * asked for.
     */
    public long physical(long address) {
        long entry = entry(address);
        return entry == AddressSpace.NONE
                ? -1
                : (AddressSpace.frame(entry) << FRAME_SHIFT) + (address & OFFSET_MASK);
    }

    /**
     * Reads code for the decoder: up to {@code length} bytes, fewer where the next page cannot be
     * executed.
     *
     * @return how many bytes were read, at least 1
     * @throws MemoryFault if the first byte cannot be executed
     */
    public int fetch(long address, byte[] target, int length) {
        int done = 0;
        while (done < length) {
            long at = address + done;
            if (done > 0) {
                long entry = space.find(at);
                if (entry == AddressSpace.NONE
                        || refusal(at, AddressSpace.flags(entry), Access.EXECUTE) != null) {
                    return done;
                }
            }
            int frame = (int) AddressSpace.frame(translate(at, Access.EXECUTE));
            int offset = (int) at & OFFSET_MASK;
            int count = Math.min(length - done, FRAME_SIZE - offset);
            System.arraycopy(machine.memory().forRead(frame), offset, target, done, count);
            machine.codeRead(frame);
            done += count;
        }
        return done;
    }

    /** Asks again whether pageable code may be executed now. */
    public void probeExecute(long address) {
        translate(address, Access.EXECUTE);
    }

    /** Flags of the page that holds an address, 0 where nothing is mapped. */
    public int pageFlags(long address) {
        long entry = entry(address);
        return entry == AddressSpace.NONE ? 0 : AddressSpace.flags(entry);
    }
}
