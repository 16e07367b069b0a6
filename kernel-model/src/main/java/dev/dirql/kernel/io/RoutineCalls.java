package dev.dirql.kernel.io;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;
import java.util.Locale;

/**
 * A routine of a driver returns at the IRQL at which it was called. Source: WDK, "IrqlReturn rule",
 * "Bug check 0xC4" and "Bug check 0xC9". Each method says whether the run goes on; then the IRQL is
 * what it was.
 */
public final class RoutineCalls {
    private static final int IO_VIOLATION = 0xC9;
    private static final int DISPATCH_CHANGED_IRQL = 0x05;
    private static final int COMPLETION_CHANGED_IRQL = 0xFA;
    private static final int DISPATCH_DISABLED_INTERRUPTS = 0xC1;
    private static final int DISPATCH_CHANGED_APCS = 0xC5;
    private static final int COMPLETION_CHANGED_APCS = 0xFB;
    private static final int IRQL_RETURN = 0x2001D;
    private static final int APC_INDEX_MISMATCH = 0x01;
    private static final int SYSTEM_CALL = 0;
    private static final int WORKER_ROUTINE = 1;

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final LoadedImages images;
    private final HeldLocks heldLocks;
    private final Rules rules;
    private final DriverUnloading threads;
    private final Crash crash;

    RoutineCalls(
            ServiceEngine engine,
            Irqls irqls,
            LoadedImages images,
            HeldLocks heldLocks,
            Rules rules,
            DriverUnloading threads,
            Crash crash) {
        this.engine = engine;
        this.irqls = irqls;
        this.images = images;
        this.heldLocks = heldLocks;
        this.rules = rules;
        this.threads = threads;
        this.crash = crash;
    }

    /** A dispatch routine returned. */
    public boolean dispatchReturned(Processor processor, long device, long routine, int before) {
        return isKept(
                processor,
                routine,
                before,
                new Verifier(
                        IO_VIOLATION, DISPATCH_CHANGED_IRQL, device, before, processor.irql()));
    }

    /** A completion routine returned. */
    boolean completionReturned(Processor processor, long routine, int before) {
        return isKept(
                processor,
                routine,
                before,
                Verifier.detected(COMPLETION_CHANGED_IRQL, routine, before, processor.irql()));
    }

    /** How often APCs are disabled, for who looks again when a routine has returned. */
    int apcs(Processor processor) {
        return threads.apcDisableCounts(processor);
    }

    /** A dispatch routine returned: it leaves as many regions as it enters. */
    boolean dispatchKeepsApcs(Processor processor, long routine, int before) {
        return keepsApcs(processor, DISPATCH_CHANGED_APCS, routine, before);
    }

    /** A completion routine returned. */
    boolean completionKeepsApcs(Processor processor, long routine, int before) {
        return keepsApcs(processor, COMPLETION_CHANGED_APCS, routine, before);
    }

    private boolean keepsApcs(Processor processor, int subcode, long routine, int before) {
        int after = apcs(processor);
        if (after != before) {
            rules.broken(
                    processor,
                    Violation.error(
                            "CriticalRegions",
                            Integer.toHexString(subcode).toUpperCase(Locale.ROOT),
                            "%s changed how often APCs are disabled from 0x%x to 0x%x"
                                    .formatted(images.name(routine), before, after),
                            Verifier.detected(
                                    subcode, routine, after & 0xFFFF_FFFFL, before & 0xFFFF_FFFFL)),
                    routine);
        }
        return processor.machine().ended() == null;
    }

    /** A dispatch routine returned, where interrupts must be enabled. */
    boolean dispatchEnablesInterrupts(Processor processor, long routine) {
        if (processor.flags.interruptsEnabled()) {
            return true;
        }
        rules.broken(
                processor,
                Violation.error(
                        "InterruptsDisabled",
                        Integer.toHexString(DISPATCH_DISABLED_INTERRUPTS).toUpperCase(Locale.ROOT),
                        "%s returned with interrupts disabled".formatted(images.name(routine)),
                        Verifier.detected(DISPATCH_DISABLED_INTERRUPTS, routine, 0, 0)),
                routine);
        return processor.machine().ended() == null;
    }

    /**
     * A system call is about to return to user mode, where APCs must be enabled. WDK, "Bug Check
     * 0x1".
     *
     * @param function name of the export that stands for the system call
     * @param routine the driver's routine that served it
     */
    boolean enablesApcs(Processor processor, String function, long routine) {
        return enablesApcs(processor, engine.table().address(function), routine, SYSTEM_CALL);
    }

    boolean ownsMutex(Processor processor) {
        return threads.ownsMutex(processor);
    }

    /** A worker routine returned. */
    boolean workerEnablesApcs(Processor processor, long routine) {
        return enablesApcs(processor, routine, routine, WORKER_ROUTINE);
    }

    private boolean enablesApcs(Processor processor, long function, long routine, int type) {
        int disabled = threads.apcDisableCounts(processor);
        if (disabled != 0) {
            crash.bugCheckAt(
                    routine,
                    processor,
                    APC_INDEX_MISMATCH,
                    function,
                    0,
                    disabled & 0xFFFF_FFFFL,
                    type);
        }
        return disabled == 0;
    }

    /** Another routine returned. */
    public boolean returned(Processor processor, long routine, int before) {
        return isKept(processor, routine, before, Verifier.NONE);
    }

    /** A routine returned whose caller held no spin lock: it must not hold one, either. */
    void mustHoldNone(Processor processor, long routine) {
        heldLocks.returned(processor, routine, HeldLocks.ANY_TIME);
    }

    private boolean isKept(Processor processor, long routine, int before, Verifier verifier) {
        if (before < Irql.DISPATCH_LEVEL) {
            // Above, the caller may hold locks of its own.
            mustHoldNone(processor, routine);
        }
        int after = processor.irql();
        if (after == before) {
            return true;
        }
        rules.broken(
                processor,
                Violation.error(
                        "IrqlReturn",
                        Integer.toHexString(IRQL_RETURN).toUpperCase(Locale.ROOT),
                        "%s was called at %s and returned at %s"
                                .formatted(
                                        images.name(routine), Irql.name(before), Irql.name(after)),
                        verifier),
                routine);
        if (processor.machine().ended() != null) {
            return false;
        }
        irqls.set(processor, before, engine.caller(processor));
        return true;
    }
}
