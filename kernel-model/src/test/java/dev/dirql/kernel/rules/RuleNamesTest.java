package dev.dirql.kernel.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleNamesTest {
    private static final Path SOURCES = Path.of("src/main/java");

    /** Where a violation is made: its rule, as literals, and its number if that is a literal. */
    private static final Pattern MADE =
            Pattern.compile(
                    "(?:Violation\\.error|new Violation|new Leftover|\\btell)\\("
                            + "\\s*(?:processor,\\s*)?([^,]+),\\s*([^,]+),");

    private static final Pattern LITERAL = Pattern.compile("\"([^\"]*)\"");

    /** Rules whose name is not written where the violation is made. */
    private static final Pattern FORM = Pattern.compile("[A-Z]+\\(\"(\\w+)\", \"(\\w*)\", 0");

    /** A kernel with one routine. */
    static final class Services {
        @Ddi(value = "KeOne", rule = "IrqlDispatch")
        public void one() {}
    }

    @Test
    void everyRuleThatTheSourcesTellIsNamed() throws IOException {
        Set<String> names = new TreeSet<>();
        Set<String> numbers = new TreeSet<>();
        List<Path> files;
        try (Stream<Path> walked = Files.walk(SOURCES)) {
            files = walked.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        for (Path file : files) {
            String text = Files.readString(file);
            Matcher made = MADE.matcher(text);
            while (made.find()) {
                names.addAll(literals(String.valueOf(made.group(1))));
                if (made.group().startsWith("Violation") || made.group().startsWith("new V")) {
                    numbers.addAll(literals(String.valueOf(made.group(2))));
                }
            }
            if (file.endsWith("Deadlocks.java")) {
                Matcher form = FORM.matcher(text);
                while (form.find()) {
                    names.add(String.valueOf(form.group(1)));
                    numbers.add(String.valueOf(form.group(2)));
                }
            }
        }
        numbers.remove("");

        assertThat(names).as("RuleNames.TOLD").containsExactlyElementsOf(RuleNames.TOLD);
        assertThat(RuleNames.NUMBERS).as("RuleNames.NUMBERS").containsAll(numbers);
    }

    @Test
    void rulesOfRoutinesAreAmongThem() {
        ServiceTable table = ServiceTable.of(new Services());

        assertThat(RuleNames.of(table))
                .isSorted()
                .contains("IrqlDispatch", "IrqlRange", "LockInPageableStorage")
                .doesNotContain("IrqlPsPassive");
        assertThat(RuleNames.numbers(table)).contains("20003", "E1");
    }

    private static List<String> literals(String code) {
        List<String> found = new ArrayList<>();
        Matcher literal = LITERAL.matcher(code);
        while (literal.find()) {
            found.add(String.valueOf(literal.group(1)));
        }
        return found;
    }
}
