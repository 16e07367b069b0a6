package dev.dirql.kernel.traps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BugCheckParametersTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern CODE =
            Pattern.compile("static final int ([A-Z0-9]+_[A-Z_0-9]+) = 0x([0-9A-F]+);");

    @Test
    void aParameterHasItsMeaningAndTheNameOfItsValue() {
        assertThat(BugCheckParameters.of(0x0A, List.of(0x1000L, 2L, 1L, 0x2000L)))
                .containsExactly(
                        "address referenced",
                        "IRQL",
                        "access: write",
                        "instruction that referenced it");
        assertThat(BugCheckParameters.of(0x0A, List.of(0L, 2L, 77L, 0L)).get(2))
                .isEqualTo("access");
    }

    @Test
    void theFirstParameterDecidesWhatTheOthersMean() {
        assertThat(BugCheckParameters.of(0xC4, List.of(0x32L, 0L, 0x1000L, 0L)))
                .containsExactly(
                        "violation: spin lock released at a wrong IRQL", "IRQL", "spin lock", "");
        assertThat(BugCheckParameters.of(0xC4, List.of(0xD0L, 0x1000L, 0L, 0L)))
                .containsExactly("violation: resource initialized twice", "resource", "", "");
        assertThat(BugCheckParameters.of(0xC4, List.of(0x7777L, 0x1000L, 0L, 0L)))
                .containsExactly("violation", "", "", "");
    }

    @Test
    void whereAByteOfItDecidesTheOthersDoNotCount() {
        assertThat(BugCheckParameters.of(0xC8, List.of(0x020503L, 1L, 2L, 0L)))
                .containsExactly(
                        "IRQL, expected IRQL and 3, a byte each", "ISR", "interrupt object", "");
    }

    @Test
    void aCodeOfADriversOwnHasNoMeanings() {
        assertThat(BugCheckParameters.of(0xDEAD, List.of(1L, 2L, 3L, 4L))).isEmpty();
    }

    @Test
    void allCodesThatTheSourcesRaiseWithParametersHaveMeanings() throws IOException {
        // The pages of these have no parameters.
        Set<String> without =
                new TreeSet<>(
                        Set.of(
                                "MAXIMUM_WAIT_OBJECTS_EXCEEDED",
                                "SPIN_LOCK_ALREADY_OWNED",
                                "TARGET_MDL_TOO_SMALL",
                                "KERNEL_STACK_LOCKED_AT_EXIT"));
        Map<String, Integer> raised = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                Matcher code = CODE.matcher(Files.readString(file));
                while (code.find()) {
                    int number = Integer.parseUnsignedInt(code.group(2), 16);
                    if (BugCheckNames.name(number).endsWith(String.valueOf(code.group(1)))) {
                        raised.put(String.valueOf(code.group(1)), number);
                    }
                }
            }
        }

        assertThat(raised).hasSizeGreaterThan(40).containsKey("IRQL_NOT_LESS_OR_EQUAL");
        assertThat(raised.keySet()).containsAll(without);
        raised.keySet().removeAll(without);
        assertThat(raised)
                .allSatisfy((name, code) ->
                        assertThat(
                                        BugCheckParameters.of(code, List.of(9L, 0L, 0L, 0L))
                                                        .isEmpty()
                                                && BugCheckParameters.of(
                                                                code, List.of(7L, 0L, 0L, 0L))
                                                        .isEmpty()
                                                && BugCheckParameters.of(
                                                                code, List.of(0x20L, 0L, 0L, 0L))
                                                        .isEmpty()
                                                && BugCheckParameters.of(
                                                                code, List.of(1L, 0L, 0L, 0L))
                                                        .isEmpty())
                                .as(name)
                                .isFalse());
    }
}
