package dev.dirql.kernel.wmi;

import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.io.DriverUnloading;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * Events of providers: a system thread calls the callbacks of those who listen, and frees the
 * event. Source: WDK, IoWMIWriteEvent and IoWMISetNotificationCallback.
 */
final class WmiEvents {
    private static final String DELIVER = "WmipDeliverEvent";
    private static final long SYSTEM_TIME = SystemTime.SHARED_DATA + 0x14;

    /** The WDK names no number. */
    private static final long BYTES_MAXIMUM = 0x1_0000;

    private final ServiceEngine engine;
    private final Pool pool;
    private final Rules rules;
    private final DriverUnloading kernel;
    private final WmiRegistry registry;

    WmiEvents(
            ServiceEngine engine,
            Pool pool,
            Rules rules,
            DriverUnloading kernel,
            WmiRegistry registry) {
        this.engine = engine;
        this.pool = pool;
        this.rules = rules;
        this.kernel = kernel;
        this.registry = registry;
    }

    /** A callback of one who listens runs; the number is that of the next. */
    record EventDelivered(long event, int next) implements Pending {}

    int providerId(long device) {
        return registry.id(device);
    }

    long now(Processor processor) {
        return processor.memory().load64(SYSTEM_TIME);
    }

    @Ddi(value = "IoWMIDeviceObjectToProviderId", maximum = Irql.DISPATCH_LEVEL)
    int providerId(Processor processor, long device) {
        return registry.id(device);
    }

    @Ddi(
            value = "IoWMIWriteEvent",
            maximum = Irql.APC_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "trace sessions")
    Outcome write(Processor processor, Wnode event) {
        int status = write(processor, event, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    /** Gives an event to those who listen. It is theirs if the status is a success. */
    int write(Processor processor, Wnode event, long caller) {
        if (event.bufferSize() > BYTES_MAXIMUM) {
            return WmiStatus.BUFFER_OVERFLOW;
        }
        PoolKind kind = pool.kindOf(event.address());
        if (kind == null || kind == PoolKind.PAGED) {
            tell(
                    processor,
                    "WmiEventMemory",
                    Severity.ERROR,
                    "the event at 0x%x is not in nonpaged pool".formatted(event.address()),
                    caller);
        }
        if (event.is(Wnode.TRACED_GUID)) {
            return IoStatus.UNSUCCESSFUL;
        }
        WmiGuid guid = event.guid();
        if (registry.listeners(guid).isEmpty()) {
            if (!registry.areEventsEnabled(guid)) {
                tell(
                        processor,
                        "WmiEventNotEnabled",
                        Severity.WARNING,
                        "an event of %s is sent, which nobody enabled".formatted(guid),
                        caller);
            }
            if (processor.machine().ended() == null) {
                pool.free(processor, event.address(), caller);
            }
            return IoStatus.SUCCESS;
        }
        kernel.startThread(
                processor, "WMI event", engine.table().address(DELIVER), event.address());
        return IoStatus.SUCCESS;
    }

    private void tell(
            Processor processor, String rule, Severity severity, String message, long caller) {
        rules.broken(
                processor,
                new Violation(rule, "", severity, message, Verifier.NONE, List.of()),
                caller);
    }

    @EntryPoint(value = DELIVER, frame = FrameShape.RETURN_ADDRESS)
    Outcome deliver(Processor processor, long event) {
        return deliver(processor, event, 0);
    }

    @Resumes("WmipEventDelivered")
    Outcome delivered(Processor processor, EventDelivered pending) {
        return deliver(processor, pending.event, pending.next);
    }

    private Outcome deliver(Processor processor, long event, int index) {
        List<WmiRegistry.Consumer> listeners =
                registry.listeners(new Wnode(processor.memory(), event).guid());
        if (index < listeners.size()) {
            WmiRegistry.Consumer listener = listeners.get(index);
            return new Outcome.Call(
                    listener.callback(),
                    new EventDelivered(event, index + 1),
                    event,
                    listener.context());
        }
        pool.free(processor, event, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }
}
