package dev.dirql.cli;

import dev.dirql.simulation.UserError;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 500MB}, {@code 2g}, {@code 4096}. */
final class Sizes {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,15})\\s*(|b|k|kb|kib|m|mb|mib|g|gb|gib)");

    private Sizes() {}

    static long bytes(String text) {
        Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (size.matches()) {
            int shift =
                    switch (size.group(2).isEmpty() ? 'b' : size.group(2).charAt(0)) {
                        case 'k' -> 10;
                        case 'm' -> 20;
                        case 'g' -> 30;
                        default -> 0;
                    };
            long count = Long.parseLong(size.group(1));
            if (count > 0 && count <= Long.MAX_VALUE >> shift) {
                return count << shift;
            }
        }
        throw new UserError("'%s' is no size. Write it as in 500MB or 2GB.".formatted(text));
    }
}
