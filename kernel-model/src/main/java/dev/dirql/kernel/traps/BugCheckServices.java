package dev.dirql.kernel.traps;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/** KeBugCheck and KeBugCheckEx. */
public final class BugCheckServices {
    private final ServiceEngine engine;
    private final BugChecks bugChecks;

    public BugCheckServices(ServiceEngine engine, BugChecks bugChecks) {
        this.engine = engine;
        this.bugChecks = bugChecks;
    }

    @Ddi(value = "KeBugCheckEx")
    Outcome bugCheckEx(Processor processor, int code, long p1, long p2, long p3, long p4) {
        bugChecks.raise(processor, code, p1, p2, p3, p4, engine.caller(processor));
        return Outcome.stay();
    }

    @Ddi(value = "KeBugCheck", header = "ntddk.h")
    Outcome bugCheck(Processor processor, int code) {
        return bugCheckEx(processor, code, 0, 0, 0, 0);
    }
}
