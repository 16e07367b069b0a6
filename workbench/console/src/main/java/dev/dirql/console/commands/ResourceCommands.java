package dev.dirql.console.commands;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.simulation.view.Texts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Executive resources (ERESOURCE): who owns them, who waits for them. */
final class ResourceCommands {
    private ResourceCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!locks",
                                "[-v]",
                                "show executive resources (ERESOURCE)",
                                Command.look(ResourceCommands::resources))
                        .help(
                                "Those that are owned; -v all that are known. Spin locks: !spinlocks."));
    }

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
            List<KernelThread> waiting = LockWaiters.waiting(call, lock);
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
}
