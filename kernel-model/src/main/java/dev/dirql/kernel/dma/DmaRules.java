package dev.dirql.kernel.dma;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;

/** What Driver Verifier checks of DMA. Source: WDK, "Bug check 0xE6". */
final class DmaRules {
    private static final int DMA_VIOLATION = 0xE6;

    private static final int BUFFER_NOT_LOCKED = 0x0E;
    private static final int ADAPTER_RELEASED = 0x18;
    private static final int NO_ADAPTER = 0x19;

    private final Pool pool;
    private final Rules rules;

    DmaRules(Pool pool, Rules rules) {
        this.pool = pool;
        this.rules = rules;
    }

    /**
     * A routine is called: it must be given an adapter that is there, at an IRQL that its page
     * allows. Says whether the run goes on.
     */
    boolean called(
            Processor processor,
            Adapter adapter,
            String routine,
            int minimum,
            int maximum,
            long caller) {
        return isThere(processor, adapter, routine, caller)
                && irql(processor, routine, minimum, maximum, caller);
    }

    private boolean isThere(Processor processor, Adapter adapter, String routine, long caller) {
        if (adapter.address() == 0) {
            return tell(
                    processor,
                    "DmaAdapterMissing",
                    NO_ADAPTER,
                    "%s gets no DMA adapter".formatted(routine),
                    0,
                    0,
                    0,
                    caller);
        }
        PoolBlock block = pool.find(adapter.address());
        return (block != null && !block.isFree() && block.data() == adapter.address())
                || tell(
                        processor,
                        "DmaAdapterReleased",
                        ADAPTER_RELEASED,
                        "%s gets the DMA adapter 0x%x, which is put back"
                                .formatted(routine, adapter.address()),
                        adapter.address(),
                        0,
                        0,
                        caller);
    }

    /** A routine is called at another IRQL than its page says; says whether the run goes on. */
    private boolean irql(
            Processor processor, String routine, int minimum, int maximum, long caller) {
        int irql = processor.irql();
        if (irql >= minimum && irql <= maximum) {
            return true;
        }
        String range =
                minimum == maximum
                        ? Irql.name(maximum)
                        : "%s or below".formatted(Irql.name(maximum));
        return tell(
                processor,
                "DmaIrql",
                0x13,
                "%s is called at %s, not at %s".formatted(routine, Irql.name(irql), range),
                minimum == maximum ? 1 : 2,
                maximum,
                irql,
                caller);
    }

    /** A routine is given a part of a buffer; says whether the run goes on. */
    boolean locked(Processor processor, String routine, DmaBuffer buffer, long caller) {
        long mdl = buffer.unlocked();
        return mdl == 0
                || tell(
                        processor,
                        "DmaBufferNotLocked",
                        BUFFER_NOT_LOCKED,
                        "%s gets the MDL 0x%x, whose pages are neither locked nor nonpaged"
                                .formatted(routine, mdl),
                        mdl,
                        0,
                        0,
                        caller);
    }

    /** A violation with a subcode; says whether the run goes on. */
    boolean tell(
            Processor processor,
            String rule,
            int subcode,
            String message,
            long p2,
            long p3,
            long p4,
            long caller) {
        rules.broken(
                processor,
                Violation.error(
                        rule, "", message, new Verifier(DMA_VIOLATION, subcode, p2, p3, p4)),
                caller);
        return processor.machine().ended() == null;
    }
}
