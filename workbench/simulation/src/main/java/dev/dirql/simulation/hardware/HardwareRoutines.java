package dev.dirql.simulation.hardware;

import dev.dirql.devices.DeviceSetup;
import dev.dirql.devices.Property;
import dev.dirql.devices.PropertyKind;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.PropertyValues;
import dev.dirql.devices.StimulusType;
import dev.dirql.devices.register.Register;
import dev.dirql.events.RunEnd;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration.Occasion;
import dev.dirql.scenario.language.HardwareDeclaration.Routine;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What declared hardware does. Whatever happens to it calls a routine of its C, which finds the
 * registers in variables; then the device around decides its interrupts.
 */
final class HardwareRoutines implements HardwareFunctions, HardwareRegisters.Touch, StatePart {
    private record Variable(Register register, long address) {}

    private static final HardwareProcessor.Stores NOBODY = (_, _, _, _) -> {};

    private final HardwareDeclaration hardware;
    private final HardwareSurroundings around;
    private final Machine machine;
    private final String name;
    private final HardwareRegisters registers;
    private final List<Integer> timers = new ArrayList<>();
    private final BitSet freeRunning = new BitSet();
    private final boolean[] running;
    private final List<Variable> variables = new ArrayList<>();
    private final Optional<HardwareProcessor> processor;
    private final HardwareReasons reasons;
    private boolean active;

    /**
     * @param program what it does; without, it only has registers
     */
    HardwareRoutines(
            HardwareDeclaration hardware,
            Optional<Image> program,
            DeviceSetup setup,
            HardwareSurroundings around) {
        this.hardware = hardware;
        this.around = around;
        machine = setup.machine();
        name = setup.name();
        running =
                new boolean
                        [hardware.timers().stream()
                                .mapToInt(HardwareDeclaration.Timer::elements)
                                .sum()];
        processor = program.map(image -> new HardwareProcessor(image, this));
        registers = new HardwareRegisters(hardware, this);
        reasons = new HardwareReasons(hardware);
        for (HardwareDeclaration.Timer declared : hardware.timers()) {
            for (int i = 0; i < declared.elements(); i++) {
                int number = timers.size();
                int index = i;
                freeRunning.set(number, declared.freeRunning());
                timers.add(machine.queue().register((_, _) -> expired(declared, index, number)));
            }
        }
        for (HardwareDeclaration.Register declared : hardware.registers()) {
            processor
                    .map(cpu -> cpu.variable(declared.name()))
                    .filter(OptionalLong::isPresent)
                    .ifPresent(found -> {
                        variables(declared, found.getAsLong());
                        reasons.found(declared, found.getAsLong());
                    });
        }
    }

    private void variables(HardwareDeclaration.Register declared, long address) {
        long next = address;
        for (Register register : registers.named(declared.name())) {
            variables.add(new Variable(register, next));
            next += register.width();
        }
    }

    Register[] registers() {
        return registers.all();
    }

    /**
     * Switches it on.
     *
     * @throws IllegalArgumentException if that goes wrong; the message is for the user
     */
    void powerOn() {
        try {
            hardware.routine(Occasion.POWER, "")
                    .ifPresent(power -> execute(power, List.of(), NOBODY));
        } catch (HardwareFault fault) {
            throw new IllegalArgumentException(text("on power", fault), fault);
        }
    }

    // ---- what happens to it ----

    @Override
    public void reading(HardwareDeclaration.Register register, int index) {
        hardware.routine(Occasion.READ, register.name())
                .ifPresent(routine ->
                        happened(routine, register.isArray() ? List.of((long) index) : List.of()));
    }

    @Override
    public void read() {
        around.changed();
    }

    @Override
    public void written(
            HardwareDeclaration.Register register,
            int index,
            long written,
            long previous,
            long lanes) {
        List<Object> arguments = new ArrayList<>(List.of(written, previous, lanes));
        if (register.isArray()) {
            arguments.add((long) index);
        }
        hardware.routine(Occasion.WRITE, register.name())
                .ifPresent(routine -> happened(routine, arguments));
        around.changed();
    }

    private void expired(HardwareDeclaration.Timer timer, int index, int number) {
        running[number] = false;
        happensByItself(
                Occasion.TIMER, timer.name(), timer.isArray() ? List.of((long) index) : List.of());
        around.changed();
    }

    /** A workload lets an interrupt happen that may have a name. */
    void raise(String interrupt, List<Object> arguments) {
        happensByItself(Occasion.RAISE, interrupt, arguments);
    }

    void stimulate(StimulusType stimulus, PropertyValues arguments) {
        List<Object> values = new ArrayList<>();
        for (Property argument : stimulus.arguments()) {
            values.add(value(argument.kind(), arguments.find(argument.name()).orElseThrow()));
        }
        happensByItself(Occasion.STIMULUS, stimulus.name(), values);
    }

    private static Object value(PropertyKind kind, PropertyValue value) {
        return switch (value) {
            case PropertyValue.Quantity(long number) -> number;
            case PropertyValue.Truth(boolean truth) -> truth ? 1L : 0L;
            case PropertyValue.Text(String text) -> text;
            case PropertyValue.Word(String word) ->
                    kind instanceof PropertyKind.Choice(List<String> words)
                            ? (Object) (long) words.indexOf(word)
                            : (Object) 0L;
            case PropertyValue.Line(int input, _) -> (long) input;
        };
    }

    /** Something happens that no access of software brought about. */
    private void happensByItself(Occasion occasion, String subject, List<Object> arguments) {
        Optional<Routine> routine = hardware.routine(occasion, subject);
        if (routine.isEmpty() || processor.isEmpty()) {
            return;
        }
        HardwareReasons.Raised raised = reasons.nothingRaised();
        happened(routine.get(), arguments, raised);
        raised.tell(around);
    }

    /** Carries a routine out; if it goes wrong, the run ends. */
    private long happened(Routine routine, List<Object> arguments) {
        return happened(routine, arguments, NOBODY);
    }

    private long happened(Routine routine, List<Object> arguments, HardwareProcessor.Stores told) {
        if (machine.hasEnded()) {
            return 0;
        }
        try {
            return execute(routine, arguments, told);
        } catch (HardwareFault fault) {
            machine.end(RunEnd.DEVICE_FAULT, text(routine.written(), fault));
            return 0;
        }
    }

    private String text(String routine, HardwareFault fault) {
        return "%s (%s): %s: %s".formatted(name, hardware.name(), routine, fault.getMessage());
    }

    // ---- its conditions ----

    /** Whether there is a reason for an interrupt; false once the run has ended. */
    boolean holds(String interrupt) {
        return hardware.routine(Occasion.CONDITION, interrupt)
                .map(condition -> holds(condition, List.of()))
                .orElse(false);
    }

    /** Tells of each message that has a condition whether there is a reason for it. */
    void messages(boolean[] held) {
        for (HardwareDeclaration.Message message : hardware.messages()) {
            Routine condition = hardware.routine(Occasion.MESSAGE, message.numbers()).orElseThrow();
            for (int i = message.first(); i <= message.last() && !machine.hasEnded(); i++) {
                held[i] = holds(condition, List.of((long) i));
            }
        }
    }

    private boolean holds(Routine condition, List<Object> arguments) {
        return (happened(condition, arguments) & 0xFFFF_FFFFL) != 0;
    }

    // ---- its processor ----

    private long execute(Routine routine, List<Object> arguments, HardwareProcessor.Stores told) {
        if (processor.isEmpty()) {
            return 0;
        }
        if (active) {
            throw new IllegalStateException(name + ": a device inside itself");
        }
        HardwareProcessor cpu = processor.get();
        active = true;
        try {
            for (Variable variable : variables) {
                cpu.set(variable.address, variable.register.width(), variable.register.value());
            }
            long result =
                    told == NOBODY
                            ? cpu.call(routine.function(), arguments)
                            : cpu.call(routine.function(), arguments, told);
            if (!routine.isCondition()) {
                takeOver(cpu);
            }
            return result;
        } finally {
            active = false;
        }
    }

    private void takeOver(HardwareProcessor cpu) {
        for (Variable variable : variables) {
            variable.register.set(cpu.get(variable.address, variable.register.width()));
        }
    }

    // ---- what its C asks for ----

    @Override
    public boolean dmaReaches(long address, long length) {
        return !around.isGone()
                && address >= 0
                && length >= 0
                && address <= Long.MAX_VALUE - length
                && machine.memory().contains(address, length);
    }

    @Override
    public boolean dmaRead(long address, byte[] target) {
        return around.readMemory(address, target);
    }

    @Override
    public boolean dmaWrite(long address, byte[] source) {
        return around.writeMemory(address, source);
    }

    @Override
    public long nowNs() {
        return Math.max(machine.nowNs(), 0);
    }

    @Override
    public void start(int timer, long ns) {
        cancel(timer);
        if (isTimer(timer)) {
            running[timer] = true;
            long at = nowNs() > Long.MAX_VALUE - 1 - ns ? Long.MAX_VALUE - 1 : nowNs() + ns;
            if (freeRunning.get(timer)) {
                machine.queue().setBackground(timers.get(timer), at, 0);
            } else {
                machine.queue().set(timers.get(timer), at, 0);
            }
        }
    }

    @Override
    public void cancel(int timer) {
        if (isTimer(timer) && running[timer]) {
            running[timer] = false;
            machine.queue().cancel(timers.get(timer), 0);
        }
    }

    @Override
    public boolean isRunning(int timer) {
        return isTimer(timer) && running[timer];
    }

    private boolean isTimer(int timer) {
        return timer >= 0 && timer < running.length;
    }

    @Override
    public void resetRegisters() {
        registers.reset();
        for (Variable variable : variables) {
            processor
                    .orElseThrow()
                    .set(
                            variable.address,
                            variable.register.width(),
                            variable.register.resetValue());
        }
    }

    @Override
    public int messages() {
        return hardware.pci().map(HardwareDeclaration.Pci::messages).orElse(0);
    }

    @Override
    public int enabledMessages() {
        return around.enabledMessages();
    }

    @Override
    public void sendMessage(int number) {
        around.sendMessage(number);
    }

    // ---- moments ----

    @Override
    public void save(StateWriter out) {
        for (boolean one : running) {
            out.value(one);
        }
        processor.ifPresent(cpu -> cpu.save(out));
    }

    @Override
    public void restore(StateReader in) {
        for (int i = 0; i < running.length; i++) {
            running[i] = in.booleanValue();
        }
        processor.ifPresent(cpu -> cpu.restore(in));
    }
}
