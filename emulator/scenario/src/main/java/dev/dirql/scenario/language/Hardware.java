package dev.dirql.scenario.language;

import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.language.HardwareDeclaration.Interrupt;
import dev.dirql.scenario.language.HardwareDeclaration.Occasion;
import dev.dirql.scenario.language.HardwareDeclaration.Register;
import dev.dirql.scenario.language.HardwareDeclaration.Routine;
import dev.dirql.scenario.language.HardwareDeclaration.Timer;
import dev.dirql.scenario.language.ScenarioParser.ArgumentContext;
import dev.dirql.scenario.language.ScenarioParser.HardwareContext;
import dev.dirql.scenario.language.ScenarioParser.NameContext;
import dev.dirql.scenario.language.ScenarioParser.PartContext;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Reads one declared type of device: what it consists of, and that its names fit together. */
final class Hardware {
    static final int ARGUMENTS_MAXIMUM = 8;
    private static final int TIMERS_MAXIMUM = 1024;
    private static final String FREE_RUNNING = "free-running";
    private static final String FURTHER_LINE = "_line";
    private static final List<String> OF_INTERRUPTS =
            List.of("line", "message", "msi", "msix", "affinity", "processors", "passive");
    private static final List<String> OF_PORTS = List.of("ports", "memory");

    private final HardwareContext context;
    private final Kinds kinds;
    private final PciParts pci;
    private final Registers registerReader;
    private final Problems problems;
    private final Expressions expressions;

    private final List<PropertyType> properties = new ArrayList<>();
    private final List<Register> registers = new ArrayList<>();
    private final List<Interrupt> interrupts = new ArrayList<>();
    private final List<Timer> timers = new ArrayList<>();
    private final List<StimulusType> stimuli = new ArrayList<>();
    private final List<Routine> routines = new ArrayList<>();
    private final List<DriverDeclaration.Source> code = new ArrayList<>();

    /** Names in the hardware's C, with what has them. */
    private final Map<String, String> names = new LinkedHashMap<>();

    /** Names of registers, though one may be wrong: naming it is no second mistake. */
    private final List<String> registerNames = new ArrayList<>();

    private boolean wrong;

    Hardware(HardwareContext context, Kinds kinds, Expressions expressions, Problems problems) {
        this.context = context;
        this.kinds = kinds;
        this.problems = problems;
        this.expressions = expressions;
        pci = new PciParts(expressions, problems);
        registerReader = new Registers(expressions, problems, pci);
    }

    /** Empty if something is wrong, which is complained about. */
    Optional<HardwareDeclaration> read() {
        List<PartContext> parts =
                context.part().stream().filter(part -> part.exception == null).toList();
        wrong = parts.size() < context.part().size();
        pci.read(parts);
        parts.forEach(this::declaration);
        parts.forEach(this::message);
        Optional<HardwareDeclaration.Pci> function =
                pci.function(bar ->
                        registerReader.isWrong()
                                || registers.stream().anyMatch(register -> register.bar() == bar));
        parts.forEach(this::routine);
        if (!wrong && registers.isEmpty()) {
            error(
                    context.name(),
                    "hardware '%s' has no register".formatted(context.name().getText()),
                    "such as: register STATUS at 0x04 width 4");
        }
        wrong |= registerReader.isWrong() || pci.isWrong();
        return wrong
                ? Optional.empty()
                : Optional.of(
                        new HardwareDeclaration(
                                Devices.position(context),
                                context.name().getText(),
                                text(context.STRING()),
                                properties,
                                function,
                                pci.ports(),
                                registers,
                                interrupts,
                                pci.messages(),
                                timers,
                                stimuli,
                                routines,
                                code));
    }

    /** What other parts may name. */
    private void declaration(PartContext part) {
        switch (part.getStart().getText()) {
            case "property" -> property(part);
            case "register" -> register(part);
            case "interrupt" -> interrupt(part);
            case "timer" -> timer(part);
            case "stimulus" -> stimulus(part);
            default -> {}
        }
    }

    private void property(PartContext part) {
        String name = part.name().getText();
        if (OF_INTERRUPTS.contains(name) || name.endsWith(FURTHER_LINE)) {
            error(
                    part.name(),
                    "'%s' is a property of interrupts".formatted(name),
                    "an interrupt brings its own; choose another name");
            return;
        }
        if (pci.ports().isPresent() && OF_PORTS.contains(name)) {
            error(
                    part.name(),
                    "'%s' is a property of hardware with ports".formatted(name),
                    "choose another name");
            return;
        }
        if (!take(part.name(), "property")) {
            return;
        }
        Optional<PropertyType> property =
                kinds.property(part.name(), part.kind(), part.item(), text(part.STRING()));
        property.ifPresentOrElse(properties::add, () -> wrong = true);
    }

    private void register(PartContext part) {
        registerNames.add(part.name().getText());
        if (take(part.name(), "register")) {
            registerReader.read(part, registers).ifPresent(registers::add);
        }
    }

    private void timer(PartContext part) {
        OptionalLong count =
                part.count == null
                        ? OptionalLong.of(0)
                        : expressions.whole(part.count, "the count", 1, TIMERS_MAXIMUM);
        wrong |= count.isEmpty();
        boolean freeRunning = !part.HYPHENATED().isEmpty();
        if (freeRunning && !part.HYPHENATED(0).getText().equals(FREE_RUNNING)) {
            wrong = true;
            problems.error(
                    part.HYPHENATED(0).getSymbol(),
                    "no timer is %s".formatted(part.HYPHENATED(0).getText()),
                    "only free-running can stand there");
        }
        if (take(part.name(), "timer")) {
            timers.add(new Timer(part.name().getText(), (int) count.orElse(0), freeRunning));
        }
    }

    private void message(PartContext part) {
        if (part.getStart().getText().equals("message")) {
            pci.message(part)
                    .ifPresent(read -> add(Occasion.MESSAGE, read.numbers(), part.C_BODY()));
        }
    }

    private void interrupt(PartContext part) {
        String name = part.name() == null ? "" : part.name().getText();
        if (pci.isPci() && !name.isEmpty()) {
            error(
                    part.name(),
                    "a function on the PCI bus has one line",
                    "its further interrupts are messages: message 0 while (…)");
            return;
        }
        if (interrupts.stream().anyMatch(one -> one.name().equals(name))) {
            error(
                    part,
                    name.isEmpty()
                            ? "a second interrupt without a name"
                            : "the interrupt '%s' is declared twice".formatted(name),
                    name.isEmpty() ? "give it a name: interrupt NAME while (…)" : "");
            return;
        }
        if (interrupts.isEmpty() && !name.isEmpty()) {
            error(
                    part.name(),
                    "the first interrupt has no name",
                    "write interrupt while (…); its line is the property 'line'");
            return;
        }
        interrupts.add(new Interrupt(name, text(part.STRING())));
        add(Occasion.CONDITION, name, part.C_BODY());
    }

    private void stimulus(PartContext part) {
        String name = part.name().getText();
        if (Stimuli.OF_EVERY_DEVICE.stream().anyMatch(one -> one.name().equals(name))) {
            error(
                    part.name(),
                    "every device with an interrupt has the stimulus '%s'".formatted(name),
                    name.equals("raise") ? "on raise { … } says what it does" : "");
            return;
        }
        if (stimuli.stream().anyMatch(one -> one.name().equals(name))) {
            error(part.name(), "the stimulus '%s' is declared twice".formatted(name), "");
            return;
        }
        List<PropertyType> arguments = new ArrayList<>();
        if (part.arguments() != null) {
            for (ArgumentContext argument : part.arguments().argument()) {
                argument(argument, arguments);
            }
        }
        if (arguments.size() > ARGUMENTS_MAXIMUM) {
            error(
                    part.arguments(),
                    "%d arguments".formatted(arguments.size()),
                    "a stimulus has at most " + ARGUMENTS_MAXIMUM);
        }
        // Those without a name are written before the others.
        arguments.sort((a, b) -> Boolean.compare(b.positional(), a.positional()));
        stimuli.add(new StimulusType(name, arguments, text(part.STRING())));
        add(Occasion.STIMULUS, name, part.C_BODY());
    }

    private void argument(ArgumentContext argument, List<PropertyType> arguments) {
        if (argument.exception != null) {
            wrong = true;
            return;
        }
        String name = argument.name().getText();
        if (arguments.stream().anyMatch(one -> one.name().equals(name))) {
            error(argument.name(), "two arguments '%s'".formatted(name), "");
            return;
        }
        if (isKeyword(argument.name())) {
            return;
        }
        kinds.argument(argument.name(), argument.kind(), argument.item())
                .ifPresentOrElse(arguments::add, () -> wrong = true);
    }

    /** What it does. */
    private void routine(PartContext part) {
        switch (part.getStart().getText()) {
            case "timer" -> add(Occasion.TIMER, part.name().getText(), part.C_BODY());
            case "code" -> source(part.C_BODY()).ifPresent(code::add);
            case "on" -> on(part);
            default -> {}
        }
    }

    private void on(PartContext part) {
        String subject = part.name() == null ? "" : part.name().getText();
        Occasion occasion =
                switch (part.getChild(1).getText()) {
                    case "write" -> Occasion.WRITE;
                    case "read" -> Occasion.READ;
                    case "raise" -> Occasion.RAISE;
                    default -> Occasion.POWER;
                };
        boolean ofRegister = occasion == Occasion.WRITE || occasion == Occasion.READ;
        if (ofRegister && !registerNames.contains(subject)) {
            wrong = true;
            problems.unknown(part.name(), "register", subject, registerNames);
            return;
        }
        boolean messages = pci.isPci() && subject.isEmpty() && pci.hasMessages();
        if (occasion == Occasion.RAISE
                && !messages
                && interrupts.stream().noneMatch(one -> one.name().equals(subject))) {
            error(
                    part.name() == null ? part : part.name(),
                    subject.isEmpty()
                            ? "there is no interrupt to raise"
                            : "unknown interrupt '%s'".formatted(subject),
                    "declare it: interrupt %swhile (…)"
                            .formatted(subject.isEmpty() ? "" : subject + " "));
            return;
        }
        if (routines.stream()
                .anyMatch(one -> one.occasion() == occasion && one.subject().equals(subject))) {
            error(
                    part,
                    "%s is said twice"
                            .formatted(("on " + part.getChild(1) + " " + subject).strip()),
                    "");
            return;
        }
        add(occasion, subject, part.C_BODY());
    }

    private void add(Occasion occasion, String subject, TerminalNode body) {
        source(body).ifPresent(source -> routines.add(new Routine(occasion, subject, source)));
    }

    private static Optional<DriverDeclaration.Source> source(@Nullable TerminalNode node) {
        if (node == null) {
            return Optional.empty();
        }
        Token body = node.getSymbol();
        Lines lines = CharactersOfFile.of(body);
        int begin = body.getStartIndex() + 1;
        int end = Math.max(begin, body.getStopIndex());
        Position position = lines.position(begin);
        return Optional.of(new DriverDeclaration.Source(lines.file(), begin, end, position));
    }

    // ---- names ----

    private boolean take(NameContext place, String what) {
        return !isKeyword(place) && !isFunction(place) && take(place, place.getText(), what);
    }

    private boolean take(NameContext place, String name, String what) {
        String owner = names.putIfAbsent(name, what);
        if (owner != null) {
            error(
                    place,
                    owner.equals(what)
                            ? "the %s '%s' is declared twice".formatted(what, name)
                            : "'%s' is the name of a %s and of a %s".formatted(name, owner, what),
                    owner.equals(what)
                            ? ""
                            : "in the hardware's C they would be one: choose another name");
        }
        return owner == null;
    }

    private boolean isFunction(NameContext name) {
        String text = name.getText();
        boolean taken =
                HardwareDeclaration.FUNCTIONS.contains(text)
                        || HardwareDeclaration.ARGUMENTS.contains(text)
                        || text.startsWith("__");
        if (taken) {
            error(
                    name,
                    "the C of every hardware has its own '%s'".formatted(text),
                    "choose another name");
        }
        return taken;
    }

    private boolean isKeyword(NameContext name) {
        if (Parameters.KEYWORDS_OF_C.contains(name.getText())) {
            error(
                    name,
                    "'%s' is a keyword of C".formatted(name.getText()),
                    "the hardware's C calls it by its name: choose another one");
            return true;
        }
        return false;
    }

    static String text(@Nullable TerminalNode string) {
        return string == null ? "" : Expressions.text(string.getText());
    }

    private void error(ParserRuleContext place, String message, String cure) {
        wrong = true;
        problems.error(place, message, cure);
    }
}
