package dev.dirql.scenario.language;

import dev.dirql.events.RunEnd;
import dev.dirql.scenario.language.Expectation.LockFigure;
import dev.dirql.scenario.language.Expectation.LockMeasure;
import dev.dirql.scenario.language.Expectation.Requests;
import dev.dirql.scenario.language.Expectation.Step;
import dev.dirql.scenario.language.Expectation.Written;
import dev.dirql.scenario.language.ScenarioParser.ExpectationContext;
import dev.dirql.scenario.language.ScenarioParser.ExpressionContext;
import dev.dirql.scenario.language.ScenarioParser.FigureContext;
import dev.dirql.scenario.language.ScenarioParser.NameContext;
import dev.dirql.scenario.language.ScenarioParser.PathContext;
import dev.dirql.scenario.language.ScenarioParser.StepContext;
import dev.dirql.scenario.language.ScenarioParser.SubjectContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Reads the expectations. */
final class Expectations {
    private static final SequencedMap<String, RunEnd> ENDS = ends();

    private final Declarations declared;
    private final Devices devices;
    private final KnownNames known;
    private final Expressions expressions;
    private final Problems problems;

    Expectations(
            Declarations declared,
            Devices devices,
            KnownNames known,
            Expressions expressions,
            Problems problems) {
        this.declared = declared;
        this.devices = devices;
        this.known = known;
        this.expressions = expressions;
        this.problems = problems;
    }

    private static SequencedMap<String, RunEnd> ends() {
        SequencedMap<String, RunEnd> ends = new LinkedHashMap<>();
        ends.put("done", RunEnd.DONE);
        ends.put("bugcheck", RunEnd.BUG_CHECK);
        ends.put("deadlock", RunEnd.DEADLOCK);
        ends.put("stuck", RunEnd.STUCK);
        ends.put("budget", RunEnd.BUDGET);
        return Collections.unmodifiableSequencedMap(ends);
    }

    List<Expectation> read() {
        List<Expectation> expectations = new ArrayList<>();
        if (!declared.expects().isEmpty()) {
            Declarations.Expect expect = declared.expects().getFirst();
            for (ExpectationContext context : expect.block().expectation()) {
                if (context.exception == null) {
                    expectation(context, written(context, expect.tokens()))
                            .ifPresent(expectations::add);
                }
            }
        }
        return expectations;
    }

    /** The expectation's own words, one space where there was any amount of space or a comment. */
    private static Written written(ExpectationContext context, CommonTokenStream tokens) {
        StringBuilder text = new StringBuilder();
        int end = -1;
        for (int i = context.getStart().getTokenIndex();
                i <= context.getStop().getTokenIndex();
                i++) {
            Token token = tokens.get(i);
            if (end >= 0 && token.getStartIndex() > end + 1) {
                text.append(' ');
            }
            text.append(token.getText());
            end = token.getStopIndex();
        }
        return new Written(Devices.position(context), text.toString());
    }

    private Optional<? extends Expectation> expectation(
            ExpectationContext context, Written written) {
        if (context.path() != null) {
            return context.STRING() != null
                    ? deviceText(context, written)
                    : variable(context, written);
        }
        return switch (context.getStart().getText()) {
            case "completed" -> completed(context, written);
            case "no" -> none(context, written);
            case "finding" -> found(context, written);
            case "bugcheck" -> bugCheck(context, written);
            case "deadlock" -> Optional.of(new Expectation.Ended(written, RunEnd.DEADLOCK));
            case "stuck" -> Optional.of(new Expectation.Ended(written, RunEnd.STUCK));
            case "lock" -> lock(context, written);
            case "interrupts" -> interrupts(context, written);
            case "dpcs" -> {
                OptionalLong count = count(context, 0);
                yield count.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Expectation.Dpcs(
                                        written,
                                        context.name().getText(),
                                        comparison(context),
                                        count.getAsLong()));
            }
            case "output" ->
                    Optional.of(
                            new Expectation.OutputContains(
                                    written, Expressions.text(context.STRING().getText())));
            case "ended" -> ended(context, written);
            case "time" -> {
                OptionalLong time = expressions.time(context.expression(0), "the time");
                yield time.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Expectation.EndTime(
                                        written, comparison(context), time.getAsLong()));
            }
            default ->
                    throw new IllegalStateException(
                            "expectation begins with " + context.getStart().getText());
        };
    }

    private static Comparison comparison(ExpectationContext context) {
        return Comparison.of(context.comparison().getText());
    }

    private OptionalLong count(ExpectationContext context, int expression) {
        return expressions.whole(context.expression(expression), "a count", 0, Long.MAX_VALUE);
    }

    private Optional<Expectation> completed(ExpectationContext context, Written written) {
        String word = context.name().getText();
        OptionalLong count = count(context, 0);
        for (Requests requests : Requests.values()) {
            if (requests.word().equals(word)) {
                return count.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new Expectation.Completed(
                                        written, requests, comparison(context), count.getAsLong()));
            }
        }
        problems.unknown(
                context.name(),
                "kind of request",
                word,
                Stream.of(Requests.values()).map(Requests::word).toList());
        return Optional.empty();
    }

    private Optional<Expectation> none(ExpectationContext context, Written written) {
        return switch (context.getChild(1).getText()) {
            case "findings" -> Optional.of(new Expectation.NoFindings(written));
            case "errors" -> Optional.of(new Expectation.NoErrors(written));
            default ->
                    rule(context.ruleName()).map(rule -> new Expectation.NoFinding(written, rule));
        };
    }

    private Optional<Expectation> found(ExpectationContext context, Written written) {
        Optional<String> rule = rule(context.ruleName());
        OptionalLong times =
                context.expression().isEmpty()
                        ? OptionalLong.empty()
                        : expressions.whole(context.expression(0), "times", 1, Long.MAX_VALUE);
        Optional<String> routine = Optional.ofNullable(context.name()).map(NameContext::getText);
        return rule.map(name -> new Expectation.Found(written, name, routine, times));
    }

    private Optional<String> rule(ScenarioParser.RuleNameContext rule) {
        String name = rule.STRING() != null ? Expressions.text(rule.getText()) : rule.getText();
        List<String> rules = known.rules().get();
        // A finding may also be called by its number, in hexadecimal digits of either case.
        boolean isKnown = rules.contains(name) || rules.contains(name.toUpperCase(Locale.ROOT));
        if (!isKnown && !rules.isEmpty()) {
            problems.unknown(rule, "rule", name, rules);
            return Optional.empty();
        }
        return Optional.of(name);
    }

    private Optional<Expectation> bugCheck(ExpectationContext context, Written written) {
        List<OptionalLong> parameters = new ArrayList<>();
        for (ExpressionContext parameter : context.expression()) {
            parameters.add(
                    parameter.getText().equals("_")
                            ? OptionalLong.empty()
                            : expressions.whole(
                                    parameter,
                                    "a bug check parameter",
                                    Long.MIN_VALUE,
                                    Long.MAX_VALUE));
        }
        if (parameters.size() > 4) {
            problems.error(context.expression(4), "a bug check has four parameters", "");
        }
        SubjectContext subject = context.subject();
        if (subject.name() == null || expressions.knows(subject.getText())) {
            OptionalLong code = number(subject, "a bug check code", 0xFFFF_FFFFL);
            return code.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Expectation.BugCheck(written, "", code, parameters));
        }
        String name = subject.getText();
        Long code = known.bugChecks().get(name);
        if (code == null && !known.bugChecks().isEmpty()) {
            problems.unknown(subject, "bug check", name, known.bugChecks().keySet());
            return Optional.empty();
        }
        return Optional.of(
                new Expectation.BugCheck(
                        written,
                        name,
                        code == null ? OptionalLong.empty() : OptionalLong.of(code),
                        parameters));
    }

    private OptionalLong number(SubjectContext subject, String what, long maximum) {
        if (subject.expression() != null) {
            return expressions.whole(subject.expression(), what, 0, maximum);
        }
        Optional<Value> value =
                subject.name() != null
                        ? expressions.parameter(subject.name())
                        : expressions.literal(subject, subject.NUMBER().getText());
        Optional<Value> fitting =
                value.flatMap(
                        v -> expressions.fit(v, new PropertyKind.Whole(0, maximum), what, subject));
        return fitting.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Expressions.bits(fitting.get()));
    }

    private Optional<Expectation> lock(ExpectationContext context, Written written) {
        List<LockFigure> figures = new ArrayList<>();
        for (FigureContext figure : context.figure()) {
            figure(figure).ifPresent(figures::add);
        }
        ScenarioParser.LockNameContext name = context.lockName();
        String lock = name.STRING() != null ? Expressions.text(name.getText()) : name.getText();
        if (name.path() != null) {
            // Locks are named after drivers; a device stands for the driver that serves it.
            Target target = devices.target(name.path().name());
            String path = lock.substring(name.path().name().getText().length());
            lock = (target == null ? "" : target.driver()) + path.replace("->", ".");
        }
        return Optional.of(new Expectation.Lock(written, lock, figures));
    }

    private Optional<LockFigure> figure(FigureContext figure) {
        String word = figure.name().getText();
        for (LockMeasure measure : LockMeasure.values()) {
            if (measure.word().equals(word)) {
                OptionalLong value =
                        measure.isTime()
                                ? expressions.time(figure.expression(), word)
                                : expressions.whole(figure.expression(), word, 0, Long.MAX_VALUE);
                return value.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new LockFigure(
                                        measure,
                                        Comparison.of(figure.comparison().getText()),
                                        value.getAsLong()));
            }
        }
        problems.unknown(
                figure.name(),
                "figure of a lock",
                word,
                Stream.of(LockMeasure.values()).map(LockMeasure::word).toList());
        return Optional.empty();
    }

    private Optional<Expectation> interrupts(ExpectationContext context, Written written) {
        SubjectContext subject = context.subject();
        if (context.MESSAGE() != null) {
            return interruptsByMessage(context, written);
        }
        OptionalLong count = count(context, 0);
        if (subject.name() != null && !expressions.knows(subject.getText())) {
            DeviceDeclaration device = devices.device(subject.name());
            return device == null || count.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Expectation.InterruptsOfDevice(
                                    written,
                                    device.name(),
                                    comparison(context),
                                    count.getAsLong()));
        }
        OptionalLong vector = number(subject, "a vector", 0xFF);
        return vector.isEmpty() || count.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Expectation.InterruptsOfVector(
                                written,
                                (int) vector.getAsLong(),
                                comparison(context),
                                count.getAsLong()));
    }

    private Optional<Expectation> interruptsByMessage(ExpectationContext context, Written written) {
        SubjectContext subject = context.subject();
        if (subject.name() == null || expressions.knows(subject.getText())) {
            problems.error(subject, "messages are those of a device", "name the device");
            return Optional.empty();
        }
        DeviceDeclaration device = devices.device(subject.name());
        OptionalLong message =
                expressions.whole(
                        context.expression(0), "a message", 0, Stimuli.MESSAGES_MAXIMUM - 1);
        OptionalLong count = count(context, 1);
        if (device != null && !device.type().messaging()) {
            problems.error(
                    subject,
                    "%s has no numbered messages".formatted(device.name()),
                    "leave out 'message' to count its interrupts");
            return Optional.empty();
        }
        return device == null || message.isEmpty() || count.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Expectation.InterruptsOfMessage(
                                written,
                                device.name(),
                                (int) message.getAsLong(),
                                comparison(context),
                                count.getAsLong()));
    }

    private Optional<Expectation> ended(ExpectationContext context, Written written) {
        String word = context.name().getText().toLowerCase(Locale.ROOT);
        RunEnd end = ENDS.get(word);
        if (end == null) {
            problems.unknown(context.name(), "way to end", word, ENDS.sequencedKeySet());
        }
        return Optional.ofNullable(end).map(one -> new Expectation.Ended(written, one));
    }

    private Optional<Expectation> deviceText(ExpectationContext context, Written written) {
        PathContext path = context.path();
        DeviceDeclaration device = devices.device(path.name());
        if (device == null) {
            return Optional.empty();
        }
        List<String> texts = device.type().texts();
        if (path.step().size() != 1
                || path.step(0).name() == null
                || !texts.contains(path.step(0).name().getText())) {
            wrongPath(
                    path,
                    "a %s puts out no such text".formatted(device.type().name()),
                    texts.isEmpty()
                            ? "it puts out none"
                            : "%s.%s".formatted(device.name(), Numbers.alternatives(texts)));
            return Optional.empty();
        }
        return Optional.of(
                new Expectation.DeviceTextContains(
                        written,
                        device.name(),
                        path.step(0).name().getText(),
                        Expressions.text(context.STRING().getText())));
    }

    private Optional<Expectation> variable(ExpectationContext context, Written written) {
        PathContext path = context.path();
        Target target = devices.target(path.name());
        List<Step> steps = new ArrayList<>();
        for (StepContext step : path.step()) {
            if (step.name() != null) {
                steps.add(new Step.Member(step.name().getText()));
            } else {
                expressions
                        .whole(step.expression(), "an index", 0, Integer.MAX_VALUE)
                        .ifPresent(index -> steps.add(new Step.Index(index)));
            }
        }
        boolean extension = steps.getFirst().equals(new Step.Member("extension"));
        if (target != null && !target.name().equals(target.driver()) && !extension) {
            wrongPath(
                    path,
                    "a device has no variables",
                    "%s.extension.FIELD, or %s.VARIABLE of its driver"
                            .formatted(target.name(), target.driver()));
            return Optional.empty();
        }
        if (extension) {
            steps.removeFirst();
        }
        if (steps.isEmpty() || steps.getFirst() instanceof Step.Index) {
            wrongPath(path, "this is not a variable", "DRIVER.Variable or DRIVER.extension.Field");
            return Optional.empty();
        }
        Optional<Value> value = expressions.evaluate(context.expression(0));
        if (value.isPresent() && value.get() instanceof Value.Text) {
            problems.error(
                    context.expression(0), "a variable is compared with a number, not a text", "");
            return Optional.empty();
        }
        return target == null || value.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Expectation.Variable(
                                written,
                                target,
                                extension,
                                steps,
                                comparison(context),
                                Expressions.bits(value.get())));
    }

    private void wrongPath(ParserRuleContext path, String message, String cure) {
        problems.error(path, message, cure);
    }
}
