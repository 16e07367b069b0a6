package dev.dirql.console.commands;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.locks.LockRecord;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Who waits for whom in a circle. */
final class DeadlockCommands {
    private DeadlockCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!deadlock",
                                "[1]",
                                "show who waits for whom in a circle",
                                Command.look(DeadlockCommands::deadlock))
                        .help("1 adds the call stack of each."));
    }

    /** A lock that somebody owns or wants. */
    private record Lock(long address, String name, String type) {
        static Lock of(LockRecord lock) {
            String type = lock.kind() == LockKind.QUEUED_SPIN_LOCK ? "Queued spinlock" : "Spinlock";
            return new Lock(lock.address(), lock.name(), type);
        }

        static Lock of(WaitLock lock) {
            String kind = lock.kind().text();
            return new Lock(
                    lock.address(),
                    lock.name(),
                    kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1));
        }
    }

    /** Who owns locks and wants another: a processor that spins, or a thread that waits. */
    private record Waiter(
            String name,
            long thread,
            int processor,
            List<Lock> owned,
            Lock wanted,
            List<Owner> owners) {}

    /** Who owns what is wanted; the processor is -1 where the thread counts. */
    private record Owner(long thread, int processor) {
        boolean is(Waiter waiter) {
            return processor >= 0 ? waiter.processor == processor : waiter.thread == thread;
        }
    }

    private static void deadlock(Call call) {
        boolean stacks = call.arguments().take("1") || call.arguments().take("3");
        call.arguments().end();
        List<Waiter> circle = circle(waiters(call));
        Reply reply = call.reply();
        reply.put("deadlock", !circle.isEmpty());
        if (circle.isEmpty()) {
            reply.line("No deadlock is there at this moment.");
            return;
        }
        Set<Lock> locks = new LinkedHashSet<>();
        for (Waiter waiter : circle) {
            locks.add(waiter.wanted);
        }
        List<Lock> order = List.copyOf(locks);
        reply.line("Deadlock detected (%d resources in %d threads):", order.size(), circle.size());
        reply.line("");
        var threads = reply.data().putArray("threads");
        for (int i = 0; i < circle.size(); i++) {
            Waiter waiter = circle.get(i);
            StringBuilder names = new StringBuilder();
            for (Lock lock : waiter.owned) {
                if (locks.contains(lock)) {
                    names.append(letter(order, lock)).append(' ');
                }
            }
            names.append(letter(order, waiter.wanted));
            reply.line("Thread %d: %s", i, names);
            threads.addObject()
                    .put("thread", Texts.address(waiter.thread))
                    .put("name", waiter.name)
                    .put("locks", names.toString());
        }
        reply.line("");
        reply.line("Where:");
        for (int i = 0; i < circle.size(); i++) {
            Waiter waiter = circle.get(i);
            reply.line("Thread %d = %s %s", i, Address.text(waiter.thread), waiter.name);
        }
        var list = reply.data().putArray("locks");
        for (Lock lock : order) {
            reply.line(
                    "Lock %s =   %s Type '%s' %s",
                    letter(order, lock), Address.text(lock.address), lock.type, lock.name);
            list.addObject().put("name", lock.name).put("address", Texts.address(lock.address));
        }
        if (stacks) {
            showStacks(call, circle);
        }
    }

    private static void showStacks(Call call, List<Waiter> circle) {
        for (int i = 0; i < circle.size(); i++) {
            Waiter waiter = circle.get(i);
            call.reply().line("");
            call.reply().line("Thread %d:", i);
            var thread = call.run().kernel().scheduler().find(waiter.thread);
            if (waiter.processor >= 0 || thread == null) {
                StateCommands.show(
                        call, call.inspection().stack(Math.max(0, waiter.processor)), false);
            } else {
                StateCommands.show(call, call.inspection().stack(thread), false);
            }
        }
    }

    private static String letter(List<Lock> order, Lock lock) {
        int at = order.indexOf(lock);
        return at < 26 ? String.valueOf((char) ('A' + at)) : "L" + at;
    }

    private static List<Waiter> waiters(Call call) {
        List<Waiter> waiters = new ArrayList<>();
        List<LockRecord> spinLocks = call.run().kernel().lockTable().locks();
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            int number = i;
            long thread = call.run().machine().processor(i).thread;
            for (LockRecord wanted : spinLocks) {
                if (!LockWaiters.spinning(call, wanted).contains(number)) {
                    continue;
                }
                List<Owner> owners =
                        wanted.holders().stream()
                                .map(holder -> new Owner(holder.thread(), holder.processor()))
                                .toList();
                waiters.add(
                        new Waiter(
                                "cpu%d, %s".formatted(i, call.thread(thread)),
                                thread,
                                i,
                                spinLocks.stream()
                                        .filter(lock -> lock.isHeldBy(number))
                                        .map(Lock::of)
                                        .toList(),
                                Lock.of(wanted),
                                owners));
            }
        }
        for (WaitLock lock : call.run().kernel().waitLocks().all()) {
            List<Owner> owners =
                    lock.holds().stream().map(hold -> new Owner(hold.thread(), -1)).toList();
            for (KernelThread thread : LockWaiters.waiting(call, lock)) {
                waiters.add(
                        new Waiter(
                                thread.name(),
                                thread.address(),
                                -1,
                                call.run().kernel().waitLocks().heldBy(thread.address()).stream()
                                        .map(Lock::of)
                                        .toList(),
                                Lock.of(lock),
                                owners));
            }
        }
        return waiters;
    }

    /** Those that wait for each other in a circle; empty if none do. */
    private static List<Waiter> circle(List<Waiter> waiters) {
        for (Waiter first : waiters) {
            List<Waiter> path = new ArrayList<>();
            Waiter at = first;
            while (at != null && !path.contains(at)) {
                path.add(at);
                Waiter from = at;
                at =
                        waiters.stream()
                                .filter(other ->
                                        from.owners.stream().anyMatch(owner -> owner.is(other)))
                                .findFirst()
                                .orElse(null);
            }
            if (at != null) {
                return path.subList(path.indexOf(at), path.size());
            }
        }
        return List.of();
    }
}
