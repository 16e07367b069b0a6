package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnicodeStringTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, UnicodeString.BYTES);
    private final UnicodeString view = new UnicodeString(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setLength(0x4101);
        assertThat(memory.load16(BASE + 0x0)).isEqualTo(0x4101L);
        assertThat(view.length()).isEqualTo(0x4101);
        view.setMaximumLength(0x4102);
        assertThat(memory.load16(BASE + 0x2)).isEqualTo(0x4102L);
        assertThat(view.maximumLength()).isEqualTo(0x4102);
        view.setBuffer(0x4100000000000003L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000003L);
        assertThat(view.buffer()).isEqualTo(0x4100000000000003L);
    }

    @Test
    void textIsTheCharactersOfTheBuffer() {
        FlatMemory text = new FlatMemory(BASE, 0x100);
        UnicodeString string = new UnicodeString(text, BASE);
        string.setBuffer(BASE + 0x20);
        string.setLength(6);
        text.store16(BASE + 0x20, 'D');
        text.store16(BASE + 0x22, 0xE9);
        text.store16(BASE + 0x24, 'v');
        text.store16(BASE + 0x26, 'x');

        assertThat(string.text()).isEqualTo("D\u00e9v");
    }
}
