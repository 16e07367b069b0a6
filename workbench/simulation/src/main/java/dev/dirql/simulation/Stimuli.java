package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.TimedHandler;
import dev.dirql.scenario.language.Stimulus;
import dev.dirql.scenario.language.TimedStimuli;
import dev.dirql.scenario.source.Diagnostic;
import java.util.List;

/**
 * Lets happen what a workload does to devices and to the kernel. How often something happened
 * already is part of its entry in the event queue.
 */
final class Stimuli implements TimedHandler, StatePart {
    private static final int INDEX_BITS = 16;

    /** Index of what happens when the workload is done. */
    private static final int LAST = (1 << INDEX_BITS) - 1;

    private final Machine machine;
    private final MachineDevices devices;
    private final List<TimedStimuli> all;
    private final List<Stimulus> last;
    private final KernelStimuli kernel;
    private final int handler;
    private long beganNs;
    private boolean lastDone;

    /** What happens to the kernel. */
    interface KernelStimuli {
        void failAllocation(Stimulus.FailAllocation failure);

        void unload(Stimulus.Unload unload);

        void plug(Stimulus.Plug plug);

        void shutdown();
    }

    Stimuli(
            Machine machine,
            MachineDevices devices,
            List<TimedStimuli> all,
            List<Stimulus> last,
            KernelStimuli kernel) {
        this.machine = machine;
        this.devices = devices;
        this.all = all;
        this.last = last;
        this.kernel = kernel;
        handler = machine.queue().register(this);
    }

    /** The workload begins: from now on its times count. */
    void begin(long nowNs) {
        beganNs = nowNs;
        for (int i = 0; i < all.size(); i++) {
            set(nowNs + all.get(i).timeNs(), i, 0);
        }
    }

    /** The threads are done: what comes last happens behind the last thing with a time. */
    void threadsFinished(long nowNs) {
        if (last.isEmpty()) {
            return;
        }
        long timeNs = nowNs;
        for (TimedStimuli timed : all) {
            if (timed.times() != TimedStimuli.UNTIL_THE_END) {
                long end = timed.timeNs() + timed.periodNs() * (timed.times() - 1);
                timeNs = Math.max(timeNs, beganNs + end);
            }
        }
        machine.queue().set(handler, timeNs, LAST);
    }

    /** Whether what comes last has happened, or there is nothing. */
    boolean isLastDone() {
        return lastDone || last.isEmpty();
    }

    private void set(long timeNs, int index, long done) {
        long argument = done << INDEX_BITS | index;
        if (all.get(index).times() == TimedStimuli.UNTIL_THE_END) {
            // Something without an end must not keep the run from its own.
            machine.queue().setBackground(handler, timeNs, argument);
        } else {
            machine.queue().set(handler, timeNs, argument);
        }
    }

    @Override
    public void expire(long timeNs, long argument) {
        int index = (int) argument & ((1 << INDEX_BITS) - 1);
        if (index == LAST) {
            lastDone = true;
            last.forEach(this::apply);
            return;
        }
        long done = (argument >>> INDEX_BITS) + 1;
        TimedStimuli timed = all.get(index);
        if (timed.periodNs() > 0 && done < timed.times()) {
            set(timeNs + timed.periodNs(), index, done);
        }
        timed.stimuli().forEach(this::apply);
    }

    /**
     * Whether the devices of a scenario can do what its workload wants of them.
     *
     * @param problems takes what they cannot do
     */
    static void check(List<Device> devices, List<TimedStimuli> all, List<Diagnostic> problems) {
        for (TimedStimuli timed : all) {
            for (Stimulus stimulus : timed.stimuli()) {
                try {
                    check(devices, stimulus);
                } catch (IllegalArgumentException e) {
                    problems.add(
                            Diagnostic.error(
                                    stimulus.position(), 1, String.valueOf(e.getMessage()), ""));
                }
            }
        }
    }

    private static void check(List<Device> devices, Stimulus stimulus) {
        switch (stimulus) {
            case Stimulus.FailAllocation _,
                    Stimulus.Unload _,
                    Stimulus.Plug _,
                    Stimulus.Shutdown _,
                    Stimulus.OfInterrupt _ -> {}
            case Stimulus.OfDevice own ->
                    find(devices, own.device())
                            .check(own.name(), DeviceTypes.values(own.arguments()));
            case Stimulus.Raise raise -> checkMessage(devices, raise.device(), raise.message());
            case Stimulus.LoseInterrupt lose ->
                    checkMessage(devices, lose.device(), lose.message());
            case Stimulus.DuplicateInterrupt duplicate ->
                    checkMessage(devices, duplicate.device(), duplicate.message());
            case Stimulus.DelayInterrupt delay ->
                    checkMessage(devices, delay.device(), delay.message());
            case Stimulus.Storm storm -> checkMessage(devices, storm.device(), storm.message());
        }
    }

    static void checkMessage(List<Device> devices, String device, int message) {
        find(devices, device).checkMessage(message);
    }

    private static Device find(List<Device> devices, String name) {
        return devices.stream()
                .filter(device -> device.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the scenario has no device " + name));
    }

    private void apply(Stimulus stimulus) {
        switch (stimulus) {
            case Stimulus.FailAllocation fail -> kernel.failAllocation(fail);
            case Stimulus.Unload unload -> kernel.unload(unload);
            case Stimulus.Plug plug -> kernel.plug(plug);
            case Stimulus.Shutdown _ -> kernel.shutdown();
            case Stimulus.OfDevice own ->
                    devices.device(own.device())
                            .apply(own.name(), DeviceTypes.values(own.arguments()));
            case Stimulus.OfInterrupt(String name, Stimulus what) ->
                    DeviceTypes.interruptStimulus(what)
                            .ifPresent(happens ->
                                    devices.device(DeviceTypes.deviceOf(what))
                                            .apply(name, happens));
            case Stimulus.Raise raise -> interrupt(raise.device(), raise, raise.message());
            case Stimulus.LoseInterrupt lose -> interrupt(lose.device(), lose, lose.message());
            case Stimulus.DuplicateInterrupt duplicate ->
                    interrupt(duplicate.device(), duplicate, duplicate.message());
            case Stimulus.DelayInterrupt delay -> interrupt(delay.device(), delay, delay.message());
            case Stimulus.Storm storm -> interrupt(storm.device(), storm, storm.message());
        }
    }

    private void interrupt(String name, Stimulus stimulus, int message) {
        Device device = devices.device(name);
        DeviceTypes.interruptStimulus(stimulus).ifPresent(known -> device.apply(known, message));
    }

    @Override
    public void save(StateWriter out) {
        out.time(beganNs);
        out.value(lastDone);
    }

    @Override
    public void restore(StateReader in) {
        beganNs = in.time();
        lastDone = in.booleanValue();
    }
}
