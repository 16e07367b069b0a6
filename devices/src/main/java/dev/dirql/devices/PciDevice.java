package dev.dirql.devices;

import dev.dirql.devices.pci.BaseAddress;
import dev.dirql.devices.pci.MsiCapability;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.devices.pci.PciFunction;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A device on the PCI bus. Its registers and the table of MSI-X lie behind the base address
 * registers that its type names. Its interrupts have numbered <em>causes</em>, and each cause
 * belongs to a message: with MSI-X or MSI enabled a message is requested when the first of its
 * causes comes to hold; without, the line is asserted while any cause holds.
 *
 * <p>A subclass declares its registers, calls {@link #install} at the end of its constructor, and
 * calls {@link #updateLine} when a cause may have begun or ended.
 */
public abstract class PciDevice extends Device {
    /** Bytes for registers that every device was assigned. */
    private static final long WINDOW = 0x1_0000;

    private static final long PAGE = 4096;

    /** Where ranges beside the assigned one are mapped for the driver, behind all of those. */
    private static final long RANGES = 0xFFFF_A000_1000_0000L;

    private final PciBus bus;
    private final PciFunction function;

    /** Counts the interrupts by the line and by all messages together. */
    private final InterruptPlan planOfAll;

    private final InterruptTap[] taps;
    private final boolean[] reasons;
    private final List<RegisterRange> ranges = new ArrayList<>();

    protected PciDevice(DeviceType type, DeviceSetup setup) {
        this(type, setup, new InterruptPlan());
    }

    private PciDevice(DeviceType type, DeviceSetup setup, InterruptPlan planOfAll) {
        super(
                type,
                setup,
                new InterruptTap(
                        setup.machine(), setup.name(), "", PciInterrupts.line(setup), planOfAll));
        this.planOfAll = planOfAll;
        if (setup.pciBus() == null) {
            throw new IllegalArgumentException(
                    "device %s: the machine has no PCI bus".formatted(setup.name()));
        }
        bus = setup.pciBus();
        function = new PciFunction(bus, setup.name(), type.pci().identity());
        PciInterrupts.Capacity capacity = PciInterrupts.capacity(type, setup);
        if (type.pci().line()) {
            function.usesLine();
        }
        if (capacity.msi() > 0) {
            function.msi(capacity.msi());
        }
        if (capacity.msix() > 0) {
            PciRange table = type.pci().table();
            function.msix(capacity.msix(), table.index(), table.kind());
        }
        taps = new InterruptTap[Math.max(capacity.msi(), capacity.msix())];
        for (int i = 0; i < taps.length; i++) {
            taps[i] =
                    new InterruptTap(
                            setup.machine(),
                            setup.name(),
                            " message " + i,
                            new InterruptOutput.Message(function, i),
                            planOfAll);
        }
        reasons = new boolean[taps.length];
    }

    @Override
    final void claim() {
        for (PciRange range : type().pci().ranges()) {
            long registers = Math.max(registers().size(range.index()), range.size());
            long least = range.kind().isMemory() ? PAGE : Integer.BYTES;
            function.base(
                    range.index(),
                    range.kind(),
                    Math.max(least, Long.highestOneBit(2 * registers - 1)),
                    registers().range(range.index()));
        }
        function.complete(this::updateLine);
        for (BaseAddress base : function.bases()) {
            if (isAssigned(base)) {
                base.assign(resources().physicalBase());
            } else {
                bus.assign(base);
            }
        }
        for (PciRange range : type().pci().ranges()) {
            ranges.add(range(base(range.index())));
        }
        PciInterrupts.setUp(this);
    }

    /** Whether it has the place that every device is assigned for its registers. */
    private static boolean isAssigned(BaseAddress base) {
        return base.index() == 0 && base.kind().isMemory() && base.size() <= WINDOW;
    }

    private RegisterRange range(BaseAddress base) {
        boolean ports = !base.kind().isMemory();
        long pointer = RANGES + (base.address() - PciBus.RANGES);
        if (ports) {
            pointer = base.address();
        } else if (isAssigned(base)) {
            pointer = resources().virtualBase();
        }
        return new RegisterRange(
                base.index(), ports, base.address(), pointer, registers().size(base.index()));
    }

    private BaseAddress base(int index) {
        return function.bases().stream()
                .filter(base -> base.index() == index)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public final List<RegisterRange> ranges() {
        return List.copyOf(ranges);
    }

    // ---- what it is ----

    /** What it is on the bus. */
    public final PciFunction function() {
        return function;
    }

    /** Masks its messages, as the system leaves them until an interrupt object is connected. */
    public final void maskMessages() {
        function.msi().ifPresent(MsiCapability::maskAll);
        function.msix().ifPresent(msix -> msix.table().maskAll());
    }

    /** Physical address of its MSI-X table, or 0 if it does not use MSI-X. */
    public final long msixTable() {
        return function.usesMsix() ? base(type().pci().table().index()).address() : 0;
    }

    /** Entries of its MSI-X table, 0 if it does not use MSI-X. */
    public final int msixEntries() {
        return function.usesMsix() ? function.enabledMessages() : 0;
    }

    /** Physical address of the mask bits of MSI, or 0 if it does not use MSI. */
    public final long msiMaskBits() {
        boolean uses = !function.usesMsix() && function.enabledMessages() > 0;
        return uses
                ? PciBus.configurationOf(function.address())
                        + function.msi().orElseThrow().maskOffset()
                : 0;
    }

    @Override
    public final int messages() {
        return PciInterrupts.usesMsi(type(), properties())
                ? function.msi().map(MsiCapability::capableMessages).orElse(0)
                : function.msix().map(msix -> msix.table().entries()).orElse(0);
    }

    // ---- its interrupts ----

    /** How many causes of interrupts it has. */
    protected abstract int causes();

    /** Whether a cause holds and may interrupt. */
    protected abstract boolean holds(int cause);

    /**
     * The message that a cause belongs to; it is taken modulo the number of messages that software
     * enabled.
     */
    protected abstract int messageOf(int cause);

    /**
     * Whether there is a reason to assert the line.
     *
     * @param any whether any cause holds
     */
    protected boolean holdsLine(boolean any) {
        return any;
    }

    @Override
    protected void updateLine() {
        int enabled = function.enabledMessages();
        Arrays.fill(reasons, false);
        boolean any = false;
        for (int i = 0; i < causes(); i++) {
            if (holds(i)) {
                any = true;
                if (enabled > 0) {
                    reasons[messageOf(i) % enabled] = true;
                }
            }
        }
        interruptWhile(function.mayAssertLine(holdsLine(any) && enabled == 0));
        for (int i = 0; i < taps.length; i++) {
            taps[i].set(reasons[i]);
        }
    }

    /**
     * Says that a cause arises, just before it does: while another one of its message, or it
     * itself, lasts, it makes no interrupt of its own. {@link #updateLine} follows.
     */
    protected final void causeArises(int cause) {
        int enabled = function.enabledMessages();
        if (enabled > 0) {
            taps[messageOf(cause) % enabled].arises();
        } else {
            interrupt().arises();
        }
    }

    @Override
    public final List<InterruptCondition> conditions() {
        if (isGone()) {
            return List.of();
        }
        int enabled = function.enabledMessages();
        if (enabled == 0) {
            // It has but its line then, whatever messages it was assigned.
            return interrupt().isConnected()
                    ? List.of(
                            interrupt()
                                    .condition(
                                            "line " + line(),
                                            resources().messages().isEmpty()
                                                    ? resources().vector()
                                                    : 0,
                                            false))
                    : List.of();
        }
        List<InterruptCondition> all = new ArrayList<>();
        for (int i = 0; i < enabled; i++) {
            all.add(taps[i].condition("message " + i, function.vectorOf(i), function.isPending(i)));
        }
        return all;
    }

    /**
     * Begins the interrupt of a cause anew, if it holds: the message is requested once more, though
     * nothing ended.
     */
    protected final void requestAgain(int cause) {
        int enabled = function.enabledMessages();
        if (enabled > 0 && holds(cause)) {
            taps[messageOf(cause) % enabled].set(false);
        }
        updateLine();
    }

    @Override
    final void vanishFromBus() {
        function.vanish();
        for (InterruptTap tap : taps) {
            tap.vanish();
        }
    }

    /** How many messages it may send now; 0 if it is to use its line. */
    protected final int enabledMessages() {
        return function.enabledMessages();
    }

    /**
     * Sends a message that no cause stands behind: one interrupt, over as soon as it began. Nothing
     * happens while it is to use its line.
     *
     * @param message taken modulo the number of messages that software enabled
     */
    protected final void send(int message) {
        int enabled = function.enabledMessages();
        if (enabled > 0) {
            taps[message % enabled].once();
        }
    }

    // ---- what a scenario does to it ----

    /**
     * {@inheritDoc}
     *
     * <p>A device does it by letting a cause hold that belongs to the message, if it has one.
     */
    @Override
    protected abstract void raise(int message);

    @Override
    protected final void raise() {
        raise(ANY_MESSAGE);
    }

    /** The first cause that belongs to a message now, or -1; for no particular message 0. */
    protected final int causeOf(int message) {
        int enabled = function.enabledMessages();
        if (message == ANY_MESSAGE || enabled == 0) {
            return 0;
        }
        for (int i = 0; i < causes(); i++) {
            if (messageOf(i) % enabled == message % enabled) {
                return i;
            }
        }
        return -1;
    }

    /** Requests a message, or the line, once, whatever the causes are. */
    protected final void requestWithoutCause(int message) {
        tap(message).requestOnce();
    }

    private InterruptTap tap(int message) {
        int enabled = function.enabledMessages();
        return enabled == 0 ? interrupt() : taps[Math.max(message, 0) % enabled];
    }

    @Override
    final void disturb(InterruptStimulus stimulus, int message) {
        InterruptTap tap = tap(message);
        if (message != ANY_MESSAGE) {
            tap.stimulate(stimulus);
            return;
        }
        switch (stimulus) {
            case InterruptStimulus.Lose lose -> plan(stimulus, lose.ordinal());
            case InterruptStimulus.Duplicate duplicate -> plan(stimulus, duplicate.ordinal());
            case InterruptStimulus.Delay delay -> plan(stimulus, delay.ordinal());
            case InterruptStimulus.Raise _,
                    InterruptStimulus.RaiseSpurious _,
                    InterruptStimulus.Storm _ ->
                    tap.stimulate(stimulus);
        }
    }

    private void plan(InterruptStimulus stimulus, long ordinal) {
        planOfAll.add(stimulus, stimulus.text(), ordinal);
    }

    @Override
    final void saveInterrupts(StateWriter out) {
        function.save(out);
        planOfAll.save(out);
        for (InterruptTap tap : taps) {
            tap.save(out);
        }
    }

    @Override
    final void restoreInterrupts(StateReader in) {
        function.restore(in);
        planOfAll.restore(in);
        for (InterruptTap tap : taps) {
            tap.restore(in);
        }
    }
}
