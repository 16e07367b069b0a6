package dev.dirql.cli.text;

import dev.dirql.simulation.view.EventText;
import dev.dirql.store.TraceComparison.EventDifference;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.Optional;

/** Both sides of a difference, with what came before it. */
public final class DifferenceText {
    private DifferenceText() {}

    /**
     * @param leftName what the left side is, such as "recorded"
     * @param leftText writes its events
     */
    public static String of(
            EventDifference difference,
            String leftName,
            EventText leftText,
            String rightName,
            EventText rightText) {
        StringBuilder out = new StringBuilder();
        if (difference.before().isEmpty()) {
            out.append("They differ from the first event on.\n");
        } else {
            out.append("The last events that both have:\n");
            for (EventRecord event : difference.before()) {
                out.append("    ").append(leftText.line(event.stamp(), event.event())).append('\n');
            }
        }
        side(out, leftName, leftText, difference.left());
        side(out, rightName, rightText, difference.right());
        return out.toString();
    }

    private static void side(
            StringBuilder out, String name, EventText text, Optional<EventRecord> event) {
        out.append(name).append(":\n    ");
        out.append(
                event.map(found -> text.line(found.stamp(), found.event()))
                        .orElse("nothing more: it ended here"));
        out.append('\n');
    }
}
