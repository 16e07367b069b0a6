package dev.dirql.kernel.locks;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.SListHeader;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Sequenced singly linked lists. Each change is one step, as the cmpxchg16b that makes it is on
 * x64: no lock is taken, and ExInterlockedPushEntrySList and its like ignore the one that they are
 * given. Source: WDK, "Sequenced singly linked lists"; wdm.h.
 */
public final class SListServices {
    private static final int KMODE_EXCEPTION_NOT_HANDLED = 0x1E;
    private static final long DATATYPE_MISALIGNMENT = 0x8000_0002;
    private static final long ACCESS_VIOLATION = 0xC000_0005;

    private final Machine machine;
    private final ServiceEngine engine;
    private final BugChecks bugChecks;
    private final Rules rules;
    private final SListWatch watch;

    public SListServices(
            Machine machine,
            ServiceEngine engine,
            BugChecks bugChecks,
            Rules rules,
            SListWatch watch) {
        this.machine = machine;
        this.engine = engine;
        this.bugChecks = bugChecks;
        this.rules = rules;
        this.watch = watch;
    }

    @Ddi("InitializeSListHead")
    Outcome initialize(Processor processor, SListHeader head) {
        if (isMisaligned(processor, "header", head.address())) {
            return raise(processor, DATATYPE_MISALIGNMENT, 0);
        }
        head.memory().probe(head.address(), SListHeader.BYTES, true);
        head.initialize();
        watch.initializes(head.address());
        return Outcome.done();
    }

    @Ddi("ExpInterlockedPushEntrySList")
    Outcome push(Processor processor, SListHeader head, long entry) {
        if (isMisaligned(processor, "header", head.address())) {
            return raise(processor, ACCESS_VIOLATION, -1);
        }
        // The header has no room for the low bits of an entry's address, which NT drops.
        isMisaligned(processor, "entry", entry);
        watch.pushes(processor, head.address(), entry, engine.caller(processor));
        return machine.hasEnded() ? Outcome.stay() : Outcome.of(head.push(entry));
    }

    @Ddi("ExpInterlockedPopEntrySList")
    Outcome pop(Processor processor, SListHeader head) {
        if (isMisaligned(processor, "header", head.address())) {
            return raise(processor, ACCESS_VIOLATION, -1);
        }
        watch.pops(processor, head.address(), engine.caller(processor));
        return machine.hasEnded() ? Outcome.stay() : Outcome.of(head.pop());
    }

    @Ddi("ExpInterlockedFlushSList")
    Outcome flush(Processor processor, SListHeader head) {
        return isMisaligned(processor, "header", head.address())
                ? raise(processor, ACCESS_VIOLATION, -1)
                : Outcome.of(head.flush());
    }

    @Ddi(value = "ExQueryDepthSList", maximum = Irql.DISPATCH_LEVEL)
    int depth(Processor processor, SListHeader head) {
        return head.depth();
    }

    @Ddi("FirstEntrySList")
    long first(Processor processor, SListHeader head) {
        return head.first();
    }

    private boolean isMisaligned(Processor processor, String what, long address) {
        if ((address & (SListHeader.BYTES - 1)) == 0) {
            return false;
        }
        rules.broken(
                processor,
                Violation.error(
                        "SListAlignment",
                        "",
                        "the list %s at 0x%x is not aligned to 16 bytes".formatted(what, address),
                        Verifier.NONE),
                engine.caller(processor));
        return true;
    }

    private Outcome raise(Processor processor, long status, long information) {
        long caller = engine.caller(processor);
        bugChecks.raise(
                processor, KMODE_EXCEPTION_NOT_HANDLED, status, caller, 0, information, caller);
        return Outcome.stay();
    }
}
