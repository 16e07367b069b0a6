package dev.dirql.console.commands;

import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.timers.KTimer;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.List;

/** Queued DPCs, and timers that are set. */
final class DpcCommands {
    private DpcCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("!dpcs", "[N]", "show DPC queues", Command.look(DpcCommands::queues))
                        .help("Of a processor or of all: what waits, and below it what runs now."),
                Command.of(
                                "!timer",
                                "",
                                "show timers that are set",
                                Command.look(DpcCommands::timers))
                        .help("P: periodic. Due: the interrupt time at which it expires."));
    }

    private static void queues(Call call) {
        int only = call.arguments().isAtEnd() ? -1 : call.processorArgument(0);
        List<KDpc> queued =
                call.run().kernel().dpcs().queued(call.run().machine().processor(0)).stream()
                        .map(dpc -> new KDpc(call.memory(), dpc.address()))
                        .toList();
        var list = call.reply().data().putArray("dpcs");
        List<String> lines = new ArrayList<>();
        List<String> active = new ArrayList<>();
        var running = call.reply().data().putArray("active");
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            if (only >= 0 && i != only) {
                continue;
            }
            KPcr pcr = new KPcr(call.memory(), KPcr.addressOf(i));
            for (KDpc dpc : queued) {
                boolean normal = dpc.dpcData() == pcr.dpcs().address();
                if (!normal && dpc.dpcData() != pcr.threadedDpcs().address()) {
                    continue;
                }
                String type = normal ? "Normal" : "Threaded";
                lines.add(
                        "%2x: %-8s : %s %s %s"
                                .formatted(
                                        i,
                                        type,
                                        Address.text(dpc.address()),
                                        Address.text(dpc.deferredRoutine()),
                                        call.known(dpc.deferredRoutine())));
                list.addObject()
                        .put("cpu", i)
                        .put("type", type)
                        .put("dpc", Texts.address(dpc.address()))
                        .put("routine", Texts.address(dpc.deferredRoutine()))
                        .put("name", call.known(dpc.deferredRoutine()));
            }
            for (long dpc : new long[] {pcr.dpcs().activeDpc(), pcr.threadedDpcs().activeDpc()}) {
                if (dpc != 0) {
                    String routine = call.known(new KDpc(call.memory(), dpc).deferredRoutine());
                    active.add("%2x: runs     : %s %s".formatted(i, Address.text(dpc), routine));
                    running.addObject()
                            .put("cpu", i)
                            .put("dpc", Texts.address(dpc))
                            .put("name", routine);
                }
            }
        }
        if (lines.isEmpty()) {
            call.reply().line("No DPC is queued.");
        } else {
            call.reply().line("CPU Type      KDPC              Function");
            lines.forEach(call.reply()::line);
        }
        active.forEach(call.reply()::line);
    }

    private static void timers(Call call) {
        call.arguments().end();
        long now = call.run().machine().nowNs();
        call.reply().line("Dump system timers");
        call.reply().line("");
        call.reply()
                .line("Interrupt time: %016x [%s]", now / 100, Texts.moment(now))
                .put("now_ns", now);
        call.reply().line("");
        Reply.Table table =
                call.reply().table("timers", "timer", " ", "due", ">in", "DPC routine or thread");
        for (long address : call.run().kernel().timers().all()) {
            KTimer timer = new KTimer(call.memory(), address);
            long due = timer.dueTime();
            table.row(
                    new Address(address),
                    timer.period() == 0 ? " " : "P",
                    new Address(due),
                    Texts.time(due * 100 - now),
                    target(call, timer));
        }
        for (KernelThread thread : call.run().kernel().scheduler().threads()) {
            if (thread.state() == KernelThread.State.WAITING
                    && thread.deadlineNs() != KernelThread.NEVER) {
                table.row(
                        new Address(thread.address()),
                        " ",
                        new Address(thread.deadlineNs() / 100),
                        Texts.time(thread.deadlineNs() - now),
                        "thread " + thread.name() + " (wait)");
            }
        }
        table.end("No timer is set.");
    }

    private static String target(Call call, KTimer timer) {
        String name = call.known(timer.address());
        String of = name.isEmpty() ? "" : "  (" + name + ")";
        int type = timer.header().type();
        boolean other =
                type == DispatcherHeader.NOTIFICATION_TIMER_2
                        || type == DispatcherHeader.SYNCHRONIZATION_TIMER_2;
        if (!other && timer.dpc() != 0) {
            return call.name(new KDpc(call.memory(), timer.dpc()).deferredRoutine()) + of;
        }
        return "nobody's DPC" + of;
    }
}
