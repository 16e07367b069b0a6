package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.c.grammar.CParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.Vocabulary;
import org.junit.jupiter.api.Test;

/** docs/c-subset.md speaks of every word that the compiler knows. */
class CSubsetWordsTest {
    /** Sizes of interlocked operations, which the page says once for all of them. */
    private static final Pattern FAMILY = Pattern.compile("_?(Interlocked[A-Za-z]+)(8|16|64)");

    private static String page() throws IOException {
        return Files.readString(Path.of("../../docs/c-subset.md"));
    }

    private static boolean says(String page, String word) {
        String quoted = Pattern.quote(word);
        String whole = Character.isLetter(word.charAt(word.length() - 1)) ? "\\b" : "";
        return Pattern.compile((whole.isEmpty() ? "" : "(?<!\\w)") + quoted + whole)
                .matcher(page)
                .find();
    }

    @Test
    void everyWordAndOperatorOfTheGrammarIsThere() throws IOException {
        String page = page().replace("\\|", "|");
        Vocabulary words = CParser.VOCABULARY;
        List<String> missing = new ArrayList<>();

        for (int type = 1; type <= words.getMaxTokenType(); type++) {
            String literal = words.getLiteralName(type);
            if (literal != null && !says(page, literal.substring(1, literal.length() - 1))) {
                missing.add(literal);
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyIntrinsicIsThere() throws IOException {
        String page = page();
        List<String> missing = new ArrayList<>();

        for (String name : Intrinsic.names()) {
            boolean underscored = name.startsWith("Interlocked") && says(page, "_" + name);
            boolean sized = says(page, "_" + FAMILY.matcher(name).replaceFirst("$1"));
            if (!says(page, name) && !underscored && !sized) {
                missing.add(name);
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyWordThatIsRefusedIsThereAndIsRefusedByName() throws IOException {
        String page = page();

        for (String word : TypedefNames.refused()) {
            assertThat(page).contains("`" + word + "`");
            assertThat(Compiling.compile("int a; " + word + " b;").diagnostics())
                    .first()
                    .satisfies(d -> assertThat(d.message()).contains("'" + word + "'"))
                    .satisfies(d -> assertThat(d.cure()).isNotEmpty());
        }
    }
}
