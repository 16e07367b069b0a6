package dev.dirql.simulation.view;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import java.util.Arrays;
import java.util.List;

/**
 * The fields of every kind of event with their names and what they are: the one place that texts
 * and JSON are made from.
 */
public final class EventFields {
    /** Receives the fields of an event, in order. */
    public interface Visitor {
        /** A guest address that is not code. */
        void address(String name, long value);

        /** The address of code, which may have a routine and a line. */
        void code(String name, long value);

        /** A count or number, for decimal. */
        void number(String name, long value);

        /** A bit pattern, for hex. */
        void bits(String name, long value);

        /** An NTSTATUS. */
        void status(String name, int value);

        /** A duration in nanoseconds; the name has no unit. */
        void duration(String name, long ns);

        void text(String name, String value);

        void flag(String name, boolean value);

        void finding(Finding finding);
    }

    private EventFields() {}

    /** The kind of an event, as {@code --kind} and JSON name it. */
    public static String kind(Event event) {
        return event.getClass().getSimpleName();
    }

    /** Names of all kinds of event, in the order of their declaration. */
    public static List<String> kinds() {
        return Arrays.stream(Event.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList();
    }

    /** Hands the fields of an event to a visitor. */
    public static void visit(Event event, Visitor out) {
        switch (event) {
            case Event.ImageLoaded e -> {
                out.text("name", e.name());
                out.address("base", e.base());
                out.number("size", e.size());
            }
            case Event.ImageUnloaded e -> {
                out.text("name", e.name());
                out.address("base", e.base());
                out.number("size", e.size());
            }
            case Event.RunEnded e -> {
                out.text("reason", e.reason().name());
                out.text("detail", e.detail());
            }
            case Event.IrqlChanged e -> {
                out.number("from", e.from());
                out.number("to", e.to());
                out.code("caller", e.caller());
            }
            case Event.InterruptRequested e -> {
                out.bits("vector", e.vector());
                out.number("target", e.target());
                out.text("source", e.source());
            }
            case Event.InterruptTaken e -> {
                out.bits("vector", e.vector());
                out.code("interrupted", e.interrupted());
            }
            case Event.InterruptCompleted e -> out.bits("vector", e.vector());
            case Event.InterruptUnclaimed e -> out.bits("vector", e.vector());
            case Event.InterruptConnected e -> {
                out.address("interrupt", e.interrupt());
                out.bits("vector", e.vector());
                out.number("interrupt_irql", e.irql());
                out.number("synchronize_irql", e.synchronizeIrql());
                out.code("routine", e.routine());
                out.text("name", e.name());
            }
            case Event.InterruptDisconnected e -> {
                out.address("interrupt", e.interrupt());
                out.bits("vector", e.vector());
            }
            case Event.IsrStarted e -> {
                out.address("interrupt", e.interrupt());
                out.code("routine", e.routine());
                out.bits("vector", e.vector());
            }
            case Event.IsrReturned e -> {
                out.address("interrupt", e.interrupt());
                out.code("routine", e.routine());
                out.flag("claimed", e.claimed());
            }
            case Event.SynchronizeStarted e -> {
                out.address("interrupt", e.interrupt());
                out.code("routine", e.routine());
                out.code("caller", e.caller());
            }
            case Event.SynchronizeReturned e -> {
                out.address("interrupt", e.interrupt());
                out.code("routine", e.routine());
                out.flag("result", e.result());
            }
            case Event.LockContended e -> {
                lock(out, e.lock(), e.lockName(), e.lockKind().text());
                out.number("owner", e.owner());
                out.code("caller", e.caller());
            }
            case Event.LockAcquired e -> {
                lock(out, e.lock(), e.lockName(), e.lockKind().text());
                out.number("irql_before", e.irqlBefore());
                out.number("irql_after", e.irqlAfter());
                out.code("caller", e.caller());
                out.duration(e.lockKind().waits() ? "wait" : "spin", e.spinNs());
            }
            case Event.LockReleased e -> {
                lock(out, e.lock(), e.lockName(), e.lockKind().text());
                out.number("irql_before", e.irqlBefore());
                out.number("irql_after", e.irqlAfter());
                out.code("caller", e.caller());
                out.duration("hold", e.holdNs());
            }
            case Event.LockTryFailed e -> {
                lock(out, e.lock(), e.lockName(), e.lockKind().text());
                out.code("caller", e.caller());
            }
            case Event.LockDefined e -> {
                lock(out, e.lock(), e.lockName(), e.lockKind().text());
                out.text("storage", e.storage());
            }
            case Event.DpcQueued e -> {
                out.address("dpc", e.dpc());
                out.code("routine", e.routine());
                out.number("target", e.target());
                out.flag("inserted", e.inserted());
                out.code("caller", e.caller());
            }
            case Event.DpcRemoved e -> {
                out.address("dpc", e.dpc());
                out.code("routine", e.routine());
                out.number("target", e.target());
                out.code("caller", e.caller());
            }
            case Event.DpcStarted e -> {
                out.address("dpc", e.dpc());
                out.code("routine", e.routine());
            }
            case Event.DpcFinished e -> {
                out.address("dpc", e.dpc());
                out.code("routine", e.routine());
            }
            case Event.ThreadCreated e -> {
                out.address("created", e.created());
                out.text("name", e.name());
                out.number("priority", e.priority());
                out.bits("affinity", e.affinity());
                out.code("routine", e.routine());
            }
            case Event.ThreadSwitched e -> {
                out.address("from", e.from());
                out.address("to", e.to());
                out.text("reason", e.reason());
            }
            case Event.ThreadEnded e -> {
                out.address("ended", e.ended());
                out.status("status", e.status());
            }
            case Event.WaitStarted e -> {
                out.address("object", e.object());
                out.text("object_kind", e.objectKind());
                out.duration("timeout", e.timeoutNs());
                out.code("caller", e.caller());
            }
            case Event.WaitEnded e -> {
                out.address("object", e.object());
                out.address("waiter", e.waiter());
                out.status("status", e.status());
            }
            case Event.ObjectSignaled e -> {
                out.address("object", e.object());
                out.text("object_kind", e.objectKind());
                out.code("caller", e.caller());
            }
            case Event.IrpCreated e -> {
                out.address("irp", e.irp());
                out.number("major", e.major());
                out.address("device", e.device());
                out.number("length", e.length());
            }
            case Event.IrpDispatched e -> {
                out.address("irp", e.irp());
                out.number("major", e.major());
                out.address("device", e.device());
                out.code("routine", e.routine());
            }
            case Event.IrpPended e -> {
                out.address("irp", e.irp());
                out.code("caller", e.caller());
            }
            case Event.IrpStarted e -> {
                out.address("irp", e.irp());
                out.address("device", e.device());
                out.code("routine", e.routine());
            }
            case Event.IrpQueued e -> {
                out.address("irp", e.irp());
                out.address("device", e.device());
                out.code("caller", e.caller());
            }
            case Event.IrpCancelled e -> {
                out.address("irp", e.irp());
                out.code("routine", e.routine());
                out.code("caller", e.caller());
            }
            case Event.IrpCompleted e -> {
                out.address("irp", e.irp());
                out.status("status", e.status());
                out.number("information", e.information());
                out.code("caller", e.caller());
            }
            case Event.RegisterRead e -> {
                out.text("device_name", e.device());
                out.text("register", e.register());
                out.number("width", e.width());
                out.bits("value", e.value());
            }
            case Event.RegisterWritten e -> {
                out.text("device_name", e.device());
                out.text("register", e.register());
                out.number("width", e.width());
                out.bits("value", e.value());
            }
            case Event.DmaTransferred e -> {
                out.text("device_name", e.device());
                out.address("physical", e.physicalAddress());
                out.number("length", e.length());
                out.flag("to_memory", e.toMemory());
            }
            case Event.DmaRefused e -> {
                out.text("device_name", e.device());
                out.address("physical", e.physicalAddress());
                out.number("length", e.length());
                out.flag("to_memory", e.toMemory());
                out.text("reason", e.reason());
            }
            case Event.LineChanged e -> {
                out.text("device_name", e.device());
                out.number("line", e.line());
                out.flag("asserted", e.asserted());
            }
            case Event.StimulusApplied e -> {
                out.text("device_name", e.device());
                out.text("stimulus", e.stimulus());
            }
            case Event.PoolAllocated e -> {
                out.address("address", e.address());
                out.number("size", e.size());
                out.text("tag", tag(e.tag()));
                out.text("pool", e.pool());
                out.code("caller", e.caller());
            }
            case Event.PoolFreed e -> {
                out.address("address", e.address());
                out.number("size", e.size());
                out.text("tag", tag(e.tag()));
                out.code("caller", e.caller());
            }
            case Event.PageBroughtIn e -> {
                out.address("page", e.page());
                out.address("address", e.address());
                out.code("caller", e.caller());
            }
            case Event.DebugPrinted e -> {
                out.text("text", e.text());
                out.code("caller", e.caller());
            }
            case Event.FindingReported e -> out.finding(e.finding());
            case Event.BugChecked e -> {
                out.bits("code", e.code());
                out.text("name", e.name());
                out.bits("parameter1", e.parameter1());
                out.bits("parameter2", e.parameter2());
                out.bits("parameter3", e.parameter3());
                out.bits("parameter4", e.parameter4());
                out.code("address", e.address());
            }
        }
    }

    private static void lock(Visitor out, long address, String name, String kind) {
        out.address("lock", address);
        out.text("lock_name", name);
        out.text("lock_kind", kind);
    }

    /** A pool tag as tools show it: the first character is the lowest byte. */
    private static String tag(int tag) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            int c = (tag >>> shift) & 0xFF;
            text.append(c >= ' ' && c < 0x7F ? (char) c : '.');
        }
        return text.toString();
    }
}
