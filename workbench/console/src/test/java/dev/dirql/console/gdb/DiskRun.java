package dev.dirql.console.gdb;

import dev.dirql.console.Runs;
import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.ScenarioText;
import dev.dirql.simulation.TraceTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;

/**
 * The sample script of spin locks on any number of processors: the ISR runs on processor 0, threads
 * and DPCs on others if there are any.
 */
final class DiskRun {
    private DiskRun() {}

    static LiveRun open(int processors, Optional<TraceTarget> trace) {
        return Runs.open(new ScenarioText("disk.scn", text(processors)), processors, trace);
    }

    static String text(int processors) {
        int first = Math.min(1, processors - 1);
        int second = Math.min(2, processors - 1);
        return script().replace("transfers = 200", "transfers = 20")
                .replace("thread on 1 ", "thread on " + first + " ")
                .replace("thread on 2 ", "thread on " + second + " ")
                .replace("(&device->Dpc, 1)", "(&device->Dpc, " + first + ")");
    }

    static LiveRun openText(String text, int processors) {
        return Runs.open(new ScenarioText("disk.scn", text), processors, Optional.empty());
    }

    private static String script() {
        try {
            return Files.readString(Runs.root().resolve("scripts/using-spin-locks.scn"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
