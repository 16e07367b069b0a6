package dev.dirql.devices.pci;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.devices.register.RegisterBlock;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bus 0 of the machine, and the host bridge that leads to it. PCI Local Bus Specification 3.0,
 * 3.2.2.3.2 (configuration mechanism #1); PCI Express Base Specification, 7.2.2 (the enhanced
 * configuration access mechanism).
 *
 * <ul>
 *   <li>Configuration space by ports: CONFIG_ADDRESS at 0xCF8, 32 bits wide only, holds the address
 *       (bit 31 enable, bits 16 to 23 bus, 11 to 15 device, 8 to 10 function, 2 to 7 register);
 *       CONFIG_DATA at 0xCFC is the window on that register, in bytes, words or whole.
 *   <li>Configuration space in memory: 4 KiB of each function from {@link #CONFIGURATION_BASE}, the
 *       address being bus, device and function in bits 20 to 27, 15 to 19 and 12 to 14.
 *   <li>Physical addresses and ports that nobody else has are looked for in the base address
 *       registers of the functions, in the order in which they were added; the first one answers.
 * </ul>
 *
 * <p>The set-up of the machine gives ranges for which it has no other place addresses from
 * 0xF0000000 on, and ports from 0xC000 on.
 *
 * <p>What no function answers reads as all ones, and writes to it are lost.
 *
 * <p>Functions are numbered in the order in which they are added: devices 1 to 31 of the bus as
 * function 0, then as function 1, and so on. Device 0 is the host bridge.
 */
public final class PciBus implements StatePart {
    /** Physical address of the configuration space of bus 0. */
    public static final long CONFIGURATION_BASE = 0xE000_0000L;

    /** Bytes of configuration space of one bus. */
    public static final long CONFIGURATION_SIZE = 1 << 20;

    /** The port of CONFIG_ADDRESS. */
    public static final int CONFIG_ADDRESS = 0xCF8;

    /** The first of the four ports of CONFIG_DATA. */
    public static final int CONFIG_DATA = 0xCFC;

    /** Physical addresses for ranges that have no other place begin here. */
    public static final long RANGES = 0xF000_0000L;

    private static final long RANGES_END = 0xFE00_0000L;

    /** Ports for ranges of ports, where no device of a PC has its own. */
    private static final long PORTS = 0xC000;

    private static final long PORTS_END = 0x1_0000;

    private static final int DEVICES = 32;
    private static final int FUNCTIONS = 8;
    private static final long ENABLE = 1L << 31;

    // spotless:off
    private final Register configAddress =
            Register.named("CONFIG_ADDRESS")
                    .describedAs("Which register CONFIG_DATA is.")
                    .flag(ENABLE, "ENABLE", Access.READ_WRITE, "CONFIG_DATA is a register.")
                    .field(0xFF << 16, "BUS", Access.READ_WRITE, "Number of the bus.")
                    .field(0x1F << 11, "DEVICE", Access.READ_WRITE, "Number of the device.")
                    .field(0x07 << 8, "FUNCTION", Access.READ_WRITE, "Number of the function.")
                    .field(0x3F << 2, "REGISTER", Access.READ_WRITE, "Number of the register.");
    // spotless:on

    private final Machine machine;
    private final RegisterBlock ports;

    /** The functions by device and function number. */
    private final @Nullable PciFunction[] slots = new PciFunction[DEVICES * FUNCTIONS];

    private final List<PciFunction> functions = new ArrayList<>();
    private long nextRange = RANGES;
    private long nextPort = PORTS;

    public PciBus(Machine machine) {
        this.machine = machine;
        ports = new RegisterBlock(machine, "pci");
        ports.add(configAddress);
        machine.bus().claimPorts("PCI configuration", CONFIG_ADDRESS, 8, new Mechanism1());
        machine.bus()
                .claimMemory(
                        "PCI configuration",
                        CONFIGURATION_BASE,
                        CONFIGURATION_SIZE,
                        new Enhanced());
        machine.bus().claimRest(new Decoded(true), new Decoded(false));
        machine.addMachinePart(this);
        HostBridge.on(this);
    }

    Machine machine() {
        return machine;
    }

    /** The functions in the order in which they were added, the host bridge first. */
    public List<PciFunction> functions() {
        return List.copyOf(functions);
    }

    /** The function at an address, or null. */
    public @Nullable PciFunction function(PciAddress address) {
        return address.bus() == 0 ? slots[slot(address.device(), address.function())] : null;
    }

    /** Physical address of the configuration space of the function at an address. */
    public static long configurationOf(PciAddress address) {
        return CONFIGURATION_BASE
                + ((long) address.bus() << 20)
                + (address.device() << 15)
                + (address.function() << 12);
    }

    private static int slot(int device, int function) {
        return device * FUNCTIONS + function;
    }

    /** Gives a function the next free address. */
    PciAddress add(PciFunction function) {
        int number = functions.size();
        int device = number == 0 ? 0 : 1 + (number - 1) % (DEVICES - 1);
        int index = number == 0 ? 0 : (number - 1) / (DEVICES - 1);
        if (index == FUNCTIONS) {
            throw new IllegalArgumentException(
                    "device %s finds no place on the PCI bus: it has %d functions already"
                            .formatted(function.name(), number));
        }
        slots[slot(device, index)] = function;
        functions.add(function);
        PciFunction first = slots[slot(device, 0)];
        if (index > 0 && first != null) {
            first.becomeMultiFunction();
        }
        return new PciAddress(0, device, index);
    }

    /**
     * Assigns a free address to a range of a function, as firmware does before a system starts.
     *
     * @throws IllegalArgumentException if no space is left
     */
    public void assign(BaseAddress base) {
        if (!base.kind().isMemory()) {
            assignPorts(base);
            return;
        }
        long address = (nextRange + base.size() - 1) & -base.size();
        if (address + base.size() > RANGES_END) {
            throw new IllegalArgumentException(
                    "no physical addresses are left for %d bytes of a PCI device"
                            .formatted(base.size()));
        }
        base.assign(address);
        nextRange = address + base.size();
    }

    private void assignPorts(BaseAddress base) {
        long first = (nextPort + base.size() - 1) & -base.size();
        if (first + base.size() > PORTS_END) {
            throw new IllegalArgumentException(
                    "no %d ports are left for a PCI device".formatted(base.size()));
        }
        base.assign(first);
        nextPort = first + base.size();
    }

    private static long ones(int size) {
        return size == 8 ? -1 : (1L << (8 * size)) - 1;
    }

    /** CONFIG_ADDRESS and CONFIG_DATA; offsets count from the former. */
    private final class Mechanism1 implements DeviceRegisters {
        @Override
        public long read(Processor processor, long offset, int size) {
            if (offset == 0 && size == 4) {
                return ports.read(processor, 0, size);
            }
            PciFunction target = target(offset, size);
            return target == null
                    ? ones(size)
                    : target.configuration().read(processor, register(offset), size);
        }

        @Override
        public void write(Processor processor, long offset, int size, long value) {
            if (offset == 0 && size == 4) {
                ports.write(processor, 0, size, value);
                return;
            }
            PciFunction target = target(offset, size);
            if (target != null) {
                target.configuration().write(processor, register(offset), size, value);
            }
        }

        private @Nullable PciFunction target(long offset, int size) {
            long address = configAddress.value();
            boolean data = offset >= 4 && offset + size <= 8;
            boolean bus0 = (address >>> 16 & 0xFF) == 0;
            return data && bus0 && (address & ENABLE) != 0
                    ? slots[(int) (address >>> 8) & 0xFF]
                    : null;
        }

        private long register(long offset) {
            return (configAddress.value() & 0xFC) + offset - 4;
        }
    }

    private final class Enhanced implements DeviceRegisters {
        @Override
        public long read(Processor processor, long offset, int size) {
            PciFunction target = target(offset, size);
            return target == null
                    ? ones(size)
                    : target.configuration().read(processor, offset & 0xFFF, size);
        }

        @Override
        public void write(Processor processor, long offset, int size, long value) {
            PciFunction target = target(offset, size);
            if (target != null) {
                target.configuration().write(processor, offset & 0xFFF, size, value);
            }
        }

        private @Nullable PciFunction target(long offset, int size) {
            return (offset & 0xFFF) + size > 0x1000 ? null : slots[(int) (offset >>> 12) & 0xFF];
        }
    }

    /** What base address registers lead to. */
    private final class Decoded implements DeviceRegisters {
        private final boolean memory;

        Decoded(boolean memory) {
            this.memory = memory;
        }

        @Override
        public long read(Processor processor, long address, int size) {
            BaseAddress found = find(address);
            return found == null
                    ? ones(size)
                    : found.registers().read(processor, address - found.address(), size);
        }

        @Override
        public void write(Processor processor, long address, int size, long value) {
            BaseAddress found = find(address);
            if (found != null) {
                found.registers().write(processor, address - found.address(), size, value);
            }
        }

        private @Nullable BaseAddress find(long address) {
            for (PciFunction function : functions) {
                BaseAddress found = function.decode(address, memory);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
    }

    @Override
    public void save(StateWriter out) {
        ports.save(out);
        functions.getFirst().save(out);
    }

    @Override
    public void restore(StateReader in) {
        ports.restore(in);
        functions.getFirst().restore(in);
    }
}
