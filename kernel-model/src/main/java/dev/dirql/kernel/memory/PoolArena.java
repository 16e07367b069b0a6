package dev.dirql.kernel.memory;

import dev.dirql.kernel.structures.PoolHeader;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One pool: blocks of less than a page with their headers, side by side in pages, and blocks of
 * whole pages. The smallest free block that is large enough is taken, the lowest of equal ones, so
 * that the place depends on nothing but what is allocated now. The table of blocks is kept beside
 * guest memory: a driver that writes over headers destroys what NT would see, not what we know.
 */
final class PoolArena implements StatePart {
    static final int HEADER = PoolHeader.BYTES;

    /** Bytes of freed memory: no pointer and no sensible count. */
    static final byte FREED = (byte) 0xDF;

    /** Bytes of memory that was not initialised. */
    static final byte UNINITIALIZED = (byte) 0xCD;

    private static final int UNIT = 16;
    private static final int PAGE = (int) KernelLayout.PAGE_SIZE;

    /** The largest request that fits in a page with header and smallest neighbour. */
    private static final int SMALL_MAXIMUM = PAGE - HEADER - UNIT;

    private final Machine machine;
    private final PoolKind kind;
    private final TreeMap<Long, PoolBlock> blocks = new TreeMap<>();

    private final FreeBlocks freeSmall = new FreeBlocks();
    private final FreeBlocks freePages = new FreeBlocks();

    private long end;

    PoolArena(Machine machine, PoolKind kind) {
        this.machine = machine;
        this.kind = kind;
        end = kind.start();
    }

    boolean contains(long address) {
        return address >= kind.start() && address < end;
    }

    /** All blocks, in the order of their addresses. */
    List<PoolBlock> blocks() {
        return List.copyOf(blocks.values());
    }

    /** The block that holds an address, header included. */
    @Nullable PoolBlock find(long address) {
        Map.Entry<Long, PoolBlock> entry = blocks.floorEntry(address);
        return entry != null && entry.getValue().contains(address) ? entry.getValue() : null;
    }

    /** The block behind this one in its page, or null. */
    @Nullable PoolBlock after(PoolBlock block) {
        return KernelLayout.page(block.end()) == KernelLayout.page(block.address())
                ? blocks.get(block.end())
                : null;
    }

    private @Nullable PoolBlock before(PoolBlock block) {
        if ((block.address() & (PAGE - 1)) == 0) {
            return null;
        }
        Map.Entry<Long, PoolBlock> entry = blocks.lowerEntry(block.address());
        return entry == null ? null : entry.getValue();
    }

    /**
     * Gives the address of {@code requested} bytes, or 0 if there is no memory.
     *
     * @param alignment of the address: 16 or more, a power of 2
     */
    long allocate(long requested, int alignment, int tag, long allocator, boolean zeroed) {
        return requested > SMALL_MAXIMUM - (alignment - UNIT)
                ? allocatePages(requested, tag, allocator, zeroed)
                : allocateSmall(requested, alignment, tag, allocator, zeroed);
    }

    private long allocatePages(long requested, int tag, long allocator, boolean zeroed) {
        long size = KernelLayout.pages(requested);
        PoolBlock block = takeFree(freePages, size, size);
        if (block != null) {
            protect(block, kind.pageFlags());
        } else {
            block = growBy(size);
            if (block == null) {
                return 0;
            }
        }
        put(new PoolBlock(block.address(), size, requested, tag, true, allocator));
        fill(block.address(), size, zeroed ? 0 : UNINITIALIZED);
        return block.address();
    }

    private long allocateSmall(
            long requested, int alignment, int tag, long allocator, boolean zeroed) {
        long size = HEADER + ((Math.max(requested, 1) + UNIT - 1) & -UNIT);
        PoolBlock block = takeFree(freeSmall, size + alignment - UNIT, PAGE);
        if (block == null) {
            block = growBy(PAGE);
        }
        if (block == null) {
            return 0;
        }
        long start = ((block.address() + HEADER + alignment - 1) & -alignment) - HEADER;
        PoolBlock taken = new PoolBlock(start, size, requested, tag, false, allocator);
        put(taken);
        if (start > block.address()) {
            putFree(block.address(), start - block.address(), 0);
        }
        if (block.end() > taken.end()) {
            putFree(taken.end(), block.end() - taken.end(), 0);
        }
        fill(taken.data(), size - HEADER, zeroed ? 0 : UNINITIALIZED);
        writeHeaders(taken);
        return taken.data();
    }

    /** Takes the smallest and lowest free block of a size in the range out of the table. */
    private @Nullable PoolBlock takeFree(FreeBlocks free, long minimum, long maximum) {
        PoolBlock block = blocks.get(free.find(minimum, maximum));
        if (block != null) {
            remove(block);
        }
        return block;
    }

    private void put(PoolBlock block) {
        blocks.put(block.address(), block);
        if (block.isFree()) {
            (block.pages() ? freePages : freeSmall).add(block);
        }
    }

    private void remove(PoolBlock block) {
        blocks.remove(block.address());
        if (block.isFree()) {
            (block.pages() ? freePages : freeSmall).remove(block);
        }
    }

    private void putFree(long address, long size, int tag) {
        PoolBlock block = new PoolBlock(address, size, PoolBlock.FREE, tag, false, 0);
        put(block);
        fill(address, size, FREED);
        writeHeaders(block);
    }

    /** Maps more pages, with adjacent frames, or gives null. */
    private @Nullable PoolBlock growBy(long size) {
        int count = (int) Math.min(size / PAGE, Integer.MAX_VALUE);
        PhysicalMemory memory = machine.memory();
        if (count > memory.frameCount()) {
            return null;
        }
        int frame = count == 1 ? memory.allocateFrame() : memory.allocateFrames(count);
        if (frame < 0) {
            return null;
        }
        long address = end;
        for (int i = 0; i < count; i++) {
            machine.map(
                    machine.kernelSpace(), address + (long) i * PAGE, frame + i, kind.pageFlags());
        }
        end += size;
        return new PoolBlock(address, size, PoolBlock.FREE, 0, size > PAGE, 0);
    }

    /** Frees an allocated block. */
    void free(PoolBlock block) {
        remove(block);
        if (block.pages()) {
            // The frames stay with it for the next block of its size, so that adjacent frames stay
            // adjacent; an access in between faults.
            fill(block.address(), block.size(), FREED);
            protect(block, PageFlags.FREED);
            put(
                    new PoolBlock(
                            block.address(),
                            block.size(),
                            PoolBlock.FREE,
                            block.tag(),
                            true,
                            block.allocator()));
            return;
        }
        long start = block.address();
        long stop = block.end();
        PoolBlock before = before(block);
        if (before != null && before.isFree()) {
            remove(before);
            start = before.address();
        }
        PoolBlock after = after(block);
        if (after != null && after.isFree()) {
            remove(after);
            stop = after.end();
        }
        putFree(start, stop - start, block.tag());
    }

    private void protect(PoolBlock block, int flags) {
        for (long page = block.address(); page < block.end(); page += PAGE) {
            long entry = machine.kernelSpace().find(page);
            machine.map(machine.kernelSpace(), page, AddressSpace.frame(entry), flags);
        }
    }

    // ---- headers in guest memory ----

    /** What the header of a block must be now. */
    long expectedHeader(PoolBlock block) {
        PoolBlock before = before(block);
        return PoolHeader.contents(
                before == null ? 0 : (int) (before.size() / UNIT),
                (int) (block.size() / UNIT),
                block.isFree() ? 0 : kind.headerType(),
                block.tag());
    }

    private void writeHeaders(PoolBlock block) {
        writeHeader(block);
        PoolBlock after = after(block);
        if (after != null) {
            write(after.address(), new byte[] {(byte) (block.size() / UNIT)});
        }
    }

    private void writeHeader(PoolBlock block) {
        byte[] bytes =
                ByteBuffer.allocate(HEADER)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(expectedHeader(block))
                        .array();
        write(block.address(), bytes);
    }

    private void fill(long address, long size, int value) {
        byte[] bytes = new byte[PAGE];
        Arrays.fill(bytes, (byte) value);
        for (long done = 0; done < size; ) {
            long at = address + done;
            int count = (int) Math.min(size - done, PAGE - (at & (PAGE - 1)));
            write(at, count == PAGE ? bytes : Arrays.copyOf(bytes, count));
            done += count;
        }
    }

    /** Writes into a block, whose pages are there: no processor has given them up. */
    void store(long address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            int offset = (int) ((address + done) & (PAGE - 1));
            int count = Math.min(bytes.length - done, PAGE - offset);
            write(address + done, Arrays.copyOfRange(bytes, done, done + count));
            done += count;
        }
    }

    /** Writes within a page. */
    private void write(long address, byte[] bytes) {
        long frame = AddressSpace.frame(machine.kernelSpace().find(address));
        machine.writePhysical(frame * PAGE + (address & (PAGE - 1)), bytes);
    }

    @Override
    public void save(StateWriter out) {
        out.value(end);
        out.value(blocks.size());
        for (PoolBlock block : blocks.values()) {
            out.value(block.address());
            out.value(block.size());
            out.value(block.requested());
            out.value(block.tag());
            out.value(block.pages());
            out.value(block.allocator());
        }
    }

    @Override
    public void restore(StateReader in) {
        blocks.clear();
        freeSmall.clear();
        freePages.clear();
        end = in.value();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            put(
                    new PoolBlock(
                            in.value(),
                            in.value(),
                            in.value(),
                            in.intValue(),
                            in.booleanValue(),
                            in.value()));
        }
    }
}
