package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosticsTest {
    private static String rendered(String text) {
        Compilation compilation = Compiling.compile(text);
        assertThat(compilation.image()).isEmpty();
        return Compiling.rendered(compilation);
    }

    @Test
    void misspeltNamesGetTheNearestKnownName() {
        String text =
                """
                typedef unsigned long ULONG; typedef struct _EXT { ULONG Transfers; } EXT, *PEXT;
                void KeAcquire(ULONG *lock, int irql);
                int Work(PEXT extension, int number) {
                    extension->Transfer++;
                    KeAcquir(&extension->Transfers, nunber);
                    return 0;
                }
                """;

        assertThat(rendered(text))
                .isEqualTo(
                        """
                        driver.c:4:16: error: struct _EXT has no member Transfer
                                extension->Transfer++;
                                           ^~~~~~~~
                            did you mean Transfers?
                        driver.c:5:5: error: there is no function KeAcquir
                                KeAcquir(&extension->Transfers, nunber);
                                ^~~~~~~~
                            did you mean KeAcquire?
                        driver.c:5:37: error: there is no variable or constant nunber
                                KeAcquir(&extension->Transfers, nunber);
                                                                ^~~~~~
                            did you mean number?
                        """);
    }

    @Test
    void unknownTypeIsNamed() {
        String text =
                "typedef unsigned long ULONG;\nint f(void) {\n    ULNG x = 5;\n    return x;\n}\n";

        assertThat(rendered(text))
                .isEqualTo(
                        """
                        driver.c:3:5: error: unknown type 'ULNG'
                                ULNG x = 5;
                                ^~~~
                            did you mean ULONG?
                        """);
    }

    @Test
    void missingSemicolonIsShownWhereItBelongs() {
        assertThat(rendered("int f(int x) {\n    int y = x\n    return y;\n}\n"))
                .isEqualTo(
                        """
                        driver.c:2:14: error: ';' expected after 'x'
                                int y = x
                                         ^
                        """);
    }

    @Test
    void positionsAreThoseOfTheWholeScenario() {
        String text = "scenario \"x\"\ndriver d {\n    int f(void) { return y; }\n}\n";
        dev.dirql.scenario.source.SourceFile file =
                new dev.dirql.scenario.source.SourceFile("x.scn", text);
        int start = text.indexOf('{') + 1;
        CSource body = new CSource(file, start, text.lastIndexOf('}'));

        Compilation compilation =
                CCompiler.compile(
                        new CProgram(
                                "d",
                                java.util.List.of(body),
                                java.util.List.of(),
                                java.util.Map.of("y0", "1"),
                                IncludeResolver.NONE,
                                ""));

        assertThat(compilation.diagnostics())
                .singleElement()
                .hasToString(compilation.diagnostics().getFirst().toString())
                .satisfies(d -> assertThat(d.position()).hasToString("x.scn:3:26"));
    }

    @Test
    void functionsThatAreDocumentedAndNotModelledAreToldApartFromUnknownOnes() {
        CSource text =
                CSource.of(
                        new dev.dirql.scenario.source.SourceFile(
                                "driver.c", "void f(void) { KeFoo(1); KeFo(2); Bar(3); }"));

        Compilation compilation =
                CCompiler.compile(
                        new CProgram(
                                "d",
                                java.util.List.of(text),
                                java.util.List.of(),
                                java.util.Map.of(),
                                IncludeResolver.NONE,
                                "",
                                java.util.Set.of("KeFoo")));

        assertThat(compilation.diagnostics())
                .extracting(d -> d.message() + "; " + d.cure())
                .containsExactly(
                        "KeFoo is not modelled; declare it to compile; a call then ends the run,"
                                + " or returns what machine { answer KeFoo 0 } says",
                        "there is no function KeFo; did you mean KeFoo?",
                        "there is no function Bar; ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "float x; | floating point ('float') is not part of the scenario language",
                "void f(void) { double d; } | floating point ('double') is not part of the scenario"
                        + " language",
                "int x = (int) 1.5; | floating point is not part of the scenario language",
                "void f(void) { __try { } __finally { } } | '__try' is not part of the scenario"
                        + " language",
                "void f(void) { __asm { nop } } | '__asm' is not part of the scenario language",
            })
    void whatIsNotPartOfTheLanguageIsRefusedByName(String text, String message) {
        Compilation compilation = Compiling.compile(text);

        assertThat(compilation.diagnostics()).first().extracting("message").isEqualTo(message);
        assertThat(compilation.diagnostics().getFirst().cure()).isNotEmpty();
    }

    @Test
    void macrosOfTheWdkForExceptionHandlingAreRefusedLikeTheWordsTheyStandFor() {
        String text =
                "void f(void) { try { } except (1) { } } void g(void) { if (1) try { } finally { }"
                        + " }";

        Compilation compilation = Compiling.compile(text);

        assertThat(compilation.diagnostics())
                .extracting("message")
                .containsExactly(
                        "'try' is not part of the scenario language",
                        "'except' is not part of the scenario language",
                        "'try' is not part of the scenario language",
                        "'finally' is not part of the scenario language");
        assertThat(compilation.diagnostics())
                .allSatisfy(d -> assertThat(d.cure()).startsWith("check what the protected block"));
    }

    @Test
    void wordsOfExceptionHandlingMayBeNames() {
        Compilation compilation =
                Compiling.compile(
                        """
                        struct try { int finally; };
                        void except(int leave) { }
                        int f(struct try *try) { if (try) { } except(1); return try->finally; }
                        """);

        assertThat(compilation.diagnostics()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "const int l = 4; void f(void) { l = 5; } | this is const, const int",
                "struct s { int a; } v; void f(void) { v = 4; } | assignment: int where struct s is"
                        + " expected",
                "void f(void) { 5 = 6; } | this cannot be assigned to",
                "void f(void) { break; } | 'break' outside a loop or switch",
                "void f(void) { case 3: ; } | 'case' outside a switch",
                "void f(void) { goto x; } | there is no label x",
                "void f(int a) { switch (a) { case 1: case 1: ; } } | case 1 stands twice in this"
                        + " switch",
                "int f(void) { return; } | a value is missing",
                "void f(char c) { *c = 1; } | * needs a pointer, not char",
                "int t[2] = { 1, 2, 3 }; | too many initialisers",
                "int f(void) { return 1; } int f(void) { return 2; } | function f is defined twice",
                "struct s; struct s v; | v has the incomplete type struct s",
                "int f(int a); void g(void) { f(); } | f takes 1 arguments, and here are 0",
                "struct s { int b : 40; }; | 40 bits do not fit into int",
                "struct s { int b : 4; } v; int *f(void) { return &v.b; } | a bit-field has no"
                        + " address",
                "int a[-1]; | an array cannot have -1 elements",
                "int g(void); int f(void) { return g(); } | g is declared and used, but defined"
                        + " nowhere",
                "#include \"none.h\" | there is no header none.h",
                "#define F(a, b) a\\nint x = F(1); | macro F takes 2 arguments, and here are 1",
                "int x = 'abcde'; | a character constant has at most four characters, and this one"
                        + " has 5",
                "int x = 08; | '08' is not a number",
                "void f(void) { int x = 1; int x = 2; } | x is declared twice in this block",
                "int y; int x = y; | the initialiser of x must be constant",
                "_Static_assert(sizeof(long) == 8, \"long\"); | the static assertion does not hold:"
                        + " \"long\"",
            })
    void mistakesAreErrors(String text, String message) {
        Compilation compilation = Compiling.compile(text.replace("\\n", "\n"));

        assertThat(compilation.image()).isEmpty();
        assertThat(compilation.diagnostics()).extracting("message").contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "void f(int *p) { p = 7; } | assignment: int where int * is expected",
                "void f(unsigned char c) { c = 300; } | assignment: 0x12C does not fit into"
                        + " unsigned char",
                "void f(int c) { if (c = 5) c = 1; } | this condition assigns a constant",
                "void f(int c) { c == 1; } | this comparison has no effect",
                "int f(int c) { if (c) return 1; } | control reaches the end of f without a return",
                "int f(int c) { return c << 40; } | a shift of int by 40",
                "void g(long *p); void f(const long *p) { g(p); } | argument p of g: long * loses a"
                        + " qualifier of const long *",
            })
    void doubtfulThingsAreWarnings(String text, String message) {
        Compilation compilation =
                Compiling.compile(text.replace("void g(long *p);", "void g(long *p) { *p = 1; }"));

        assertThat(compilation.image()).isPresent();
        assertThat(compilation.diagnostics()).extracting("message").containsExactly(message);
    }
}
