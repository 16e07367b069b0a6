package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceResources;
import dev.dirql.devices.InterruptCondition;
import dev.dirql.devices.MessageResource;
import dev.dirql.devices.PciDevice;
import dev.dirql.devices.Trigger;
import dev.dirql.kernel.interrupts.InterruptDevice;
import dev.dirql.kernel.interrupts.InterruptDevices;
import dev.dirql.kernel.interrupts.InterruptReason;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.pnp.PnpDevices;
import dev.dirql.scenario.language.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The interrupts of a machine's devices. A physical device object stands for its device; beside,
 * the n-th device object that a driver makes stands for the n-th device that it is declared for.
 */
final class AssignedInterrupts implements InterruptDevices {
    private final Scenario scenario;
    private final Drivers drivers;
    private final PnpDevices plugAndPlay;
    private final List<Device> all;
    private final Map<String, InterruptDevice> devices = new LinkedHashMap<>();

    AssignedInterrupts(
            Scenario scenario, MachineDevices known, Drivers drivers, PnpDevices plugAndPlay) {
        this.scenario = scenario;
        this.drivers = drivers;
        this.plugAndPlay = plugAndPlay;
        all = known.all();
        for (Device device : all) {
            devices.put(device.name(), interrupts(device));
        }
    }

    private static InterruptDevice interrupts(Device device) {
        DeviceResources resources = device.resources();
        List<InterruptDevice.Line> lines = new ArrayList<>();
        if (resources.messages().isEmpty()) {
            if (device.line() >= 0) {
                lines.add(
                        line(
                                resources,
                                resources.vector(),
                                resources.irql(),
                                device.trigger() == Trigger.LATCHED));
            }
            for (int i = 0; i < resources.further().size(); i++) {
                DeviceResources.Vector vector = resources.further().get(i);
                if (vector.vector() != 0) {
                    lines.add(
                            line(
                                    resources,
                                    vector.vector(),
                                    vector.irql(),
                                    device.furtherTrigger(i) == Trigger.LATCHED));
                }
            }
        }
        List<InterruptDevice.Message> messages = new ArrayList<>();
        for (MessageResource message : resources.messages()) {
            messages.add(
                    new InterruptDevice.Message(
                            message.vector(),
                            message.irql(),
                            message.affinity(),
                            message.address(),
                            message.data()));
        }
        return device instanceof PciDevice function
                ? new InterruptDevice(
                        device.name(),
                        lines,
                        messages,
                        function.msixTable(),
                        function.msixEntries(),
                        function.msiMaskBits())
                : new InterruptDevice(device.name(), lines, messages, 0, 0, 0);
    }

    private static InterruptDevice.Line line(
            DeviceResources resources, int vector, int irql, boolean latched) {
        return new InterruptDevice.Line(vector, irql, resources.affinity(), latched);
    }

    @Override
    public List<InterruptDevice> all() {
        return List.copyOf(devices.values());
    }

    @Override
    public List<InterruptReason> reasons() {
        List<InterruptReason> reasons = new ArrayList<>();
        for (Device device : all) {
            for (InterruptCondition condition : device.conditions()) {
                reasons.add(reason(device, condition));
            }
        }
        return reasons;
    }

    private static InterruptReason reason(Device device, InterruptCondition condition) {
        boolean ownLine = condition.vector() == 0 && device.line() >= 0;
        return new InterruptReason(
                device.name(),
                condition.name(),
                switch (condition.way()) {
                    case LEVEL_SENSITIVE -> InterruptReason.Way.LEVEL_SENSITIVE;
                    case LATCHED -> InterruptReason.Way.LATCHED;
                    case MESSAGE -> InterruptReason.Way.MESSAGE;
                },
                ownLine ? InterruptVectors.ofLine(device.line()) : condition.vector(),
                condition.holds(),
                condition.pends(),
                condition.lost(),
                condition.sinceSequence(),
                condition.sinceNs(),
                condition.merged(),
                condition.mergedSequence(),
                condition.mergedNs());
    }

    @Override
    public @Nullable InterruptDevice of(long deviceObject) {
        PnpDevices.Entry entry = plugAndPlay.ofPdo(deviceObject);
        if (entry != null) {
            return devices.get(entry.device().name());
        }
        for (int i = 0; i < scenario.drivers().size() && i < drivers.count(); i++) {
            List<String> names = scenario.drivers().get(i).devices();
            for (int j = 0; j < names.size(); j++) {
                if (drivers.device(i, j) == deviceObject) {
                    return devices.get(names.get(j));
                }
            }
        }
        return null;
    }
}
