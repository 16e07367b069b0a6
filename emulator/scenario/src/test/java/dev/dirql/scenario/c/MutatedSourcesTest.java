package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the text, the compiler answers with an image or with errors, and soon. */
class MutatedSourcesTest {
    private static final long SEED = Long.getLong("dirql.seed", 99);
    private static final int ROUNDS = Integer.getInteger("dirql.mutations", 120);
    private static final List<String> SNIPPETS =
            List.of(
                    "(",
                    ")",
                    "{",
                    "}",
                    "[",
                    "]",
                    ";",
                    ",",
                    "*",
                    "&",
                    "->",
                    ".",
                    "=",
                    "?",
                    ":",
                    "#",
                    "##",
                    "\"",
                    "'",
                    "\\",
                    "typedef ",
                    "struct ",
                    "union ",
                    "enum ",
                    "sizeof ",
                    "static ",
                    "int ",
                    "void ",
                    "case 1:",
                    "default:",
                    "goto x;",
                    "x:",
                    "return ",
                    "if (",
                    "else ",
                    "0",
                    "1.5",
                    "0x",
                    "'ab'",
                    "__declspec(",
                    "#if ",
                    "#define x x x\n",
                    "#pragma pack(1)\n",
                    "U64 ",
                    "t0",
                    " ... ",
                    "/*",
                    "//");

    @Test
    void mutatedProgramsGiveDiagnosticsAndNothingElse() {
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            String original =
                    round % 4 == 0
                            ? ProgramGenerator.PRELUDE + Constructs.TEXT
                            : ProgramGenerator.PRELUDE
                                    + new ProgramGenerator(SEED + round).program("t0");
            String text = mutated(random, original);
            try {
                Compilation compilation = Compiling.compile(text);
                boolean failed =
                        compilation.diagnostics().stream()
                                .anyMatch(d ->
                                        d.kind()
                                                == dev.dirql.scenario.source.Diagnostic.Kind.ERROR);
                assertThat(compilation.image().isPresent()).isEqualTo(!failed);
                Compiling.rendered(compilation);
            } catch (RuntimeException | StackOverflowError wrong) {
                throw new AssertionError(
                        "seed %d, round %d:\n%s".formatted(SEED, round, text), wrong);
            }
        }
    }

    private static String mutated(Random random, String original) {
        StringBuilder text = new StringBuilder(original);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(12)));
                case 2 -> {
                    int from = random.nextInt(text.length());
                    int to = Math.min(text.length(), from + random.nextInt(40));
                    text.insert(at, text.substring(from, to));
                }
                default -> text.setCharAt(at, (char) (32 + random.nextInt(96)));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "{",
                "[",
                "!",
                "*",
                "-",
                "sizeof ",
                "if (1) ",
                "1 ? 1 : ",
                "1 + ",
                "a = ",
                "else if (1) ; ",
                "struct { ",
                "(int) ",
                "f(",
                "while (1) ",
                "a[",
                "case 1: ",
                "x,"
            })
    void endlessNestingIsAnError(String opening) {
        String deep = opening.repeat(20_000);

        for (String text :
                List.of(
                        "int f(int a) { return " + deep + "1; }",
                        "int f(int a) { " + deep + "; }",
                        "int x = " + deep + ";",
                        deep,
                        "#if " + deep + "\n#endif\n")) {
            assertThat(Compiling.compile(text).image()).isEmpty();
        }
    }

    @Test
    void macroBombIsDefused() {
        StringBuilder text = new StringBuilder("#define A0 x\n");
        for (int i = 1; i < 40; i++) {
            text.append("#define A%d A%d A%d\n".formatted(i, i - 1, i - 1));
        }
        text.append("A39\n");

        assertThat(Compiling.compile(text.toString()).diagnostics())
                .singleElement()
                .satisfies(d -> assertThat(d.message()).startsWith("macro expansion makes more"));
    }

    @Test
    void headerThatIncludesItselfIsAnError() {
        Compilation compilation =
                Compiling.compile("#include \"a.h\"\n", "a.h", "#include \"a.h\"\n");

        assertThat(compilation.diagnostics().getFirst().message())
                .startsWith("headers include each other");
    }
}
