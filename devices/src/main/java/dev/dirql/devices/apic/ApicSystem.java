package dev.dirql.devices.apic;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.InterruptLine;
import dev.dirql.machine.Machine;

/**
 * The interrupt controller: a {@link LocalApic} for each processor, one {@link IoApic}, and the
 * {@link MessageBus} between them. Attach it with {@code machine.attach(ApicSystem::new)}.
 *
 * <p>Software programs the I/O APIC through its registers at {@link IoApic#BASE}.
 */
public final class ApicSystem implements InterruptController {
    /** Inputs of the 82093AA. */
    public static final int INPUTS = 24;

    /** Bit 15 of message data. */
    private static final int DATA_LEVEL = 1 << 15;

    /** Bit 14 of message data; regarded only for level-triggered messages. */
    private static final int DATA_ASSERT = 1 << 14;

    private final Machine machine;
    private final LocalApic[] units;
    private final IoApic ioApic;
    private final MessageBus messages;

    public ApicSystem(Machine machine) {
        this(machine, INPUTS);
    }

    /**
     * @param inputs number of the I/O APIC's inputs, 1 to {@link IoApic#INPUTS_MAXIMUM}
     */
    public ApicSystem(Machine machine, int inputs) {
        this.machine = machine;
        units = new LocalApic[machine.settings().processors()];
        for (int i = 0; i < units.length; i++) {
            units[i] = new LocalApic(machine, this, i);
        }
        messages = new MessageBus(machine, this);
        ioApic = new IoApic(machine, messages, inputs);
        machine.bus().claimMemory("I/O APIC", IoApic.BASE, IoApic.SIZE, ioApic);
        machine.addMachinePart(messages);
        machine.addMachinePart(ioApic);
    }

    @Override
    public LocalApic unit(int processor) {
        return units[processor];
    }

    IoApic ioApic() {
        return ioApic;
    }

    @Override
    public InterruptLine line(String device, int input) {
        return ioApic.wire(device, input);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Data: vector in bits 0 to 7, delivery mode in bits 8 to 10 (fixed and lowest priority are
     * modelled), level in bit 14 and trigger mode in bit 15. Intel SDM volume 3A, 10.11.2. A
     * level-triggered deassertion does nothing.
     */
    @Override
    public void message(String device, long address, int data) {
        MessageAddress to = MessageAddress.decode(address);
        DeliveryMode mode = DeliveryMode.of(data >>> 8);
        if (!mode.isModelled()) {
            notModelled(machine, device, mode);
            return;
        }
        boolean level = (data & DATA_LEVEL) != 0;
        if (level && (data & DATA_ASSERT) == 0) {
            return;
        }
        messages.send(
                new InterruptMessage(
                        to.destination(),
                        to.logical(),
                        to.redirectionHint() || mode == DeliveryMode.LOWEST_PRIORITY,
                        data & 0xFF,
                        level,
                        InterruptMessage.NO_INPUT,
                        device));
    }

    /** {@inheritDoc} It is an interprocessor interrupt with fixed delivery. */
    @Override
    public void sendToProcessor(int target, int vector, String source) {
        LocalApic.mustBeLegal(vector, source);
        if (target < 0 || target >= units.length) {
            throw new IllegalArgumentException(
                    "%s: processor %d of %d".formatted(source, target, units.length));
        }
        messages.send(
                new InterruptMessage(
                        target, false, false, vector, false, InterruptMessage.NO_INPUT, source));
    }

    @Override
    public boolean isAsserted(int vector) {
        return ioApic.isAsserted(vector);
    }

    /** A local APIC ended a level-triggered interrupt. */
    void endOfInterrupt(int vector) {
        ioApic.endOfInterrupt(vector);
    }

    static void notModelled(Machine machine, String source, DeliveryMode mode) {
        machine.end(
                RunEnd.NOT_MODELLED,
                "%s: interrupt delivery mode %s is not modelled".formatted(source, mode));
    }
}
