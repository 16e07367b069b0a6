package dev.dirql.devices;

import java.util.LinkedHashMap;
import java.util.Map;

/** One device in a {@link TestMachine}, reached as a driver reaches it. */
final class DeviceFixture {
    static final long PHYSICAL = 0xFE00_0000L;
    static final long VIRTUAL = 0xFFFF_A000_0000_0000L;
    static final int LINE = 11;
    static final int VECTOR = 0x51;
    static final long LEVEL = 1 << 15;

    final TestMachine test = new TestMachine(1).readyToPause();
    final Device device;

    private DeviceFixture(String type, String name, Map<String, PropertyValue> properties) {
        device =
                DeviceCatalog.create(
                        type,
                        name,
                        properties,
                        test.machine,
                        new DeviceResources(PHYSICAL, VIRTUAL, VECTOR, 5, 0b01));
    }

    static DeviceFixture of(String type, String name, Object... properties) {
        Map<String, PropertyValue> values = new LinkedHashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            values.put((String) properties[i], (PropertyValue) properties[i + 1]);
        }
        return new DeviceFixture(type, name, values);
    }

    /** A device with a level-sensitive wire whose input is unmasked. */
    static DeviceFixture levelSensitive(String type, String name, Object... more) {
        return wired(type, name, Trigger.LEVEL_SENSITIVE, more);
    }

    /** A device with a latched wire whose input is unmasked. */
    static DeviceFixture latched(String type, String name, Object... more) {
        return wired(type, name, Trigger.LATCHED, more);
    }

    private static DeviceFixture wired(String type, String name, Trigger trigger, Object... more) {
        Object[] all = java.util.Arrays.copyOf(more, more.length + 2);
        all[more.length] = "line";
        all[more.length + 1] = new PropertyValue.Line(LINE, trigger);
        DeviceFixture fixture = of(type, name, all);
        fixture.test.redirect(LINE, VECTOR | (trigger == Trigger.LEVEL_SENSITIVE ? LEVEL : 0));
        return fixture;
    }

    long read(int offset) {
        return test.machine.bus().readMemory(test.processor(0), PHYSICAL + offset, 4);
    }

    void write(int offset, long value) {
        test.machine.bus().writeMemory(test.processor(0), PHYSICAL + offset, 4, value);
    }

    /** Reads a register of one byte that is a port. */
    int in(int offset) {
        return (int) test.machine.bus().readPort(test.processor(0), device.portBase() + offset, 1);
    }

    /** Writes a register of one byte that is a port. */
    void out(int offset, int value) {
        test.machine.bus().writePort(test.processor(0), device.portBase() + offset, 1, value);
    }

    /** Lets time pass, and everything happen that is due at its end. */
    void pass(long ns) {
        long end = test.machine.nowNs() + ns;
        test.runUntil(end);
        test.runUntil(end);
    }

    /** Lets something of its own happen to the device. */
    void happens(String stimulus, Object... arguments) {
        Map<String, PropertyValue> values = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            values.put((String) arguments[i], (PropertyValue) arguments[i + 1]);
        }
        device.apply(stimulus, values);
    }

    static PropertyValue word(String word) {
        return new PropertyValue.Word(word);
    }

    static PropertyValue text(String text) {
        return new PropertyValue.Text(text);
    }

    static PropertyValue number(long value) {
        return new PropertyValue.Quantity(value);
    }

    static PropertyValue yes() {
        return new PropertyValue.Truth(true);
    }
}
