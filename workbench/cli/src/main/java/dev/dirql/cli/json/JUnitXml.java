package dev.dirql.cli.json;

import dev.dirql.simulation.ExpectationResult;
import dev.dirql.simulation.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The results of many scenarios in the XML that Jenkins and others read: a suite, a case a
 * scenario. Times in it are virtual, and a property says so.
 */
public final class JUnitXml {
    /**
     * One scenario.
     *
     * @param file the file as it was named
     * @param timeNs virtual time it took
     * @param failures what did not hold; empty if it passed
     * @param error why it could not be run; empty if it was
     * @param replay the command that repeats it, empty if nothing was recorded
     */
    public record Case(
            String file, long timeNs, List<String> failures, String error, String replay) {
        public Case {
            failures = List.copyOf(failures);
        }

        /** The case of a run. */
        public static Case of(String file, RunResult run, String replay) {
            return new Case(
                    file,
                    run.timeNs(),
                    run.expectations().stream()
                            .filter(result -> !result.held())
                            .map(Case::failure)
                            .toList(),
                    "",
                    replay);
        }

        /** The case of a scenario that cannot be run. */
        public static Case wrong(String file, String message) {
            return new Case(file, 0, List.of(), message, "");
        }

        public boolean passed() {
            return failures.isEmpty() && error.isEmpty();
        }

        private static String failure(ExpectationResult result) {
            String place = result.line() == 0 ? "" : " (line " + result.line() + ")";
            String actual = result.actual().isEmpty() ? "" : ": " + result.actual();
            return result.text() + place + actual;
        }
    }

    private JUnitXml() {}

    /** The whole document. */
    public static String document(List<Case> cases) {
        long failures = cases.stream().filter(found -> !found.failures().isEmpty()).count();
        long errors = cases.stream().filter(found -> !found.error().isEmpty()).count();
        long timeNs = cases.stream().mapToLong(Case::timeNs).sum();
        List<String> out = new ArrayList<>();
        String counts =
                "tests=\"%d\" failures=\"%d\" errors=\"%d\" time=\"%s\""
                        .formatted(cases.size(), failures, errors, seconds(timeNs));
        out.add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        out.add("<testsuites name=\"dirql\" " + counts + ">");
        out.add("  <testsuite name=\"dirql\" " + counts + " skipped=\"0\">");
        out.add("    <properties>");
        out.add(
                "      <property name=\"time\" value=\"virtual seconds of the emulated"
                        + " machine\"/>");
        out.add("    </properties>");
        cases.forEach(found -> testCase(out, found));
        out.add("  </testsuite>");
        out.add("</testsuites>");
        return out.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static void testCase(List<String> out, Case found) {
        int slash = found.file().lastIndexOf('/');
        String folder = slash < 0 ? "scenarios" : found.file().substring(0, slash);
        String head =
                "    <testcase classname=\"%s\" name=\"%s\" time=\"%s\""
                        .formatted(
                                escaped(folder.replace('/', '.')),
                                escaped(found.file().substring(slash + 1)),
                                seconds(found.timeNs()));
        if (found.passed() && found.replay().isEmpty()) {
            out.add(head + "/>");
            return;
        }
        out.add(head + ">");
        if (!found.failures().isEmpty()) {
            out.add(
                    "      <failure type=\"expectation\" message=\"%s\">%s</failure>"
                            .formatted(
                                    escaped(found.failures().getFirst()),
                                    escaped(String.join("\n", found.failures()))));
        }
        if (!found.error().isEmpty()) {
            out.add(
                    "      <error type=\"scenario\" message=\"%s\"/>"
                            .formatted(escaped(found.error())));
        }
        if (!found.replay().isEmpty()) {
            out.add("      <system-out>%s</system-out>".formatted(escaped(found.replay())));
        }
        out.add("    </testcase>");
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%d.%09d", ns / 1_000_000_000, ns % 1_000_000_000);
    }

    /** Text for XML 1.0, which has no place for most control characters: they are spelled out. */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .forEach(c -> {
                    switch (c) {
                        case '&' -> out.append("&amp;");
                        case '<' -> out.append("&lt;");
                        case '>' -> out.append("&gt;");
                        case '"' -> out.append("&quot;");
                        case '\n' -> out.append("&#10;");
                        case '\t' -> out.append("&#9;");
                        default -> {
                            if (c < 0x20
                                    || (c >= 0x7F && c < 0xA0)
                                    || (c >= 0xD800 && c <= 0xDFFF)
                                    || c == 0xFFFE
                                    || c == 0xFFFF) {
                                out.append(String.format(Locale.ROOT, "\\u%04x", c));
                            } else {
                                out.appendCodePoint(c);
                            }
                        }
                    }
                });
        return out.toString();
    }
}
