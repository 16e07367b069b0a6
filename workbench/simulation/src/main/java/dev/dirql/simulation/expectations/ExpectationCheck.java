package dev.dirql.simulation.expectations;

import dev.dirql.events.Finding;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.scenario.language.Comparison;
import dev.dirql.scenario.language.Expectation;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.simulation.ExpectationResult;
import dev.dirql.simulation.figures.BugCheckFigures;
import dev.dirql.simulation.figures.FindingFigures;
import dev.dirql.simulation.figures.LockFigures;
import dev.dirql.simulation.figures.RequestFigures;
import dev.dirql.simulation.figures.RunFigures;
import dev.dirql.simulation.view.MajorFunctions;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Holds what a run amounts to against what its scenario expects. */
public final class ExpectationCheck {
    /** What figures alone cannot tell. */
    public interface Guest {
        /** The value of a variable at the end of the run; empty where it is not in memory. */
        OptionalLong variable(Expectation.Variable variable);

        /** The interrupt vectors of a device. */
        Set<Integer> vectorsOf(String device);

        /** The vector of a device's message; empty where the device was granted fewer. */
        OptionalInt vectorOf(String device, int message);

        /** What a device put out as text. */
        String textOf(String device, String output);
    }

    /**
     * What a deadlock is called when it is found: of several contexts, of one with itself, and on a
     * lock whose owner is gone.
     */
    private static final Set<String> DEADLOCK_RULES =
            Set.of("Deadlock", "SpinLock", "SpinLockNeverReleased");

    private final RunFigures figures;
    private final SymbolTable symbols;
    private final Guest guest;
    private final RunEnd end;
    private final List<ExpectationResult> results = new ArrayList<>();

    private ExpectationCheck(RunFigures figures, SymbolTable symbols, Guest guest, RunEnd end) {
        this.figures = figures;
        this.symbols = symbols;
        this.guest = guest;
        this.end = end;
    }

    /** A result for each expectation, then for what is expected without being said. */
    public static List<ExpectationResult> of(
            Scenario scenario, RunFigures figures, SymbolTable symbols, Guest guest, RunEnd end) {
        ExpectationCheck check = new ExpectationCheck(figures, symbols, guest, end);
        scenario.expectations().forEach(check::check);
        check.unsaid(scenario);
        return List.copyOf(check.results);
    }

    // ---- what is said ----

    private void check(Expectation expectation) {
        switch (expectation) {
            case Expectation.Completed e -> completed(e);
            case Expectation.Variable e -> variable(e);
            case Expectation.NoFindings e -> noFinding(e, _ -> true);
            case Expectation.NoErrors e -> noErrors(e);
            case Expectation.NoFinding e -> noFinding(e, found -> isCalled(found, e.rule()));
            case Expectation.Found e -> found(e);
            case Expectation.BugCheck e -> bugCheck(e);
            case Expectation.Ended e -> add(e, end == e.end(), "the run ended " + words(end));
            case Expectation.Lock e -> lock(e);
            case Expectation.InterruptsOfDevice e ->
                    compare(e, e.comparison(), interrupts(e.device()), e.count());
            case Expectation.InterruptsOfMessage e -> message(e);
            case Expectation.InterruptsOfVector e ->
                    compare(e, e.comparison(), figures.interrupts(e.vector()), e.count());
            case Expectation.Dpcs e -> compare(e, e.comparison(), dpcs(e.routine()), e.count());
            case Expectation.OutputContains e -> output(e);
            case Expectation.DeviceTextContains e -> deviceText(e);
            case Expectation.EndTime e ->
                    add(
                            e,
                            e.comparison().holds(figures.lastNs(), e.nanoseconds()),
                            Texts.time(figures.lastNs()));
        }
    }

    private long interrupts(String device) {
        return guest.vectorsOf(device).stream().mapToLong(figures::interrupts).sum();
    }

    private void message(Expectation.InterruptsOfMessage e) {
        OptionalInt vector = guest.vectorOf(e.device(), e.message());
        if (vector.isPresent()) {
            compare(e, e.comparison(), figures.interrupts(vector.getAsInt()), e.count());
        } else {
            add(e, false, "%s was not granted this message".formatted(e.device()));
        }
    }

    private void add(Expectation expectation, boolean held, String actual) {
        Expectation.Written written = expectation.written();
        results.add(
                new ExpectationResult(
                        written.text(),
                        written.position().file().name(),
                        written.position().line(),
                        held,
                        actual));
    }

    private void compare(
            Expectation expectation, Comparison comparison, long actual, long expected) {
        add(expectation, comparison.holds(actual, expected), Texts.count(actual));
    }

    private void completed(Expectation.Completed e) {
        long count =
                figures.requests().stream()
                        .filter(RequestFigures::completed)
                        .filter(request -> isOfKind(request.major(), e.requests()))
                        .count();
        compare(e, e.comparison(), count, e.count());
    }

    private static boolean isOfKind(int major, Expectation.Requests requests) {
        return switch (requests) {
            case WRITES -> major == MajorFunctions.WRITE;
            case READS -> major == MajorFunctions.READ;
            case CONTROLS ->
                    major == MajorFunctions.DEVICE_CONTROL
                            || major == MajorFunctions.INTERNAL_DEVICE_CONTROL;
            case REQUESTS ->
                    major != MajorFunctions.PNP
                            && major != MajorFunctions.POWER
                            && major != MajorFunctions.SYSTEM_CONTROL;
        };
    }

    private void variable(Expectation.Variable e) {
        OptionalLong value = guest.variable(e);
        if (value.isEmpty()) {
            add(e, false, "it is not in memory");
        } else {
            // Unsigned 64-bit values beyond the range of long compare as the bits they are.
            add(
                    e,
                    e.comparison().holds(value.getAsLong(), e.value()),
                    Long.toString(value.getAsLong()));
        }
    }

    private void noFinding(Expectation expectation, Predicate<Finding> counts) {
        List<String> found =
                figures.findings().stream()
                        .map(FindingFigures::finding)
                        .filter(counts)
                        .map(this::named)
                        .toList();
        add(expectation, found.isEmpty(), found.isEmpty() ? "none" : String.join(", ", found));
    }

    private void noErrors(Expectation.NoErrors e) {
        List<String> found = new ArrayList<>();
        figures.findings().stream()
                .map(FindingFigures::finding)
                .filter(finding -> finding.severity() == Severity.ERROR)
                .map(this::named)
                .forEach(found::add);
        figures.bugCheck().map(BugCheckFigures::name).ifPresent(found::add);
        add(e, found.isEmpty(), found.isEmpty() ? "none" : String.join(", ", found));
    }

    private void found(Expectation.Found e) {
        long count =
                figures.findings().stream()
                        .filter(found -> isCalled(found.finding(), e.rule()))
                        .filter(found ->
                                e.routine().isEmpty() || isIn(found.finding(), e.routine().get()))
                        .mapToLong(FindingFigures::count)
                        .sum();
        boolean held = e.times().isEmpty() ? count > 0 : count == e.times().getAsLong();
        String actual =
                count > 0
                        ? Texts.plural(count, "time")
                        : figures.findings().isEmpty()
                                ? "there were no findings"
                                : "found were "
                                        + figures.findings().stream()
                                                .map(found -> named(found.finding()))
                                                .collect(Collectors.joining(", "));
        add(e, held, actual);
    }

    private static boolean isCalled(Finding finding, String rule) {
        return finding.rule().equals(rule) || finding.id().equalsIgnoreCase(rule);
    }

    private boolean isIn(Finding finding, String routine) {
        return finding.places().stream()
                .anyMatch(place -> routineAt(place.address()).equals(Optional.of(routine)));
    }

    private Optional<String> routineAt(long address) {
        return symbols.locate(address).map(SymbolTable.Location::symbol);
    }

    private String named(Finding finding) {
        String where =
                finding.places().isEmpty()
                        ? ""
                        : routineAt(finding.places().getFirst().address())
                                .map(routine -> " in " + routine)
                                .orElse("");
        return finding.rule() + where;
    }

    private void bugCheck(Expectation.BugCheck e) {
        Optional<BugCheckFigures> actual = figures.bugCheck();
        if (actual.isEmpty()) {
            add(e, false, "there was no bug check");
            return;
        }
        BugCheckFigures bugCheck = actual.get();
        boolean held =
                e.code().isPresent()
                        ? (int) e.code().getAsLong() == bugCheck.code()
                        : e.name().equals(bugCheck.name());
        for (int i = 0; i < e.parameters().size(); i++) {
            OptionalLong parameter = e.parameters().get(i);
            held &= parameter.isEmpty() || parameter.getAsLong() == bugCheck.parameters().get(i);
        }
        String parameters =
                bugCheck.parameters().stream()
                        .map(Texts::address)
                        .collect(Collectors.joining(", "));
        add(e, held, bugCheck.name() + " (" + parameters + ")");
    }

    private void lock(Expectation.Lock e) {
        List<LockFigures> named =
                figures.locks().stream().filter(lock -> lock.name().equals(e.lock())).toList();
        if (named.isEmpty()) {
            String known =
                    figures.locks().stream()
                            .map(LockFigures::name)
                            .distinct()
                            .collect(Collectors.joining(", "));
            add(e, false, known.isEmpty() ? "no lock was acquired" : "the locks are " + known);
            return;
        }
        boolean held = true;
        List<String> actual = new ArrayList<>();
        for (Expectation.LockFigure figure : e.figures()) {
            long value = measure(named, figure.measure());
            held &= figure.comparison().holds(value, figure.value());
            actual.add(
                    figure.measure().word()
                            + " "
                            + (figure.measure().isTime() ? Texts.time(value) : Texts.count(value)));
        }
        add(e, held, String.join(", ", actual));
    }

    /** Locks of one name are the same field of several objects: counted together. */
    private static long measure(List<LockFigures> locks, Expectation.LockMeasure measure) {
        return switch (measure) {
            case ACQUIRED -> locks.stream().mapToLong(LockFigures::acquisitions).sum();
            case CONTENDED -> locks.stream().mapToLong(LockFigures::contended).sum();
            case HELD -> locks.stream().mapToLong(LockFigures::holdMaximumNs).max().orElse(0);
            case SPUN -> locks.stream().mapToLong(LockFigures::spinTotalNs).sum();
        };
    }

    private long dpcs(String routine) {
        return figures.dpcRoutines().entrySet().stream()
                .filter(entry -> routineAt(entry.getKey()).equals(Optional.of(routine)))
                .mapToLong(entry -> entry.getValue())
                .sum();
    }

    private void output(Expectation.OutputContains e) {
        String all =
                figures.debugLines().stream()
                        .map(line -> line.text())
                        .collect(Collectors.joining());
        add(e, all.contains(e.text()), Texts.plural(figures.debugLines().size(), "line"));
    }

    private void deviceText(Expectation.DeviceTextContains e) {
        String text = guest.textOf(e.device(), e.output());
        add(e, text.contains(e.text()), Texts.plural(text.length(), "character"));
    }

    // ---- what goes without saying ----

    private void unsaid(Scenario scenario) {
        List<Expectation> said = scenario.expectations();
        boolean endSaid = said.stream().anyMatch(e -> e instanceof Expectation.Ended);
        boolean bugCheckSaid =
                said.stream()
                        .anyMatch(e ->
                                e instanceof Expectation.BugCheck
                                        || (e instanceof Expectation.Ended ended
                                                && ended.end() == RunEnd.BUG_CHECK));
        boolean findingsSaid =
                said.stream()
                        .anyMatch(e ->
                                e instanceof Expectation.NoFindings
                                        || e instanceof Expectation.NoErrors);
        List<String> errors =
                figures.findings().stream()
                        .map(FindingFigures::finding)
                        .filter(finding -> finding.severity() == Severity.ERROR)
                        .filter(finding -> said.stream().noneMatch(e -> expects(e, finding)))
                        .map(this::named)
                        .toList();
        if (!errors.isEmpty() || (!scenario.expects() && !findingsSaid)) {
            unsaid("no error that was not expected", errors.isEmpty(), String.join(", ", errors));
        }
        boolean bugChecked = figures.bugCheck().isPresent();
        if ((bugChecked && !bugCheckSaid) || !scenario.expects()) {
            unsaid(
                    "no bug check",
                    !bugChecked,
                    figures.bugCheck().map(BugCheckFigures::name).orElse(""));
        }
        boolean endWrong =
                switch (end) {
                    case DONE -> false;
                    case BUG_CHECK -> false;
                    case DEADLOCK, STUCK, BUDGET, NOT_MODELLED, DEVICE_FAULT, STOPPED -> !endSaid;
                };
        if (endWrong) {
            unsaid("the run comes to its end", false, "it ended " + words(end));
        }
        if (!scenario.expects()) {
            long open = figures.requests().stream().filter(request -> !request.completed()).count();
            unsaid(
                    "every request completed",
                    open == 0,
                    open == 0 ? "" : Texts.plural(open, "request") + " did not complete");
        }
    }

    private boolean expects(Expectation expectation, Finding finding) {
        return switch (expectation) {
            case Expectation.Found found ->
                    isCalled(finding, found.rule())
                            && (found.routine().isEmpty() || isIn(finding, found.routine().get()));
            // The end of the run and the finding that explains it are one thing.
            case Expectation.Ended ended ->
                    ended.end() == RunEnd.DEADLOCK && DEADLOCK_RULES.contains(finding.rule());
            default -> false;
        };
    }

    private void unsaid(String text, boolean held, String actual) {
        results.add(new ExpectationResult(text, "", 0, held, actual));
    }

    private static String words(RunEnd end) {
        return switch (end) {
            case DONE -> "done";
            case BUG_CHECK -> "with a bug check";
            case DEADLOCK -> "in a deadlock";
            case STUCK -> "stuck";
            case BUDGET -> "out of budget";
            case NOT_MODELLED -> "at something dirql does not model";
            case DEVICE_FAULT -> "with a fault in a device's code";
            case STOPPED -> "because it was stopped";
        };
    }
}
