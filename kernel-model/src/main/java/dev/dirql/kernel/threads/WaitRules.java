package dev.dirql.kernel.threads;

import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.List;

/** At which IRQL a driver may wait, and where the objects and blocks of a wait may lie. */
final class WaitRules {
    private static final int USER_MODE = 1;

    private final Machine machine;
    private final Waits waits;
    private final Rules rules;
    private final boolean atApcLevel;

    WaitRules(Machine machine, Waits waits, Rules rules, boolean atApcLevel) {
        this.machine = machine;
        this.waits = waits;
        this.rules = rules;
        this.atApcLevel = atApcLevel;
    }

    /** Whether a wait goes on that was called at an IRQL. With the verifier on it may not. */
    boolean mayBegin(
            Processor processor,
            String routine,
            long object,
            int irql,
            long deadlineNs,
            long timeoutPointer,
            long caller) {
        if (deadlineNs != WaitServices.AT_ONCE && irql > Irql.APC_LEVEL) {
            waitAtRaisedIrql(processor, routine, object, irql, timeoutPointer, caller);
        } else if (deadlineNs != WaitServices.AT_ONCE && irql == Irql.APC_LEVEL && !atApcLevel) {
            waitAtApcLevel(processor, routine, caller);
        }
        return machine.ended() == null;
    }

    /** WDK, "Managing Hardware Priorities": only routines at PASSIVE_LEVEL may wait safely. */
    private void waitAtApcLevel(Processor processor, String routine, long caller) {
        rules.broken(
                processor,
                new Violation(
                        "WaitAtApcLevel",
                        "",
                        Severity.WARNING,
                        "%s is called at APC_LEVEL, above PASSIVE_LEVEL".formatted(routine),
                        Verifier.NONE,
                        List.of()),
                caller);
    }

    private void waitAtRaisedIrql(
            Processor processor,
            String routine,
            long object,
            int irql,
            long timeoutPointer,
            long caller) {
        boolean several = routine.equals("KeWaitForMultipleObjects");
        rules.broken(
                processor,
                Violation.error(
                        several ? "IrqlKeWaitForMultipleObjects" : "IrqlKeWaitForSingleObject",
                        "3B",
                        "%s may wait for 0x%x at %s, above APC_LEVEL"
                                .formatted(routine, object, Irql.name(irql)),
                        Verifier.detected(0x3B, irql, object, timeoutPointer)),
                caller);
    }

    /** An object is about to be waited for. With the verifier on this may end the run. */
    void checkStorage(Processor processor, String routine, long object, int mode, long caller) {
        waits.check(processor, new DispatcherHeader(processor.memory(), object), caller);
        if (machine.ended() != null) {
            return;
        }
        checkStack(processor, routine, "for", object, mode, caller);
        if (mode == USER_MODE
                && new DispatcherHeader(processor.memory(), object).type()
                        == DispatcherHeader.MUTANT
                && machine.ended() == null) {
            rules.broken(
                    processor,
                    Violation.error(
                            "MutexWaitInUserMode",
                            "",
                            "%s waits in user mode for the mutex at 0x%x"
                                    .formatted(routine, object),
                            Verifier.NONE),
                    caller);
        }
    }

    /**
     * A stack may be paged out during a wait in user mode, and so must hold neither the object nor
     * the wait blocks. WDK, "Bug Check 0xC4", 0x123, and KeWaitForMultipleObjects.
     */
    void checkStack(
            Processor processor,
            String routine,
            String preposition,
            long address,
            int mode,
            long caller) {
        if (mode == USER_MODE && KernelMemory.isStack(address)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "UserModeWaitOnStack",
                            "123",
                            "%s waits in user mode %s 0x%x on a kernel stack, which may page out"
                                    .formatted(routine, preposition, address),
                            Verifier.detected(0x123, address, 0, 0)),
                    caller);
        }
    }
}
