package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Event objects. Source: WDK, the page of each routine. */
public final class EventServices {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Waits waits;
    private final AnnouncedWaits announced;
    private final Rules rules;

    public EventServices(
            Machine machine,
            ServiceEngine engine,
            Waits waits,
            AnnouncedWaits announced,
            Rules rules) {
        this.machine = machine;
        this.engine = engine;
        this.waits = waits;
        this.announced = announced;
        this.rules = rules;
    }

    @Ddi("KeInitializeEvent")
    void initialize(Processor processor, long event, int type, boolean state) {
        waits.eventInitialized(processor, event, engine.caller(processor));
        if (machine.ended() != null) {
            return;
        }
        new DispatcherHeader(processor.memory(), event)
                .initialize(
                        type == 1
                                ? DispatcherHeader.SYNCHRONIZATION_EVENT
                                : DispatcherHeader.NOTIFICATION_EVENT,
                        DispatcherHeader.SIZE,
                        state);
    }

    @Ddi(
            value = "KeSetEvent",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeSetEvent",
            verifier = 0x80,
            state = Ddi.State.PARTIAL,
            missing = Scheduler.NO_BOOST)
    int set(Processor processor, DispatcherHeader event, int increment, boolean wait) {
        long caller = engine.caller(processor);
        int irql = processor.irql();
        if (wait && irql > Irql.APC_LEVEL) {
            rules.broken(
                    processor,
                    Violation.error(
                            "IrqlKeSetEvent",
                            "20016",
                            "KeSetEvent with Wait is called at %s, above APC_LEVEL"
                                    .formatted(Irql.name(irql)),
                            Verifier.detected(0x20016, 0, 0, 0)),
                    caller);
            if (machine.ended() != null) {
                return 0;
            }
        }
        int before = waits.signal(processor, event, caller);
        announced.announce(processor, wait, irql, caller);
        return before;
    }

    @Ddi(
            value = "KePulseEvent",
            header = "ntddk.h",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte",
            state = Ddi.State.PARTIAL,
            missing = Scheduler.NO_BOOST)
    int pulse(Processor processor, DispatcherHeader event, int increment, boolean wait) {
        long caller = engine.caller(processor);
        int irql = processor.irql();
        int before = waits.signal(processor, event, caller);
        if (machine.ended() == null) {
            event.setSignaled(false);
            announced.announce(processor, wait, irql, caller);
        }
        return before;
    }

    @Ddi(value = "KeResetEvent", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    int reset(Processor processor, DispatcherHeader event) {
        int before = event.signalState();
        event.setSignaled(false);
        return before;
    }

    @Ddi(value = "KeClearEvent", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    void clear(Processor processor, DispatcherHeader event) {
        event.setSignaled(false);
    }

    @Ddi(value = "KeReadStateEvent")
    int readState(Processor processor, DispatcherHeader event) {
        return event.signalState();
    }
}
