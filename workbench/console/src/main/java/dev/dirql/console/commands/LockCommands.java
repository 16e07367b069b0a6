package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Arrival;
import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.locks.LockHolder;
import dev.dirql.kernel.locks.LockRecord;
import dev.dirql.kernel.locks.LockWaiter;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.machine.Processor;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** Locks: who owns them, who waits, and who waits for each other. */
final class LockCommands {
    private LockCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!spinlocks",
                                "[-at POSITION] [NAME|ADDRESS]",
                                "show spin locks: owners, waiters, times, history",
                                Command.look(LockCommands::spinLocks))
                        .help(
                                """
                                Every spin lock that was ever used, or one with its last
                                acquisitions. -at shows them as they were at a position or a time,
                                and comes back: !spinlocks -at 1A0:12F, !spinlocks -at 1.5ms.
                                """),
                Command.of(
                                "!qlocks",
                                "",
                                "show who owns queued spin locks, and the line behind",
                                Command.look(LockCommands::queuedLocks))
                        .help(
                                "In-stack queued spin locks that somebody owns or waits for. The"
                                        + " kernel's own numbered ones are not modelled."),
                Command.of(
                                "!locks",
                                "[-v]",
                                "show executive resources (ERESOURCE)",
                                Command.look(LockCommands::resources))
                        .help(
                                "Those that are owned; -v all that are known. Spin locks: !spinlocks."),
                Command.of(
                                "!deadlock",
                                "[1]",
                                "show who waits for whom in a circle",
                                Command.look(LockCommands::deadlock))
                        .help("1 adds the call stack of each."));
    }

    // ---- spin locks ----

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

    /** Numbers of the processors that spin for a lock: those in line first, in their order. */
    private static Set<Integer> spinning(Call call, LockRecord lock) {
        Set<Integer> spinning = new LinkedHashSet<>();
        for (LockWaiter waiter : call.run().kernel().lockTable().waitersFor(lock)) {
            spinning.add(waiter.processor());
        }
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            Processor processor = call.run().machine().processor(i);
            if (processor.waiting() == Processor.Wait.WRITE
                    && processor.watchedAddress() == lock.physical()) {
                spinning.add(i);
            }
        }
        if (call.run().machine().ended() == RunEnd.DEADLOCK) {
            // The last one never got as far as to spin; what was found says what it wants.
            call.run().figures().findings().stream()
                    .flatMap(found -> wanting(found.finding(), lock).stream())
                    .forEach(spinning::add);
        }
        return spinning;
    }

    /**
     * Who waits for a lock in a finding, where a waiter stands before the owner of what it wants.
     */
    private static List<Integer> wanting(Finding finding, LockRecord lock) {
        List<Integer> wanting = new ArrayList<>();
        List<Finding.Place> places = finding.places();
        for (int i = 0; i + 1 < places.size(); i++) {
            long acquired = places.get(i + 1).sequence();
            boolean waits = List.of("noticed", "waits").contains(places.get(i).role());
            if (waits
                    && places.get(i + 1).role().equals("acquired")
                    && lock.holders().stream().anyMatch(one -> one.sequence() == acquired)) {
                wanting.add(places.get(i).processor());
            }
        }
        return wanting;
    }

    private static String waiters(Call call, LockRecord lock) {
        StringBuilder text = new StringBuilder();
        for (int processor : spinning(call, lock)) {
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

    // ---- resources ----

    private static void resources(Call call) {
        boolean all = call.arguments().take("-v");
        call.arguments().end();
        Reply reply = call.reply();
        reply.line("**** DUMP OF ALL RESOURCE OBJECTS ****");
        int total = 0;
        int held = 0;
        var list = reply.data().putArray("resources");
        for (WaitLock lock : call.run().kernel().waitLocks().all()) {
            if (lock.kind() != LockKind.RESOURCE) {
                continue;
            }
            total++;
            List<WaitLock.Hold> holds = lock.holds();
            held += holds.isEmpty() ? 0 : 1;
            if (holds.isEmpty() && !all) {
                continue;
            }
            boolean shared = !holds.isEmpty() && holds.getFirst().shared();
            Set<Long> owners = new LinkedHashSet<>();
            holds.forEach(hold -> owners.add(hold.thread()));
            reply.line("");
            reply.line(
                    "Resource @ %s (%s)    %s",
                    lock.name(),
                    Address.text(lock.address()),
                    holds.isEmpty()
                            ? "Available"
                            : shared
                                    ? "Shared " + owners.size() + " owning threads"
                                    : "Exclusively owned");
            StringBuilder threads = new StringBuilder();
            var object =
                    list.addObject()
                            .put("resource", lock.name())
                            .put("address", Texts.address(lock.address()))
                            .put("shared", shared);
            var owning = object.putArray("owners");
            for (long owner : owners) {
                long count = holds.stream().filter(hold -> hold.thread() == owner).count();
                threads.append(
                        String.format(
                                Locale.ROOT,
                                "%s-%02d<*> %s  ",
                                Address.text(owner),
                                count,
                                call.thread(owner)));
                owning.add(Texts.address(owner));
            }
            if (!owners.isEmpty()) {
                reply.line("     Threads: %s", threads);
            }
            List<KernelThread> waiting = waitingFor(call, lock);
            var waiters = object.putArray("waiters");
            for (KernelThread thread : waiting) {
                reply.line("     Waiting: %s %s", Address.text(thread.address()), thread.name());
                waiters.add(Texts.address(thread.address()));
            }
        }
        reply.line("%d total locks, %d locks currently held", total, held)
                .put("total", total)
                .put("held", held);
    }

    private static List<KernelThread> waitingFor(Call call, WaitLock lock) {
        return call.run().kernel().scheduler().threads().stream()
                .filter(thread ->
                        thread.state() == KernelThread.State.WAITING
                                && thread.waitedLock() == lock.address())
                .toList();
    }

    // ---- deadlocks ----

    /** A lock that somebody owns or wants. */
    private record Known(long address, String name, String type) {}

    /** Who owns locks and wants another: a processor that spins, or a thread that waits. */
    private record Agent(
            String name,
            long thread,
            int processor,
            List<Known> owned,
            Known wanted,
            List<Owner> owners) {}

    /** Who owns what is wanted; the processor is -1 where the thread counts. */
    private record Owner(long thread, int processor) {
        boolean is(Agent agent) {
            return processor >= 0 ? agent.processor == processor : agent.thread == thread;
        }
    }

    private static void deadlock(Call call) {
        boolean stacks = call.arguments().take("1") || call.arguments().take("3");
        call.arguments().end();
        List<Agent> circle = circle(agents(call));
        Reply reply = call.reply();
        reply.put("deadlock", !circle.isEmpty());
        if (circle.isEmpty()) {
            reply.line("No deadlock is there at this moment.");
            return;
        }
        Set<Known> locks = new LinkedHashSet<>();
        for (Agent agent : circle) {
            locks.add(agent.wanted);
        }
        List<Known> order = List.copyOf(locks);
        reply.line("Deadlock detected (%d resources in %d threads):", order.size(), circle.size());
        reply.line("");
        var threads = reply.data().putArray("threads");
        for (int i = 0; i < circle.size(); i++) {
            Agent agent = circle.get(i);
            StringBuilder names = new StringBuilder();
            for (Known lock : agent.owned) {
                if (locks.contains(lock)) {
                    names.append(letter(order, lock)).append(' ');
                }
            }
            names.append(letter(order, agent.wanted));
            reply.line("Thread %d: %s", i, names);
            threads.addObject()
                    .put("thread", Texts.address(agent.thread))
                    .put("name", agent.name)
                    .put("locks", names.toString());
        }
        reply.line("");
        reply.line("Where:");
        for (int i = 0; i < circle.size(); i++) {
            Agent agent = circle.get(i);
            reply.line("Thread %d = %s %s", i, Address.text(agent.thread), agent.name);
        }
        var list = reply.data().putArray("locks");
        for (Known lock : order) {
            reply.line(
                    "Lock %s =   %s Type '%s' %s",
                    letter(order, lock), Address.text(lock.address), lock.type, lock.name);
            list.addObject().put("name", lock.name).put("address", Texts.address(lock.address));
        }
        if (stacks) {
            for (int i = 0; i < circle.size(); i++) {
                Agent agent = circle.get(i);
                reply.line("");
                reply.line("Thread %d:", i);
                var thread = call.run().kernel().scheduler().find(agent.thread);
                if (agent.processor >= 0 || thread == null) {
                    StateCommands.show(
                            call, call.inspection().stack(Math.max(0, agent.processor)), false);
                } else {
                    StateCommands.show(call, call.inspection().stack(thread), false);
                }
            }
        }
    }

    private static String letter(List<Known> order, Known lock) {
        int at = order.indexOf(lock);
        return at < 26 ? String.valueOf((char) ('A' + at)) : "L" + at;
    }

    private static List<Agent> agents(Call call) {
        List<Agent> agents = new ArrayList<>();
        List<LockRecord> spinLocks = call.run().kernel().lockTable().locks();
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            int number = i;
            long thread = call.run().machine().processor(i).thread;
            for (LockRecord wanted : spinLocks) {
                if (!spinning(call, wanted).contains(number)) {
                    continue;
                }
                List<Owner> owners =
                        wanted.holders().stream()
                                .map(holder -> new Owner(holder.thread(), holder.processor()))
                                .toList();
                agents.add(
                        new Agent(
                                "cpu%d, %s".formatted(i, call.thread(thread)),
                                thread,
                                i,
                                spinLocks.stream()
                                        .filter(lock -> lock.isHeldBy(number))
                                        .map(LockCommands::known)
                                        .toList(),
                                known(wanted),
                                owners));
            }
        }
        for (WaitLock lock : call.run().kernel().waitLocks().all()) {
            List<Owner> owners =
                    lock.holds().stream().map(hold -> new Owner(hold.thread(), -1)).toList();
            for (KernelThread thread : waitingFor(call, lock)) {
                agents.add(
                        new Agent(
                                thread.name(),
                                thread.address(),
                                -1,
                                call.run().kernel().waitLocks().heldBy(thread.address()).stream()
                                        .map(LockCommands::known)
                                        .toList(),
                                known(lock),
                                owners));
            }
        }
        return agents;
    }

    private static Known known(LockRecord lock) {
        String type = lock.kind() == LockKind.QUEUED_SPIN_LOCK ? "Queued spinlock" : "Spinlock";
        return new Known(lock.address(), lock.name(), type);
    }

    private static Known known(WaitLock lock) {
        String kind = lock.kind().text();
        return new Known(
                lock.address(),
                lock.name(),
                kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1));
    }

    /** The agents that wait for each other in a circle; empty if none do. */
    private static List<Agent> circle(List<Agent> agents) {
        for (Agent first : agents) {
            List<Agent> path = new ArrayList<>();
            Agent at = first;
            while (at != null && !path.contains(at)) {
                path.add(at);
                Agent from = at;
                at =
                        agents.stream()
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
