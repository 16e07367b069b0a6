package dev.dirql.cli;

import dev.dirql.simulation.RunMonitor;
import dev.dirql.simulation.view.Texts;
import java.util.Locale;

/** One line on a terminal that says how far a long run is; nothing where nobody watches. */
final class Progress implements RunMonitor {
    private static final long FIRST_NS = 700_000_000L;
    private static final long PERIOD_NS = 200_000_000L;

    private final Host host;
    private final String label;
    private final boolean shown;
    private final long startNs = System.nanoTime();
    private long lastNs = startNs + FIRST_NS - PERIOD_NS;
    private boolean written;

    Progress(Host host, String label, boolean wanted) {
        this.host = host;
        this.label = label;
        shown = wanted && host.errIsTerminal() && !host.isDumbTerminal();
    }

    @Override
    public boolean isStopRequested() {
        return host.interrupt().isRequested();
    }

    @Override
    public void progress(long timeNs, long steps, long events) {
        long now = System.nanoTime();
        if (!shown || now - lastNs < PERIOD_NS) {
            return;
        }
        lastNs = now;
        written = true;
        double seconds = (now - startNs) / 1e9;
        host.err()
                .print(
                        String.format(
                                Locale.ROOT,
                                "\r%s: %s virtual, %s steps, %s events, %.0f s\u001b[K",
                                label,
                                Texts.time(timeNs),
                                Texts.count(steps),
                                Texts.count(events),
                                seconds));
        host.err().flush();
    }

    /** Takes the line away. */
    void clear() {
        if (written) {
            host.err().print("\r\u001b[K");
            host.err().flush();
        }
    }
}
