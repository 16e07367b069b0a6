package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Arrival;
import dev.dirql.events.LockKind;
import dev.dirql.kernel.locks.LockHolder;
import dev.dirql.kernel.locks.LockRecord;
import dev.dirql.simulation.view.Texts;
import java.util.List;
import java.util.OptionalLong;

/** Spin locks: who owns them, who waits for them. */
final class SpinLockCommands {
    private SpinLockCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!spinlocks",
                                "[-at POSITION] [NAME|ADDRESS]",
                                "show spin locks: owners, waiters, times, history",
                                Command.look(SpinLockCommands::spinLocks))
                        .help(
                                """
                                Every spin lock that was ever used, or one with its last
                                acquisitions. -at shows them as they were at a position or a time,
                                and comes back: !spinlocks -at 1A0:12F, !spinlocks -at 1.5ms.
                                """));
    }

    private static void spinLocks(Call call) {
        long here = call.debugger().position().steps();
        if (!call.arguments().take("-at")) {
            shown(call);
            return;
        }
        String position =
                call.arguments()
                        .word()
                        .orElseThrow(() -> new ConsoleError("A position is missing behind -at."));
        try {
            Arrival arrival = MoveCommands.travel(call, position);
            String at = call.debugger().position().hex();
            call.reply()
                    .line("As of %s:", at)
                    .put("position", at)
                    .put("why", StopText.why(arrival));
            shown(call);
        } finally {
            Arrival _ = call.debugger().goTo(here);
        }
    }

    private static void shown(Call call) {
        if (call.arguments().isAtEnd()) {
            table(call);
            return;
        }
        String name = call.arguments().rest();
        for (LockRecord lock : call.run().kernel().lockTable().locks()) {
            if (lock.name().equalsIgnoreCase(name)) {
                one(call, lock);
                return;
            }
        }
        long address = call.argument("A lock");
        call.arguments().end();
        for (LockRecord lock : call.run().kernel().lockTable().locks()) {
            if (lock.address() == address) {
                one(call, lock);
                return;
            }
        }
        throw new ConsoleError("No lock at " + Address.text(address) + " was used up to here.");
    }

    private static void table(Call call) {
        Reply.Table table =
                call.reply()
                        .table(
                                "locks",
                                "lock",
                                "kind",
                                "owner",
                                ">held for",
                                "waiters",
                                ">acquired",
                                ">contended",
                                ">hold max",
                                "address");
        for (LockRecord lock : call.run().kernel().lockTable().locks()) {
            table.row(
                            lock.name(),
                            shortKind(lock.kind()),
                            owners(lock),
                            heldFor(call, lock),
                            waiters(call, lock),
                            lock.acquisitions(),
                            lock.contended(),
                            Texts.time(lock.holdMaximumNs()),
                            new Address(lock.address()))
                    .put("spin_total_ns", lock.spinTotalNs())
                    .put("spin_max_ns", lock.spinMaximumNs())
                    .put("hold_total_ns", lock.holdTotalNs())
                    .put("hold_max_ns", lock.holdMaximumNs());
        }
        table.end("No spin lock was used up to here.");
    }

    private static String shortKind(LockKind kind) {
        String text = kind.text();
        return text.endsWith(" spin lock") ? text.substring(0, text.indexOf(' ')) : text;
    }

    private static String owners(LockRecord lock) {
        StringBuilder text = new StringBuilder();
        for (LockHolder holder : lock.holders()) {
            text.append(text.isEmpty() ? "" : " ").append("cpu").append(holder.processor());
        }
        return text.isEmpty() ? "-" : text.toString();
    }

    private static String heldFor(Call call, LockRecord lock) {
        return lock.isHeld()
                ? Texts.time(
                        Math.max(
                                0,
                                call.run().machine().nowNs() - lock.holders().getFirst().sinceNs()))
                : "-";
    }

    private static String waiters(Call call, LockRecord lock) {
        StringBuilder text = new StringBuilder();
        for (int processor : LockWaiters.spinning(call, lock)) {
            text.append(text.isEmpty() ? "" : " ").append("cpu").append(processor);
        }
        return text.isEmpty() ? "-" : text.toString();
    }

    private static void one(Call call, LockRecord lock) {
        Reply reply = call.reply();
        reply.line("%s, %s in %s", lock.name(), lock.kind().text(), lock.storage());
        reply.line("  at %s", Address.text(lock.address()));
        reply.put("lock", lock.name())
                .put("kind", lock.kind().text())
                .put("storage", lock.storage())
                .put("address", new Address(lock.address()))
                .put("held", lock.isHeld());
        for (LockHolder holder : lock.holders()) {
            reply.line(
                    "  owner: cpu%d, %s, IRQL %s, since %s (%s), by %s",
                    holder.processor(),
                    call.thread(holder.thread()),
                    Irqls.text(holder.irql()),
                    Texts.moment(holder.sinceNs()),
                    HistoryCommands.position(holder.sequence()),
                    call.place(holder.caller()));
        }
        if (!lock.isHeld()) {
            reply.line("  nobody owns it");
        }
        reply.line("  waiters: %s", waiters(call, lock)).put("waiters", waiters(call, lock));
        reply.line(
                "  acquired %s times, %s contended; spinning %s in all, %s at most; held %s in"
                        + " all, %s at most",
                Texts.count(lock.acquisitions()),
                Texts.count(lock.contended()),
                Texts.time(lock.spinTotalNs()),
                Texts.time(lock.spinMaximumNs()),
                Texts.time(lock.holdTotalNs()),
                Texts.time(lock.holdMaximumNs()));
        reply.line("  last acquisitions:");
        Reply.Table table =
                reply.table("history", "position", ">time", "cpu", "irql", "thread", "by");
        long shown = Math.min(LockRecord.HISTORY, lock.acquisitions());
        for (int back = 0; back < shown; back++) {
            LockRecord.Acquisition acquisition = lock.acquisition(back);
            table.row(
                    HistoryCommands.position(acquisition.sequence()),
                    Texts.moment(acquisition.timeNs()),
                    acquisition.processor(),
                    acquisition.irql(),
                    call.thread(acquisition.thread()),
                    call.place(acquisition.caller()));
        }
        table.end("  none");
    }

    /** {@code free}, or who owns a lock. */
    static String state(Call call, long address) {
        OptionalLong physical = call.inspection().physical(call.view().processor, address);
        if (physical.isEmpty()) {
            return "-";
        }
        LockRecord lock = call.run().kernel().lockTable().find(physical.getAsLong());
        return lock == null || !lock.isHeld() ? "free" : "held by " + owners(lock);
    }
}
