package dev.dirql.simulation.hardware;

import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration.Occasion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which stores of a device's C are reasons for its interrupts: those that set a bit, or set one
 * again, that the condition of the interrupt names, as a field or with all of its register. Arrays
 * of registers and conditions for several messages are left out: of them the text alone does not
 * tell which element is meant.
 */
final class HardwareReasons {
    /** What a condition names. */
    private record Named(String interrupt, int message, String register, long bits) {}

    private record Variable(HardwareDeclaration.Register register, long address) {}

    private static final int NO_MESSAGE = -1;

    private final List<Named> named = new ArrayList<>();
    private final List<Variable> variables = new ArrayList<>();

    HardwareReasons(HardwareDeclaration hardware) {
        for (HardwareDeclaration.Interrupt interrupt : hardware.interrupts()) {
            hardware.routine(Occasion.CONDITION, interrupt.name())
                    .ifPresent(
                            condition -> names(hardware, condition, interrupt.name(), NO_MESSAGE));
        }
        for (HardwareDeclaration.Message message : hardware.messages()) {
            if (message.first() == message.last()) {
                hardware.routine(Occasion.MESSAGE, message.numbers())
                        .ifPresent(condition -> names(hardware, condition, "", message.first()));
            }
        }
    }

    private void names(
            HardwareDeclaration hardware,
            HardwareDeclaration.Routine condition,
            String interrupt,
            int message) {
        String text = condition.source().text();
        for (HardwareDeclaration.Register register : hardware.registers()) {
            if (register.isArray()) {
                continue;
            }
            Matcher uses =
                    Pattern.compile("\\b" + register.name() + "\\b(?:\\s*\\.\\s*(\\w+))?")
                            .matcher(text);
            while (uses.find()) {
                named.add(
                        new Named(
                                interrupt,
                                message,
                                register.name(),
                                uses.group(1) == null ? -1 : bits(register, uses.group(1))));
            }
        }
    }

    private static long bits(HardwareDeclaration.Register register, String field) {
        return register.fields().stream()
                .filter(one -> one.name().equals(field))
                .mapToLong(HardwareReasons::mask)
                .findFirst()
                .orElse(-1);
    }

    private static long mask(HardwareDeclaration.Field field) {
        return -1L >>> (63 - (field.highest() - field.lowest())) << field.lowest();
    }

    /** Tells where the C finds a register. */
    void found(HardwareDeclaration.Register register, long address) {
        if (!register.isArray()) {
            variables.add(new Variable(register, address));
        }
    }

    /** To be told of the stores of one routine. */
    Raised nothingRaised() {
        return new Raised();
    }

    /** The interrupts for which the stores so far may be reasons. */
    final class Raised implements HardwareProcessor.Stores {
        private final Set<String> interrupts = new TreeSet<>();
        private final Set<Integer> messages = new TreeSet<>();

        @Override
        public void stored(long address, int size, long before, long after) {
            for (Variable variable : variables) {
                long offset = address - variable.address;
                if (offset >= 0 && offset + size <= variable.register.width()) {
                    raised(variable.register, before << (8 * offset), after << (8 * offset));
                }
            }
        }

        private void raised(HardwareDeclaration.Register register, long before, long after) {
            long bits = after == before ? setAgain(register, after) : after & ~before;
            for (Named one : named) {
                if (one.register.equals(register.name()) && (one.bits & bits) != 0) {
                    if (one.message == NO_MESSAGE) {
                        interrupts.add(one.interrupt);
                    } else {
                        messages.add(one.message);
                    }
                }
            }
        }

        /**
         * A store that changes nothing sets again what is set, but of several fields that are set
         * it may have meant any, or have cleared one that was clear; then it counts for none.
         */
        private static long setAgain(HardwareDeclaration.Register register, long value) {
            if (register.fields().isEmpty()) {
                return value;
            }
            List<Long> set =
                    register.fields().stream()
                            .map(HardwareReasons::mask)
                            .filter(mask -> (value & mask) != 0)
                            .toList();
            return set.size() == 1 ? set.getFirst() : 0;
        }

        void tell(HardwareSurroundings around) {
            interrupts.forEach(around::reasonArose);
            messages.forEach(around::messageReasonArose);
        }
    }
}
