package dev.dirql.machine;

import java.util.List;

/** A moment of a machine, kept whole. It belongs to the machine that took it. */
public final class Snapshot {
    final PhysicalMemory.Image memory;
    final List<AddressSpace.Kept> spaces;
    final StateReader machineState;
    final StateReader observerState;

    /**
     * Numbers of the frames whose bytes it does not share with the moment that the machine kept, or
     * went back to, before it: what it takes in memory.
     */
    public int[] ownFrames() {
        return memory.ownFrames();
    }

    Snapshot(
            PhysicalMemory.Image memory,
            List<AddressSpace.Kept> spaces,
            StateReader machineState,
            StateReader observerState) {
        this.memory = memory;
        this.spaces = spaces;
        this.machineState = machineState;
        this.observerState = observerState;
    }
}
