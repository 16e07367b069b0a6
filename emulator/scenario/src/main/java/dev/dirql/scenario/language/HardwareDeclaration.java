package dev.dirql.scenario.language;

import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A type of device that a scenario declares: the registers as a datasheet lists them, and in C what
 * the device does.
 *
 * @param meaning one sentence, or empty
 * @param properties what can be set when one is declared, without those of its interrupts
 * @param interrupts the first one has no name
 * @param stimuli what a workload can make it do
 * @param routines what it does when something happens to it, in the order written
 * @param code C outside of routines: its variables and functions
 */
public record HardwareDeclaration(
        Position position,
        String name,
        String meaning,
        List<PropertyType> properties,
        List<Register> registers,
        List<Interrupt> interrupts,
        List<String> timers,
        List<StimulusType> stimuli,
        List<Routine> routines,
        List<DriverDeclaration.Source> code) {
    public HardwareDeclaration {
        properties = List.copyOf(properties);
        registers = List.copyOf(registers);
        interrupts = List.copyOf(interrupts);
        timers = List.copyOf(timers);
        stimuli = List.copyOf(stimuli);
        routines = List.copyOf(routines);
        code = List.copyOf(code);
    }

    /** What its C can call; nothing else in it has these names. */
    public static final List<String> FUNCTIONS =
            List.of(
                    "dma_read",
                    "dma_write",
                    "dma_reaches",
                    "now",
                    "start",
                    "cancel",
                    "is_running",
                    "reset_registers",
                    "fail",
                    "memmove",
                    "memcmp");

    /** What software can do to a field or a register. */
    public enum Access {
        READ_WRITE("read-write"),
        READ_ONLY("read-only"),
        WRITE_ONLY("write-only"),
        WRITE_ONE_TO_CLEAR("write-one-to-clear"),
        READ_TO_CLEAR("read-to-clear");

        private final String word;

        Access(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * A register.
     *
     * @param offset bytes from the start of the registers
     * @param width bytes: 1, 2, 4 or 8
     * @param access of a register without fields
     */
    public record Register(
            Position position,
            String name,
            int offset,
            int width,
            long reset,
            Access access,
            String meaning,
            List<Field> fields,
            List<NamedValue> values) {
        public Register {
            fields = List.copyOf(fields);
            values = List.copyOf(values);
        }
    }

    /** Adjacent bits of a register, from the lowest to the highest. */
    public record Field(String name, int lowest, int highest, Access access, String meaning) {}

    /** A value that a register or field can have. */
    public record NamedValue(String name, long value, String meaning) {}

    /**
     * An interrupt.
     *
     * @param name empty for the first one
     */
    public record Interrupt(String name, String meaning) {}

    /** What a routine is for. */
    public enum Occasion {
        /** Tells whether there is a reason for an interrupt; the source is an expression. */
        CONDITION("interrupt", "while"),
        /** Software wrote a register. */
        WRITE("on write", ""),
        /** Software is about to read a register. */
        READ("on read", ""),
        /** A workload lets it interrupt. */
        RAISE("on raise", ""),
        /** The machine is switched on. */
        POWER("on power", ""),
        /** A timer has run down. */
        TIMER("timer", ""),
        /** A stimulus of its own. */
        STIMULUS("stimulus", "");

        private final String before;
        private final String after;

        Occasion(String before, String after) {
            this.before = before;
            this.after = after;
        }
    }

    /**
     * C that is carried out on an occasion.
     *
     * @param subject name of the register, timer, stimulus or interrupt; may be empty
     */
    public record Routine(Occasion occasion, String subject, DriverDeclaration.Source source) {
        /** The function's name in C. */
        public String function() {
            String name = "__" + occasion.name().toLowerCase(Locale.ROOT);
            return subject.isEmpty() ? name : name + "_" + subject;
        }

        /** As it is written: {@code on write COMMAND}. */
        public String written() {
            return "%s %s %s"
                    .formatted(occasion.before, subject, occasion.after)
                    .strip()
                    .replaceAll(" +", " ");
        }
    }

    public Optional<Routine> routine(Occasion occasion, String subject) {
        return routines.stream()
                .filter(one -> one.occasion() == occasion && one.subject().equals(subject))
                .findFirst();
    }

    /** Whether a workload can let that interrupt happen, other than spuriously. */
    public boolean isRaisable(String interrupt) {
        return routine(Occasion.RAISE, interrupt).isPresent();
    }

    /**
     * Names of the C macros of the registers that a device gives its driver, without the device's
     * name.
     */
    public List<String> registerConstants() {
        List<String> names = new ArrayList<>();
        for (Register register : registers) {
            names.add(register.name());
            for (Field field : register.fields()) {
                names.add(field.name());
                if (field.highest() > field.lowest()) {
                    names.add(field.name() + "_SHIFT");
                }
            }
            register.values().forEach(value -> names.add(value.name()));
        }
        return names;
    }

    /** The C macro that stands for a word of a property in the hardware's own C. */
    public static String wordConstant(String property, String word) {
        return (property + "_" + word.replace('-', '_')).toUpperCase(Locale.ROOT);
    }
}
