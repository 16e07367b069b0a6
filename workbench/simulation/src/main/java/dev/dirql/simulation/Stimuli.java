package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.machine.Machine;
import dev.dirql.machine.TimedHandler;
import dev.dirql.scenario.language.Stimulus;
import dev.dirql.scenario.language.TimedStimuli;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Lets happen what a workload does to devices. How often something happened already is part of its
 * entry in the event queue, so nothing else has to be kept of it.
 */
final class Stimuli implements TimedHandler {
    private static final int INDEX_BITS = 16;

    private final Machine machine;
    private final MachineDevices devices;
    private final List<TimedStimuli> all;
    private final LongConsumer failAllocation;
    private final int handler;

    /**
     * @param failAllocation lets the pool allocation with that ordinal fail
     */
    Stimuli(
            Machine machine,
            MachineDevices devices,
            List<TimedStimuli> all,
            LongConsumer failAllocation) {
        this.machine = machine;
        this.devices = devices;
        this.all = all;
        this.failAllocation = failAllocation;
        handler = machine.queue().register(this);
    }

    /** The workload begins: from now on its times count. */
    void begin(long nowNs) {
        for (int i = 0; i < all.size(); i++) {
            set(nowNs + all.get(i).timeNs(), i, 0);
        }
    }

    private void set(long timeNs, int index, long done) {
        long argument = done << INDEX_BITS | index;
        if (all.get(index).times() == TimedStimuli.UNTIL_THE_END) {
            // Something without an end must not keep the run from its own.
            machine.queue().setPeriodic(handler, timeNs, argument);
        } else {
            machine.queue().set(handler, timeNs, argument);
        }
    }

    @Override
    public void expire(long timeNs, long argument) {
        int index = (int) argument & ((1 << INDEX_BITS) - 1);
        long done = (argument >>> INDEX_BITS) + 1;
        TimedStimuli timed = all.get(index);
        if (timed.periodNs() > 0 && done < timed.times()) {
            set(timeNs + timed.periodNs(), index, done);
        }
        timed.stimuli().forEach(this::apply);
    }

    private void apply(Stimulus stimulus) {
        switch (stimulus) {
            case Stimulus.FailAllocation fail -> failAllocation.accept(fail.ordinal());
            case Stimulus.OfDevice own ->
                    devices.device(own.device())
                            .apply(own.name(), DeviceTypes.values(own.arguments()));
            case Stimulus.Raise raise -> interrupt(raise.device(), raise);
            case Stimulus.LoseInterrupt lose -> interrupt(lose.device(), lose);
            case Stimulus.DuplicateInterrupt duplicate -> interrupt(duplicate.device(), duplicate);
            case Stimulus.DelayInterrupt delay -> interrupt(delay.device(), delay);
            case Stimulus.Storm storm -> interrupt(storm.device(), storm);
        }
    }

    private void interrupt(String name, Stimulus stimulus) {
        Device device = devices.device(name);
        DeviceTypes.interruptStimulus(stimulus).ifPresent(device::apply);
    }
}
