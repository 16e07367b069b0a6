package dev.dirql.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.console.expressions.Expression.Scope;
import dev.dirql.console.expressions.ExpressionReader;
import dev.dirql.debugger.Debugger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions, before the first step of a run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExpressionsTest {
    private Debugger debugger;

    @BeforeAll
    void open() {
        debugger = new Debugger(Runs.script("unlocked-counter.scn"));
    }

    @AfterAll
    void close() {
        debugger.close();
    }

    private long value(String text) {
        return ExpressionReader.read(text).value(new Scope(debugger.inspection(), 0));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 16",
        "0n10, 10",
        "0x10, 16",
        "0y101, 5",
        "0t17, 15",
        "0ah, 10",
        "1`00000000, 4294967296",
        "2+3*4, 14",
        "(2+3)*4, 20",
        "-1, -1",
        "~0, -1",
        "10 - 8 - 1, 7",
        "7 mod 4, 3",
        "7 % 4, 3",
        "1 << 4, 16",
        "-1 >> 3f, 1",
        "1 << 40, 0",
        "3 & 6 | 8, 10",
        "3 and 6 xor 1, 3",
        "1 == 1, 1",
        "1 != 1, 0",
        "-1 > 1, 1",
        "2 <= 2, 1",
        "low(12345), 9029",
        "hi(12345), 1"
    })
    void numbersAndOperatorsMeanWhatTheyMeanInWinDbg(String text, long expected) {
        assertThat(value(text)).isEqualTo(expected);
    }

    @Test
    void namesAreAddressesAndPoiIsWhatIsThere() {
        long address = value("counter!Unlocked");

        assertThat(value("Unlocked")).isEqualTo(address);
        assertThat(value("counter!Unlocked+4")).isEqualTo(address + 4);
        assertThat(value("dwo(counter!Unlocked)")).isZero();
        assertThat(value("poi(counter!Lock)")).isZero();
    }

    @Test
    void registersHaveParts() {
        assertThat(value("@eax")).isEqualTo(value("@rax & ffffffff"));
        assertThat(value("@r8b")).isEqualTo(value("@r8 & ff"));
        assertThat(value(".")).isEqualTo(value("@rip")).isEqualTo(value("@$ip"));
    }

    @Test
    void sourceLinesAreAddresses() {
        assertThat(value("`unlocked-counter.scn:17`")).isEqualTo(value("counter!Count"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1 +",
                "(1",
                "1)",
                "@nothing",
                "counter!Nothing",
                "poi(0)",
                "1 / 0",
                "1 % 0",
                "`x",
                "@$before",
                "1 2"
            })
    void whatMeansNothingIsSaid(String text) {
        assertThatThrownBy(() -> value(text)).isInstanceOf(ConsoleError.class);
    }

    @Test
    void depthIsBounded() {
        assertThatThrownBy(() -> value("(".repeat(5000) + "1"))
                .isInstanceOf(ConsoleError.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> value("-".repeat(5000) + "1"))
                .isInstanceOf(ConsoleError.class)
                .hasMessageContaining("nested");
    }
}
