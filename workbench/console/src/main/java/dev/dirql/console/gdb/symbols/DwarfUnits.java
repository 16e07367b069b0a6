package dev.dirql.console.gdb.symbols;

import dev.dirql.store.SymbolTable.LoadedImage;
import java.util.List;

/** A compilation unit for each image, with its routines. DWARF 4, chapters 3 and 7. */
final class DwarfUnits {
    private static final int COMPILE_UNIT = 0x11;
    private static final int SUBPROGRAM = 0x2E;
    private static final int NAME = 0x03;
    private static final int STMT_LIST = 0x10;
    private static final int LOW_PC = 0x11;
    private static final int HIGH_PC = 0x12;
    private static final int LANGUAGE = 0x13;
    private static final int COMP_DIR = 0x1B;
    private static final int PRODUCER = 0x25;
    private static final int EXTERNAL = 0x3F;
    private static final int ADDRESS = 0x01;
    private static final int DATA2 = 0x05;
    private static final int DATA8 = 0x07;
    private static final int STRING = 0x08;
    private static final int SEC_OFFSET = 0x17;
    private static final int FLAG_PRESENT = 0x19;
    private static final int C99 = 0x0C;

    private DwarfUnits() {}

    /** What the entries consist of. */
    static byte[] abbreviations() {
        Bytes table = new Bytes();
        table.unsigned(1).unsigned(COMPILE_UNIT).one(1);
        attributes(
                table,
                NAME,
                STRING,
                COMP_DIR,
                STRING,
                PRODUCER,
                STRING,
                LANGUAGE,
                DATA2,
                STMT_LIST,
                SEC_OFFSET,
                LOW_PC,
                ADDRESS,
                HIGH_PC,
                DATA8);
        table.unsigned(2).unsigned(SUBPROGRAM).one(0);
        attributes(table, NAME, STRING, EXTERNAL, FLAG_PRESENT, LOW_PC, ADDRESS, HIGH_PC, DATA8);
        return table.one(0).toArray();
    }

    private static void attributes(Bytes table, int... namesAndForms) {
        for (int number : namesAndForms) {
            table.unsigned(number);
        }
        table.unsigned(0).unsigned(0);
    }

    /**
     * @param directory what the names of files are relative to
     * @param lines where the image's line table begins in its section
     */
    static byte[] of(LoadedImage image, List<Routine> routines, String directory, int lines) {
        Bytes unit = new Bytes().number(4, 2).number(0, 4).one(8);
        int start = routines.getFirst().start();
        unit.unsigned(1).text(image.files().get(routines.getFirst().lines().getFirst().file()));
        unit.text(directory).text("dirql").number(C99, 2).number(lines, 4);
        unit.number(image.base() + start, 8).number(routines.getLast().end() - start, 8);
        for (Routine routine : routines) {
            unit.unsigned(2).text(routine.name());
            unit.number(image.base() + routine.start(), 8);
            unit.number(routine.end() - routine.start(), 8);
        }
        return Bytes.counted(unit.one(0));
    }
}
