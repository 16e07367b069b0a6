package dev.dirql.kernel.wmi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device object that is registered.
 *
 * @param active requests that it was sent and that are not completed
 * @param leaving address of the event that is set when there are none, 0 while nobody waits
 */
record WmiProvider(long device, int id, List<Block> blocks, int active, long leaving) {
    static final int EXPENSIVE = 0x1;
    static final int EVENT_ONLY = 0x40;

    WmiProvider {
        blocks = List.copyOf(blocks);
    }

    /**
     * What it provides.
     *
     * @param names of its instances; empty if the driver names them itself
     */
    record Block(WmiGuid guid, int flags, List<String> names) {
        Block {
            names = List.copyOf(names);
        }
    }

    WmiProvider with(List<Block> newBlocks) {
        return new WmiProvider(device, id, newBlocks, active, leaving);
    }

    WmiProvider with(int newActive, long newLeaving) {
        return new WmiProvider(device, id, blocks, newActive, newLeaving);
    }

    /** Its block of a GUID, or null. */
    @Nullable Block block(WmiGuid guid) {
        for (Block block : blocks) {
            if (block.guid.equals(guid)) {
                return block;
            }
        }
        return null;
    }

    /** The blocks that it has when it changes some. */
    List<Block> changed(List<Block> changes, List<WmiGuid> removed) {
        List<Block> result = new ArrayList<>(blocks);
        for (Block change : changes) {
            result.removeIf(block -> block.guid.equals(change.guid));
            result.add(change);
        }
        result.removeIf(block -> removed.contains(block.guid));
        return result;
    }
}
