package dev.dirql.cli;

import dev.dirql.simulation.UserError;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code HOST:PORT} as options name it; IPv6 addresses stand in brackets. */
final class Endpoint {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^:\\[\\]]+)):(\\d{1,5})");

    private Endpoint() {}

    static InetSocketAddress parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (form.matches()) {
            int port = Integer.parseInt(form.group(3));
            if (port <= 0xFFFF) {
                return new InetSocketAddress(
                        form.group(1) == null ? form.group(2) : form.group(1), port);
            }
        }
        throw new UserError(
                "'%s' is no HOST:PORT, as 127.0.0.1:7000 or [::1]:7000 is one.".formatted(text));
    }
}
