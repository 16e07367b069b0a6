package dev.dirql.console.gdb.symbols;

import dev.dirql.debugger.Inspection;
import dev.dirql.x86.Disassembler;
import java.util.ArrayList;
import java.util.List;

/**
 * Call frame information made of the unwind data of images. Microsoft, "x64 exception handling";
 * DWARF 4, section 6.4, with the augmentation {@code zS} of the Linux Standard Base for frames of
 * interrupts.
 */
final class DwarfFrames {
    /** The address space of images is the same on every processor. */
    private static final int PROCESSOR = 0;

    private static final int RETURN_ADDRESS = 16;
    private static final int RSP = 7;

    /** DWARF's numbers of the general registers in their order of encoding. */
    private static final int[] NUMBERS = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

    private static final int ADVANCE_LOC4 = 0x04;
    private static final int SAME_VALUE = 0x08;
    private static final int REMEMBER_STATE = 0x0A;
    private static final int RESTORE_STATE = 0x0B;
    private static final int DEF_CFA = 0x0C;
    private static final int DEF_CFA_OFFSET = 0x0E;
    private static final int OFFSET = 0x80;

    /** RIP, CS, RFLAGS, RSP and SS, as an interrupt pushes them. */
    private static final int MACHINE_FRAME = 40;

    private static final int LONGEST_INSTRUCTION = 15;

    private final Inspection inspection;
    private final Bytes out = new Bytes();
    private final int callEntry;
    private final int interruptEntry;

    DwarfFrames(Inspection inspection) {
        this.inspection = inspection;
        callEntry = commonEntry("");
        interruptEntry = commonEntry("zS");
    }

    byte[] bytes() {
        return out.toArray();
    }

    /** What every function of a kind has in common: at its start the CFA is RSP + 8. */
    private int commonEntry(String augmentation) {
        int at = out.size();
        Bytes entry = new Bytes().number(0xFFFF_FFFFL, 4).one(1).text(augmentation);
        entry.unsigned(1).signed(-8).one(RETURN_ADDRESS);
        if (!augmentation.isEmpty()) {
            entry.unsigned(0);
        }
        entry.one(DEF_CFA).unsigned(RSP).unsigned(8);
        entry.one(OFFSET | RETURN_ADDRESS).unsigned(1);
        out.all(Bytes.counted(entry.align(4)));
        return at;
    }

    /** A function without a frame. */
    void leaf(long start, long size) {
        entry(callEntry, start, size, new Bytes());
    }

    private void entry(int common, long start, long size, Bytes instructions) {
        Bytes entry = new Bytes().number(common, 4).number(start, 8).number(size, 8);
        if (common == interruptEntry) {
            entry.unsigned(0);
        }
        out.all(Bytes.counted(entry.all(instructions.toArray()).align(4)));
    }

    /**
     * A function with unwind data.
     *
     * @param before bytes before its start that count as its own, as what returns to its start has
     *     its return address there
     */
    void function(long base, long begin, long end, long info, int before) {
        Function function = new Function(base + begin - before, base + end - before, before);
        if (function.read(base + info)) {
            if (before == 0) {
                function.epilogues();
            }
            entry(
                    function.interrupt ? interruptEntry : callEntry,
                    function.start,
                    function.end - function.start,
                    function.instructions);
        }
    }

    private long load(long address, int size) {
        return inspection.number(PROCESSOR, address, size).orElse(0);
    }

    /** One function as it is described. */
    private final class Function {
        private final long start;
        private final long end;
        private final int before;
        private final Bytes instructions = new Bytes();
        private long at;

        /** CFA less RSP. */
        private long height = 8;

        private boolean framed;
        private boolean interrupt;

        Function(long start, long end, int before) {
            this.start = start;
            this.end = end;
            this.before = before;
            at = start;
        }

        private record Code(int offset, int operation, int operand, long extra) {}

        /** Describes the prologue; false if it is of a kind that has no such description. */
        boolean read(long info) {
            if (load(info, 1) != 1) {
                return false;
            }
            int count = (int) load(info + 2, 1);
            int frame = (int) load(info + 3, 1);
            List<Code> codes = new ArrayList<>();
            for (int i = 0; i < count; ) {
                long code = info + 4 + 2L * i;
                int operation = (int) load(code + 1, 1) & 15;
                int operand = (int) load(code + 1, 1) >>> 4;
                int slots = slots(operation, operand);
                long extra = slots == 1 ? 0 : load(code + 2, slots == 2 ? 2 : 4);
                codes.addFirst(new Code((int) load(code, 1), operation, operand, extra));
                i += slots;
            }
            long whole = 8;
            for (Code code : codes) {
                whole += pushed(code);
            }
            for (Code code : codes) {
                if (!describe(code, frame, whole)) {
                    return false;
                }
            }
            return true;
        }

        private static int slots(int operation, int operand) {
            return switch (operation) {
                case 1 -> operand == 0 ? 2 : 3;
                case 4, 8 -> 2;
                case 5, 9 -> 3;
                default -> 1;
            };
        }

        private static long pushed(Code code) {
            return switch (code.operation()) {
                case 0 -> 8;
                case 1 -> code.operand() == 0 ? 8 * code.extra() : code.extra();
                case 2 -> 8L * code.operand() + 8;
                case 10 -> MACHINE_FRAME - 8 + 8L * code.operand();
                default -> 0;
            };
        }

        private boolean describe(Code code, int frame, long whole) {
            if (code.offset() > 0) {
                advance(start + before + code.offset());
            }
            height += pushed(code);
            switch (code.operation()) {
                case 0 -> {
                    risen();
                    saved(code.operand(), height);
                }
                case 1, 2 -> risen();
                case 3 -> {
                    framed = true;
                    instructions.one(DEF_CFA).unsigned(NUMBERS[frame & 15]);
                    instructions.unsigned(height - 16L * (frame >>> 4));
                }
                case 4 -> saved(code.operand(), whole - 8 * code.extra());
                case 5 -> saved(code.operand(), whole - code.extra());
                case 8, 9 -> {}
                case 10 -> {
                    interrupt = true;
                    risen();
                    instructions.one(OFFSET | RETURN_ADDRESS).unsigned(MACHINE_FRAME / 8);
                    instructions.one(OFFSET | RSP).unsigned(2);
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void saved(int register, long below) {
            instructions.one(OFFSET | NUMBERS[register]).unsigned(below / 8);
        }

        private void risen() {
            if (!framed) {
                instructions.one(DEF_CFA_OFFSET).unsigned(height);
            }
        }

        private void advance(long to) {
            if (to != at) {
                instructions.one(ADVANCE_LOC4).number(to - at, 4);
                at = to;
            }
        }

        /** What releases the frame before each return. */
        void epilogues() {
            List<Disassembler.Line> lines = new ArrayList<>();
            List<Long> addresses = new ArrayList<>();
            for (long address = start; address < end; ) {
                byte[] code = inspection.memory(PROCESSOR, address, LONGEST_INSTRUCTION);
                if (code.length == 0) {
                    return;
                }
                Disassembler.Line line = Disassembler.at(code, address);
                lines.add(line);
                addresses.add(address);
                if (line.text().startsWith("ret")) {
                    epilogue(lines, addresses);
                }
                address += Math.max(1, line.length());
            }
        }

        private void epilogue(List<Disassembler.Line> lines, List<Long> addresses) {
            int end = lines.size() - 1;
            int first = end;
            while (first > 0 && pops(addresses.get(first - 1))) {
                first--;
            }
            long left = 8 + 8L * (end - first);
            boolean releases =
                    first > 0 && lines.get(first - 1).text().replace(" ", "").startsWith("addrsp,");
            if (!releases && first == end) {
                return;
            }
            advance(addresses.get(first));
            instructions.one(REMEMBER_STATE);
            instructions.one(DEF_CFA).unsigned(RSP).unsigned(left);
            for (int i = first; i < end; i++) {
                advance(addresses.get(i + 1));
                left -= 8;
                instructions.one(DEF_CFA_OFFSET).unsigned(left);
                instructions.one(SAME_VALUE).unsigned(NUMBERS[popped(addresses.get(i))]);
            }
            advance(addresses.get(end) + lines.get(end).length());
            instructions.one(RESTORE_STATE);
        }

        private boolean pops(long address) {
            long opcode = load(address, 1);
            return isPop(opcode) || (opcode == 0x41 && isPop(load(address + 1, 1)));
        }

        private static boolean isPop(long opcode) {
            return opcode >= 0x58 && opcode <= 0x5F;
        }

        private int popped(long address) {
            long opcode = load(address, 1);
            return opcode == 0x41 ? (int) load(address + 1, 1) - 0x58 + 8 : (int) opcode - 0x58;
        }
    }
}
