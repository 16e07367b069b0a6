package dev.dirql.machine;

import java.util.ArrayList;
import java.util.List;

/** Keeps moments of a machine, goes back to them, and hashes them. */
final class Moments {
    private final Machine machine;
    private final List<StatePart> machineParts = new ArrayList<>();
    private final List<StatePart> observerParts = new ArrayList<>();

    /** Sizes of the last moment: the next one is nearly always as large. */
    private int machineSize;

    private int observerSize;

    Moments(Machine machine) {
        this.machine = machine;
    }

    void addMachinePart(StatePart part) {
        machineParts.add(part);
    }

    void addObserverPart(StatePart part) {
        observerParts.add(part);
    }

    Snapshot keep() {
        StateWriter state = new StateWriter(false, 0, machineSize);
        save(state);
        machineSize = state.size();
        StateWriter observers = new StateWriter(false, 0, observerSize);
        for (StatePart part : observerParts) {
            part.save(observers);
        }
        observerSize = observers.size();
        PhysicalMemory.Image contents = machine.memory().share();
        for (Processor processor : machine.processors()) {
            processor.memory().forgetWrites();
        }
        return new Snapshot(
                contents,
                machine.spaces().stream().map(AddressSpace::keep).toList(),
                state.reader(),
                observers.reader());
    }

    void restore(Snapshot moment) {
        CodeFrames codeFrames = machine.codeFrames();
        byte[][] code = codeFrames.contents();
        machine.memory().restore(moment.memory);
        boolean codeChanged = false;
        byte[][] codeNow = codeFrames.contents();
        for (int i = 0; i < code.length; i++) {
            codeChanged |= code[i] != codeNow[i];
        }
        List<AddressSpace> spaces = machine.spaces();
        spaces.clear();
        for (AddressSpace.Kept kept : moment.spaces) {
            codeChanged |= kept.space().restore(kept);
            spaces.add(kept.space());
        }
        if (codeChanged) {
            codeFrames.clear();
            machine.engine().forgetDecoded();
        }
        for (Processor processor : machine.processors()) {
            processor.memory().forget();
        }
        moment.machineState.rewind();
        restore(moment.machineState);
        moment.machineState.mustBeAtEnd();
        moment.observerState.rewind();
        for (StatePart part : observerParts) {
            part.restore(moment.observerState);
        }
        moment.observerState.mustBeAtEnd();
    }

    void giveBack(Snapshot moment) {
        machine.memory().giveBack(moment.memory);
    }

    private void save(StateWriter out) {
        for (Processor processor : machine.processors()) {
            processor.save(out);
        }
        machine.queue().save(out);
        for (StatePart part : machineParts) {
            part.save(out);
        }
        machine.save(out);
    }

    private void restore(StateReader in) {
        for (Processor processor : machine.processors()) {
            processor.restore(in);
        }
        machine.queue().restore(in);
        for (StatePart part : machineParts) {
            part.restore(in);
        }
        machine.restore(in);
    }

    long hash(boolean reduced) {
        StateWriter state = new StateWriter(reduced, machine.loop().nextNs(), machineSize);
        save(state);
        long contents = machine.memory().hash();
        for (Processor processor : machine.processors()) {
            processor.memory().forgetWrites();
        }
        if (reduced) {
            UnusedMemory unused = new UnusedMemory(machine.kernelSpace());
            machine.software().unusedMemory(unused);
            contents = machine.memory().hashWithout(unused.parts());
        }
        long hash = StateWriter.mix(state.hash(), contents);
        for (AddressSpace space : machine.spaces()) {
            hash = StateWriter.mix(hash, space.hash());
        }
        return hash;
    }
}
