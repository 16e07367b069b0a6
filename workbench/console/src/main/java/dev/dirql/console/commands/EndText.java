package dev.dirql.console.commands;

import dev.dirql.events.RunEnd;
import dev.dirql.simulation.OpenRun;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a run ended. */
final class EndText {
    private EndText() {}

    /** In words; empty while it goes on. */
    static String of(OpenRun run) {
        @Nullable RunEnd end = run.machine().ended();
        if (end == null) {
            return "";
        }
        String reason = end.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String detail = run.machine().endDetail();
        return "The run is over (" + reason + ")" + (detail.isEmpty() ? "." : ": " + detail);
    }
}
