package dev.dirql.simulation.hardware;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.scenario.language.HardwareDeclaration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The registers of a device as its declaration lists them. */
final class HardwareRegisters {
    /** What happens when software touches a register. */
    interface Touch {
        /** Software is about to read. */
        void reading(HardwareDeclaration.Register register, int index);

        /** Software has read what a read changes. */
        void read();

        /** Software has written. */
        void written(
                HardwareDeclaration.Register register,
                int index,
                long written,
                long previous,
                long lanes);
    }

    private final HardwareDeclaration hardware;
    private final Touch touch;

    /** The registers of each declared one, by its name. */
    private final Map<String, List<Register>> byName = new LinkedHashMap<>();

    private final List<Register> all = new ArrayList<>();

    HardwareRegisters(HardwareDeclaration hardware, Touch touch) {
        this.hardware = hardware;
        this.touch = touch;
        for (HardwareDeclaration.Register declared : hardware.registers()) {
            List<Register> elements = new ArrayList<>();
            for (int i = 0; i < declared.elements(); i++) {
                elements.add(register(declared, i));
            }
            byName.put(declared.name(), elements);
            all.addAll(elements);
        }
    }

    /** Puts every register back to its value at power-on. */
    void reset() {
        all.forEach(Register::reset);
    }

    Register[] all() {
        return all.toArray(Register[]::new);
    }

    /** The registers of a declared one: those of an array, or one. */
    List<Register> named(String name) {
        return byName.getOrDefault(name, List.of());
    }

    private Register register(HardwareDeclaration.Register declared, int index) {
        Register register =
                Register.named(declared.name())
                        .inRange(declared.bar())
                        .at(declared.offset(index))
                        .width(declared.width())
                        .describedAs(declared.meaning())
                        .access(access(declared.access()))
                        .resetsTo(declared.reset());
        if (declared.isArray()) {
            register.element(index, declared.step());
        }
        if (declared.bigEndian()) {
            register.bigEndian();
        }
        for (HardwareDeclaration.Field field : declared.fields()) {
            long ones = -1L >>> (63 - (field.highest() - field.lowest()));
            register.field(
                    ones << field.lowest(), field.name(), access(field.access()), field.meaning());
        }
        for (HardwareDeclaration.NamedValue value : declared.values()) {
            register.value(value.value(), value.name(), value.meaning());
        }
        share(declared, register);
        if (hardware.routine(HardwareDeclaration.Occasion.READ, declared.name()).isPresent()) {
            register.beforeRead(() -> touch.reading(declared, index));
        }
        if (changesWhenRead(declared)) {
            register.afterRead(touch::read);
        }
        register.onWrite((written, previous, lanes) ->
                touch.written(declared, index, written, previous, lanes));
        return register;
    }

    /** Of two registers at one place the one is read and the other written. */
    private void share(HardwareDeclaration.Register declared, Register register) {
        boolean shares =
                hardware.registers().stream()
                        .anyMatch(other -> other != declared && overlap(declared, other));
        if (shares && declared.isOnlyWritten()) {
            register.writeOnlyHere();
        } else if (shares && declared.isOnlyRead()) {
            register.readOnlyHere();
        }
    }

    private static boolean overlap(
            HardwareDeclaration.Register one, HardwareDeclaration.Register other) {
        boolean opposite =
                (one.isOnlyRead() && other.isOnlyWritten())
                        || (one.isOnlyWritten() && other.isOnlyRead());
        if (!opposite || one.bar() != other.bar()) {
            return false;
        }
        for (int i = 0; i < one.elements(); i++) {
            for (int k = 0; k < other.elements(); k++) {
                if (one.offset(i) < other.offset(k) + other.width()
                        && other.offset(k) < one.offset(i) + one.width()) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean changesWhenRead(HardwareDeclaration.Register declared) {
        return hardware.routine(HardwareDeclaration.Occasion.READ, declared.name()).isPresent()
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
            case WRITE_ONE_TO_SET -> Access.WRITE_ONE_TO_SET;
            case WRITE_ONE_TO_TOGGLE -> Access.WRITE_ONE_TO_TOGGLE;
            case WRITE_ZERO_TO_CLEAR -> Access.WRITE_ZERO_TO_CLEAR;
            case WRITE_TO_CLEAR -> Access.WRITE_TO_CLEAR;
            case WRITE_ONCE -> Access.WRITE_ONCE;
        };
    }
}
