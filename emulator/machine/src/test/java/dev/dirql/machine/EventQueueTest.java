package dev.dirql.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final List<Long> expired = new ArrayList<>();
    private final EventQueue queue = new EventQueue();
    private final int handler = queue.register((_, argument) -> expired.add(argument));

    @Test
    void entriesExpireInTheOrderOfTimeThenOfSetting() {
        record Entry(long time, long argument) {}
        Random random = new Random(11);
        List<Entry> entries = new ArrayList<>();
        for (long i = 0; i < 500; i++) {
            Entry entry = new Entry(random.nextInt(50), i);
            entries.add(entry);
            queue.set(handler, entry.time, entry.argument);
        }
        for (long cancelled = 0; cancelled < 500; cancelled += 7) {
            assertThat(queue.cancel(handler, cancelled)).isEqualTo(1);
        }

        while (queue.nextTimeNs() != Long.MAX_VALUE) {
            queue.expireNext();
        }

        List<Long> expected =
                entries.stream()
                        .filter(e -> e.argument % 7 != 0)
                        .sorted(Comparator.comparingLong(Entry::time))
                        .map(Entry::argument)
                        .toList();
        assertThat(expired).isEqualTo(expected);
    }

    @Test
    void backgroundEntriesAreNoWork() {
        queue.setBackground(handler, 10, 1);
        assertThat(queue.hasWork()).isFalse();

        queue.set(handler, 20, 2);
        assertThat(queue.hasWork()).isTrue();

        queue.expireNext();
        queue.expireNext();
        assertThat(queue.hasWork()).isFalse();
        assertThat(expired).containsExactly(1L, 2L);
    }

    @Test
    void aRestoredQueueExpiresAlike() {
        for (long i = 0; i < 9; i++) {
            queue.set(handler, i % 3, i);
        }
        queue.setBackground(handler, 2, 99);
        StateWriter out = new StateWriter(false, 0);
        queue.save(out);
        while (queue.nextTimeNs() != Long.MAX_VALUE) {
            queue.expireNext();
        }
        List<Long> first = List.copyOf(expired);
        expired.clear();

        queue.restore(out.reader());
        while (queue.nextTimeNs() != Long.MAX_VALUE) {
            queue.expireNext();
        }

        assertThat(expired).isEqualTo(first);
    }
}
