package dev.dirql.console.commands;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.locks.LockRecord;
import dev.dirql.kernel.locks.LockWaiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** In-stack queued spin locks: who owns them, and in which order others wait. */
final class QueuedSpinLockCommands {
    private QueuedSpinLockCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!qlocks",
                                "",
                                "show who owns queued spin locks, and the line behind",
                                Command.look(QueuedSpinLockCommands::queuedLocks))
                        .help(
                                "In-stack queued spin locks that somebody owns or waits for. The"
                                        + " kernel's own numbered ones are not modelled."));
    }

    private static void queuedLocks(Call call) {
        call.arguments().end();
        int count = call.inspection().processorCount();
        StringBuilder header = new StringBuilder("Lock Name");
        List<String> lines = new ArrayList<>();
        var list = call.reply().data().putArray("locks");
        int width = 30;
        for (LockRecord lock : call.run().kernel().lockTable().locks()) {
            width = Math.max(width, lock.name().length());
        }
        header.append(" ".repeat(width - 9));
        for (int i = 0; i < count; i++) {
            header.append(String.format(Locale.ROOT, " %2x", i));
        }
        for (LockRecord lock : call.run().kernel().lockTable().locks()) {
            List<LockWaiter> waiters =
                    call.run().kernel().lockTable().waitersFor(lock).stream()
                            .filter(waiter -> waiter.kind() == LockKind.QUEUED_SPIN_LOCK)
                            .toList();
            boolean owned =
                    lock.holders().stream()
                            .anyMatch(holder -> holder.kind() == LockKind.QUEUED_SPIN_LOCK);
            if (waiters.isEmpty() && !owned) {
                continue;
            }
            StringBuilder line =
                    new StringBuilder(String.format(Locale.ROOT, "%-" + width + "s", lock.name()));
            var object = list.addObject().put("lock", lock.name());
            var cells = object.putArray("processors");
            for (int i = 0; i < count; i++) {
                String cell = lock.isHeldBy(i) ? "O" : "";
                for (int place = 0; place < waiters.size(); place++) {
                    if (waiters.get(place).processor() == i) {
                        cell = Integer.toString(place + 1);
                    }
                }
                line.append(String.format(Locale.ROOT, " %2s", cell));
                cells.add(cell);
            }
            lines.add(line.toString());
        }
        call.reply()
                .line("Key: O = Owner, 1-n = Wait order, blank = not owned/waiting, C = Corrupt");
        call.reply().line("");
        call.reply().line(header.toString());
        lines.forEach(call.reply()::line);
        if (lines.isEmpty()) {
            call.reply().line("No queued spin lock is owned or waited for.");
        }
    }
}
