package dev.dirql.cli.text;

import dev.dirql.events.Finding;
import dev.dirql.events.RunEnd;
import dev.dirql.simulation.ExpectationResult;
import dev.dirql.simulation.RunResult;
import dev.dirql.simulation.figures.BugCheckFigures;
import dev.dirql.simulation.figures.DebugLine;
import dev.dirql.simulation.figures.FindingFigures;
import dev.dirql.simulation.figures.HeldLock;
import dev.dirql.simulation.figures.ProcessorFigures;
import dev.dirql.simulation.figures.SpuriousFigures;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a person reads when a run is over. */
public final class RunReport {
    private static final int DEBUG_LINES_MAXIMUM = 100;
    private static final int CALLERS_MAXIMUM = 8;

    /** The module whose frames say nothing about a driver. */
    private static final String KERNEL = "nt";

    private final RunResult run;
    private final Style style;
    private final EventText names;
    private final String replayCommand;
    private final StringBuilder out = new StringBuilder();

    private RunReport(RunResult run, Style style, String replayCommand) {
        this.run = run;
        this.style = style;
        this.replayCommand = replayCommand;
        names = new EventText(run.symbols());
    }

    /**
     * @param replayCommand what replays the run, empty if nothing was recorded
     */
    public static String of(RunResult run, Style style, String replayCommand) {
        RunReport report = new RunReport(run, style, replayCommand);
        report.head();
        report.locks();
        report.processors();
        report.spuriousInterrupts();
        report.out.append(RequestTable.of(run.requests(), style));
        report.debugLines();
        report.findings();
        report.bugCheck();
        report.heldLocks();
        report.expectations();
        report.verdict();
        return report.out.toString();
    }

    /** Only how it turned out, for {@code --quiet}. */
    public static String verdict(RunResult run, Style style, String replayCommand) {
        RunReport report = new RunReport(run, style, replayCommand);
        report.failures();
        report.verdict();
        return report.out.toString();
    }

    private void heading(String text) {
        out.append('\n').append(style.heading(text)).append('\n');
    }

    // The annotation for formats would bring a dependency for one private method.
    @SuppressWarnings("AnnotateFormatMethod")
    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private void head() {
        out.append(style.heading(run.title().isEmpty() ? run.scenario() : run.title()));
        out.append('\n');
        if (!run.title().isEmpty()) {
            line("%s", run.scenario());
        }
        line(
                "%s, seed %d: %s after %s of virtual time",
                Texts.plural(run.processorCount(), "processor"),
                run.seed(),
                end(run.end()),
                Texts.time(run.timeNs()));
        line(
                "%s, %s, %s off the default",
                Texts.plural(run.steps(), "step"),
                Texts.plural(run.events(), "event"),
                Texts.plural(run.deviations(), "decision"));
        if (!run.endDetail().isEmpty()) {
            for (String detail : run.endDetail().split("\n", -1)) {
                line("%s", detail);
            }
        }
    }

    private static String end(RunEnd end) {
        return switch (end) {
            case DONE -> "done";
            case BUG_CHECK -> "bug check";
            case DEADLOCK -> "deadlock";
            case STUCK -> "stuck";
            case BUDGET -> "out of budget";
            case NOT_MODELLED -> "stopped at something dirql does not model";
            case DEVICE_FAULT -> "fault in a device's code";
            case STOPPED -> "stopped";
        };
    }

    private void locks() {
        heading("Locks");
        if (run.locks().isEmpty()) {
            line("  No lock was acquired.");
        } else {
            out.append(LockTable.narrow(run.locks(), style));
        }
    }

    private void processors() {
        heading("Processors");
        TreeSet<Integer> irqls = new TreeSet<>();
        for (ProcessorFigures processor : run.processors()) {
            processor.irqlTimes().forEach(time -> irqls.add(time.irql()));
        }
        String[] headers = new String[6 + irqls.size()];
        int column = 0;
        headers[column++] = "cpu";
        for (int irql : irqls) {
            headers[column++] = ">" + Texts.irql(irql);
        }
        headers[column++] = ">idle";
        headers[column++] = ">interrupts";
        headers[column++] = ">DPCs";
        headers[column++] = ">spinning";
        headers[column] = ">switches";
        TextTable table = new TextTable(headers);
        for (ProcessorFigures processor : run.processors()) {
            table.row(row(processor, List.copyOf(irqls)));
        }
        out.append(table.text(style));
    }

    private static String[] row(ProcessorFigures processor, List<Integer> irqls) {
        String[] row = new String[6 + irqls.size()];
        int column = 0;
        row[column++] = Integer.toString(processor.processor());
        for (int irql : irqls) {
            row[column++] =
                    processor.irqlTimes().stream()
                            .filter(time -> time.irql() == irql)
                            .map(time -> Texts.time(time.timeNs()))
                            .findFirst()
                            .orElse("-");
        }
        row[column++] = processor.idleNs() == 0 ? "-" : Texts.time(processor.idleNs());
        row[column++] = Texts.count(processor.interrupts());
        row[column++] = Texts.count(processor.dpcs());
        row[column++] = processor.spinNs() == 0 ? "-" : Texts.time(processor.spinNs());
        row[column] = Texts.count(processor.threadSwitches());
        return row;
    }

    /** A table of those that no ISR claimed, if there were any. */
    private void spuriousInterrupts() {
        if (run.spuriousInterrupts().isEmpty()) {
            return;
        }
        heading("Spurious interrupts");
        TextTable table = new TextTable("vector", "interrupt objects", ">unclaimed", "cpus");
        for (SpuriousFigures figures : run.spuriousInterrupts()) {
            table.row(
                    "0x%x".formatted(figures.vector()),
                    String.join(", ", figures.interrupts()),
                    Texts.count(figures.count()),
                    figures.processors().stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(",")));
        }
        out.append(table.text(style));
    }

    private void debugLines() {
        if (run.debugLines().isEmpty()) {
            return;
        }
        heading("Output of DbgPrint");
        List<DebugLine> lines = run.debugLines();
        for (DebugLine printed : lines.subList(0, Math.min(lines.size(), DEBUG_LINES_MAXIMUM))) {
            line(
                    "  %15s  %-5s  %s",
                    Texts.moment(printed.timeNs()),
                    Texts.processor(printed.processor()),
                    EventText.visible(printed.text().stripTrailing()));
        }
        if (lines.size() > DEBUG_LINES_MAXIMUM) {
            line(
                    "  … and %s more: trace show --kind DebugPrinted",
                    Texts.count(lines.size() - DEBUG_LINES_MAXIMUM));
        }
    }

    private void findings() {
        if (run.findings().isEmpty()) {
            return;
        }
        heading("Findings");
        for (FindingFigures found : run.findings()) {
            Finding finding = found.finding();
            String id = finding.id().isEmpty() ? "" : " (" + finding.id() + ")";
            String times = found.count() == 1 ? "" : ", " + Texts.plural(found.count(), "time");
            line("  %s %s%s%s", style.bad(finding.severity().name()), finding.rule(), id, times);
            line("    %s", finding.message());
            for (Finding.Place place : finding.places()) {
                line(
                        "    %-12s %-5s IRQL %-2d  %s",
                        place.role(),
                        Texts.processor(place.processor()),
                        place.irql(),
                        names.code(place.address()));
                callers(place);
            }
            if (!replayCommand.isEmpty()) {
                line("    see it: %s --until %d", replayCommand, found.sequence());
            }
        }
    }

    /** Who called the code at a place: the routines of drivers and of the workload. */
    private void callers(Finding.Place place) {
        List<Long> stack = place.stack();
        // Up to the place itself stands what it called.
        stack.subList(stack.indexOf(place.address()) + 1, stack.size()).stream()
                .map(run.symbols()::locate)
                .flatMap(Optional::stream)
                .filter(frame -> !frame.image().equals(KERNEL))
                .limit(CALLERS_MAXIMUM)
                .forEach(frame -> line("%18scalled by  %s", "", EventText.place(frame)));
    }

    /** The line and the four parameters are written as the kernel debugger writes them. */
    private void bugCheck() {
        if (run.bugCheck().isEmpty()) {
            return;
        }
        BugCheckFigures bugCheck = run.bugCheck().get();
        heading("Bug check");
        line("  *** Fatal System Error: 0x%08x", bugCheck.code());
        line(
                "                         (0x%016X,0x%016X,0x%016X,0x%016X)",
                bugCheck.parameters().get(0),
                bugCheck.parameters().get(1),
                bugCheck.parameters().get(2),
                bugCheck.parameters().get(3));
        line("  %s (%x)", bugCheck.name(), bugCheck.code());
        List<String> meanings = bugCheck.meanings();
        for (int i = 0; i < meanings.size(); i++) {
            if (!meanings.get(i).isEmpty()) {
                long value = bugCheck.parameters().get(i);
                String place =
                        run.symbols()
                                .locate(value)
                                .map(found -> ", " + EventText.place(found))
                                .orElse("");
                line("    %-18s  %s%s", Texts.address(value), meanings.get(i), place);
            }
        }
        line(
                "  at %s on %s, IRQL %d, %s",
                names.code(bugCheck.address()),
                Texts.processor(bugCheck.processor()),
                bugCheck.irql(),
                Texts.moment(bugCheck.timeNs()));
    }

    private void heldLocks() {
        if (run.heldLocks().isEmpty() || run.end() == RunEnd.DONE) {
            return;
        }
        heading("Locks held at the end");
        for (HeldLock lock : run.heldLocks()) {
            line(
                    "  %s by %s since %s, acquired at %s",
                    lock.name(),
                    Texts.processor(lock.processor()),
                    Texts.moment(lock.sinceNs()),
                    names.code(lock.caller()));
        }
    }

    private void expectations() {
        heading("Expectations");
        for (ExpectationResult result : run.expectations()) {
            expectation(result);
        }
    }

    private void failures() {
        for (ExpectationResult result : run.expectations()) {
            if (!result.held()) {
                expectation(result);
            }
        }
    }

    private void expectation(ExpectationResult result) {
        String place = result.line() == 0 ? "" : " (line " + result.line() + ")";
        String word = result.held() ? style.good("ok    ") : style.bad("FAILED");
        String actual = result.actual().isEmpty() ? "" : ": " + result.actual();
        line("  %s  %s%s%s", word, result.text(), place, actual);
    }

    private void verdict() {
        switch (run.trace()) {
            case NONE, COMPLETE -> {}
            case LIMIT_REACHED ->
                    line("%nThe trace reached its limit: it holds the beginning of the run.");
            case DISK_FULL ->
                    line(
                            "%nThere is no more room on the disk: the run was stopped, and what was"
                                    + " recorded is kept.");
        }
        line("");
        long failed = run.expectations().stream().filter(result -> !result.held()).count();
        if (run.end() == RunEnd.STOPPED) {
            line("%s", style.bad("Stopped before its end, so nothing is decided."));
        } else if (failed == 0) {
            line("%s", style.good("Passed."));
        } else {
            line(
                    "%s",
                    style.bad(
                            "Failed: %d of %s."
                                    .formatted(
                                            failed,
                                            Texts.plural(
                                                    run.expectations().size(), "expectation"))));
        }
        if (!replayCommand.isEmpty()) {
            line("Replay: %s", replayCommand);
        }
    }
}
