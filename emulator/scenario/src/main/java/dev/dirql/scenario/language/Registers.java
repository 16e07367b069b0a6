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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Reads the registers of declared hardware with their fields and named values. */
final class Registers {
    /** Bytes of registers that a device has room for. */
    private static final int ROOM = 0x1_0000;

    private static final int WIDTH_USUAL = 4;

    /** Name of a register's whole value in C. */
    private static final String WHOLE = "value";

    private final Expressions expressions;
    private final Problems problems;
    private boolean wrong;

    Registers(Expressions expressions, Problems problems) {
        this.expressions = expressions;
        this.problems = problems;
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
        int width = width(part);
        if (wrong) {
            return Optional.empty();
        }
        long offset = number(part.expression(0), "the offset", 0, ROOM - width);
        boolean placed = !wrong;
        int resetIndex = hasWord(part, "width") ? 2 : 1;
        long reset =
                hasWord(part, "reset")
                        ? value(part.expression(resetIndex), "the reset value", 8 * width)
                        : 0;
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
        for (Register other : before) {
            if (placed
                    && offset < other.offset() + other.width()
                    && other.offset() < offset + width) {
                error(
                        part.name(),
                        "%s at 0x%02X overlaps %s at 0x%02X, which is %d %s wide"
                                .formatted(
                                        name,
                                        offset,
                                        other.name(),
                                        other.offset(),
                                        other.width(),
                                        other.width() == 1 ? "byte" : "bytes"),
                        "");
            }
        }
        return Optional.of(
                new Register(
                        Devices.position(part),
                        name,
                        (int) offset,
                        width,
                        reset,
                        access,
                        Hardware.text(part.STRING()),
                        fields,
                        values));
    }

    private static boolean hasWord(PartContext part, String word) {
        return part.children.stream()
                .anyMatch(one -> one instanceof TerminalNode && one.getText().equals(word));
    }

    private int width(PartContext part) {
        if (!hasWord(part, "width")) {
            return WIDTH_USUAL;
        }
        long width = number(part.expression(1), "the width", 1, 8);
        if (!wrong && Long.bitCount(width) != 1) {
            error(
                    part.expression(1),
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

    private Access access(@Nullable TerminalNode word, Access usual) {
        if (word == null) {
            return usual;
        }
        for (Access access : Access.values()) {
            if (access.word().equals(word.getText())) {
                return access;
            }
        }
        wrong = true;
        List<String> words = Arrays.stream(Access.values()).map(Access::word).toList();
        String cure = Expected.nearest(word.getText(), words);
        problems.error(
                word.getSymbol(),
                "no kind of access is called '%s'".formatted(word.getText()),
                cure.isEmpty() ? "known: " + Numbers.list(words) : cure);
        return usual;
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
