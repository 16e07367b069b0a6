package dev.dirql.tests.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks and the start of the program, and prints one table. */
public final class BenchmarkTable {
    private static final String FORMAT = "%-52s %14s %12s %21s %6s %12s%n";

    /** The figures of one benchmark; {@code cores} is what {@link CpuShare} says. */
    private record Figure(double median, double minimum, double maximum, double cores) {
        private static Figure of(RunResult result) {
            var all = result.getPrimaryResult().getStatistics();
            Result<?> cores = result.getSecondaryResults().get(CpuShare.NAME);
            return new Figure(
                    all.getPercentile(50),
                    all.getMin(),
                    all.getMax(),
                    cores == null ? 1 : Math.min(1, cores.getScore()));
        }

        /** The figure with a whole core; a rate grows with it, a time shrinks. */
        double atOneCore(boolean rate) {
            return rate ? median / cores : median * cores;
        }
    }

    private final boolean quick;
    private final List<RunResult> results = new ArrayList<>();

    private BenchmarkTable(boolean quick) {
        this.quick = quick;
    }

    /** With {@code --quick} everything is measured once, for a few seconds. */
    public static void main(String[] arguments) throws RunnerException {
        boolean quick = List.of(arguments).contains("--quick");
        BenchmarkTable table = new BenchmarkTable(quick);
        table.measure();
        table.print(StartTimes.of(quick ? 5 : 15));
    }

    private void measure() throws RunnerException {
        for (Class<?> type :
                List.of(
                        InterpreterBenchmark.class,
                        SpinLockBenchmark.class,
                        SnapshotBenchmark.class,
                        IdleProcessorsBenchmark.class,
                        ScenarioBenchmark.class,
                        DebuggerBenchmark.class)) {
            System.err.println("measuring " + type.getSimpleName() + " …");
            ChainedOptionsBuilder options =
                    new OptionsBuilder()
                            .include(type.getName() + "\\.")
                            .addProfiler(CpuShare.class)
                            .shouldFailOnError(true)
                            .verbosity(VerboseMode.SILENT);
            if (quick) {
                options.forks(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.seconds(1));
            }
            Collection<RunResult> measured = new Runner(options.build()).run();
            results.addAll(measured);
        }
    }

    private Figure figure(Class<?> type, String method, String parameter, String value) {
        for (RunResult result : results) {
            boolean same = result.getParams().getBenchmark().equals(type.getName() + "." + method);
            if (same
                    && (parameter.isEmpty()
                            || result.getParams().getParam(parameter).equals(value))) {
                return Figure.of(result);
            }
        }
        throw new IllegalStateException("%s.%s was not run".formatted(type, method));
    }

    private void print(StartTimes start) {
        System.out.printf(
                Locale.ROOT,
                FORMAT,
                "figure",
                "goal",
                "median",
                "lowest to highest",
                "cores",
                "at one core");
        for (GuestPrograms program :
                List.of(GuestPrograms.INTEGER, GuestPrograms.MEMORY, GuestPrograms.CRC32)) {
            row(
                    "interpreter, %s loop, million instructions/s"
                            .formatted(program.name().toLowerCase(Locale.ROOT)),
                    program == GuestPrograms.INTEGER ? ">= 100" : "",
                    figure(InterpreterBenchmark.class, "instructions", "program", program.name()),
                    true,
                    1e-6);
        }
        row(
                "spin lock pairs, untraced, million/s",
                ">= 3",
                figure(SpinLockBenchmark.class, "pairs", "traced", "false"),
                true,
                1e-6);
        row(
                "spin lock pairs, traced, million/s",
                ">= 1.5",
                figure(SpinLockBenchmark.class, "pairs", "traced", "true"),
                true,
                1e-6);
        row(
                "write 64 pages, snapshot and restore, µs",
                "< 20",
                figure(SnapshotBenchmark.class, "writeSnapshotAndRestore", "", ""),
                false,
                1);
        row(
                "the same, snapshot left to the collector, µs",
                "",
                figure(SnapshotBenchmark.class, "writeSnapshotAndForget", "", ""),
                false,
                1);
        row(
                "snapshot and restore, nothing written, µs",
                "",
                figure(SnapshotBenchmark.class, "snapshotAndRestore", "", ""),
                false,
                1);
        row(
                "write 64 pages and restore, µs",
                "",
                figure(SnapshotBenchmark.class, "writeAndRestore", "", ""),
                false,
                1);
        row(
                "write 64 pages and exact hash, µs",
                "",
                figure(SnapshotBenchmark.class, "writeAndHash", "", ""),
                false,
                1);
        Figure four = figure(IdleProcessorsBenchmark.class, "steps", "processors", "4");
        Figure many = figure(IdleProcessorsBenchmark.class, "steps", "processors", "64");
        row("step of a machine of 4 busy processors, ns", "", four, false, 1);
        row("step with 60 idle processors besides, ns", "", many, false, 1);
        ratio("64 processors to 4, time", "<= 1.3", many, four);
        Figure recording = figure(ScenarioBenchmark.class, "record", "", "");
        Figure replay = figure(ScenarioBenchmark.class, "replay", "", "");
        row("record a scenario of 100,000 lock pairs, ms", "", recording, false, 1);
        row("replay it, ms", "", replay, false, 1);
        ratio("replay to recording, time", "<= 1", replay, recording);
        Figure bare = figure(DebuggerBenchmark.class, "step", "", "");
        Figure debugged = figure(DebuggerBenchmark.class, "stepWithCheckpoints", "", "");
        row("step of two processors that write, ns", "", bare, false, 1);
        row("the same under the debugger, ns", "", debugged, false, 1);
        ratio("debugger to none, time", "<= 1.1", debugged, bare);
        row(
                "first step back after 100 million steps, ms",
                "< 50",
                figure(DebuggerBenchmark.class, "firstStepBack", "", ""),
                false,
                1e-6);
        row(
                "ten steps back, each, ms",
                "",
                figure(DebuggerBenchmark.class, "stepsBack", "", ""),
                false,
                1e-6);
        System.out.printf(
                Locale.ROOT,
                FORMAT,
                "run a small scenario, shell to prompt, ms",
                "< 1500",
                "%.0f".formatted(start.median()),
                "%.0f to %.0f".formatted(start.minimum(), start.maximum()),
                "",
                "");
        System.out.println();
        System.out.println(
                """
                median: of the iterations of all forks. cores: processor time that the benchmark got;
                below 1 others were running, and "at one core" is what the median comes to without that.
                Shared caches and hyper-threads are not corrected for: compare runs of one quiet machine.\
                """);
    }

    private static void row(String name, String goal, Figure figure, boolean rate, double scale) {
        System.out.printf(
                Locale.ROOT,
                FORMAT,
                name,
                goal,
                number(figure.median * scale),
                number(figure.minimum * scale) + " to " + number(figure.maximum * scale),
                "%.2f".formatted(figure.cores),
                number(figure.atOneCore(rate) * scale));
    }

    private static void ratio(String name, String goal, Figure figure, Figure base) {
        System.out.printf(
                Locale.ROOT,
                FORMAT,
                name,
                goal,
                number(figure.median / base.median),
                "",
                "",
                number(figure.atOneCore(false) / base.atOneCore(false)));
    }

    private static String number(double value) {
        return value >= 100 ? "%.0f".formatted(value) : "%.2f".formatted(value);
    }
}
