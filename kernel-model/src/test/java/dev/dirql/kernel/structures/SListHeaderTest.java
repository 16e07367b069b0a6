package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SListHeaderTest {
    private static final long BASE = 0x1000;
    private static final long FIRST = BASE + 0x20;
    private static final long SECOND = BASE + 0x40;

    private final FlatMemory memory = new FlatMemory(BASE, 0x100);
    private final SListHeader view = new SListHeader(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        memory.store64(BASE, 0x1234_5678_9ABC_DEF0L);
        memory.store64(BASE + 8, 0xFFFF_8000_0000_1237L);

        assertThat(view.depth()).isEqualTo(0xDEF0);
        assertThat(view.sequence()).isEqualTo(0x1234_5678_9ABCL);
        assertThat(view.first()).isEqualTo(0xFFFF_8000_0000_1230L);
    }

    @Test
    void theLastEntryThatCameGoesFirst() {
        view.initialize();

        assertThat(view.push(FIRST)).isZero();
        assertThat(view.push(SECOND)).isEqualTo(FIRST);
        assertThat(view.depth()).isEqualTo(2);
        assertThat(view.pop()).isEqualTo(SECOND);
        assertThat(view.pop()).isEqualTo(FIRST);
        assertThat(view.pop()).isZero();
        assertThat(view.depth()).isZero();
    }

    @Test
    void aListThatIsTheSameAgainIsKnownByItsSequence() {
        view.initialize();
        view.push(FIRST);
        long before = memory.load64(BASE);

        view.pop();
        view.push(FIRST);

        assertThat(view.first()).isEqualTo(FIRST);
        assertThat(view.depth()).isEqualTo(1);
        assertThat(memory.load64(BASE)).isNotEqualTo(before);
    }

    @Test
    void depthAndSequenceWrapApart() {
        memory.store64(BASE, 0xFFFF_FFFF_FFFF_FFFFL);
        memory.store64(BASE + 8, 0);

        view.push(FIRST);

        assertThat(view.depth()).isZero();
        assertThat(view.sequence()).isZero();
        assertThat(view.first()).isEqualTo(FIRST);
    }

    @Test
    void allEntriesGoAtOnce() {
        view.initialize();
        view.push(FIRST);
        view.push(SECOND);

        assertThat(view.flush()).isEqualTo(SECOND);
        assertThat(view.first()).isZero();
        assertThat(view.depth()).isZero();
        assertThat(memory.load64(SECOND)).isEqualTo(FIRST);
        assertThat(view.flush()).isZero();
    }
}
