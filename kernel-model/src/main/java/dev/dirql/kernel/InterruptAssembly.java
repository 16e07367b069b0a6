package dev.dirql.kernel;

import dev.dirql.kernel.interrupts.InterruptConnectionServices;
import dev.dirql.kernel.interrupts.InterruptConnections;
import dev.dirql.kernel.interrupts.InterruptDispatch;
import dev.dirql.kernel.interrupts.InterruptObjects;
import dev.dirql.kernel.interrupts.InterruptServices;
import dev.dirql.kernel.interrupts.InterruptStorms;
import dev.dirql.kernel.interrupts.LostInterrupts;
import dev.dirql.kernel.interrupts.PassiveInterrupts;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.StatePart;
import java.util.List;

/** Interrupt objects, what connects them, and what calls their routines. */
final class InterruptAssembly implements Assembly {
    private final Foundation base;
    private final LockAssembly locks;
    private final InterruptConnections connections = new InterruptConnections();
    private final PassiveInterrupts passive;
    private final InterruptStorms storms;
    final InterruptObjects objects;
    final InterruptDispatch dispatch;
    final LostInterrupts lost;

    InterruptAssembly(
            Foundation base, LockAssembly locks, InterruptEntry entry, ThreadAssembly threads) {
        this.base = base;
        this.locks = locks;
        objects = new InterruptObjects(base.machine, base.memory, this::variableName);
        locks.names.setInterrupts(objects);
        storms = new InterruptStorms(base.machine, base.settings.stormMaximum());
        dispatch =
                new InterruptDispatch(
                        base.machine,
                        locks.irqls,
                        locks.spinLocks,
                        objects,
                        entry,
                        storms,
                        base.routineTimes,
                        locks.held,
                        base.rules,
                        base.bugChecks,
                        base.settings.stormMaximum());
        passive =
                new PassiveInterrupts(
                        base.machine,
                        base.engine,
                        base.memory,
                        threads.threads,
                        threads.waits,
                        objects,
                        dispatch);
        lost = new LostInterrupts(base.machine, objects, base.rules);
        base.machine.addSink(lost);
    }

    /** What a driver calls the variable at an address, or nothing. */
    private String variableName(long address) {
        String name = locks.names.resolve(base.machine.processor(0), address).name();
        return name.startsWith("0x") ? "" : name;
    }

    @Override
    public List<Object> services() {
        return List.of(
                dispatch,
                new InterruptServices(
                        base.machine,
                        base.engine,
                        locks.irqls,
                        locks.spinLocks,
                        objects,
                        passive,
                        base.rules,
                        base.bugChecks),
                passive,
                new InterruptConnectionServices(
                        base.engine,
                        base.memory,
                        locks.spinLocks,
                        objects,
                        connections,
                        passive,
                        base.rules,
                        base.bugChecks,
                        base.settings.oneMessageLock()));
    }

    @Override
    public List<StatePart> parts() {
        return List.of(objects, connections, passive, storms);
    }

    @Override
    public List<StatePart> observers() {
        return List.of(lost);
    }
}
