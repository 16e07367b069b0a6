package dev.dirql.devices;

import dev.dirql.devices.register.Register;
import dev.dirql.devices.register.RegisterBlock;
import dev.dirql.events.Event;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A virtual device: registers that software reaches by memory or by ports, an interrupt or several,
 * and what happens in between at virtual times. A device decides its interrupts in {@link
 * #updateLine} alone, and every change of its state ends there.
 *
 * <p>A subclass declares its registers, calls {@link #install} at the end of its constructor, and
 * saves in {@link #saveDevice} what is not in registers.
 */
public abstract class Device implements StatePart {
    /** Stands for no particular message. */
    public static final int ANY_MESSAGE = -1;

    private static final long PAGE = 4096;

    private final DeviceType type;
    private final DeviceSetup setup;
    private final RegisterBlock registers;
    private final InterruptTap interrupt;
    private final SequencedMap<String, InterruptTap> furtherInterrupts = new LinkedHashMap<>();
    private boolean gone;

    protected Device(DeviceType type, DeviceSetup setup) {
        this(
                type,
                setup,
                new InterruptTap(setup.machine(), setup.name(), InterruptProperties.output(setup)));
    }

    /**
     * @param interrupt the way of its interrupt, or of several the one that is a line
     */
    Device(DeviceType type, DeviceSetup setup, InterruptTap interrupt) {
        this.type = type;
        this.setup = setup;
        this.interrupt = interrupt;
        registers = new RegisterBlock(setup.machine(), setup.name());
        for (String further : type.furtherInterrupts()) {
            furtherInterrupts.put(
                    further,
                    new InterruptTap(
                            setup.machine(),
                            setup.name(),
                            further,
                            InterruptProperties.furtherOutput(setup, further)));
        }
    }

    /** Puts the registers where software finds them, and the device into the machine's state. */
    protected final void install(Register... all) {
        for (Register register : all) {
            registers.add(register);
        }
        claim();
        machine().addMachinePart(this);
    }

    /** Lets the machine's bus find the registers. */
    void claim() {
        if (hasPorts()) {
            machine().bus().claimPorts(name(), portBase(), registers.size(), registers);
        } else {
            long size = (registers.size() + PAGE - 1) & -PAGE;
            machine().bus().claimMemory(name(), setup.resources().physicalBase(), size, registers);
        }
    }

    // ---- what it is ----

    /** Name of this instance. */
    public final String name() {
        return setup.name();
    }

    public final DeviceType type() {
        return type;
    }

    public final RegisterBlock registers() {
        return registers;
    }

    public final InterruptTap interrupt() {
        return interrupt;
    }

    public final PropertyValues properties() {
        return setup.properties();
    }

    public final DeviceResources resources() {
        return setup.resources();
    }

    /** Its interrupts beside the first one, by name. */
    public final SequencedMap<String, InterruptTap> furtherInterrupts() {
        return Collections.unmodifiableSequencedMap(furtherInterrupts);
    }

    /** How its interrupt is triggered; by message it is latched. */
    public final Trigger trigger() {
        return resources().messages().isEmpty()
                ? InterruptProperties.trigger(properties())
                : Trigger.LATCHED;
    }

    /** How a further interrupt is triggered, counted in the order of their properties. */
    public final Trigger furtherTrigger(int index) {
        return InterruptProperties.furtherTrigger(
                properties(), type().furtherInterrupts().get(index));
    }

    /** Input of the I/O APIC, or -1 without wire. */
    public final int line() {
        return properties().has(InterruptProperties.LINE.name())
                ? properties().line(InterruptProperties.LINE.name()).input()
                : -1;
    }

    /** Whether the registers are ports rather than memory. */
    public final boolean hasPorts() {
        return PortProperty.hasPorts(properties());
    }

    /** The first port, 0 without ports. */
    public final int portBase() {
        return hasPorts() ? (int) properties().number(PortProperty.PORTS.name()) : 0;
    }

    /** Where software finds its registers. */
    public List<RegisterRange> ranges() {
        long size = registers.size();
        return List.of(
                hasPorts()
                        ? new RegisterRange(0, true, portBase(), portBase(), size)
                        : new RegisterRange(
                                0,
                                false,
                                resources().physicalBase(),
                                resources().virtualBase(),
                                size));
    }

    /** How many messages it may interrupt by, 0 if messages have no numbers. */
    public int messages() {
        return 0;
    }

    /** What its driver is told, as C macros, in a fixed order. */
    public final List<DeviceConstant> constants() {
        return DeviceConstants.of(this);
    }

    /**
     * What it put out so far as text.
     *
     * @param output one of its type's {@link DeviceType#texts}
     */
    public String text(String output) {
        throw new IllegalStateException("%s puts out no %s".formatted(name(), output));
    }

    // ---- what a device does ----

    protected final Machine machine() {
        return setup.machine();
    }

    /** Decides from the registers whether there is a reason for an interrupt, and says so. */
    protected abstract void updateLine();

    /** Tells the wire or message whether there is a reason for an interrupt. */
    protected final void interruptWhile(boolean reason) {
        interrupt.set(reason);
    }

    /** Tells the wire of a further interrupt whether there is a reason for it. */
    protected final void interruptWhile(String further, boolean reason) {
        furtherInterrupt(further).set(reason);
    }

    /**
     * Says that a reason for its interrupt arises, just before it does: while another one lasts, it
     * makes no interrupt of its own. {@link #updateLine} follows.
     */
    protected final void reasonArises() {
        interrupt.arises();
    }

    /** Says that a reason for a further interrupt arises. */
    protected final void reasonArises(String further) {
        furtherInterrupt(further).arises();
    }

    /** The conditions behind its interrupts, as far as they lead anywhere; none once it is gone. */
    public List<InterruptCondition> conditions() {
        List<InterruptCondition> all = new ArrayList<>();
        if (gone) {
            return all;
        }
        if (interrupt.isConnected()) {
            boolean wire = line() >= 0;
            all.add(
                    interrupt.condition(
                            wire ? "line " + line() : "message", resources().vector(), false));
        }
        int index = 0;
        for (Map.Entry<String, InterruptTap> further : furtherInterrupts.entrySet()) {
            if (further.getValue().isConnected()) {
                all.add(
                        further.getValue()
                                .condition(
                                        "line of " + further.getKey(),
                                        resources().further().get(index).vector(),
                                        false));
            }
            index++;
        }
        return all;
    }

    private InterruptTap furtherInterrupt(String name) {
        InterruptTap found = furtherInterrupts.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "%s: a %s has no interrupt '%s'".formatted(name(), type.name(), name));
        }
        return found;
    }

    /** Does what makes the device interrupt; {@link #updateLine} follows. */
    protected abstract void raise();

    /** Does what makes a further interrupt happen; {@link #updateLine} follows. */
    protected void raise(String further) {
        throw new IllegalStateException("%s: nobody raises %s".formatted(name(), further));
    }

    /**
     * Does what makes the device interrupt by a message.
     *
     * @param message number of the message, or {@link #ANY_MESSAGE}
     */
    protected void raise(int message) {
        raise();
    }

    /** Does what only this type of device does; {@link #updateLine} follows. */
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        throw new IllegalStateException("%s: nobody does %s".formatted(name(), stimulus.name()));
    }

    /**
     * Refuses arguments of a stimulus that this device cannot do, whatever others of its type can.
     *
     * @throws IllegalArgumentException with a message for the user
     */
    protected void checkStimulus(StimulusType stimulus, PropertyValues arguments) {}

    // ---- what a scenario does to it ----

    /**
     * Whether what a scenario wants can be done to this device.
     *
     * @throws IllegalArgumentException if not, with a message for the user
     */
    public final void check(String stimulus, Map<String, PropertyValue> arguments) {
        StimulusType found = find(stimulus);
        checkStimulus(found, values(found, arguments));
    }

    /**
     * Whether it has a message.
     *
     * @throws IllegalArgumentException if not, with a message for the user
     */
    public final void checkMessage(int message) {
        if (message != ANY_MESSAGE && message >= messages()) {
            throw new IllegalArgumentException(
                    messages() == 0
                            ? "%s has no numbered messages".formatted(name())
                            : "%s has messages 0 to %d, not %d"
                                    .formatted(name(), messages() - 1, message));
        }
    }

    private StimulusType find(String stimulus) {
        return type.stimulus(stimulus)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "%s: a %s has no stimulus '%s'"
                                        .formatted(name(), type.name(), stimulus)));
    }

    private PropertyValues values(StimulusType stimulus, Map<String, PropertyValue> arguments) {
        return PropertyValues.of(name() + "." + stimulus.name(), stimulus.arguments(), arguments);
    }

    /** Does something to its interrupt, now or when it comes. */
    public final void apply(InterruptStimulus stimulus) {
        apply(stimulus, ANY_MESSAGE);
    }

    /**
     * Does something to its interrupt, now or when it comes.
     *
     * @param message number of the message that is meant; {@link #ANY_MESSAGE} counts the
     *     interrupts by all of its messages and its line together, and requests the first
     */
    public final void apply(InterruptStimulus stimulus, int message) {
        if (stimulus instanceof InterruptStimulus.Raise) {
            String place = message == ANY_MESSAGE ? "" : " message " + message;
            machine().emit(new Event.StimulusApplied(name(), stimulus.text() + place));
            raise(message);
            updateLine();
        } else {
            disturb(stimulus, message);
        }
    }

    /** Carries out, or plans, a stimulus other than {@link InterruptStimulus.Raise}. */
    void disturb(InterruptStimulus stimulus, int message) {
        interrupt.stimulate(stimulus);
    }

    /** Does something to a further interrupt, now or when it comes. */
    public final void apply(String further, InterruptStimulus stimulus) {
        InterruptTap tap = furtherInterrupt(further);
        if (stimulus instanceof InterruptStimulus.Raise) {
            machine().emit(new Event.StimulusApplied(name(), stimulus.text() + " of " + further));
            raise(further);
            updateLine();
        } else {
            tap.stimulate(stimulus);
        }
    }

    /**
     * Makes it do something of its own.
     *
     * @throws IllegalArgumentException if devices of this type do no such thing
     */
    public final void apply(String stimulus, Map<String, PropertyValue> arguments) {
        StimulusType found = find(stimulus);
        PropertyValues values = values(found, arguments);
        checkStimulus(found, values);
        machine().emit(new Event.StimulusApplied(name(), stimulus));
        stimulate(found, values);
        updateLine();
    }

    /** Pulls it out: its registers read as ones, and it neither interrupts nor reaches memory. */
    public final void vanish() {
        machine().emit(new Event.StimulusApplied(name(), "surprise remove"));
        gone = true;
        registers.vanish();
        interrupt.vanish();
        furtherInterrupts.sequencedValues().forEach(InterruptTap::vanish);
        vanishFromBus();
    }

    /** Takes away what there is of it beside its registers and its {@link #interrupt}. */
    void vanishFromBus() {}

    /** Whether it was pulled out. */
    protected final boolean isGone() {
        return gone;
    }

    // ---- moments ----

    /** Saves what there is of interrupts beside {@link #interrupt}. */
    void saveInterrupts(StateWriter out) {}

    void restoreInterrupts(StateReader in) {}

    /** Saves what is not in registers. */
    protected abstract void saveDevice(StateWriter out);

    /** Restores what {@link #saveDevice} saved. */
    protected abstract void restoreDevice(StateReader in);

    @Override
    public final void save(StateWriter out) {
        registers.save(out);
        interrupt.save(out);
        furtherInterrupts.sequencedValues().forEach(tap -> tap.save(out));
        saveInterrupts(out);
        out.value(gone);
        saveDevice(out);
    }

    @Override
    public final void restore(StateReader in) {
        registers.restore(in);
        interrupt.restore(in);
        furtherInterrupts.sequencedValues().forEach(tap -> tap.restore(in));
        restoreInterrupts(in);
        gone = in.booleanValue();
        restoreDevice(in);
    }
}
