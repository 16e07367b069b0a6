package dev.dirql.devices.pci;

import dev.dirql.devices.apic.MessageAddress;
import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.devices.register.RegisterBlock;
import dev.dirql.events.Event;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A function on the bus: its configuration space with a header of type 0, its base address
 * registers and capabilities, and its way to memory. PCI Local Bus Specification 3.0, chapter 6.
 * Power management and the PCI Express capability are absent; the registers that only they need,
 * and BIST, the cardbus pointer and the expansion ROM read as 0.
 *
 * <ul>
 *   <li>While MEMORY_SPACE of PCI_COMMAND is 0, the memory of its base address registers does not
 *       answer, and while IO_SPACE is 0 its ports do not.
 *   <li>While BUS_MASTER is 0, it reaches neither memory nor sends messages: what it tries is lost,
 *       and told by an event. So is what it tries where no memory is; then RECEIVED_MASTER_ABORT of
 *       PCI_STATUS is set too.
 *   <li>INTERRUPT_STATUS tells that it has a reason to assert its line; the line is asserted then
 *       unless INTERRUPT_DISABLE is set. With MSI or MSI-X enabled it has none.
 * </ul>
 */
public final class PciFunction implements StatePart {
    private static final long IO_SPACE = 1;
    private static final long MEMORY_SPACE = 1 << 1;
    private static final long BUS_MASTER = 1 << 2;
    private static final long INTERRUPT_DISABLE = 1 << 10;
    private static final long INTERRUPT_STATUS = 1 << 3;
    private static final long CAPABILITIES_LIST = 1 << 4;
    private static final long RECEIVED_MASTER_ABORT = 1 << 13;
    private static final long MULTI_FUNCTION = 1 << 7;
    private static final int NO_LINE = 0xFF;

    /** Of the data of a message. Intel SDM volume 3A, "Message Data Register Format". */
    private static final int VECTOR = 0xFF;

    private static final int INTA = 1;
    private static final int FIRST_CAPABILITY = 0x50;

    // spotless:off
    private final Register command =
            Register.named("PCI_COMMAND")
                    .at(0x04)
                    .width(2)
                    .describedAs("What the function may do on the bus.")
                    .flag(IO_SPACE, "IO_SPACE", Access.READ_WRITE, "Its ports answer.")
                    .flag(MEMORY_SPACE, "MEMORY_SPACE", Access.READ_WRITE, "Its memory answers.")
                    .flag(
                            BUS_MASTER,
                            "BUS_MASTER",
                            Access.READ_WRITE,
                            "It may access memory and send messages.")
                    .flag(
                            INTERRUPT_DISABLE,
                            "INTERRUPT_DISABLE",
                            Access.READ_WRITE,
                            "It does not assert its line.")
                    .afterWrite(_ -> interruptsChanged());
    private final Register status =
            Register.named("PCI_STATUS")
                    .at(0x06)
                    .width(2)
                    .describedAs("What happened to the function on the bus.")
                    .flag(
                            INTERRUPT_STATUS,
                            "INTERRUPT_STATUS",
                            Access.READ_ONLY,
                            "It has a reason to assert its line.")
                    .flag(
                            CAPABILITIES_LIST,
                            "CAPABILITIES_LIST",
                            Access.READ_ONLY,
                            "PCI_CAPABILITIES_POINTER is valid.")
                    .flag(
                            RECEIVED_MASTER_ABORT,
                            "RECEIVED_MASTER_ABORT",
                            Access.WRITE_ONE_TO_CLEAR,
                            "Nobody answered where it accessed memory.");
    private final Register headerType =
            Register.named("PCI_HEADER_TYPE")
                    .at(0x0E)
                    .width(1)
                    .access(Access.READ_ONLY)
                    .describedAs("Layout of the header, 0; bit 7: the device has more functions.");
    private final Register capabilitiesPointer =
            Register.named("PCI_CAPABILITIES_POINTER")
                    .at(0x34)
                    .width(1)
                    .access(Access.READ_ONLY)
                    .describedAs("Offset of the first capability.");
    private final Register interruptLine =
            Register.named("PCI_INTERRUPT_LINE")
                    .at(0x3C)
                    .width(1)
                    .describedAs("Kept for software: the input its line leads to.")
                    .resetsTo(NO_LINE);
    private final Register interruptPin =
            Register.named("PCI_INTERRUPT_PIN")
                    .at(0x3D)
                    .width(1)
                    .access(Access.READ_ONLY)
                    .describedAs("Which line it uses: 1 is INTA, 0 none.");
    // spotless:on

    private final Machine machine;
    private final String name;
    private final PciIdentity identity;
    private final RegisterBlock configuration;
    private final PciAddress address;
    private Runnable interruptsChanged = () -> {};
    private final List<BaseAddress> bases = new ArrayList<>();
    private @Nullable MsiCapability msi;
    private @Nullable MsixCapability msix;
    private int nextCapability = FIRST_CAPABILITY;
    private @Nullable Register lastPointer;
    private boolean complete;

    /**
     * Puts a function on the bus; {@link #complete} ends its declaration.
     *
     * @throws IllegalArgumentException if the bus is full
     */
    public PciFunction(PciBus bus, String name, PciIdentity identity) {
        machine = bus.machine();
        this.name = name;
        this.identity = identity;
        configuration = new RegisterBlock(machine, name);
        add(fixed("PCI_VENDOR_ID", 0x00, 2, identity.vendor(), "Who made it."));
        add(fixed("PCI_DEVICE_ID", 0x02, 2, identity.device(), "What it is."));
        add(command);
        add(status);
        add(fixed("PCI_REVISION_ID", 0x08, 1, identity.revision(), "Its revision."));
        add(fixed("PCI_INTERFACE", 0x09, 1, identity.classCode(), "Programming interface."));
        add(fixed("PCI_SUBCLASS", 0x0A, 1, identity.classCode() >>> 8, "Subclass."));
        add(fixed("PCI_CLASS", 0x0B, 1, identity.classCode() >>> 16, "Base class."));
        add(
                Register.named("PCI_CACHE_LINE_SIZE")
                        .at(0x0C)
                        .width(1)
                        .describedAs("Kept for software."));
        add(headerType);
        add(
                fixed(
                        "PCI_SUBSYSTEM_VENDOR_ID",
                        0x2C,
                        2,
                        identity.subsystemVendor(),
                        "Who made the board."));
        add(fixed("PCI_SUBSYSTEM_ID", 0x2E, 2, identity.subsystem(), "What the board is."));
        add(capabilitiesPointer);
        add(interruptLine);
        add(interruptPin);
        address = bus.add(this);
    }

    private static Register fixed(String name, int offset, int width, int value, String text) {
        return Register.named(name)
                .at(offset)
                .width(width)
                .access(Access.READ_ONLY)
                .describedAs(text)
                .resetsTo(value & ((1 << (8 * width)) - 1));
    }

    private void add(Register register) {
        configuration.add(register);
    }

    // ---- declaration ----

    /**
     * Gives it a base address register.
     *
     * @param size a power of two
     */
    public BaseAddress base(int index, BaseAddress.Kind kind, long size, DeviceRegisters behind) {
        mustNotBeComplete();
        BaseAddress made = new BaseAddress(index, kind, size, behind);
        bases.add(made);
        bases.sort(Comparator.comparingInt(BaseAddress::index));
        made.configuration().forEach(this::add);
        return made;
    }

    /**
     * Gives it MSI.
     *
     * @param messages how many it can send: 1, 2, 4, 8, 16 or 32
     */
    public MsiCapability msi(int messages) {
        MsiCapability made = new MsiCapability(this, nextCapability, messages);
        capability(made.configuration(), MsiCapability.SIZE);
        msi = made;
        return made;
    }

    /**
     * Gives it MSI-X, with its table and pending bits behind a base address register.
     *
     * @param entries 1 to 2048
     * @param index of the base address register
     * @param kind of memory
     */
    public MsixCapability msix(int entries, int index, BaseAddress.Kind kind) {
        MsixCapability made = new MsixCapability(this, nextCapability, entries, index);
        capability(made.configuration(), MsixCapability.SIZE);
        msix = made;
        base(index, kind, MsixTable.WINDOW, made.table());
        return made;
    }

    /** Links a capability to the list; its second register is the pointer to the next. */
    private void capability(List<Register> registers, int size) {
        mustNotBeComplete();
        Register last = lastPointer;
        (last == null ? capabilitiesPointer : last).resetsTo(nextCapability);
        status.resetsTo(CAPABILITIES_LIST);
        registers.forEach(this::add);
        lastPointer = registers.get(1);
        nextCapability += size;
    }

    /** Says that it can assert a line. */
    public void usesLine() {
        interruptPin.resetsTo(INTA);
    }

    void becomeMultiFunction() {
        headerType.resetsTo(MULTI_FUNCTION);
    }

    /**
     * Ends the declaration.
     *
     * @param whenInterruptsChange is called when the way its interrupts take may have changed
     */
    public void complete(Runnable whenInterruptsChange) {
        mustNotBeComplete();
        interruptsChanged = whenInterruptsChange;
        complete = true;
    }

    private void mustNotBeComplete() {
        if (complete) {
            throw new IllegalStateException(name + ": its PCI function is complete already");
        }
    }

    // ---- what it is ----

    Machine machine() {
        return machine;
    }

    /** Name of the device that it is. */
    public String name() {
        return name;
    }

    public PciIdentity identity() {
        return identity;
    }

    public PciAddress address() {
        return address;
    }

    /** Its configuration space. */
    public RegisterBlock configuration() {
        return configuration;
    }

    /** Its base address registers in the order of their numbers. */
    public List<BaseAddress> bases() {
        return List.copyOf(bases);
    }

    public Optional<MsiCapability> msi() {
        return Optional.ofNullable(msi);
    }

    public Optional<MsixCapability> msix() {
        return Optional.ofNullable(msix);
    }

    // ---- what whoever sets up the machine does ----

    /** Lets its ranges answer and lets it use the bus, as a started device may. */
    public void start() {
        command.set(
                (bases.stream().anyMatch(base -> base.kind().isMemory()) ? MEMORY_SPACE : 0)
                        | (bases.stream().allMatch(base -> base.kind().isMemory()) ? 0 : IO_SPACE)
                        | BUS_MASTER);
    }

    /** Tells software which input of the interrupt controller its line leads to. */
    public void setInterruptLine(int input) {
        interruptLine.set(input);
    }

    // ---- its ranges ----

    /** Its range that an address or port belongs to now, or null. */
    @Nullable BaseAddress decode(long at, boolean memory) {
        if (!command.isSet(memory ? MEMORY_SPACE : IO_SPACE)) {
            return null;
        }
        for (BaseAddress base : bases) {
            if (base.kind().isMemory() == memory && base.contains(at)) {
                return base;
            }
        }
        return null;
    }

    // ---- its interrupts ----

    /** How many messages it is to use now; 0 if its line. With both enabled MSI-X counts. */
    public int enabledMessages() {
        if (msix != null && msix.isEnabled()) {
            return msix.table().entries();
        }
        return msi != null && msi.isEnabled() ? msi.enabledMessages() : 0;
    }

    /** Whether it interrupts by MSI-X now. */
    public boolean usesMsix() {
        return msix != null && msix.isEnabled();
    }

    /** Whether its line may be asserted; {@code reason} is what INTERRUPT_STATUS tells. */
    public boolean mayAssertLine(boolean reason) {
        if (reason) {
            status.raise(INTERRUPT_STATUS);
        } else {
            status.clear(INTERRUPT_STATUS);
        }
        return reason && !command.isSet(INTERRUPT_DISABLE);
    }

    /** Sends a message, or lets it pend while it is masked. Without messages nothing happens. */
    public void request(int message) {
        if (msix != null && msix.isEnabled()) {
            msix.request(message);
        } else if (msi != null && msi.isEnabled()) {
            msi.request(message);
        }
    }

    /** Forgets a message that pends: the reason for it is gone. */
    public void withdraw(int message) {
        if (msix != null) {
            msix.withdraw(message);
        }
        if (msi != null) {
            msi.withdraw(message);
        }
    }

    /** Whether a message waits to be unmasked. */
    public boolean isPending(int message) {
        if (msix != null && msix.isEnabled()) {
            return msix.table().isPending(message);
        }
        return msi != null && msi.isEnabled() && msi.isPending(message);
    }

    /** The vector that a message requests, as software set it. */
    public int vectorOf(int message) {
        if (msix != null && msix.isEnabled()) {
            return msix.table().data(message) & VECTOR;
        }
        return msi == null ? 0 : msi.data(message) & VECTOR;
    }

    void interruptsChanged() {
        interruptsChanged.run();
    }

    /** Writes a message: an interrupt, or whatever else is at that address. */
    void send(long to, int data) {
        if (MessageAddress.isMessage(to)) {
            if (command.isSet(BUS_MASTER)) {
                machine.controller().message(name, to, data);
            } else {
                refused(to, Integer.BYTES, true, BUS_MASTER_OFF);
            }
            return;
        }
        byte[] bytes = new byte[Integer.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (data >>> (8 * i));
        }
        writeMemory(to, bytes);
    }

    /** The device is pulled out: its configuration space reads as ones. */
    public void vanish() {
        configuration.vanish();
    }

    // ---- its way to memory ----

    private static final String BUS_MASTER_OFF = "bus mastering is off";
    private static final String NO_MEMORY = "no memory is there";

    /**
     * Reads memory.
     *
     * @return whether that could be done; if not, all bits read are ones
     */
    public boolean readMemory(long from, byte[] target) {
        if (!mayTransfer(from, target.length, false)) {
            Arrays.fill(target, (byte) 0xFF);
            return false;
        }
        machine.readPhysical(from, target);
        machine.emit(new Event.DmaTransferred(name, from, target.length, false));
        return true;
    }

    /**
     * Writes memory.
     *
     * @return whether that could be done; if not, nothing is written
     */
    public boolean writeMemory(long to, byte[] source) {
        if (!mayTransfer(to, source.length, true)) {
            return false;
        }
        machine.writePhysical(to, source);
        machine.emit(new Event.DmaTransferred(name, to, source.length, true));
        return true;
    }

    private boolean mayTransfer(long at, int length, boolean toMemory) {
        if (configuration.isGone()) {
            return false;
        }
        if (!command.isSet(BUS_MASTER)) {
            refused(at, length, toMemory, BUS_MASTER_OFF);
            return false;
        }
        boolean wraps = at < 0 || at > Long.MAX_VALUE - length;
        if (wraps || !machine.memory().contains(at, length)) {
            status.raise(RECEIVED_MASTER_ABORT);
            refused(at, length, toMemory, NO_MEMORY);
            return false;
        }
        return true;
    }

    private void refused(long at, int length, boolean toMemory, String reason) {
        machine.emit(new Event.DmaRefused(name, at, length, toMemory, reason));
    }

    @Override
    public void save(StateWriter out) {
        configuration.save(out);
        if (msix != null) {
            msix.table().save(out);
        }
    }

    @Override
    public void restore(StateReader in) {
        configuration.restore(in);
        if (msix != null) {
            msix.table().restore(in);
        }
    }
}
