package dev.dirql.kernel.io;

import dev.dirql.kernel.locks.StorageResolver;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.machine.Processor;
import org.jspecify.annotations.Nullable;

/** Names what lies in extensions of controller objects: {@code controller 0x…+0x8}. */
public final class ControllerExtensions implements StorageResolver {
    /** Tag of the block of pool that holds a controller object and its extension. */
    static final int TAG = 'C' | 'o' << 8 | 'n' << 16 | 't' << 24;

    private final Pool pool;

    public ControllerExtensions(Pool pool) {
        this.pool = pool;
    }

    /** Where the extension of a controller object begins. */
    static long of(long controller) {
        return controller + ControllerServices.BYTES + 8;
    }

    @Override
    public @Nullable Place resolve(Processor processor, long address) {
        PoolBlock block = pool.find(address);
        boolean isOfKernel = block != null && !block.isFree() && block.allocator() == 0;
        if (block == null || !isOfKernel || block.tag() != TAG || address < of(block.data())) {
            return null;
        }
        long offset = address - of(block.data());
        return new Place(
                "controller 0x%x".formatted(block.data())
                        + (offset == 0 ? "" : "+0x%x".formatted(offset)),
                "controller extension");
    }
}
