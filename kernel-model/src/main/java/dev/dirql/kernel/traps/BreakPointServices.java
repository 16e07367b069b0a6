package dev.dirql.kernel.traps;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;

/**
 * Exceptions that a driver raises by a routine: no handler of a driver is modelled, and there is no
 * kernel debugger. Source: WDK, the page of each routine.
 */
public final class BreakPointServices {
    private static final int KMODE_EXCEPTION_NOT_HANDLED = 0x1E;
    private static final String HANDLERS = "exception handlers of drivers";

    /** Exported variables of the WDK's headers. */
    public static final String DEBUGGER_NOT_PRESENT = "KdDebuggerNotPresent";

    public static final String DEBUGGER_ENABLED = "KdDebuggerEnabled";
    private static final int DEBUGGER_INACTIVE = 0xC000_0354;

    private final ServiceEngine engine;
    private final Exceptions exceptions;
    private final BugChecks bugChecks;

    public BreakPointServices(ServiceEngine engine, Exceptions exceptions, BugChecks bugChecks) {
        this.engine = engine;
        this.exceptions = exceptions;
        this.bugChecks = bugChecks;
    }

    @Ddi("DbgBreakPoint")
    Outcome breakPoint(Processor processor) {
        processor.trap.exception(Trap.BREAKPOINT);
        exceptions.trap(processor);
        return Outcome.stay();
    }

    /** The status is for the debugger. */
    @Ddi("DbgBreakPointWithStatus")
    Outcome breakPointWithStatus(Processor processor, int status) {
        return breakPoint(processor);
    }

    @Ddi(
            value = "ExRaiseStatus",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlExPassive",
            state = Ddi.State.PARTIAL,
            missing = HANDLERS)
    Outcome raise(Processor processor, int status) {
        bugChecks.raise(
                processor,
                KMODE_EXCEPTION_NOT_HANDLED,
                status,
                engine.caller(processor),
                0,
                0,
                engine.caller(processor));
        return Outcome.stay();
    }

    @Ddi(
            value = "ExRaiseAccessViolation",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlExPassive",
            state = Ddi.State.PARTIAL,
            missing = HANDLERS)
    Outcome raiseAccessViolation(Processor processor) {
        return raise(processor, NtStatus.ACCESS_VIOLATION);
    }

    @Ddi(
            value = "ExRaiseDatatypeMisalignment",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlExPassive",
            state = Ddi.State.PARTIAL,
            missing = HANDLERS)
    Outcome raiseMisalignment(Processor processor) {
        return raise(processor, NtStatus.DATATYPE_MISALIGNMENT);
    }

    /** Whether there is no debugger: there never is. */
    @Ddi("KdRefreshDebuggerNotPresent")
    boolean refresh(Processor processor) {
        return true;
    }

    @Ddi("KdDisableDebugger")
    int disable(Processor processor) {
        return DEBUGGER_INACTIVE;
    }

    @Ddi("KdEnableDebugger")
    int enable(Processor processor) {
        return DEBUGGER_INACTIVE;
    }

    @Ddi("KdChangeOption")
    int change(
            Processor processor,
            int option,
            int inputBytes,
            long input,
            int outputBytes,
            long output,
            long needed) {
        return DEBUGGER_INACTIVE;
    }
}
