package dev.dirql.console.gdb;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the machine is to go. Threads are numbers of processors; empty is the one of the last stop.
 */
sealed interface Resume {
    record Continue() implements Resume {}

    /** One instruction, into interrupts as well. */
    record Step(OptionalInt processor) implements Resume {}

    /** Instructions as long as they lie in a range; an interrupt on the way is done as a whole. */
    record Range(OptionalInt processor, long start, long end) implements Resume {}

    record StepBack(OptionalInt processor) implements Resume {}

    record ContinueBack() implements Resume {}

    /** Not at all. */
    record Stand() implements Resume {}

    /**
     * What vCont asks for. Others always go as the schedule has it, so the first action that steps
     * counts, else the first that goes on.
     *
     * @param actions what stands behind {@code vCont;}
     * @param processors how many there are
     */
    static Resume of(String actions, int processors) {
        Resume resume = new Stand();
        for (String action : actions.split(";", -1)) {
            if (action.isEmpty()) {
                throw new Refused();
            }
            int colon = action.indexOf(':');
            String what = colon < 0 ? action : action.substring(0, colon);
            OptionalInt processor =
                    colon < 0
                            ? OptionalInt.empty()
                            : processor(action.substring(colon + 1), processors);
            Resume asked = one(what, processor);
            boolean goes = asked instanceof Continue;
            if (!(asked instanceof Stand) && !goes) {
                return rest(actions, asked);
            }
            if (goes) {
                resume = asked;
            }
        }
        return resume;
    }

    /** The actions behind the one that counts must be right as well. */
    private static Resume rest(String actions, Resume counts) {
        if (actions.endsWith(";")) {
            throw new Refused();
        }
        return counts;
    }

    private static Resume one(String what, OptionalInt processor) {
        return switch (what.charAt(0)) {
            case 'c', 'C' -> signalled(what, new Continue());
            case 's', 'S' -> signalled(what, new Step(processor));
            case 't' -> new Stand();
            case 'r' -> {
                String[] range = PacketText.fields(what.substring(1), ',', 2);
                yield new Range(
                        processor, PacketText.number(range[0]), PacketText.number(range[1]));
            }
            default -> throw new Refused();
        };
    }

    /** A signal is nothing that a machine could take; it is left out. */
    private static Resume signalled(String what, Resume resume) {
        boolean signal = what.charAt(0) < 'a';
        if (what.length() != (signal ? 3 : 1)) {
            throw new Refused();
        }
        if (signal) {
            PacketText.number(what.substring(1), 0xFF);
        }
        return resume;
    }

    /**
     * The processor of a thread; empty for all threads and for any.
     *
     * @throws Refused if there is no such thread
     */
    static OptionalInt processor(String thread, int processors) {
        return known(thread, processors).orElseThrow(Refused::new);
    }

    private static Optional<OptionalInt> known(String thread, int processors) {
        if (thread.equals("-1") || thread.equals("0")) {
            return Optional.of(OptionalInt.empty());
        }
        int number = PacketText.number(thread, Integer.MAX_VALUE);
        return number < 1 || number > processors
                ? Optional.empty()
                : Optional.of(OptionalInt.of(number - 1));
    }
}
