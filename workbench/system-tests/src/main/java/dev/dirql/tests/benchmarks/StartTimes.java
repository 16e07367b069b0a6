package dev.dirql.tests.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How long the program takes from shell to prompt, in milliseconds. The launcher must have been
 * used before, so that everything is built.
 */
record StartTimes(double median, double minimum, double maximum) {

    /** Runs a sample script so many times. */
    static StartTimes of(int runs) {
        System.err.println("measuring the start of the program …");
        Path directory = TemporaryFiles.directory("start");
        try {
            double[] times = new double[runs + 1];
            for (int i = 0; i <= runs; i++) {
                times[i] = run(directory.resolve("trace-" + i));
            }
            // The first run may have had to build.
            double[] sorted = Arrays.copyOfRange(times, 1, times.length);
            Arrays.sort(sorted);
            return new StartTimes(sorted[runs / 2], sorted[0], sorted[runs - 1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while dirql ran", e);
        } finally {
            TemporaryFiles.delete(directory);
        }
    }

    private static double run(Path trace) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(
                                "./dirql",
                                "run",
                                "scripts/using-spin-locks.scn",
                                "--trace",
                                trace.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        int exit = process.waitFor();
        if (exit != 0) {
            throw new IllegalStateException("dirql run ended with exit code " + exit);
        }
        return (System.nanoTime() - start) / 1e6;
    }
}
