package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.ProcessorState;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.interrupts.KInterrupt;
import dev.dirql.kernel.processors.KDpcData;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.machine.Processor;
import dev.dirql.simulation.figures.ProcessorFigures;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Processors as the kernel keeps them, and their interrupts. */
final class ProcessorCommands {
    private static final int VECTORS = 256;

    private ProcessorCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!irql",
                                "[N]",
                                "show the IRQL of a processor, or of all",
                                Command.look(ProcessorCommands::irql))
                        .help("The IRQL is CR8: PASSIVE_LEVEL 0 to HIGH_LEVEL 15."),
                Command.of(
                                "!pcr",
                                "[N]",
                                "show a processor control region",
                                Command.look(ProcessorCommands::region))
                        .help("IRR: the vectors that are requested and not taken yet."),
                Command.of(
                        "!prcb",
                        "[N]",
                        "show a processor control block, with times and counts",
                        Command.look(ProcessorCommands::block)),
                Command.of(
                                "!idt",
                                "[-a | VECTOR]",
                                "show the routines of interrupt vectors",
                                Command.look(ProcessorCommands::table))
                        .help(
                                "Vectors that drivers connected; chained ones below each other. -a:"
                                        + " the kernel's own too."),
                Command.of(
                                "!interrupts",
                                "",
                                "show interrupt objects, counts and requests",
                                Command.look(ProcessorCommands::interrupts))
                        .help("Taken: how often the vector was, on all processors together."),
                Command.of(
                                "!running",
                                "[-i] [-t]",
                                "show what runs on each processor",
                                Command.look(ProcessorCommands::running))
                        .help(
                                """
                                Processors with an idle thread are left out without -i; -t shows
                                call stacks. The last 16 characters stand for the kernel's numbered
                                queued spin locks, of which this kernel has none: see !qlocks.
                                """));
    }

    private static void irql(Call call) {
        int first = 0;
        int last = call.inspection().processorCount() - 1;
        if (!call.arguments().isAtEnd()) {
            first = call.processorArgument(0);
            last = first;
        }
        var list = call.reply().data().putArray("processors");
        for (int i = first; i <= last; i++) {
            int irql = call.inspection().processor(i).irql();
            call.reply().line("Debugger saved IRQL for processor 0x%x -- %s", i, Irqls.text(irql));
            list.addObject().put("cpu", i).put("irql", irql).put("name", Irqls.name(irql));
        }
    }

    private static KPcr pcr(Call call, int processor) {
        return new KPcr(call.memory(), KPcr.addressOf(processor));
    }

    private static long idleThread(Call call, int processor) {
        return call.run().kernel().scheduler().threads().stream()
                .filter(thread -> thread.isIdle() && thread.processor() == processor)
                .mapToLong(KernelThread::address)
                .findFirst()
                .orElse(0);
    }

    private static void region(Call call) {
        int number = call.processorArgument(call.view().processor);
        Processor processor = call.run().machine().processor(number);
        KPcr pcr = pcr(call, number);
        List<Integer> requested = requested(processor);
        StringBuilder vectors = new StringBuilder();
        var irr = call.reply().data().putArray("irr");
        for (int vector : requested) {
            vectors.append(
                    String.format(Locale.ROOT, "%s%02x", vectors.isEmpty() ? "" : " ", vector));
            irr.add(Texts.address(vector));
        }
        call.reply().line("KPCR for Processor %x at %s:", number, Address.text(pcr.address()));
        call.reply().line("                   Irql: %x", processor.irql());
        call.reply().line("                    IRR: %s", vectors.isEmpty() ? "none" : vectors);
        call.reply().line("                   Prcb: %s", Address.text(pcr.prcb()));
        call.reply()
                .line(
                        "          CurrentThread: %s %s",
                        Address.text(pcr.currentThread()), call.thread(pcr.currentThread()));
        call.reply().line("             IdleThread: %s", Address.text(idleThread(call, number)));
        call.reply().line("           NestingLevel: %x", pcr.nestingLevel());
        call.reply().line("               DpcStack: %s", Address.text(pcr.dpcStack()));
        call.reply().line("       DpcRoutineActive: %s", pcr.isDpcRoutineActive() ? "yes" : "no");
        call.reply()
                .line(
                        "               DpcQueue: %d queued, %d threaded",
                        pcr.dpcs().depth(), pcr.threadedDpcs().depth());
        call.reply()
                .put("cpu", number)
                .put("address", new Address(pcr.address()))
                .put("irql", processor.irql())
                .put("prcb", new Address(pcr.prcb()))
                .put("current_thread", new Address(pcr.currentThread()))
                .put("idle_thread", new Address(idleThread(call, number)))
                .put("nesting_level", pcr.nestingLevel())
                .put("dpc_stack", new Address(pcr.dpcStack()))
                .put("dpc_routine_active", pcr.isDpcRoutineActive())
                .put("dpc_depth", pcr.dpcs().depth())
                .put("threaded_dpc_depth", pcr.threadedDpcs().depth());
    }

    private static List<Integer> requested(Processor processor) {
        List<Integer> requested = new ArrayList<>();
        for (int vector = 0; vector < VECTORS; vector++) {
            if (processor.interruptUnit().isRequested(vector)) {
                requested.add(vector);
            }
        }
        return requested;
    }

    private static void block(Call call) {
        int number = call.processorArgument(call.view().processor);
        KPcr pcr = pcr(call, number);
        ProcessorState state = call.inspection().processor(number);
        ProcessorFigures figures = call.run().figures().processors().get(number);
        long dispatch = 0;
        long above = 0;
        long below = 0;
        for (ProcessorFigures.IrqlTime time : figures.irqlTimes()) {
            if (time.irql() == 2) {
                dispatch += time.timeNs();
            } else if (time.irql() > 2) {
                above += time.timeNs();
            } else {
                below += time.timeNs();
            }
        }
        KDpcData dpcs = pcr.dpcs();
        call.reply().line("PRCB for Processor %x at %s:", number, Address.text(pcr.prcb()));
        call.reply().line("Current IRQL -- %s", Irqls.text(state.irql()));
        call.reply()
                .line(
                        "Threads--  Current %s (%s) Idle %s",
                        Address.text(pcr.currentThread()),
                        call.thread(pcr.currentThread()),
                        Address.text(idleThread(call, number)));
        call.reply().line("Number %x  Affinity %x", number, 1L << number);
        call.reply()
                .line(
                        "Interrupt Count -- %s  DPCs run -- %s  Thread switches -- %s",
                        Texts.count(figures.interrupts()),
                        Texts.count(figures.dpcs()),
                        Texts.count(figures.threadSwitches()));
        call.reply()
                .line(
                        "Times -- DISPATCH_LEVEL %s  above it %s  below it %s (idle %s)"
                                + "  spinning %s",
                        Texts.time(dispatch),
                        Texts.time(above),
                        Texts.time(below),
                        Texts.time(figures.idleNs()),
                        Texts.time(figures.spinNs()));
        if (dpcs.activeDpc() != 0) {
            call.reply().line("Active DPC -- %s", Address.text(dpcs.activeDpc()));
        }
        call.reply()
                .put("cpu", number)
                .put("prcb", new Address(pcr.prcb()))
                .put("irql", state.irql())
                .put("current_thread", new Address(pcr.currentThread()))
                .put("interrupts", figures.interrupts())
                .put("dpcs", figures.dpcs())
                .put("thread_switches", figures.threadSwitches())
                .put("dispatch_ns", dispatch)
                .put("above_dispatch_ns", above)
                .put("below_dispatch_ns", below)
                .put("idle_ns", figures.idleNs())
                .put("spin_ns", figures.spinNs());
    }

    // ---- interrupts ----

    private static List<KInterrupt> connected(Call call) {
        return call
                .run()
                .kernel()
                .interrupts()
                .connected(call.run().machine().processor(0))
                .stream()
                .map(interrupt -> new KInterrupt(call.memory(), interrupt.address()))
                .toList();
    }

    private static void table(Call call) {
        boolean all = call.arguments().take("-a");
        long only = call.optional().orElse(-1L);
        call.arguments().end();
        if (only >= VECTORS) {
            throw new ConsoleError("Vectors are 0 to ff.");
        }
        var list = call.reply().data().putArray("vectors");
        List<KInterrupt> connected = connected(call);
        boolean any = false;
        for (int vector = 0; vector < VECTORS; vector++) {
            if (only >= 0 && vector != only) {
                continue;
            }
            boolean first = true;
            for (KInterrupt interrupt : connected) {
                if (interrupt.vector() != vector) {
                    continue;
                }
                call.reply()
                        .line(
                                "%s %s %s (KINTERRUPT %s)",
                                first ? String.format(Locale.ROOT, "%02x:", vector) : "   ",
                                Address.text(interrupt.serviceRoutine()),
                                call.name(interrupt.serviceRoutine()),
                                Address.text(interrupt.address()));
                list.addObject()
                        .put("vector", Texts.address(vector))
                        .put("routine", Texts.address(interrupt.serviceRoutine()))
                        .put("name", call.name(interrupt.serviceRoutine()))
                        .put("interrupt", Texts.address(interrupt.address()));
                first = false;
                any = true;
            }
            String own = kernels(vector);
            if (first && !own.isEmpty() && (all || only >= 0)) {
                call.reply().line("%02x: nt, %s", vector, own);
                list.addObject().put("vector", Texts.address(vector)).put("name", "nt, " + own);
                any = true;
            }
        }
        if (!any) {
            call.reply().line("No driver connected a routine" + (only < 0 ? "." : " to it."));
        }
    }

    private static String kernels(int vector) {
        return switch (vector) {
            case InterruptVectors.APC -> "APC interrupt";
            case InterruptVectors.DISPATCH -> "dispatch interrupt (DPCs)";
            case InterruptVectors.CLOCK -> "clock interrupt";
            case InterruptVectors.IPI -> "interprocessor interrupt";
            default -> "";
        };
    }

    private static void interrupts(Call call) {
        call.arguments().end();
        Reply.Table table =
                call.reply()
                        .table(
                                "interrupts",
                                "vector",
                                "name",
                                "routine",
                                "irql",
                                "sync",
                                "mode",
                                "lock",
                                ">taken",
                                "object");
        for (KInterrupt interrupt : connected(call)) {
            String name = call.run().kernel().interrupts().name(interrupt.address());
            table.row(
                    Integer.toHexString(interrupt.vector()),
                    name.isEmpty() ? "vector " + Integer.toHexString(interrupt.vector()) : name,
                    call.name(interrupt.serviceRoutine()),
                    interrupt.irql(),
                    interrupt.synchronizeIrql(),
                    (interrupt.mode() == KInterrupt.LATCHED ? "latched" : "level")
                            + (interrupt.isShared() ? ", shared" : "")
                            + (interrupt.isMessage() ? ", message " + interrupt.messageIndex() : "")
                            + (interrupt.isActive() ? "" : ", inactive"),
                    SpinLockCommands.state(call, interrupt.actualLock()),
                    call.run().figures().interrupts(interrupt.vector()),
                    new Address(interrupt.address()));
        }
        table.end("No interrupt is connected.");
        var list = call.reply().data().putArray("requested");
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            for (int vector : requested(call.run().machine().processor(i))) {
                call.reply().line("cpu%d: vector %02x is requested", i, vector);
                list.addObject().put("cpu", i).put("vector", Texts.address(vector));
            }
        }
    }

    private static void running(Call call) {
        boolean idle = false;
        boolean stacks = false;
        while (!call.arguments().isAtEnd()) {
            if (call.arguments().take("-i")) {
                idle = true;
            } else if (call.arguments().take("-t")) {
                stacks = true;
            } else if (call.arguments().take("-it") || call.arguments().take("-ti")) {
                idle = true;
                stacks = true;
            } else {
                call.arguments().end();
            }
        }
        int count = call.inspection().processorCount();
        long idleMask = 0;
        for (int i = 0; i < count; i++) {
            if (call.run().kernel().scheduler().isIdle(i)) {
                idleMask |= 1L << i;
            }
        }
        call.reply().line("System Processors:  (%016x)", count == 64 ? -1L : (1L << count) - 1);
        call.reply().line("  Idle Processors:  (%016x)", idleMask);
        call.reply().line("");
        call.reply().line("     Prcb              Current           (pri) Name");
        var list = call.reply().data().putArray("processors");
        for (int i = 0; i < count; i++) {
            if ((idleMask >>> i & 1) != 0 && !idle) {
                continue;
            }
            KPcr pcr = pcr(call, i);
            @Nullable KernelThread thread =
                    call.run().kernel().scheduler().find(pcr.currentThread());
            call.reply()
                    .line(
                            "%3x  %s %s (%2d)  %s  ................",
                            i,
                            Address.text(pcr.prcb()),
                            Address.text(pcr.currentThread()),
                            thread == null ? 0 : thread.priority(),
                            StateCommands.runs(call.inspection().processor(i)));
            list.addObject()
                    .put("cpu", i)
                    .put("thread", Texts.address(pcr.currentThread()))
                    .put("runs", StateCommands.runs(call.inspection().processor(i)));
            if (stacks) {
                StateCommands.show(call, call.inspection().stack(i), false);
                call.reply().line("");
            }
        }
    }
}
