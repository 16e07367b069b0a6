package dev.dirql.events.statistics;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gathers a row for each processor. The time between two events of a processor counts for the IRQL
 * that the first one left it at: the one an {@link Event.IrqlChanged} names, else the one in the
 * event's stamp.
 */
public final class ProcessorStatistics implements EventSink {
    /** KIRQL is a byte, though x64 uses 0 to 15 of it. */
    private static final int IRQLS = 256;

    private static final int VECTORS = 256;

    private final List<Processor> processors = new ArrayList<>();

    private static final class Processor {
        final long[] timeAtIrqlNs = new long[IRQLS];
        final long[] interrupts = new long[VECTORS];
        int irql;
        long timeNs;
        long dpcs;
        long spinNs;
        long contextSwitches;

        void advanceTo(long newTimeNs) {
            if (newTimeNs > timeNs) {
                timeAtIrqlNs[irql] += newTimeNs - timeNs;
                timeNs = newTimeNs;
            }
        }

        ProcessorRow row(int number) {
            return new ProcessorRow(
                    number,
                    present(timeAtIrqlNs),
                    present(interrupts),
                    dpcs,
                    spinNs,
                    contextSwitches);
        }

        private static SortedMap<Integer, Long> present(long[] counts) {
            SortedMap<Integer, Long> present = new TreeMap<>();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] != 0) {
                    present.put(i, counts[i]);
                }
            }
            return present;
        }
    }

    /**
     * @param count number of processors of the machine; each has a row, even if nothing happens on
     *     it
     */
    public ProcessorStatistics(int count) {
        for (int i = 0; i < count; i++) {
            processors.add(new Processor());
        }
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        if (event instanceof Event.RunEnded) {
            for (Processor processor : processors) {
                processor.advanceTo(stamp.timeNs());
            }
        } else if (stamp.processor() >= 0 && stamp.processor() < processors.size()) {
            accept(processors.get(stamp.processor()), stamp, event);
        }
    }

    /** The rows so far, by processor number. */
    public List<ProcessorRow> rows() {
        List<ProcessorRow> rows = new ArrayList<>();
        for (int i = 0; i < processors.size(); i++) {
            rows.add(processors.get(i).row(i));
        }
        return rows;
    }

    private static void accept(Processor processor, Stamp stamp, Event event) {
        processor.advanceTo(stamp.timeNs());
        processor.irql = stamp.irql() & (IRQLS - 1);
        if (event instanceof Event.IrqlChanged changed) {
            processor.irql = changed.to() & (IRQLS - 1);
        } else if (event instanceof Event.LockAcquired acquired) {
            processor.spinNs += acquired.spinNs();
        } else if (event instanceof Event.InterruptTaken taken) {
            processor.interrupts[taken.vector() & (VECTORS - 1)]++;
        } else if (event instanceof Event.DpcStarted) {
            processor.dpcs++;
        } else if (event instanceof Event.ThreadSwitched) {
            processor.contextSwitches++;
        }
    }
}
