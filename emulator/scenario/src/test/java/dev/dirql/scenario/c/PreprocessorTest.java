package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PreprocessorTest {
    private final Messages messages = new Messages();

    private String expand(String text) {
        IncludeResolver includes =
                (name, from) ->
                        name.equals("a.h")
                                ? Optional.of(
                                        new SourceFile(
                                                "a.h", "#pragma once\n#define A 5\nfrom_a\n"))
                                : Optional.empty();
        Preprocessor preprocessor = new Preprocessor(includes, new LinkedHashMap<>(), messages);
        return preprocessor.run(List.of(CSource.of(new SourceFile("t.c", text)))).stream()
                .filter(token -> token.kind != CToken.Kind.END)
                .map(CToken::getText)
                .collect(Collectors.joining(" "));
    }

    @Test
    void objectMacrosAreReplacedUntilNothingIsLeftToReplace() {
        assertThat(expand("#define ONE TWO\n#define TWO 2\nONE + TWO")).isEqualTo("2 + 2");
    }

    @Test
    void macroIsNotReplacedWithinItself() {
        assertThat(expand("#define f(x) f(x + 1)\nf(f(2))")).isEqualTo("f ( f ( 2 + 1 ) + 1 )");
    }

    @Test
    void theExampleOfTheStandardExpandsAsTheStandardSays() {
        // ISO C11, 6.10.3.5, example 3.
        String text =
                """
                #define x 3
                #define f(a) f(x * (a))
                #undef x
                #define x 2
                #define g f
                #define z z[0]
                #define h g(~
                #define m(a) a(w)
                #define w 0,1
                #define t(a) a
                #define p() int
                #define q(x) x
                #define r(x,y) x ## y
                #define str(x) # x
                f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
                g(x+(3,4)-w) | h 5) & m
                (f)^m(m);
                p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
                char c[2][6] = { str(hello), str() };
                """;

        assertThat(expand(text))
                .isEqualTo(
                        "f ( 2 * ( y + 1 ) ) + f ( 2 * ( f ( 2 * ( z [ 0 ] ) ) ) ) % f ( 2 * ( 0 )"
                                + " ) + t ( 1 ) ; f ( 2 * ( 2 + ( 3 , 4 ) - 0 , 1 ) ) | f ( 2 * ( ~ 5 )"
                                + " ) & f ( 2 * ( 0 , 1 ) ) ^ m ( 0 , 1 ) ; int i [ ] = { 1 , 23 , 4 ,"
                                + " 5 , } ; char c [ 2 ] [ 6 ] = { \"hello\" , \"\" } ;");
        assertThat(messages.failed()).isFalse();
    }

    @Test
    void stringsAndPastedTokensAreMade() {
        assertThat(expand("#define S(x) #x\n#define C(a,b) a##b\nS(a  \"b\" '\\n') C(x, 1)"))
                .isEqualTo("\"a \\\"b\\\" '\\\\n'\" x1");
    }

    @Test
    void variadicMacrosTakeTheRest() {
        assertThat(expand("#define P(f, ...) p(f, ##__VA_ARGS__)\nP(1) P(1, 2, 3)"))
                .isEqualTo("p ( 1 ) p ( 1 , 2 , 3 )");
    }

    @Test
    void onlyTheTakenBranchesRemain() {
        String text =
                """
                #define A 3
                #if A > 4 || defined(B)
                one
                #elif A == 3 && !defined B && (1 ? -1 == 0u - 1 : 0)
                two
                #if 0
                #error never
                #else
                three
                #endif
                #else
                four
                #endif
                """;

        assertThat(expand(text)).isEqualTo("two three");
        assertThat(messages.failed()).isFalse();
    }

    @Test
    void headerWithPragmaOnceIsReadOnce() {
        assertThat(expand("#include \"a.h\"\n#include <a.h>\nA")).isEqualTo("from_a 5");
    }

    @Test
    void linesAreSplicedAndCommentsAreSpaces() {
        assertThat(expand("a\\\nb /* c \n */ d // e\nf")).isEqualTo("ab d f");
    }

    @Test
    void lineAndFileAreThoseOfTheUse() {
        assertThat(expand("\n#define HERE __LINE__\n\nHERE __FILE__")).isEqualTo("4 \"t.c\"");
    }

    @Test
    void errorDirectiveIsAnError() {
        expand("#error no such machine");

        assertThat(messages.all())
                .first()
                .extracting("message")
                .isEqualTo("#error no such machine");
    }

    @Test
    void packIsPushedAndPopped() {
        Preprocessor preprocessor =
                new Preprocessor(IncludeResolver.NONE, new LinkedHashMap<>(), messages);
        String text = "a\n#pragma pack(push, 1)\nb\n#pragma pack(4)\nc\n#pragma pack(pop)\nd";

        assertThat(preprocessor.run(List.of(CSource.of(new SourceFile("t.c", text)))))
                .extracting(token -> token.pragmas.pack())
                .startsWith(16, 1, 4, 16);
    }
}
