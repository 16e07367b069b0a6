package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CBodyTest {
    /** The text ends at the brace that closes its first one, and nowhere before. */
    private static void closesAtItsEnd(String text) {
        assertThat(CBody.end(text + " }", 0)).isEqualTo(text.length() - 1);
    }

    @Test
    void bracesPairUp() {
        closesAtItsEnd("{}");
        closesAtItsEnd("{ { } { { } } }");
    }

    @Test
    void bracesInCommentsDoNotCount() {
        closesAtItsEnd("{ /* } { */ }");
        closesAtItsEnd("{ // }\n}");
        closesAtItsEnd("{ int a = 4 / 2; }");
    }

    @Test
    void bracesInQuotesDoNotCount() {
        closesAtItsEnd("{ \"}\" }");
        closesAtItsEnd("{ '}' }");
        closesAtItsEnd("{ '\\'' \"\\\"}\" }");
        closesAtItsEnd("{ '{}{' }");
    }

    @Test
    void aQuoteThatIsNotClosedEndsWithItsLine() {
        closesAtItsEnd("{ it's }\n}");
    }

    @Test
    void preprocessorLinesDoNotCount() {
        closesAtItsEnd("{\n#define BEGIN {\n}");
        closesAtItsEnd("{\n  # define BEGIN { \\\n { {\n}");
        closesAtItsEnd("{\r\n#define BEGIN { \\\r\n { {\r\n}");
        closesAtItsEnd("{\n#error it's wrong {\n}");
        closesAtItsEnd("{\n#define A /* {\n { */ {\n}");
        closesAtItsEnd("{ a #b { }\n}");
    }

    @Test
    void ofTheBranchesOfAConditionTheLastCounts() {
        closesAtItsEnd("{\n#if A\n f {\n#elif B\n g {\n#else\n h {\n#endif\n } }");
        closesAtItsEnd(
                "{\n#ifdef A\n {\n#if B\n {\n#else\n {\n#endif\n } \n#else\n {\n } {\n#endif\n } }");
    }

    @Test
    void withoutItsBraceThereIsNoEnd() {
        assertThat(CBody.end("{ {", 0)).isEqualTo(-1);
        assertThat(CBody.end("{ /* }", 0)).isEqualTo(-1);
        assertThat(CBody.end("{ \"}", 0)).isEqualTo(-1);
        assertThat(CBody.end("{\n#define }\\", 0)).isEqualTo(-1);
        assertThat(CBody.end("{ '\\", 0)).isEqualTo(-1);
    }
}
