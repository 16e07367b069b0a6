package dev.dirql.kernel.executive;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** How mistakes with resources are told. */
final class ResourceRules {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Scheduler scheduler;
    private final Rules rules;

    ResourceRules(KernelModel kernel) {
        machine = kernel.machine();
        engine = kernel.engine();
        scheduler = kernel.scheduler();
        rules = kernel.rules();
    }

    /** An owner must not be suspended. A system thread cannot be. */
    void checkRegion(Processor processor, EResource resource, String what, int subcode) {
        KernelThread thread = scheduler.current(processor);
        boolean system = thread.space() == machine.kernelSpace();
        if (system || processor.irql() >= Irql.APC_LEVEL || Apcs.areDisabled(processor)) {
            return;
        }
        tell(
                processor,
                "WithinCriticalRegion",
                Integer.toHexString(subcode),
                "the resource at 0x%x is %s with normal kernel APCs enabled"
                        .formatted(resource.address(), what),
                Verifier.detected(
                        subcode,
                        processor.irql(),
                        Apcs.disableCounts(processor),
                        resource.address()));
    }

    /** A rule is broken. With the verifier on this may end the run. */
    void tell(Processor processor, String rule, String id, String message, Verifier verifier) {
        rules.broken(
                processor, Violation.error(rule, id, message, verifier), engine.caller(processor));
    }
}
