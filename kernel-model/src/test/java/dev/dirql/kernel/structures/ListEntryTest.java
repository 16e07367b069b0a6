package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListEntryTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, ListEntry.BYTES);
    private final ListEntry view = new ListEntry(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setFlink(0x4100000000000001L);
        assertThat(memory.load64(BASE + 0x0)).isEqualTo(0x4100000000000001L);
        assertThat(view.flink()).isEqualTo(0x4100000000000001L);
        view.setBlink(0x4100000000000002L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000002L);
        assertThat(view.blink()).isEqualTo(0x4100000000000002L);
    }

    @Test
    void entriesGoInBeforeTheHeadAndComeOut() {
        FlatMemory list = new FlatMemory(BASE, 0x100);
        ListEntry head = new ListEntry(list, BASE);
        ListEntry first = new ListEntry(list, BASE + 0x20);
        ListEntry second = new ListEntry(list, BASE + 0x40);
        head.initializeHead();
        assertThat(head.isEmpty()).isTrue();

        head.insertBefore(first);
        head.insertBefore(second);

        assertThat(head.flink()).isEqualTo(first.address());
        assertThat(head.blink()).isEqualTo(second.address());
        assertThat(first.isSound()).isTrue();

        first.remove();

        assertThat(head.flink()).isEqualTo(second.address());
        assertThat(second.blink()).isEqualTo(head.address());
        assertThat(first.isSound()).isFalse();
    }
}
