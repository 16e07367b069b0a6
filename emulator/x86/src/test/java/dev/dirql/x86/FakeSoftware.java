package dev.dirql.x86;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.Processor;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.UnusedMemory;
import java.util.ArrayList;
import java.util.List;

/** Stands for a kernel: a service window whose services do nothing, and a record of what came. */
class FakeSoftware implements SystemSoftware {
    static final long WINDOW = 0xFFFF_F800_0000_0000L;

    final List<Integer> priorities = new ArrayList<>();
    boolean resident = true;
    int residencyQuestions;

    @Override
    public long serviceWindow() {
        return WINDOW;
    }

    @Override
    public long serviceWindowSize() {
        return 0x1_0000;
    }

    @Override
    public void service(Processor processor) {
        processor.machine().end(RunEnd.DONE, "service");
    }

    @Override
    public void interrupt(Processor processor, int vector) {}

    @Override
    public void trap(Processor processor) {
        processor.machine().end(RunEnd.DONE, "trap " + processor.trap.vector);
    }

    @Override
    public void priorityWritten(Processor processor, int from) {
        priorities.add(from);
    }

    @Override
    public boolean isResident(Processor processor, long address) {
        residencyQuestions++;
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
        return "";
    }
}
