package dev.dirql.console.gdb.symbols;

import dev.dirql.store.SymbolTable.Line;
import dev.dirql.store.SymbolTable.LoadedImage;
import java.util.List;

/** The line table of an image. DWARF 4, section 6.2. */
final class DwarfLines {
    private static final int COPY = 1;
    private static final int ADVANCE_PC = 2;
    private static final int ADVANCE_LINE = 3;
    private static final int SET_FILE = 4;
    private static final int END_SEQUENCE = 1;
    private static final int SET_ADDRESS = 2;

    /** How many operands each of the standard opcodes from 1 has. */
    private static final byte[] OPERANDS = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};

    private DwarfLines() {}

    static byte[] of(LoadedImage image, List<Routine> routines) {
        Bytes header = new Bytes();
        // Lengths of instructions 1, one operation each, statements, line base, line range.
        header.one(1).one(1).one(1).one(-5).one(14).one(OPERANDS.length + 1).all(OPERANDS);
        header.one(0);
        for (String file : image.files()) {
            header.text(file).unsigned(0).unsigned(0).unsigned(0);
        }
        header.one(0);
        Bytes program = new Bytes();
        for (Routine routine : routines) {
            sequence(program, image, routine);
        }
        Bytes unit = new Bytes().number(4, 2);
        unit.number(header.size(), 4).all(header.toArray()).all(program.toArray());
        return Bytes.counted(unit);
    }

    private static void sequence(Bytes program, LoadedImage image, Routine routine) {
        int address = routine.start();
        int file = 1;
        int line = 1;
        extended(program, SET_ADDRESS).number(image.base() + address, 8);
        for (Line entry : routine.lines()) {
            program.one(ADVANCE_PC).unsigned(entry.rva() - address);
            program.one(ADVANCE_LINE).signed(entry.line() - line);
            address = entry.rva();
            line = entry.line();
            if (entry.file() + 1 != file) {
                file = entry.file() + 1;
                program.one(SET_FILE).unsigned(file);
            }
            program.one(COPY);
        }
        program.one(ADVANCE_PC).unsigned(routine.end() - address);
        extended(program, END_SEQUENCE);
    }

    private static Bytes extended(Bytes program, int opcode) {
        return program.one(0).unsigned(opcode == SET_ADDRESS ? 9 : 1).one(opcode);
    }
}
