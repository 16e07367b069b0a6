package dev.dirql.console.gdb;

import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.Edit;
import dev.dirql.debugger.ProcessorState;
import dev.dirql.debugger.RegisterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The registers that gdb sees, in the order of their numbers: first those of {@code
 * org.gnu.gdb.i386.core}, of which the x87 unit is not modelled and so unavailable, then the
 * segment bases, CR8 and the IRQL.
 */
final class RegisterSet {
    /** Unavailable, a byte. */
    private static final String UNAVAILABLE = "xx";

    private static final List<Register> REGISTERS = registers();

    private RegisterSet() {}

    /** Where the value of a register is. */
    private sealed interface Source {}

    private record Named(RegisterName name) implements Source {}

    /** Always the same, as x64 Windows has it in kernel mode. */
    private record Fixed(long value) implements Source {}

    private record Absent() implements Source {}

    private record Register(String name, int size, String type, String feature, Source source) {
        String value(ProcessorState state) {
            return switch (source) {
                case Named(RegisterName register) ->
                        PacketText.little(RegisterSet.read(register, state), size);
                case Fixed(long constant) -> PacketText.little(constant, size);
                case Absent() -> UNAVAILABLE.repeat(size);
            };
        }
    }

    private static List<Register> registers() {
        String core = "org.gnu.gdb.i386.core";
        List<Register> all = new ArrayList<>();
        for (RegisterName name :
                List.of(
                        RegisterName.RAX,
                        RegisterName.RBX,
                        RegisterName.RCX,
                        RegisterName.RDX,
                        RegisterName.RSI,
                        RegisterName.RDI)) {
            all.add(new Register(lower(name), 8, "int64", core, new Named(name)));
        }
        all.add(new Register("rbp", 8, "data_ptr", core, new Named(RegisterName.RBP)));
        all.add(new Register("rsp", 8, "data_ptr", core, new Named(RegisterName.RSP)));
        for (int i = RegisterName.R8.ordinal(); i <= RegisterName.R15.ordinal(); i++) {
            RegisterName name = RegisterName.values()[i];
            all.add(new Register(lower(name), 8, "int64", core, new Named(name)));
        }
        all.add(new Register("rip", 8, "code_ptr", core, new Named(RegisterName.RIP)));
        all.add(new Register("eflags", 4, "int32", core, new Named(RegisterName.RFLAGS)));
        List<String> segments = List.of("cs", "ss", "ds", "es", "fs", "gs");
        long[] selectors = {0x10, 0x18, 0x2B, 0x2B, 0x53, 0x2B};
        for (int i = 0; i < selectors.length; i++) {
            all.add(new Register(segments.get(i), 4, "int32", core, new Fixed(selectors[i])));
        }
        for (int i = 0; i < 8; i++) {
            all.add(new Register("st" + i, 10, "i387_ext", core, new Absent()));
        }
        for (String name :
                List.of("fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop")) {
            all.add(new Register(name, 4, "int", core, new Absent()));
        }
        String bases = "org.gnu.gdb.i386.segments";
        all.add(new Register("fs_base", 8, "int", bases, new Named(RegisterName.FS_BASE)));
        all.add(new Register("gs_base", 8, "int", bases, new Named(RegisterName.GS_BASE)));
        String system = "dev.dirql.system";
        all.add(new Register("cr2", 8, "data_ptr", system, new Named(RegisterName.CR2)));
        all.add(new Register("cr8", 8, "int64", system, new Named(RegisterName.CR8)));
        all.add(new Register("irql", 4, "int32", system, new Named(RegisterName.CR8)));
        return List.copyOf(all);
    }

    private static String lower(RegisterName name) {
        return name.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static long read(RegisterName name, ProcessorState state) {
        return switch (name) {
            case RIP -> state.rip();
            case RFLAGS -> state.rflags();
            case FS_BASE -> state.fsBase();
            case GS_BASE -> state.gsBase();
            case CR2 -> state.cr2();
            case CR8 -> state.irql();
            default -> state.general().get(name.ordinal());
        };
    }

    /** The target description. */
    static String description() {
        StringBuilder text =
                new StringBuilder(
                        """
                        <?xml version="1.0"?>
                        <!DOCTYPE target SYSTEM "gdb-target.dtd">
                        <target version="1.0">
                        <architecture>i386:x86-64</architecture>
                        """);
        String feature = "";
        for (int i = 0; i < REGISTERS.size(); i++) {
            Register register = REGISTERS.get(i);
            if (!register.feature().equals(feature)) {
                text.append(feature.isEmpty() ? "" : "</feature>\n");
                feature = register.feature();
                text.append("<feature name=\"").append(feature).append("\">\n");
            }
            text.append(
                    "<reg name=\"%s\" bitsize=\"%d\" type=\"%s\" regnum=\"%d\"/>\n"
                            .formatted(register.name(), 8 * register.size(), register.type(), i));
        }
        return text.append("</feature>\n</target>\n").toString();
    }

    /** All of them. */
    static String all(ProcessorState state) {
        StringBuilder text = new StringBuilder();
        for (Register register : REGISTERS) {
            text.append(register.value(state));
        }
        return text.toString();
    }

    static String one(ProcessorState state, int number) {
        return register(number).value(state);
    }

    private static Register register(int number) {
        if (number >= REGISTERS.size()) {
            throw new Refused();
        }
        return REGISTERS.get(number);
    }

    /** Writes one; nothing happens if it has the value already. */
    static void write(Debugger debugger, int processor, int number, String value) {
        edit(debugger.inspection().processor(processor), number, value).ifPresent(debugger::edit);
    }

    /** Writes those that differ. */
    static void writeAll(Debugger debugger, int processor, String values) {
        ProcessorState state = debugger.inspection().processor(processor);
        List<Edit> edits = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < REGISTERS.size(); i++) {
            int to = at + 2 * REGISTERS.get(i).size();
            if (to > values.length()) {
                throw new Refused();
            }
            edit(state, i, values.substring(at, to)).ifPresent(edits::add);
            at = to;
        }
        if (at != values.length()) {
            throw new Refused();
        }
        edits.forEach(debugger::edit);
    }

    private static Optional<Edit> edit(ProcessorState state, int number, String value) {
        Register register = register(number);
        if (value.length() != 2 * register.size()) {
            throw new Refused();
        }
        if (register.value(state).equalsIgnoreCase(value)) {
            return Optional.empty();
        }
        return switch (register.source()) {
            case Named(RegisterName name) ->
                    Optional.of(
                            new Edit.Register(
                                    state.number(),
                                    name,
                                    PacketText.number(PacketText.bytes(value))));
            case Fixed _ -> throw new Refused();
            case Absent _ -> {
                if (value.chars().allMatch(c -> c == '0' || c == 'x')) {
                    // What gdb makes of a register that it could not read.
                    yield Optional.empty();
                }
                throw new Refused();
            }
        };
    }
}
