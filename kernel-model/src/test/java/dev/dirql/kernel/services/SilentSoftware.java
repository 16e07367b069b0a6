package dev.dirql.kernel.services;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.Processor;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.UnusedMemory;

/** System software that is there and does nothing. */
final class SilentSoftware implements SystemSoftware {
    @Override
    public long serviceWindow() {
        return ServiceTable.IMAGE_BASE;
    }

    @Override
    public long serviceWindowSize() {
        return 0;
    }

    @Override
    public void service(Processor processor) {}

    @Override
    public void interrupt(Processor processor, int vector) {}

    @Override
    public void trap(Processor processor) {}

    @Override
    public void priorityWritten(Processor processor, int from) {}

    @Override
    public boolean isResident(Processor processor, long address) {
        return true;
    }

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

    @Override
    public void unusedMemory(UnusedMemory unused) {}
}
