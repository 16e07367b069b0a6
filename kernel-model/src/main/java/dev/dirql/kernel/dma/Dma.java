package dev.dirql.kernel.dma;

import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.memory.ContiguousMemory;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.SystemPoolMember;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.machine.Machine;
import java.util.List;

/** The services of DMA, put together. Their state is in guest memory. */
public final class Dma {
    /** What the queue of those who wait for the channel of an adapter is locked with. */
    public static final SystemPoolMember CHANNEL_QUEUE_LOCK =
            new SystemPoolMember(
                    AdapterServices.TAG,
                    Adapter.CHANNEL_QUEUE + KDeviceQueue.LOCK,
                    "DMA_ADAPTER.ChannelWaitQueue.Lock");

    private Dma() {}

    /** Objects with the exports. */
    public static List<Object> services(
            Machine machine,
            ServiceEngine engine,
            Pool pool,
            ContiguousMemory contiguous,
            RoutineCalls calls,
            Rules rules) {
        DmaRules checks = new DmaRules(pool, rules);
        ScatterGatherServices lists = new ScatterGatherServices(engine, pool, calls, checks);
        return List.of(
                new AdapterServices(machine, engine, pool, contiguous, checks),
                new ChannelServices(engine, contiguous, lists, calls, checks),
                lists);
    }
}
