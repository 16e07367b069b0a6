package dev.dirql.simulation.hardware;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceSetup;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.Property;
import dev.dirql.devices.PropertyKind;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.PropertyValues;
import dev.dirql.devices.StimulusType;
import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration.Occasion;
import dev.dirql.scenario.language.HardwareDeclaration.Routine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A device of declared hardware. Whatever happens to it calls a routine of its C, which finds the
 * registers in variables; then the conditions of its interrupts are asked for.
 */
public final class HardwareDevice extends Device implements HardwareFunctions {
    private record Variable(Register register, long address) {}

    private final HardwareDeclaration hardware;
    private final List<Register> registers = new ArrayList<>();
    private final List<Integer> timers = new ArrayList<>();
    private final boolean[] running;
    private final List<Variable> variables = new ArrayList<>();
    private final Optional<HardwareProcessor> processor;
    private boolean active;

    /**
     * @param program what it does; without, it only has registers
     * @throws IllegalArgumentException if it goes wrong at power-on; the message is for the user
     */
    HardwareDevice(
            DeviceType type,
            DeviceSetup setup,
            HardwareDeclaration hardware,
            Optional<Image> program) {
        super(type, setup);
        this.hardware = hardware;
        running = new boolean[hardware.timers().size()];
        processor = program.map(image -> new HardwareProcessor(image, this));
        for (HardwareDeclaration.Register declared : hardware.registers()) {
            registers.add(register(declared));
        }
        for (int i = 0; i < running.length; i++) {
            int timer = i;
            timers.add(machine().queue().register((_, _) -> expired(timer)));
        }
        for (Register register : registers) {
            processor
                    .map(cpu -> cpu.variable(register.name()))
                    .filter(OptionalLong::isPresent)
                    .ifPresent(found -> variables.add(new Variable(register, found.getAsLong())));
        }
        install(registers.toArray(new Register[0]));
        try {
            hardware.routine(Occasion.POWER, "").ifPresent(power -> execute(power, List.of()));
        } catch (HardwareFault fault) {
            throw new IllegalArgumentException(text("on power", fault), fault);
        }
    }

    private Register register(HardwareDeclaration.Register declared) {
        Register register =
                Register.named(declared.name())
                        .at(declared.offset())
                        .width(declared.width())
                        .describedAs(declared.meaning())
                        .access(access(declared.access()))
                        .resetsTo(declared.reset());
        for (HardwareDeclaration.Field field : declared.fields()) {
            long ones = -1L >>> (63 - (field.highest() - field.lowest()));
            register.field(
                    ones << field.lowest(), field.name(), access(field.access()), field.meaning());
        }
        for (HardwareDeclaration.NamedValue value : declared.values()) {
            register.value(value.value(), value.name(), value.meaning());
        }
        hardware.routine(Occasion.READ, declared.name())
                .ifPresent(routine -> register.beforeRead(() -> happened(routine, List.of())));
        if (changesWhenRead(declared)) {
            register.afterRead(this::updateLine);
        }
        Optional<Routine> write = hardware.routine(Occasion.WRITE, declared.name());
        register.afterWrite(written -> {
            write.ifPresent(routine -> happened(routine, List.of(written)));
            updateLine();
        });
        return register;
    }

    private boolean changesWhenRead(HardwareDeclaration.Register declared) {
        return hardware.routine(Occasion.READ, declared.name()).isPresent()
                || declared.access() == HardwareDeclaration.Access.READ_TO_CLEAR
                || declared.fields().stream()
                        .anyMatch(field ->
                                field.access() == HardwareDeclaration.Access.READ_TO_CLEAR);
    }

    private static Access access(HardwareDeclaration.Access access) {
        return switch (access) {
            case READ_WRITE -> Access.READ_WRITE;
            case READ_ONLY -> Access.READ_ONLY;
            case WRITE_ONLY -> Access.WRITE_ONLY;
            case WRITE_ONE_TO_CLEAR -> Access.WRITE_ONE_TO_CLEAR;
            case READ_TO_CLEAR -> Access.READ_TO_CLEAR;
        };
    }

    // ---- what happens to it ----

    private void expired(int timer) {
        running[timer] = false;
        hardware.routine(Occasion.TIMER, hardware.timers().get(timer))
                .ifPresent(routine -> happened(routine, List.of()));
        updateLine();
    }

    @Override
    protected void raise() {
        hardware.routine(Occasion.RAISE, "").ifPresent(routine -> happened(routine, List.of()));
    }

    @Override
    protected void raise(String further) {
        hardware.routine(Occasion.RAISE, further)
                .ifPresent(routine -> happened(routine, List.of()));
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        List<Object> values = new ArrayList<>();
        for (Property argument : stimulus.arguments()) {
            values.add(value(argument.kind(), arguments.find(argument.name()).orElseThrow()));
        }
        hardware.routine(Occasion.STIMULUS, stimulus.name())
                .ifPresent(routine -> happened(routine, values));
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

    /** Asks the C for each interrupt whether there is a reason for it. */
    @Override
    protected void updateLine() {
        for (HardwareDeclaration.Interrupt interrupt : hardware.interrupts()) {
            hardware.routine(Occasion.CONDITION, interrupt.name())
                    .ifPresent(condition -> {
                        boolean holds = (happened(condition, List.of()) & 0xFFFF_FFFFL) != 0;
                        if (machine().hasEnded()) {
                            return;
                        }
                        if (interrupt.name().isEmpty()) {
                            interruptWhile(holds);
                        } else {
                            interruptWhile(interrupt.name(), holds);
                        }
                    });
        }
    }

    /** Carries a routine out; if it goes wrong, the run ends. */
    private long happened(Routine routine, List<Object> arguments) {
        if (machine().hasEnded()) {
            return 0;
        }
        try {
            return execute(routine, arguments);
        } catch (HardwareFault fault) {
            machine().end(RunEnd.DEVICE_FAULT, text(routine.written(), fault));
            return 0;
        }
    }

    private String text(String routine, HardwareFault fault) {
        return "%s (%s): %s: %s".formatted(name(), hardware.name(), routine, fault.getMessage());
    }

    private long execute(Routine routine, List<Object> arguments) {
        if (processor.isEmpty()) {
            return 0;
        }
        if (active) {
            throw new IllegalStateException(name() + ": a device inside itself");
        }
        HardwareProcessor cpu = processor.get();
        active = true;
        try {
            for (Variable variable : variables) {
                cpu.set(variable.address, variable.register.width(), variable.register.value());
            }
            long result = cpu.call(routine.function(), arguments);
            if (routine.occasion() != Occasion.CONDITION) {
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
        return !isGone()
                && address >= 0
                && length >= 0
                && address <= Long.MAX_VALUE - length
                && machine().memory().contains(address, length);
    }

    @Override
    public void dmaRead(long address, byte[] target) {
        machine().readPhysical(address, target);
        machine().emit(new Event.DmaTransferred(name(), address, target.length, false));
    }

    @Override
    public void dmaWrite(long address, byte[] source) {
        machine().writePhysical(address, source);
        machine().emit(new Event.DmaTransferred(name(), address, source.length, true));
    }

    @Override
    public void dmaRefused(long address, long length, boolean toMemory) {
        machine()
                .emit(
                        new Event.DmaRefused(
                                name(), address, length, toMemory, "no memory is there"));
    }

    @Override
    public long nowNs() {
        return Math.max(machine().nowNs(), 0);
    }

    @Override
    public void start(int timer, long ns) {
        cancel(timer);
        if (isTimer(timer)) {
            running[timer] = true;
            long at = nowNs() > Long.MAX_VALUE - 1 - ns ? Long.MAX_VALUE - 1 : nowNs() + ns;
            machine().queue().set(timers.get(timer), at, 0);
        }
    }

    @Override
    public void cancel(int timer) {
        if (isTimer(timer) && running[timer]) {
            running[timer] = false;
            machine().queue().cancel(timers.get(timer), 0);
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
        registers().reset();
        for (Variable variable : variables) {
            processor
                    .orElseThrow()
                    .set(
                            variable.address,
                            variable.register.width(),
                            variable.register.resetValue());
        }
    }

    // ---- moments ----

    @Override
    protected void saveDevice(StateWriter out) {
        for (boolean one : running) {
            out.value(one);
        }
        processor.ifPresent(cpu -> cpu.save(out));
    }

    @Override
    protected void restoreDevice(StateReader in) {
        for (int i = 0; i < running.length; i++) {
            running[i] = in.booleanValue();
        }
        processor.ifPresent(cpu -> cpu.restore(in));
    }
}
