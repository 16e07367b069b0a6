package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.kernel.images.CallStack;
import dev.dirql.kernel.images.StackFrame;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.KThread;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Threads, and what they wait for. */
final class ThreadCommands {
    private ThreadCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!thread",
                                "[THREAD]",
                                "show a thread",
                                Command.look(ThreadCommands::show))
                        .help("The one that the processor executes, or one by its address."),
                Command.of(
                                "!ready",
                                "",
                                "show threads that could run",
                                Command.look(ThreadCommands::ready))
                        .help("By priority, the highest first."),
                Command.of(
                                "!stacks",
                                "[0|1|2] [FILTER]",
                                "show every thread with what it does",
                                Command.look(ThreadCommands::stacks))
                        .help(
                                """
                                A line a thread with its state and the routine it is in; with 2 its
                                whole call stack. Idle threads only with 1 or 2. FILTER: only those
                                with that text in their stack.
                                """));
    }

    /** The thread that the next argument means. */
    static KernelThread thread(Call call) {
        long address = call.argument("A thread");
        KernelThread thread = call.run().kernel().scheduler().find(address);
        if (thread == null) {
            throw new ConsoleError(
                    "There is no thread at %s. See which there are with: !stacks 1"
                            .formatted(Address.text(address)));
        }
        return thread;
    }

    private static String state(KernelThread thread) {
        return thread.state().name().toLowerCase(Locale.ROOT);
    }

    private static void show(Call call) {
        KernelThread thread;
        if (call.arguments().isAtEnd()) {
            int number = call.view().processor;
            thread =
                    call.run().kernel().scheduler().current(call.run().machine().processor(number));
        } else {
            thread = thread(call);
        }
        call.arguments().end();
        Reply reply = call.reply();
        reply.line(
                "THREAD %s  %s  %s%s",
                Address.text(thread.address()),
                thread.name(),
                thread.state(),
                thread.state() == KernelThread.State.RUNNING
                        ? " on processor " + Integer.toHexString(thread.processor())
                        : "");
        String wait = wait(call, thread);
        if (!wait.isEmpty()) {
            reply.line("    WAIT: %s", wait);
        }
        long start = new KThread(call.memory(), thread.address()).startAddress();
        reply.line("Start Address  %s", call.name(start));
        reply.line("Priority %d  Affinity %x", thread.priority(), thread.affinity());
        reply.line("Stack Base %s", Address.text(thread.stackTop()));
        List<WaitLock> owned = call.run().kernel().waitLocks().heldBy(thread.address());
        var list = reply.data().putArray("owns");
        for (WaitLock lock : owned) {
            reply.line("Owns %s (%s)", lock.name(), lock.kind().text());
            list.add(lock.name());
        }
        reply.put("thread", new Address(thread.address()))
                .put("name", thread.name())
                .put("state", state(thread))
                .put("priority", thread.priority())
                .put("affinity", new Address(thread.affinity()))
                .put("wait", wait)
                .put("start", call.name(start));
        reply.line("");
        StateCommands.show(call, call.inspection().stack(thread), false);
    }

    /** What a thread waits for; empty if it does not. */
    private static String wait(Call call, KernelThread thread) {
        if (thread.state() != KernelThread.State.WAITING) {
            return "";
        }
        String until =
                thread.deadlineNs() == KernelThread.NEVER
                        ? ""
                        : ", until " + Texts.moment(thread.deadlineNs());
        if (thread.waitedLock() != 0) {
            for (WaitLock lock : call.run().kernel().waitLocks().all()) {
                if (lock.address() == thread.waitedLock()) {
                    return lock.kind().text() + " " + lock.name() + until;
                }
            }
        }
        if (thread.waitObject() == 0) {
            return "delay" + until;
        }
        String kind = "object";
        try {
            kind = new DispatcherHeader(call.memory(), thread.waitObject()).kind();
        } catch (ConsoleError e) {
            kind = "object in memory that is gone";
        }
        String name = call.known(thread.waitObject());
        return "%s %s%s"
                .formatted(kind, name.isEmpty() ? Address.text(thread.waitObject()) : name, until);
    }

    private static void ready(Call call) {
        call.arguments().end();
        Reply.Table table =
                call.reply()
                        .table("threads", ">priority", "thread", "name", "affinity", "ran last on");
        call.run().kernel().scheduler().threads().stream()
                .filter(thread -> thread.state() == KernelThread.State.READY && !thread.isIdle())
                .sorted(Comparator.comparingInt(KernelThread::priority).reversed())
                .forEach(thread ->
                        table.row(
                                thread.priority(),
                                new Address(thread.address()),
                                thread.name(),
                                Long.toHexString(thread.affinity()),
                                "cpu" + thread.processor()));
        table.end("No thread is ready.");
    }

    private static void stacks(Call call) {
        int detail = 0;
        if (call.arguments().take("2")) {
            detail = 2;
        } else if (call.arguments().take("1")) {
            detail = 1;
        } else {
            boolean _ = call.arguments().take("0");
        }
        String filter = call.arguments().rest().strip().toLowerCase(Locale.ROOT);
        Reply reply = call.reply();
        Reply.Table table = reply.table("threads", "thread", "name", "state", "blocker", "at");
        List<KernelThread> shown = new ArrayList<>();
        for (KernelThread thread : call.run().kernel().scheduler().threads()) {
            if (detail == 0 && thread.isIdle()) {
                continue;
            }
            CallStack stack = call.inspection().stack(thread);
            if (!filter.isEmpty() && !stack.text().toLowerCase(Locale.ROOT).contains(filter)) {
                continue;
            }
            shown.add(thread);
            table.row(
                    new Address(thread.address()),
                    thread.name(),
                    state(thread)
                            + (thread.state() == KernelThread.State.RUNNING
                                    ? " cpu" + thread.processor()
                                    : ""),
                    wait(call, thread),
                    outsideOfKernel(stack));
        }
        table.end("No thread is like that.");
        if (detail == 2) {
            for (KernelThread thread : shown) {
                reply.line("");
                reply.line("%s %s", Address.text(thread.address()), thread.name());
                StateCommands.show(call, call.inspection().stack(thread), false);
            }
        }
    }

    /** The innermost routine that is not the kernel's, or the innermost of all. */
    private static String outsideOfKernel(CallStack stack) {
        @Nullable StackFrame first = null;
        for (StackFrame frame : stack.frames()) {
            if (first == null) {
                first = frame;
            }
            if (!frame.name().startsWith("nt!")) {
                return frame.name();
            }
        }
        return first == null ? "" : first.name();
    }
}
