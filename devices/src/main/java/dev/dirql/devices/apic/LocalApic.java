package dev.dirql.devices.apic;

import dev.dirql.events.Event;
import dev.dirql.machine.InterruptUnit;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The local APIC of one processor. Its APIC ID is the processor's number; its logical ID in the
 * flat model is the bit of that number, for the first eight processors. Intel SDM volume 3A, 10.4
 * and 10.8.
 *
 * <p>A vector is deliverable if its class (the upper four bits) is above the class of the processor
 * priority, which is the higher of the task priority (CR8) and the highest vector in service. A
 * request of a vector that is requested already merges with it. Vectors below 16 are illegal: a
 * message that carries one is dropped and noted in the error status.
 *
 * <p>Absent: INIT, startup, NMI and SMI delivery, external interrupts, the interrupt command
 * register (see {@link ApicSystem#sendToProcessor}), local vector table entries other than the
 * timer's, and the spurious vector: {@link #acknowledge} is only asked when a vector is
 * deliverable.
 */
final class LocalApic implements InterruptUnit {
    /** Bit 6 of the error status register. */
    static final int RECEIVED_ILLEGAL_VECTOR = 1 << 6;

    private static final int LEGAL_MINIMUM = 16;

    private final Machine machine;
    private final ApicSystem system;
    private final int number;
    private final LocalApicTimer timer;

    private final VectorSet requested = new VectorSet();
    private final VectorSet inService = new VectorSet();
    private final VectorSet levelTriggered = new VectorSet();
    private int taskPriority;
    private int errorStatus;

    private int highestRequested = -1;
    private int highestInService = -1;

    LocalApic(Machine machine, ApicSystem system, int number) {
        this.machine = machine;
        this.system = system;
        this.number = number;
        timer = new LocalApicTimer(this, machine);
    }

    private Processor processor() {
        return machine.processor(number);
    }

    LocalApicTimer timer() {
        return timer;
    }

    @Override
    public int taskPriority() {
        return taskPriority;
    }

    @Override
    public void setTaskPriority(int priorityClass) {
        if (priorityClass < 0 || priorityClass > 15) {
            throw new IllegalArgumentException(
                    "cpu %d: task priority %d, not 0 to 15".formatted(number, priorityClass));
        }
        boolean lowered = priorityClass < taskPriority;
        taskPriority = priorityClass;
        if (lowered) {
            attendIfDeliverable();
        }
    }

    /** Class of the processor priority register. */
    int processorPriority() {
        return Math.max(taskPriority, highestInService >> 4);
    }

    @Override
    public int deliverable() {
        return highestRequested >> 4 > processorPriority() ? highestRequested : -1;
    }

    @Override
    public int acknowledge() {
        int vector = deliverable();
        if (vector < 0) {
            throw new IllegalStateException(
                    "cpu %d: acknowledged with nothing deliverable".formatted(number));
        }
        requested.remove(vector);
        highestRequested = requested.highest();
        inService.add(vector);
        highestInService = vector;
        return vector;
    }

    @Override
    public void endOfInterrupt() {
        int vector = highestInService;
        if (vector < 0) {
            // The manual leaves an end of interrupt with nothing in service without effect.
            return;
        }
        inService.remove(vector);
        highestInService = inService.highest();
        if (levelTriggered.contains(vector)) {
            system.endOfInterrupt(vector);
        }
        attendIfDeliverable();
    }

    @Override
    public void requestSelf(int vector, String source) {
        mustBeLegal(vector, source);
        request(vector, false);
        machine.emit(processor(), new Event.InterruptRequested(vector, number, source));
        attendIfDeliverable();
    }

    /**
     * Accepts a request from outside.
     *
     * @return false if the vector is illegal
     */
    boolean accept(int vector, boolean level, String source) {
        if (vector < LEGAL_MINIMUM) {
            errorStatus |= RECEIVED_ILLEGAL_VECTOR;
            return false;
        }
        request(vector, level);
        machine.emit(new Event.InterruptRequested(vector, number, source));
        attendIfDeliverable();
        return true;
    }

    private void request(int vector, boolean level) {
        requested.add(vector);
        highestRequested = Math.max(highestRequested, vector);
        if (level) {
            levelTriggered.add(vector);
        } else {
            levelTriggered.remove(vector);
        }
    }

    private void attendIfDeliverable() {
        if (deliverable() >= 0) {
            processor().attend();
        }
    }

    static void mustBeLegal(int vector, String source) {
        if (vector < LEGAL_MINIMUM || vector > 255) {
            throw new IllegalArgumentException(
                    "%s: vector %d, not 16 to 255".formatted(source, vector));
        }
    }

    @Override
    public boolean isRequested(int vector) {
        return requested.contains(vector);
    }

    boolean isInService(int vector) {
        return inService.contains(vector);
    }

    boolean isLevelTriggered(int vector) {
        return levelTriggered.contains(vector);
    }

    /** The error status register: what was noted since the start. */
    int errorStatus() {
        return errorStatus;
    }

    @Override
    public void setTimer(int vector, long initialCountNs, boolean periodic) {
        timer.set(number, vector, initialCountNs, periodic);
    }

    @Override
    public long timerCountNs() {
        return timer.countNs();
    }

    @Override
    public void save(StateWriter out) {
        requested.save(out);
        inService.save(out);
        levelTriggered.save(out);
        out.value(taskPriority);
        out.value(errorStatus);
        timer.save(out);
    }

    @Override
    public void restore(StateReader in) {
        requested.restore(in);
        inService.restore(in);
        levelTriggered.restore(in);
        taskPriority = in.intValue();
        errorStatus = in.intValue();
        timer.restore(in);
        highestRequested = requested.highest();
        highestInService = inService.highest();
    }
}
