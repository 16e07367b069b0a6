package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.simulation.RunPosition;
import java.util.Optional;

/** Positions as a person types them: in hex, as WinDbg shows them. */
final class Positions {
    private Positions() {}

    /** An event with steps behind it, or a time; empty if the text is neither. */
    static Optional<RunPosition> read(String text) {
        try {
            if (text.matches("[0-9A-Fa-f]{1,15}:[0-9A-Fa-f]{1,15}")) {
                int colon = text.indexOf(':');
                return Optional.of(
                        new RunPosition.AtEvent(
                                Long.parseLong(text.substring(0, colon), 16),
                                Long.parseLong(text.substring(colon + 1), 16)));
            }
            return text.length() > 30
                    ? Optional.empty()
                    : RunPosition.Texts.time(text).map(RunPosition.AtTime::new);
        } catch (NumberFormatException e) {
            throw none(text);
        }
    }

    static double percent(String text) {
        try {
            double percent = text.matches("\\d{1,3}(\\.\\d{1,9})?") ? Double.parseDouble(text) : -1;
            if (percent >= 0 && percent <= 100) {
                return percent;
            }
        } catch (NumberFormatException e) {
            // Said like everything else that is none.
        }
        throw none(text);
    }

    static ConsoleError none(String text) {
        return new ConsoleError(
                ("'%s' is no position: write SEQUENCE:STEPS in hex as in 1A0:12F, a time as in"
                                + " 1.5ms, or a percentage from 0 to 100.")
                        .formatted(text));
    }
}
