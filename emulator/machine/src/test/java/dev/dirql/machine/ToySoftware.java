package dev.dirql.machine;

import dev.dirql.events.RunEnd;
import java.util.ArrayList;
import java.util.List;

/** A kernel that ends the run on a fault, and otherwise does what a test hands it. */
final class ToySoftware implements SystemSoftware {
    static final long WINDOW = 0x7000_0000L;

    /** What a service address does. */
    interface Service {
        void step(Processor processor);
    }

    private final Machine machine;
    final List<Service> services = new ArrayList<>();
    boolean resident = true;
    int residencyAsked;

    ToySoftware(Machine machine) {
        this.machine = machine;
    }

    /** Adds a service and gives its address. */
    long service(Service service) {
        services.add(service);
        return WINDOW + services.size() - 1;
    }

    @Override
    public long serviceWindow() {
        return WINDOW;
    }

    @Override
    public long serviceWindowSize() {
        return 0x1000;
    }

    @Override
    public void service(Processor processor) {
        services.get((int) (processor.rip - WINDOW)).step(processor);
    }

    @Override
    public void interrupt(Processor processor, int vector) {
        throw new AssertionError("interrupt " + vector);
    }

    @Override
    public void trap(Processor processor) {
        machine.end(
                RunEnd.BUG_CHECK,
                "%s at 0x%x: %s"
                        .formatted(
                                processor.trap.access,
                                processor.trap.address,
                                processor.trap.reason));
    }

    @Override
    public void priorityWritten(Processor processor, int from) {}

    @Override
    public boolean isResident(Processor processor, long address) {
        residencyAsked++;
        return resident;
    }

    @Override
    public void unusedMemory(UnusedMemory unused) {}

    @Override
    public long nextDeadlineNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public RunEnd quiescent() {
        return RunEnd.DONE;
    }

    @Override
    public String quiescentDetail() {
        return "nothing is left";
    }
}
