package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.expressions.ExpressionReader;
import dev.dirql.debugger.Edit;
import dev.dirql.debugger.ProcessorState;
import dev.dirql.debugger.RegisterName;
import dev.dirql.kernel.images.CallStack;
import dev.dirql.kernel.images.StackFrame;
import dev.dirql.simulation.view.Texts;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Registers, code and stacks of a processor. */
final class StateCommands {
    private static final int FRAMES_MAXIMUM = 0xFFFF;

    private StateCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "~",
                                "[N]",
                                "list processors, or look at another one",
                                Command.look(StateCommands::processors))
                        .help(
                                """
                                The star marks the one that commands are about; a stop makes it the
                                one that stopped. Its number may follow directly: ~1.
                                """),
                Command.of(
                                "r",
                                "[REGISTER[=VALUE]]",
                                "show registers, or change one",
                                Command.change(StateCommands::registers))
                        .with(Command.Completion.REGISTERS)
                        .help(
                                "A change makes a branch of history: see .branch. Registers: "
                                        + registerNames()),
                Command.of(
                                "u",
                                "[ADDRESS] [L COUNT]",
                                "unassemble",
                                Command.look(StateCommands::code))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                """
                                COUNT instructions, 8 without it, as in u disk!OnIsr L20. Without an
                                address from where the processor stands, then from where the last u
                                ended.
                                """),
                Command.of(
                                "k",
                                "[THREAD]",
                                "show the call stack",
                                Command.look(call -> stack(call, false)))
                        .help("Of the processor that is looked at, or of a thread by its address."),
                Command.of(
                                "kv",
                                "[THREAD]",
                                "show the call stack with arguments",
                                Command.look(call -> stack(call, true)))
                        .help(
                                """
                                The four 64-bit values where a routine may have kept its first four
                                arguments (its home space): it may have put something else there.
                                """),
                Command.of(
                                "?",
                                "EXPRESSION",
                                "evaluate an expression",
                                Command.look(StateCommands::evaluate))
                        .with(Command.Completion.SYMBOLS)
                        .help(
                                """
                                Numbers are hexadecimal; 0n10 is decimal, 0y101 binary, 0t17 octal.
                                A name is the address of a symbol, driver!Name where several have
                                it. Registers: @rax, @ecx, @$ip, @$csp, @$retreg, @$thread, @$proc
                                (the processor), @$ra, @irql. Source lines: `file:line`.
                                Operators: + - * / % & | ^ ~ << >> == != < > <= >=, and or xor mod,
                                parentheses. poi(A), qwo(A), dwo(A), wo(A), by(A): what memory
                                holds; low(X), hi(X): 16 bits of it.
                                """));
    }

    private static String registerNames() {
        StringBuilder names = new StringBuilder();
        for (RegisterName register : RegisterName.values()) {
            names.append(names.isEmpty() ? "" : " ").append(name(register));
        }
        return names.toString();
    }

    static String name(RegisterName register) {
        return register.name().toLowerCase(Locale.ROOT);
    }

    private static void processors(Call call) {
        if (!call.arguments().isAtEnd()) {
            call.view().processor = call.processorArgument(0);
            call.view().unassembleNext = 0;
        }
        Reply.Table table =
                call.reply().table("processors", " ", "cpu", "IRQL", "state", "runs", "at");
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            ProcessorState state = call.inspection().processor(i);
            table.row(
                    i == call.view().processor ? "*" : " ",
                    i,
                    Irqls.text(state.irql()),
                    waiting(state),
                    runs(state),
                    call.place(state.rip()));
        }
        table.end("");
    }

    static String runs(ProcessorState state) {
        return state.context().startsWith("thread") ? state.threadName() : state.context();
    }

    static String waiting(ProcessorState state) {
        return switch (state.waiting()) {
            case NONE -> "runs";
            case WRITE -> "spins";
            case INTERRUPT -> "halted";
            case TIME -> "stalls";
        };
    }

    // ---- registers ----

    private static void registers(Call call) {
        if (call.arguments().isAtEnd()) {
            all(call);
            return;
        }
        String rest = call.arguments().rest();
        int mark = rest.indexOf('=');
        String name = (mark < 0 ? rest : rest.substring(0, mark)).strip();
        String plain = name.startsWith("@") ? name.substring(1) : name;
        RegisterName register =
                RegisterName.named(plain.equalsIgnoreCase("efl") ? "rflags" : plain)
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "There is no register %s. There are: %s"
                                                .formatted(plain, registerNames())));
        if (mark >= 0) {
            long value = call.value(ExpressionReader.read(rest.substring(mark + 1)));
            call.debugger().edit(new Edit.Register(call.view().processor, register, value));
            call.reply().line("The run goes on from here as a branch; .drop forgets it.");
        }
        long value = call.inspection().register(call.view().processor, register);
        call.reply()
                .line("%s=%016x", name(register), value)
                .put(name(register), new Address(value));
    }

    private static void all(Call call) {
        ProcessorState state = call.processor();
        Reply reply = call.reply();
        RegisterName[] names = RegisterName.values();
        int[] order = {0, 3, 1, 2, 6, 7, 16, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < order.length; i++) {
            RegisterName register = names[order[i]];
            long value = call.inspection().register(state.number(), register);
            line.append(String.format(Locale.ROOT, "%3s=%016x ", name(register), value));
            if (i % 3 == 2 || i == order.length - 1) {
                reply.line(line.toString());
                line.setLength(0);
            }
            reply.put(name(register), new Address(value));
        }
        reply.line(flags(state.rflags()));
        reply.line(
                "cr2=%016x cr8=%x gs_base=%016x fs_base=%016x",
                state.cr2(), state.irql(), state.gsBase(), state.fsBase());
        reply.put("rflags", new Address(state.rflags()))
                .put("cr2", new Address(state.cr2()))
                .put("irql", state.irql())
                .put("gs_base", new Address(state.gsBase()))
                .put("fs_base", new Address(state.fsBase()))
                .put("cpu", state.number());
        here(call);
    }

    /** The flags as WinDbg writes them. */
    private static String flags(long rflags) {
        String[][] flags = {
            {"11", "ov", "nv"},
            {"10", "dn", "up"},
            {"9", "ei", "di"},
            {"7", "ng", "pl"},
            {"6", "zr", "nz"},
            {"4", "ac", "na"},
            {"2", "pe", "po"},
            {"0", "cy", "nc"}
        };
        StringBuilder text = new StringBuilder("iopl=0  ");
        for (String[] flag : flags) {
            boolean set = (rflags >>> Integer.parseInt(flag[0]) & 1) != 0;
            text.append(set ? flag[1] : flag[2]).append(' ');
        }
        return text + String.format(Locale.ROOT, " efl=%08x", rflags);
    }

    /** What the processor is about to do. */
    static void here(Call call) {
        ProcessorState state = call.processor();
        call.reply().line(CodeText.label(call, state.rip()));
        CodeText.at(call, state.rip())
                .ifPresentOrElse(
                        code ->
                                call.reply()
                                        .line(
                                                code.line()
                                                        + (state.halfDone()
                                                                ? "  (loaded, not stored yet)"
                                                                : ""))
                                        .put("instruction", code.text()),
                        () -> call.reply().line(Address.text(state.rip()) + " ????????"));
        call.reply().put("at", call.place(state.rip()));
    }

    private static void code(Call call) {
        View view = call.view();
        long from =
                call.arguments().isAtEnd()
                        ? view.unassembleNext
                        : call.arguments().count().isPresent() ? -1 : 0;
        long count = 8;
        if (call.arguments().isAtEnd() && from == -1) {
            throw new ConsoleError("L and a count come behind an address.");
        }
        if (!call.arguments().isAtEnd()) {
            from = call.argument("An address");
            OptionalLong given = call.arguments().count();
            count = given.orElse(8);
        }
        call.arguments().end();
        if (from == 0) {
            from = call.processor().rip();
        }
        if (count < 1 || count > 0x1000) {
            throw new ConsoleError("The count is from 1 to 1000 (hex).");
        }
        var list = call.reply().data().putArray("instructions");
        String before = "";
        for (long i = 0; i < count; i++) {
            long address = from;
            var code = CodeText.at(call, address);
            if (code.isEmpty()) {
                call.reply().line(Address.text(address) + " ????????");
                break;
            }
            String label = CodeText.label(call, address);
            String place = label.replaceFirst("\\+0x[0-9a-f]+", "");
            if (!place.equals(before)) {
                call.reply().line(label);
                before = place;
            }
            call.reply().line(code.get().line());
            list.addObject()
                    .put("address", Texts.address(address))
                    .put("bytes", code.get().bytes())
                    .put("text", code.get().text());
            from = code.get().next();
        }
        view.unassembleNext = from;
    }

    // ---- stacks ----

    private static void stack(Call call, boolean arguments) {
        CallStack stack;
        if (call.arguments().isAtEnd()) {
            stack = call.inspection().stack(call.view().processor);
        } else {
            stack = call.inspection().stack(ThreadCommands.thread(call));
        }
        call.arguments().end();
        show(call, stack, arguments);
    }

    static void show(Call call, CallStack stack, boolean arguments) {
        Reply reply = call.reply();
        reply.line(
                arguments
                        ? " # Child-SP          RetAddr           : Home space"
                                + " of the first four arguments : Call Site"
                        : " # Child-SP          RetAddr           Call Site");
        var frames = reply.data().putArray("frames");
        int number = 0;
        for (StackFrame frame : stack.frames()) {
            if (number > FRAMES_MAXIMUM) {
                break;
            }
            boolean last = number + 1 >= stack.frames().size();
            long returns = last ? 0 : stack.frames().get(number + 1).ip();
            String home = arguments ? home(call, stack, number) + " : " : "";
            reply.line(
                    "%02x %s %s %s%s%s",
                    number,
                    Address.text(frame.stackPointer()),
                    Address.text(returns),
                    arguments ? ": " : "",
                    home,
                    site(call, frame));
            frames.addObject()
                    .put("stack_pointer", Texts.address(frame.stackPointer()))
                    .put("address", Texts.address(frame.ip()))
                    .put("name", site(call, frame));
            number++;
        }
        if (!stack.complete()) {
            reply.line("(The stack cannot be followed further.)");
        }
        reply.put("complete", stack.complete());
    }

    private static String site(Call call, StackFrame frame) {
        return call.inspection().locate(frame.ip()).isPresent()
                ? call.place(frame.ip())
                : frame.name();
    }

    private static String home(Call call, CallStack stack, int number) {
        if (number + 1 >= stack.frames().size()) {
            return "";
        }
        long at = stack.frames().get(number + 1).stackPointer();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            OptionalLong value = call.inspection().number(call.view().processor, at + 8L * i, 8);
            text.append(i == 0 ? "" : " ")
                    .append(
                            value.isPresent()
                                    ? Address.text(value.getAsLong())
                                    : "????????`????????");
        }
        return text.toString();
    }

    private static void evaluate(Call call) {
        long value = call.argument("An expression");
        call.arguments().end();
        call.reply()
                .line("Evaluate expression: %d = %s", value, Address.text(value))
                .put("value", new Address(value))
                .put("decimal", value);
        String name = call.known(value);
        if (!name.isEmpty()) {
            call.reply().put("symbol", name);
        }
    }
}
