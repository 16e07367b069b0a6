package dev.dirql.kernel;

import dev.dirql.machine.InterruptController;
import dev.dirql.machine.InterruptLine;
import dev.dirql.machine.InterruptUnit;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;
import java.util.BitSet;

/** Units with the priorities of a local APIC, and nothing between them. */
public final class FakeInterruptController implements InterruptController {
    private final Unit[] units;

    /** Vectors whose level-sensitive inputs stay asserted. */
    private final BitSet asserted = new BitSet();

    public FakeInterruptController(Machine machine) {
        units = new Unit[machine.settings().processors()];
        Arrays.setAll(units, i -> new Unit(machine, i));
    }

    @Override
    public InterruptUnit unit(int processor) {
        return units[processor];
    }

    @Override
    public InterruptLine line(String device, int input) {
        throw new UnsupportedOperationException("no wires");
    }

    @Override
    public void message(String device, long address, int data) {
        throw new UnsupportedOperationException("no messages");
    }

    @Override
    public boolean isAsserted(int vector) {
        return asserted.get(vector);
    }

    public void setAsserted(int vector, boolean value) {
        asserted.set(vector, value);
    }

    @Override
    public void sendToProcessor(int target, int vector, String source) {
        units[target].requestSelf(vector, source);
    }

    private static final class Unit implements InterruptUnit {
        private final Machine machine;
        private final int number;
        private final long[] requested = new long[256];
        private final long[] inService = new long[256];
        private final int timerHandler;
        private int priority;
        private int timerVector;
        private long expiresNs = Long.MAX_VALUE;

        Unit(Machine machine, int number) {
            this.machine = machine;
            this.number = number;
            timerHandler = machine.queue().register((_, _) -> expire());
        }

        @Override
        public void setTimer(int vector, long initialCountNs, boolean periodic) {
            if (periodic) {
                throw new UnsupportedOperationException("one-shot only");
            }
            machine.queue().cancel(timerHandler, 0);
            timerVector = vector;
            expiresNs = Long.MAX_VALUE;
            if (initialCountNs != 0) {
                expiresNs = machine.nowNs() + initialCountNs;
                machine.queue().setBackground(timerHandler, expiresNs, 0);
            }
        }

        @Override
        public long timerCountNs() {
            return expiresNs == Long.MAX_VALUE ? 0 : Math.max(0, expiresNs - machine.nowNs());
        }

        private void expire() {
            expiresNs = Long.MAX_VALUE;
            requestSelf(timerVector, "timer");
        }

        private static int highest(long[] vectors) {
            for (int i = 255; i >= 0; i--) {
                if (vectors[i] != 0) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        public int taskPriority() {
            return priority;
        }

        @Override
        public void setTaskPriority(int priorityClass) {
            priority = priorityClass;
            attend();
        }

        @Override
        public int deliverable() {
            int vector = highest(requested);
            int served = highest(inService);
            int level = Math.max(priority, served < 0 ? 0 : served >>> 4);
            return vector >>> 4 > level ? vector : -1;
        }

        @Override
        public int acknowledge() {
            int vector = deliverable();
            requested[vector] = 0;
            inService[vector] = 1;
            return vector;
        }

        @Override
        public void endOfInterrupt() {
            int served = highest(inService);
            if (served >= 0) {
                inService[served] = 0;
            }
            attend();
        }

        @Override
        public void requestSelf(int vector, String source) {
            requested[vector] = 1;
            attend();
        }

        private void attend() {
            if (machine.processorCount() > number && deliverable() >= 0) {
                machine.processor(number).attend();
            }
        }

        @Override
        public boolean isRequested(int vector) {
            return requested[vector] != 0;
        }

        @Override
        public void save(StateWriter out) {
            out.values(requested);
            out.values(inService);
            out.value(priority);
            out.value(timerVector);
            out.time(expiresNs);
        }

        @Override
        public void restore(StateReader in) {
            in.values(requested);
            in.values(inService);
            priority = in.intValue();
            timerVector = in.intValue();
            expiresNs = in.time();
        }
    }
}
