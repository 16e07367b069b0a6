package dev.dirql.cli.text;

import dev.dirql.machine.Processor;
import dev.dirql.simulation.MachineMoment;
import dev.dirql.simulation.MachineMoment.ProcessorMoment;
import dev.dirql.simulation.figures.HeldLock;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;

/** Where a machine stands, for a person. */
public final class MomentText {
    private MomentText() {}

    /** Position, processors and held locks. */
    public static String of(MachineMoment moment, EventText names, Style style) {
        StringBuilder out = new StringBuilder();
        out.append("Stopped at ").append(Texts.count(moment.sequence()));
        out.append(':').append(moment.stepsBehind());
        out.append(", ").append(Texts.moment(moment.timeNs())).append('\n');
        TextTable table = new TextTable("cpu", "IRQL", "thread", ">clock", "state", "at");
        for (ProcessorMoment processor : moment.processors()) {
            table.row(
                    Integer.toString(processor.processor()),
                    Texts.irql(processor.irql()),
                    processor.threadName(),
                    Texts.moment(processor.clockNs()),
                    state(processor.waiting()),
                    names.code(processor.rip()));
        }
        out.append(table.text(style));
        if (moment.heldLocks().isEmpty()) {
            out.append("No lock is held.\n");
        } else {
            out.append("Held locks\n");
            TextTable locks = new TextTable("lock", "cpu", ">since", "acquired at");
            for (HeldLock lock : moment.heldLocks()) {
                locks.row(
                        lock.name(),
                        Texts.processor(lock.processor()),
                        Texts.moment(lock.sinceNs()),
                        names.code(lock.caller()));
            }
            out.append(locks.text(style));
        }
        return out.toString();
    }

    private static String state(Processor.Wait waiting) {
        return switch (waiting) {
            case NONE -> "runs";
            case WRITE -> "spins";
            case INTERRUPT -> "halted";
            case TIME -> "stalls";
        };
    }
}
