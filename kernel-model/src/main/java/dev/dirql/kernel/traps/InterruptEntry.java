package dev.dirql.kernel.traps;

import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Flags;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;

/**
 * The way into an interrupt handler and out again: a trap frame on the current stack, and above it
 * the frame of the handler as if the trap frame's code had called it.
 */
public final class InterruptEntry {
    private static final String EXIT = "KiInterruptExit";

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final DoubleFaults doubleFaults;

    /** What happens where even a trap frame cannot be stored. */
    @FunctionalInterface
    public interface DoubleFaults {
        void raise(Processor processor);
    }

    public InterruptEntry(ServiceEngine engine, Irqls irqls, DoubleFaults doubleFaults) {
        this.engine = engine;
        this.irqls = irqls;
        this.doubleFaults = doubleFaults;
    }

    /**
     * Stores what the processor does, raises the IRQL and starts the handler.
     *
     * @return false if the stack had no room, and the run is over
     */
    public boolean enter(Processor processor, int irql, long errorCode, Pending first) {
        long address = KTrapFrame.place(processor);
        long below = PendingFrame.SIZE + 16;
        try {
            processor.memory().probe(address - below, below + KTrapFrame.SIZE, true);
        } catch (MemoryFault fault) {
            doubleFaults.raise(processor);
            return false;
        }
        long interrupted = processor.rip;
        new KTrapFrame(processor.memory(), address).capture(processor, 0, errorCode);
        processor.memory().store64(address - 8, engine.table().address(EXIT));
        processor.registers[Processor.RSP] = address - 8;
        // The processor cleared IF at the gate; it is set again at the raised IRQL.
        processor.flags.setRflags(Flags.INTERRUPT);
        irqls.set(processor, irql, interrupted);
        engine.begin(processor, first);
        return true;
    }

    /** The handler returned to the trap frame, which RSP points to. */
    @EntryPoint(value = EXIT, frame = FrameShape.TRAP_FRAME)
    void exit(Processor processor) {
        KTrapFrame frame = new KTrapFrame(processor.memory(), processor.registers[Processor.RSP]);
        int irql = frame.previousIrql();
        frame.resume(processor);
        irqls.set(processor, irql, processor.rip);
    }
}
