package dev.dirql.scenario.language;

import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A type of device that a scenario declares: the registers as a datasheet lists them, and in C what
 * the device does.
 *
 * @param meaning one sentence, or empty
 * @param properties what can be set when one is declared, without those of its interrupts
 * @param pci what it is on the PCI bus, if it is there
 * @param ports the first port of its registers, if they are ports; not on the PCI bus
 * @param interrupts the first one has no name; on the PCI bus it is the line
 * @param messages what its messages have conditions for
 * @param stimuli what a workload can make it do
 * @param routines what it does when something happens to it, in the order written
 * @param code C outside of routines: its variables and functions
 */
public record HardwareDeclaration(
        Position position,
        String name,
        String meaning,
        List<PropertyType> properties,
        Optional<Pci> pci,
        OptionalInt ports,
        List<Register> registers,
        List<Interrupt> interrupts,
        List<Message> messages,
        List<Timer> timers,
        List<StimulusType> stimuli,
        List<Routine> routines,
        List<DriverDeclaration.Source> code) {
    public HardwareDeclaration {
        properties = List.copyOf(properties);
        registers = List.copyOf(registers);
        interrupts = List.copyOf(interrupts);
        messages = List.copyOf(messages);
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
                    "send_message",
                    "enabled_messages",
                    "fail",
                    "memmove",
                    "memcmp");

    /** What its routines are told, each by a parameter of that name. */
    public static final List<String> ARGUMENTS =
            List.of("written", "previous", "lanes", "index", "message");

    /** Most elements that its registers have together. */
    public static final int ELEMENTS_MAXIMUM = 2048;

    /** What software can do to a field or a register. */
    public enum Access {
        READ_WRITE("read-write"),
        READ_ONLY("read-only"),
        WRITE_ONLY("write-only"),
        WRITE_ONE_TO_CLEAR("write-one-to-clear"),
        READ_TO_CLEAR("read-to-clear"),
        WRITE_ONE_TO_SET("write-one-to-set"),
        WRITE_ONE_TO_TOGGLE("write-one-to-toggle"),
        WRITE_ZERO_TO_CLEAR("write-zero-to-clear"),
        WRITE_TO_CLEAR("write-to-clear"),
        WRITE_ONCE("write-once");

        private final String word;

        Access(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** What a base address register leads to. */
    public enum BarKind {
        /** Memory with 64-bit addresses, which take the next base address register too. */
        MEMORY("memory"),
        MEMORY_32("memory32"),
        PORTS("ports");

        private final String word;

        BarKind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * A range of registers behind a base address register.
     *
     * @param number 0 to 5
     * @param size least bytes of it
     */
    public record Bar(int number, BarKind kind, long size, String meaning) {}

    /**
     * A function on the PCI bus.
     *
     * @param classCode base class, subclass and programming interface, a byte each from the highest
     * @param msi messages of MSI, 0 without MSI
     * @param msix entries of the table of MSI-X, 0 without MSI-X
     * @param table where that table is
     * @param bars the ranges of its registers, by number
     */
    public record Pci(
            int vendor,
            int device,
            int classCode,
            int revision,
            int subsystemVendor,
            int subsystem,
            int msi,
            int msix,
            Bar table,
            List<Bar> bars) {
        public Pci {
            bars = List.copyOf(bars);
        }

        /** How many messages it has, 0 if it has none. */
        public int messages() {
            return Math.max(msi, msix);
        }
    }

    /**
     * Messages that are sent when a condition begins to hold.
     *
     * @param first number of the first of them
     * @param last number of the last of them
     */
    public record Message(int first, int last, String meaning) {
        /** As they are written: {@code 1 to 4}. */
        public String numbers() {
            return first == last ? Integer.toString(first) : first + " to " + last;
        }
    }

    /**
     * A register, or several that are alike.
     *
     * @param count how many; 0 if it is a register and not an array of them
     * @param step bytes from one of an array to the next
     * @param bar number of the base address register of its range, 0 beside the PCI bus
     * @param offset bytes from the start of its range
     * @param width bytes: 1, 2, 4 or 8
     * @param access of a register without fields
     * @param bigEndian its most significant byte has the lowest address
     */
    public record Register(
            Position position,
            String name,
            int count,
            int step,
            int bar,
            int offset,
            int width,
            long reset,
            Access access,
            boolean bigEndian,
            String meaning,
            List<Field> fields,
            List<NamedValue> values) {
        public Register {
            fields = List.copyOf(fields);
            values = List.copyOf(values);
        }

        /** Whether its C has an index. */
        public boolean isArray() {
            return count > 0;
        }

        /** How many registers it is. */
        public int elements() {
            return Math.max(1, count);
        }

        /** Offset of one of them. */
        public int offset(int index) {
            return offset + index * step;
        }

        /** Whether all that software can do is to read it. */
        public boolean isOnlyRead() {
            return fields.isEmpty()
                    ? isOnlyRead(access)
                    : fields.stream().allMatch(field -> isOnlyRead(field.access()));
        }

        /** Whether all that software can do is to write it. */
        public boolean isOnlyWritten() {
            return fields.isEmpty()
                    ? access == Access.WRITE_ONLY
                    : fields.stream().allMatch(field -> field.access() == Access.WRITE_ONLY);
        }

        private static boolean isOnlyRead(Access access) {
            return access == Access.READ_ONLY || access == Access.READ_TO_CLEAR;
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

    /**
     * A timer, or several that are alike.
     *
     * @param count how many; 0 if it is a timer and not an array of them
     * @param freeRunning alone it keeps no run going
     */
    public record Timer(String name, int count, boolean freeRunning) {
        /** Whether its C has an index. */
        public boolean isArray() {
            return count > 0;
        }

        /** How many timers it is. */
        public int elements() {
            return Math.max(1, count);
        }
    }

    /** What a routine is for. */
    public enum Occasion {
        /** Tells whether there is a reason for an interrupt; the source is an expression. */
        CONDITION("interrupt", "while"),
        /** Tells whether there is a reason for a message; the source is an expression. */
        MESSAGE("message", "while"),
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
     * @param subject name of the register, timer, stimulus or interrupt, or the numbers of the
     *     messages; may be empty
     */
    public record Routine(Occasion occasion, String subject, DriverDeclaration.Source source) {
        /** The function's name in C. */
        public String function() {
            String name = "__" + occasion.name().toLowerCase(Locale.ROOT);
            return subject.isEmpty() ? name : name + "_" + subject.replace(' ', '_');
        }

        /** Whether the source is an expression. */
        public boolean isCondition() {
            return occasion == Occasion.CONDITION || occasion == Occasion.MESSAGE;
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

    /** Whether it has an interrupt of any kind. */
    public boolean isInterrupting() {
        return !interrupts.isEmpty() || pci.map(function -> function.messages() > 0).orElse(false);
    }

    /** Whether it can assert a line; what has conditions for messages only can do so as well. */
    public boolean hasLine() {
        return !interrupts.isEmpty() || !messages.isEmpty();
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
