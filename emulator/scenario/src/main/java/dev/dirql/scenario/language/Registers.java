package dev.dirql.scenario.language;

import dev.dirql.scenario.language.HardwareDeclaration.Access;
import dev.dirql.scenario.language.HardwareDeclaration.Field;
import dev.dirql.scenario.language.HardwareDeclaration.NamedValue;
import dev.dirql.scenario.language.HardwareDeclaration.Register;
import dev.dirql.scenario.language.ScenarioParser.ExpressionContext;
import dev.dirql.scenario.language.ScenarioParser.FieldContext;
import dev.dirql.scenario.language.ScenarioParser.PartContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Reads the registers of declared hardware with their fields and named values. */
final class Registers {
    private static final int ARRAY_MAXIMUM = 1024;
    private static final int BARS = 6;
    private static final String BIG_ENDIAN = "big-endian";

    private static final int WIDTH_USUAL = 4;

    /** Name of a register's whole value in C. */
    private static final String WHOLE = "value";

    private final Expressions expressions;
    private final Problems problems;
    private final PciParts pci;

    /** The bytes of each range that a register gives to who reads, and takes from who writes. */
    private final BitSet[] read = sets();

    private final BitSet[] written = sets();
    private int elements;
    private boolean wrong;

    /**
     * @param pci tells of the ranges
     */
    Registers(Expressions expressions, Problems problems, PciParts pci) {
        this.expressions = expressions;
        this.problems = problems;
        this.pci = pci;
    }

    private static BitSet[] sets() {
        BitSet[] sets = new BitSet[BARS];
        Arrays.setAll(sets, _ -> new BitSet());
        return sets;
    }

    /** Whether any register so far was wrong. */
    boolean isWrong() {
        return wrong;
    }

    /**
     * @param before the registers that were read before
     */
    Optional<Register> read(PartContext part, List<Register> before) {
        boolean wrongBefore = wrong;
        wrong = false;
        Optional<Register> register = register(part, before);
        boolean right = !wrong;
        wrong |= wrongBefore;
        return right ? register : Optional.empty();
    }

    private Optional<Register> register(PartContext part, List<Register> before) {
        String name = part.name().getText();
        checkOnce(part.steps, "step");
        checkOnce(part.bars, "in bar");
        checkOnce(part.widths, "width");
        checkOnce(part.resets, "reset");
        int width = width(part);
        if (wrong) {
            return Optional.empty();
        }
        int bar = pci.barOf(part);
        int count =
                part.count == null ? 0 : (int) number(part.count, "the count", 1, ARRAY_MAXIMUM);
        int room = pci.room(bar);
        int step = step(part, width, room);
        int last = wrong ? 0 : (Math.max(1, count) - 1) * step;
        if (last > room - width) {
            error(
                    part,
                    "%d registers %d bytes apart take more than the %d bytes of their range"
                            .formatted(count, step, room),
                    "");
            return Optional.empty();
        }
        long offset = number(part.offset, "the offset", 0, (long) room - width - last);
        boolean placed = !wrong;
        if (placed && width == 8 && pci.arePorts(bar)) {
            error(part.name(), "a port is 1, 2 or 4 bytes wide, not 8", "make two of it");
        }
        long reset =
                part.resets.isEmpty()
                        ? 0
                        : value(part.resets.getFirst(), "the reset value", 8 * width);
        boolean bigEndian = isBigEndian(part.HYPHENATED());
        Access access = access(part.HYPHENATED(), Access.READ_WRITE);
        List<Field> fields = new ArrayList<>();
        List<NamedValue> values = new ArrayList<>();
        if (part.fields() != null) {
            for (FieldContext field : part.fields().field()) {
                if (field.exception != null) {
                    wrong = true;
                } else if (field.children.stream().anyMatch(one -> one.getText().equals("="))) {
                    values.add(
                            new NamedValue(
                                    field.name().getText(),
                                    value(field.expression(0), "the value", 8 * width),
                                    Hardware.text(field.STRING())));
                } else {
                    field(field, width, access, fields);
                }
            }
        }
        Register read =
                new Register(
                        Devices.position(part),
                        name,
                        count,
                        step,
                        bar,
                        (int) offset,
                        width,
                        reset,
                        access,
                        bigEndian,
                        Hardware.text(part.STRING()),
                        fields,
                        values);
        if (placed) {
            place(read, part, before);
        }
        return Optional.of(read);
    }

    private void checkOnce(List<ExpressionContext> said, String what) {
        if (said.size() > 1) {
            error(said.get(1), "'%s' is said twice".formatted(what), "");
        }
    }

    /** Bytes from one to the next. */
    private int step(PartContext part, int width, int room) {
        if (part.steps.isEmpty()) {
            return width;
        }
        int step = (int) number(part.steps.getFirst(), "the step", 1, room);
        if (part.count == null) {
            error(
                    part.steps.getFirst(),
                    "one register has no step",
                    "say how many there are: register %s[8] at …".formatted(part.name().getText()));
        } else if (step < width && !wrong) {
            error(
                    part.steps.getFirst(),
                    "a step of %d bytes between registers of %d".formatted(step, width),
                    "they would overlap");
        }
        return step;
    }

    /** Takes the bytes of a register, unless one that was read before has them. */
    private void place(Register register, PartContext part, List<Register> before) {
        elements += register.elements();
        if (elements > HardwareDeclaration.ELEMENTS_MAXIMUM) {
            error(
                    part.name(),
                    "more than %d registers".formatted(HardwareDeclaration.ELEMENTS_MAXIMUM),
                    "those of arrays are counted one by one");
            return;
        }
        boolean reads = !register.isOnlyWritten();
        boolean writes = !register.isOnlyRead();
        int bar = Math.min(register.bar(), BARS - 1);
        for (int i = 0; i < register.elements(); i++) {
            int start = register.offset(i);
            int end = start + register.width();
            boolean taken =
                    (reads && takes(read[bar], start, end))
                            || (writes && takes(written[bar], start, end));
            if (taken) {
                overlap(register, i, part, before);
                return;
            }
        }
        for (int i = 0; i < register.elements(); i++) {
            int start = register.offset(i);
            if (reads) {
                read[bar].set(start, start + register.width());
            }
            if (writes) {
                written[bar].set(start, start + register.width());
            }
        }
    }

    private static boolean takes(BitSet bytes, int start, int end) {
        int next = bytes.nextSetBit(start);
        return next >= 0 && next < end;
    }

    private void overlap(Register register, int index, PartContext part, List<Register> before) {
        int start = register.offset(index);
        for (Register other : before) {
            for (int i = 0; i < other.elements(); i++) {
                if (other.bar() == register.bar()
                        && (!other.isOnlyRead() || !register.isOnlyWritten())
                        && (!other.isOnlyWritten() || !register.isOnlyRead())
                        && start < other.offset(i) + other.width()
                        && other.offset(i) < start + register.width()) {
                    error(
                            part.name(),
                            "%s at 0x%02X overlaps %s at 0x%02X, which is %d %s wide"
                                    .formatted(
                                            element(register, index),
                                            start,
                                            element(other, i),
                                            other.offset(i),
                                            other.width(),
                                            other.width() == 1 ? "byte" : "bytes"),
                            register.isOnlyRead() || register.isOnlyWritten()
                                    ? "two may share a place if one is read-only and the other"
                                            + " write-only"
                                    : "");
                    return;
                }
            }
        }
    }

    private static String element(Register register, int index) {
        return register.isArray() ? register.name() + "[" + index + "]" : register.name();
    }

    private int width(PartContext part) {
        if (part.widths.isEmpty()) {
            return WIDTH_USUAL;
        }
        long width = number(part.widths.getFirst(), "the width", 1, 8);
        if (!wrong && Long.bitCount(width) != 1) {
            error(
                    part.widths.getFirst(),
                    "a width of %d bytes".formatted(width),
                    "a register is 1, 2, 4 or 8 bytes wide");
        }
        return (int) width;
    }

    private void field(FieldContext field, int width, Access usual, List<Field> fields) {
        String name = field.name().getText();
        long lowest = number(field.expression(0), "a bit", 0, 63);
        long highest =
                field.expression().size() == 2
                        ? number(field.expression(1), "a bit", 0, 63)
                        : lowest;
        Field read =
                new Field(
                        name,
                        (int) Math.min(lowest, highest),
                        (int) Math.max(lowest, highest),
                        access(field.HYPHENATED(), usual),
                        Hardware.text(field.STRING()));
        if (isBigEndian(field.HYPHENATED())) {
            error(field, "a field has no order of bytes", "write big-endian behind the register");
        }
        if (Parameters.KEYWORDS_OF_C.contains(name)) {
            error(field.name(), "'%s' is a keyword of C".formatted(name), "");
        }
        if (name.equals(WHOLE)) {
            error(
                    field.name(),
                    "'value' is the register as a whole",
                    "choose another name for the field");
        }
        if (read.highest() >= 8 * width) {
            error(
                    field,
                    "bit %d of a register of %d bits".formatted(read.highest(), 8 * width),
                    "its highest bit is %d; 'width' counts bytes".formatted(8 * width - 1));
        }
        for (Field other : fields) {
            if (other.name().equals(name)) {
                error(field.name(), "two fields '%s'".formatted(name), "");
            } else if (read.lowest() <= other.highest() && other.lowest() <= read.highest()) {
                error(
                        field,
                        "%s and %s share bit %d"
                                .formatted(
                                        name,
                                        other.name(),
                                        Math.max(read.lowest(), other.lowest())),
                        "");
            }
        }
        fields.add(read);
    }

    private static boolean isBigEndian(List<TerminalNode> words) {
        return words.stream().anyMatch(word -> word.getText().equals(BIG_ENDIAN));
    }

    /** The access that words behind a register or field say. */
    private Access access(List<TerminalNode> words, Access usual) {
        Access found = usual;
        String said = "";
        for (TerminalNode word : words) {
            if (word.getText().equals(BIG_ENDIAN)) {
                continue;
            }
            if (!said.isEmpty()) {
                error(
                        word,
                        "'%s' behind '%s'".formatted(word.getText(), said),
                        "a register or field has one kind of access");
            }
            said = word.getText();
            found = access(word, usual);
        }
        return found;
    }

    private Access access(TerminalNode word, Access usual) {
        for (Access access : Access.values()) {
            if (access.word().equals(word.getText())) {
                return access;
            }
        }
        List<String> words =
                new ArrayList<>(Arrays.stream(Access.values()).map(Access::word).toList());
        words.add(BIG_ENDIAN);
        String cure = Expected.nearest(word.getText(), words);
        error(
                word,
                "no kind of access is called '%s'".formatted(word.getText()),
                cure.isEmpty() ? "known: " + Numbers.list(words) : cure);
        return usual;
    }

    private void error(TerminalNode place, String message, String cure) {
        wrong = true;
        problems.error(place.getSymbol(), message, cure);
    }

    private long number(ExpressionContext expression, String what, long low, long high) {
        OptionalLong number = expressions.whole(expression, what, low, high);
        if (number.isEmpty()) {
            wrong = true;
        }
        return number.orElse(low);
    }

    /** A value of so many bits. */
    private long value(ExpressionContext expression, String what, int bits) {
        return bits == 64
                ? number(expression, what, Long.MIN_VALUE, Long.MAX_VALUE)
                : number(expression, what, 0, (1L << bits) - 1);
    }

    private void error(ParserRuleContext place, String message, String cure) {
        wrong = true;
        problems.error(place, message, cure);
    }
}
