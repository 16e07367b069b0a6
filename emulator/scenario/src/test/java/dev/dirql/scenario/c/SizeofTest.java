package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operand of sizeof is a unary expression: what follows a type in parentheses is no part of it.
 */
class SizeofTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sizeof(long) + 4 == 8",
                "sizeof(long) - 1 == 3",
                "sizeof(struct pair) * 2 == 16",
                "(sizeof(struct pair) & 12) == 8",
                "sizeof(long) * -1 == -4",
                "sizeof(short *) + 1 == 9",
                "sizeof(many) + 1 == 7",
                "sizeof many - 1 == 5",
                "sizeof(many)[0] == 2",
                "sizeof many[0] * 3 == 6",
                "sizeof -many[0] == 4",
                "sizeof &many[0] + 1 == 9"
            })
    void sizeofEndsWhereCSays(String condition) {
        Compilation compilation =
                Compiling.compile(
                        "struct pair { long a, b; }; short many[3]; _Static_assert(%s);\n"
                                .formatted(condition));

        assertThat(Compiling.rendered(compilation)).isEmpty();
    }
}
