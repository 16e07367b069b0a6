package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.simulation.OpenRun;
import java.util.Arrays;
import java.util.List;

/** Does edits. */
final class Changes {
    private final TimeTravel travel;
    private final OpenRun run;
    private final Machine machine;
    private final Inspection inspection;

    Changes(TimeTravel travel, OpenRun run) {
        this.travel = travel;
        this.run = run;
        machine = run.machine();
        inspection = new Inspection(run);
    }

    void edit(Edit edit) {
        if (machine.hasEnded()) {
            throw new IllegalArgumentException("the run is over here");
        }
        switch (edit) {
            case Edit.Memory(int processor, long address, byte[] bytes) -> {
                mustBeProcessor(processor);
                List<Trigger.PhysicalRange> ranges =
                        inspection.ranges(processor, address, bytes.length);
                if (ranges.isEmpty()) {
                    throw new IllegalArgumentException(
                            "0x%x, %d bytes: not all of it is memory"
                                    .formatted(address, bytes.length));
                }
                travel.edit(edit, () -> write(ranges, bytes));
            }
            case Edit.PhysicalMemory(long address, byte[] bytes) -> {
                if (!machine.memory().contains(address, bytes.length)) {
                    throw new IllegalArgumentException(
                            "physical 0x%x, %d bytes: not all of it is memory"
                                    .formatted(address, bytes.length));
                }
                travel.edit(edit, () -> machine.writePhysical(address, bytes));
            }
            case Edit.Register(int processor, RegisterName register, long value) -> {
                mustBeProcessor(processor);
                travel.edit(edit, () -> register.write(machine.processor(processor), value));
            }
            case Edit.Decision(long ahead, int choice) -> {
                if (ahead < 0 || choice < 0) {
                    throw new IllegalArgumentException(
                            "decision %d, choice %d: not at least 0".formatted(ahead, choice));
                }
                travel.edit(
                        edit,
                        () -> run.decisions().answer(run.decisions().asked() + ahead, choice));
            }
        }
    }

    private void mustBeProcessor(int number) {
        if (number < 0 || number >= machine.processorCount()) {
            throw new IllegalArgumentException("there is no processor " + number);
        }
    }

    private void write(List<Trigger.PhysicalRange> ranges, byte[] bytes) {
        int done = 0;
        for (Trigger.PhysicalRange range : ranges) {
            machine.writePhysical(
                    range.start(), Arrays.copyOfRange(bytes, done, done + range.size()));
            done += range.size();
        }
    }
}
