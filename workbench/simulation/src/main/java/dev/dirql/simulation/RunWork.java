package dev.dirql.simulation;

import dev.dirql.kernel.OutstandingWork;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.pnp.PlugAndPlay;
import dev.dirql.scenario.language.WorkloadProgram;
import java.util.ArrayList;
import java.util.List;

/** What a run still has to do, in words. */
record RunWork(CheckedScenario.Parts parts, IoManager io, PlugAndPlay plugAndPlay, Stimuli stimuli)
        implements OutstandingWork {
    @Override
    public List<String> outstanding() {
        List<String> lines = new ArrayList<>();
        for (Drivers.Driver driver : io.drivers().all()) {
            if (!driver.entered()) {
                lines.add("DriverEntry of " + driver.image().image().name() + " has not returned");
            }
        }
        if (!stimuli.isLastDone()) {
            lines.add("what comes last in the workload has not happened");
        }
        for (Drivers.Driver driver : io.drivers().all()) {
            switch (driver.unloading()) {
                case NO, REFUSED, DONE -> {}
                case WAITING ->
                        lines.add(
                                "%s is not unloaded: a file or a request is open on its device"
                                        .formatted(driver.image().image().name()));
                case RUNNING ->
                        lines.add(
                                "DriverUnload of %s has not returned"
                                        .formatted(driver.image().image().name()));
            }
        }
        lines.addAll(plugAndPlay.devices().outstanding());
        lines.addAll(io.workItems().outstanding());
        lines.addAll(io.shutdownWork().outstanding());
        List<WorkloadProgram.ThreadRoutine> threads = parts.workload().threads();
        for (int i = 0; i < threads.size(); i++) {
            if (!io.workloadThreads().isFinished(i)) {
                lines.add(threads.get(i).thread().name() + " is not done");
            }
        }
        for (long irp : io.requests().outstandingIrps()) {
            lines.add("IRP 0x%x is not completed".formatted(irp));
        }
        return lines;
    }
}
