package dev.dirql.kernel.io;

import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/**
 * Cancels the packets of a thread that ends, and waits for them. Source: WDK,
 * "IoBuildDeviceIoControlRequest".
 */
final class ThreadIoServices {
    /** Symbol of the routine that a thread calls before it ends. */
    static final String CANCEL = "IopCancelThreadIo";

    /** How often a thread looks whether its packets are completed: five minutes altogether. */
    private static final int LOOKS = 3000;

    /** 100 ms, in units of 100 ns from now. */
    private static final long INTERVAL = -1_000_000;

    private final ServiceEngine engine;
    private final SystemPackets packets;

    ThreadIoServices(ServiceEngine engine, SystemPackets packets) {
        this.engine = engine;
        this.packets = packets;
    }

    /** IoCancelIrp of a packet returned. */
    record ThreadPacketCancelled(long irp) implements Pending {}

    /** The thread waits; the interval is first, for its address. */
    record ThreadPacketsAwaited(long interval, int looks) implements Pending {}

    @EntryPoint(value = CANCEL, frame = FrameShape.RETURN_ADDRESS)
    Outcome cancelAll(Processor processor) {
        return cancelAfter(processor, 0);
    }

    private Outcome cancelAfter(Processor processor, long packet) {
        long next = packets.nextOfThread(processor.thread, packet);
        return next == 0
                ? await(processor, LOOKS)
                : new Outcome.Call(
                        engine.table().address("IoCancelIrp"),
                        new ThreadPacketCancelled(next),
                        next);
    }

    @Resumes("IopThreadPacketCancelled")
    Outcome cancelled(Processor processor, ThreadPacketCancelled pending) {
        return processor.machine().ended() == null
                ? cancelAfter(processor, pending.irp)
                : Outcome.stay();
    }

    /** Who is not done after all that time never answers this thread. */
    private Outcome await(Processor processor, int looks) {
        if (packets.nextOfThread(processor.thread, 0) == 0) {
            return Outcome.done();
        }
        if (looks == 0) {
            packets.abandon(processor.thread);
            return Outcome.done();
        }
        return new Outcome.Call(
                engine.table().address("KeDelayExecutionThread"),
                new ThreadPacketsAwaited(INTERVAL, looks - 1),
                0,
                0,
                PendingFrame.fieldAddress(processor, 0));
    }

    @Resumes("IopThreadPacketsAwaited")
    Outcome awaited(Processor processor, ThreadPacketsAwaited pending) {
        return await(processor, pending.looks);
    }
}
