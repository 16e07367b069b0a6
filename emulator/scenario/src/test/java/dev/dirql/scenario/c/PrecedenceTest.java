package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators bind as ISO C11, 6.5 says; every operator that gives a constant is here. */
class PrecedenceTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2 + 3 * 4 - 1 == 13",
                "10 - 4 - 3 == 3",
                "100 / 10 / 5 == 2",
                "7 % 4 * 2 == 6",
                "1 << 2 + 1 == 8",
                "64 >> 2 >> 1 == 8",
                "(5 & 3 == 3) == 1",
                "(1 | 6 ^ 3 & 2) == 5",
                "(3 > 2 > 1) == 0",
                "(1 < 2 == 2 > 1) == 1",
                "(4 >= 4 != 4 <= 3) == 1",
                "(1 || 0 && 0) == 1",
                "(0 ? 1 : 0 ? 2 : 3) == 3",
                "(1 ? 2 : 0 ? 3 : 4) == 2",
                "-2 + 1 == -1",
                "- -2 == 2",
                "~0 + 1 == 0",
                "!0 + 1 == 2",
                "!-1 == 0",
                "+3 - -3 == 6",
                "(char)255 + 1 == 0",
                "(unsigned char)-1 + 1 == 256",
                "-(char)1 == -1",
                "(short)1 << 15 == 32768",
                "(char)(unsigned char)255 == -1"
            })
    void operatorsBindAsCSays(String condition) {
        Compilation compilation = Compiling.compile("_Static_assert(%s);\n".formatted(condition));

        assertThat(Compiling.rendered(compilation)).isEmpty();
    }
}
