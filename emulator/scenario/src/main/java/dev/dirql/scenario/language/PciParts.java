package dev.dirql.scenario.language;

import dev.dirql.scenario.language.HardwareDeclaration.Bar;
import dev.dirql.scenario.language.HardwareDeclaration.BarKind;
import dev.dirql.scenario.language.HardwareDeclaration.Message;
import dev.dirql.scenario.language.HardwareDeclaration.Pci;
import dev.dirql.scenario.language.ScenarioParser.ExpressionContext;
import dev.dirql.scenario.language.ScenarioParser.PartContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads how software reaches declared hardware: what it is on the PCI bus, with its base address
 * registers and messages, or its first port.
 */
final class PciParts {
    /** Bytes of registers that a device has room for. */
    static final int ROOM = 0x1_0000;

    /** Bytes of registers behind one base address register. */
    static final int ROOM_OF_BAR = 0x10_0000;

    /** PCI Local Bus Specification 3.0, 6.2.5.1. */
    private static final int PORTS_OF_BAR = 256;

    private static final long BAR_MAXIMUM = 1L << 24;
    private static final int PORTS_MAXIMUM = 0xFF00;
    private static final int BARS = 6;
    private static final int MSI_MAXIMUM = 32;
    private static final int MSIX_MAXIMUM = 2048;
    private static final int CLASS_OTHER = 0xFF_00_00;
    private static final String ABSENT = "say what it is: pci 0x1234:0x0001 class 0xFF0000";

    private final Expressions expressions;
    private final Problems problems;
    private @Nullable PartContext function;
    private OptionalInt ports = OptionalInt.empty();
    private final List<Bar> bars = new ArrayList<>();

    /** Where the ranges are declared, by number; the first one need not be. */
    private final Map<Integer, PartContext> places = new TreeMap<>();

    private final List<Message> messages = new ArrayList<>();
    private int msi;
    private int msix;
    private boolean wrong;

    PciParts(Expressions expressions, Problems problems) {
        this.expressions = expressions;
        this.problems = problems;
    }

    /** Whether anything was wrong. */
    boolean isWrong() {
        return wrong;
    }

    boolean isPci() {
        return function != null;
    }

    boolean hasMessages() {
        return Math.max(msi, msix) > 0;
    }

    OptionalInt ports() {
        return ports;
    }

    List<Message> messages() {
        return List.copyOf(messages);
    }

    /** Reads all that does not need the registers. */
    void read(List<PartContext> parts) {
        for (PartContext part : parts) {
            if (part.getStart().getText().equals("pci")) {
                if (function != null) {
                    error(part, "pci is said twice", "a hardware is one function");
                } else {
                    function = part;
                }
            }
        }
        for (PartContext part : parts) {
            switch (part.getStart().getText()) {
                case "bar" -> bar(part);
                case "ports" -> ports(part);
                case "msi" -> msi(part);
                case "msix" -> msix(part);
                default -> {}
            }
        }
        checkBars();
    }

    /** Without it the part makes no sense. */
    private boolean needsFunction(PartContext part, String what) {
        if (function == null) {
            error(part, what + " belongs to a function on the PCI bus", ABSENT);
        }
        return function != null;
    }

    // ---- ranges ----

    private void bar(PartContext part) {
        int number = number(part.number, "the number of a base address register", 0, BARS - 1);
        String word = part.name().getText();
        Optional<BarKind> kind =
                Arrays.stream(BarKind.values()).filter(one -> one.word().equals(word)).findFirst();
        if (kind.isEmpty()) {
            List<String> words = Arrays.stream(BarKind.values()).map(BarKind::word).toList();
            String nearest = Expected.nearest(word, words);
            error(
                    part.name(),
                    "no base address register leads to '%s'".formatted(word),
                    nearest.isEmpty() ? "known: " + Numbers.list(words) : nearest);
            return;
        }
        if (!needsFunction(part, "a base address register")) {
            return;
        }
        if (bars.stream().anyMatch(one -> one.number() == number)) {
            error(part, "bar %d is declared twice".formatted(number), "");
            return;
        }
        long most = kind.get() == BarKind.PORTS ? PORTS_OF_BAR : BAR_MAXIMUM;
        long size = 0;
        if (part.size != null) {
            OptionalLong read = expressions.size(part.size, "the size of a range", most);
            wrong |= read.isEmpty();
            size = read.orElse(0);
        }
        places.put(number, part);
        bars.add(new Bar(number, kind.get(), size, Hardware.text(part.STRING())));
        bars.sort(Comparator.comparingInt(Bar::number));
    }

    private void checkBars() {
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            boolean wide = bar.kind() == BarKind.MEMORY;
            if (wide && bar.number() == BARS - 1) {
                error(
                        place(bar.number()),
                        "bar %d has no next one for the upper half of its address"
                                .formatted(bar.number()),
                        "write bar %d memory32".formatted(bar.number()));
            }
            if (wide && i + 1 < bars.size() && bars.get(i + 1).number() == bar.number() + 1) {
                error(
                        place(bar.number() + 1),
                        "bar %d is the upper half of bar %d"
                                .formatted(bar.number() + 1, bar.number()),
                        "memory takes two base address registers, memory32 takes one");
            }
        }
    }

    private ParserRuleContext place(int bar) {
        PartContext found = places.get(bar);
        return found == null ? place() : found;
    }

    /** Where an error of several parts is shown. */
    private ParserRuleContext place() {
        PartContext found = function;
        if (found == null) {
            throw new IllegalStateException("there is no function");
        }
        return found;
    }

    private void ports(PartContext part) {
        if (function != null) {
            error(
                    part,
                    "a function on the PCI bus has no fixed ports",
                    "they lie behind a base address register: bar 0 ports");
        } else if (ports.isPresent()) {
            error(part, "ports is said twice", "");
        }
        ports = OptionalInt.of(number(part.number, "the first port", 0, PORTS_MAXIMUM));
    }

    /** Bytes that the registers of a range can have. */
    int room(int bar) {
        if (function == null) {
            return ports.isPresent() ? 0x1_0000 - ports.getAsInt() : ROOM;
        }
        return arePorts(bar) ? PORTS_OF_BAR : ROOM_OF_BAR;
    }

    /** Whether the registers of a range are ports. */
    boolean arePorts(int bar) {
        return ports.isPresent()
                || bars.stream()
                        .anyMatch(one -> one.number() == bar && one.kind() == BarKind.PORTS);
    }

    /** The number of the range of a register. */
    int barOf(PartContext register) {
        if (register.bars.isEmpty()) {
            useBar(0, register);
            return 0;
        }
        int number =
                number(
                        register.bars.getFirst(),
                        "the number of a base address register",
                        0,
                        BARS - 1);
        if (function == null) {
            error(
                    register.bars.getFirst(),
                    "a base address register belongs to a function on the PCI bus",
                    ABSENT);
        } else {
            useBar(number, register);
        }
        return number;
    }

    /** The first range is there without being declared. */
    private void useBar(int number, PartContext register) {
        if (function == null || bars.stream().anyMatch(one -> one.number() == number)) {
            return;
        }
        if (number == 0) {
            bars.addFirst(new Bar(0, BarKind.MEMORY, 0, ""));
            checkBars();
        } else {
            error(
                    register.bars.getFirst(),
                    "there is no bar %d".formatted(number),
                    "declare it: bar %d memory, bar %d memory32 or bar %d ports"
                            .formatted(number, number, number));
        }
    }

    // ---- messages ----

    private void msi(PartContext part) {
        int count = number(part.number, "the number of messages", 1, MSI_MAXIMUM);
        if (Integer.bitCount(count) != 1) {
            error(
                    part.number,
                    "MSI with %d messages".formatted(count),
                    "it has 1, 2, 4, 8, 16 or 32");
        } else if (needsFunction(part, "MSI")) {
            if (msi > 0) {
                error(part, "msi is said twice", "");
            }
            msi = count;
        }
    }

    private void msix(PartContext part) {
        int count = number(part.number, "the number of messages", 1, MSIX_MAXIMUM);
        if (needsFunction(part, "MSI-X")) {
            if (msix > 0) {
                error(part, "msix is said twice", "");
            }
            msix = count;
        }
    }

    /** Reads a condition of messages; empty if it is wrong. */
    Optional<Message> message(PartContext part) {
        boolean before = wrong;
        wrong = false;
        int first = number(part.first, "the number of a message", 0, MSIX_MAXIMUM - 1);
        int last =
                part.last == null
                        ? first
                        : number(part.last, "the number of a message", 0, MSIX_MAXIMUM - 1);
        Optional<Message> read = Optional.empty();
        if (!wrong && needsFunction(part, "a numbered message")) {
            read = Optional.of(new Message(first, last, Hardware.text(part.STRING())));
            check(read.get(), part);
        }
        boolean right = !wrong;
        wrong |= before;
        if (right) {
            read.ifPresent(messages::add);
        }
        return right ? read : Optional.empty();
    }

    private void check(Message message, PartContext part) {
        int count = Math.max(msi, msix);
        if (message.last() < message.first()) {
            error(
                    part,
                    "messages %s are none".formatted(message.numbers()),
                    "write the lower number first");
        } else if (count == 0) {
            error(
                    part,
                    "message %d, but the hardware has no messages".formatted(message.first()),
                    "say how many: msix %d".formatted(message.last() + 1));
        } else if (message.last() >= count) {
            error(
                    part,
                    "message %d, but the hardware has %s"
                            .formatted(
                                    message.last(),
                                    count == 1 ? "message 0 only" : "0 to " + (count - 1)),
                    "msi and msix say how many messages there are");
        }
        for (Message other : messages) {
            if (message.first() <= other.last() && other.first() <= message.last()) {
                error(
                        part,
                        "message %d has two conditions"
                                .formatted(Math.max(message.first(), other.first())),
                        "join them with ||");
                return;
            }
        }
    }

    // ---- all together ----

    /**
     * What it is on the PCI bus, after the registers were read.
     *
     * @param usesBar tells whether a range has registers
     */
    Optional<Pci> function(IntPredicate usesBar) {
        PartContext part = function;
        if (part == null) {
            return Optional.empty();
        }
        for (Bar bar : bars) {
            if (bar.size() == 0 && !usesBar.test(bar.number())) {
                error(
                        place(bar.number()),
                        "bar %d has no register and no size".formatted(bar.number()),
                        "put registers there, register … at 0 in bar %d, or give it a size"
                                .formatted(bar.number()));
            }
        }
        int vendor = number(part.vendor, "the vendor", 0, 0xFFFE);
        return Optional.of(
                new Pci(
                        vendor,
                        number(part.product, "the device's number", 0, 0xFFFF),
                        part.class_ == null
                                ? CLASS_OTHER
                                : number(part.class_, "the class", 0, 0xFF_FF_FF),
                        part.revision == null ? 0 : number(part.revision, "the revision", 0, 0xFF),
                        part.subsystemVendor == null
                                ? vendor
                                : number(part.subsystemVendor, "the vendor", 0, 0xFFFF),
                        part.subsystem == null
                                ? 0
                                : number(part.subsystem, "the subsystem's number", 0, 0xFFFF),
                        msi,
                        msix,
                        table(),
                        bars));
    }

    /** A free place for the table of MSI-X: two base address registers, or else one. */
    private Bar table() {
        for (int at = BARS - 2; at >= 0; at -= 2) {
            if (isFree(at) && isFree(at + 1)) {
                return new Bar(at, BarKind.MEMORY, 0, "");
            }
        }
        for (int at = BARS - 1; at >= 0; at--) {
            if (isFree(at)) {
                return new Bar(at, BarKind.MEMORY_32, 0, "");
            }
        }
        if (msix > 0) {
            error(
                    place(),
                    "no base address register is left for the table of MSI-X",
                    "it needs one of its own: memory32 takes one, memory takes two");
        }
        return new Bar(0, BarKind.MEMORY, 0, "");
    }

    private boolean isFree(int number) {
        return bars.stream()
                .noneMatch(bar ->
                        bar.number() == number
                                || (bar.kind() == BarKind.MEMORY && bar.number() + 1 == number));
    }

    private int number(ExpressionContext expression, String what, int low, int high) {
        OptionalLong number = expressions.whole(expression, what, low, high);
        wrong |= number.isEmpty();
        return (int) number.orElse(low);
    }

    private void error(ParserRuleContext place, String message, String cure) {
        wrong = true;
        problems.error(place, message, cure);
    }
}
