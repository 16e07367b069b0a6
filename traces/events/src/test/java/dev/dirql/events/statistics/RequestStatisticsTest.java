package dev.dirql.events.statistics;

import static dev.dirql.events.statistics.RequestRow.NOT_YET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import org.junit.jupiter.api.Test;

class RequestStatisticsTest {
    private final RequestStatistics statistics = new RequestStatistics();
    private long sequence;

    @Test
    void aRequestIsFollowedFromItsMakingToItsCompletion() {
        accept(10, new Event.IrpCreated(0x100, 4, 0x900, 4096));
        accept(12, new Event.IrpDispatched(0x100, 4, 0x900, 0));
        accept(13, new Event.IrpDispatched(0x100, 4, 0x800, 0));
        accept(20, new Event.IrpStarted(0x100, 0x900, 0));
        accept(90, new Event.IrpCompleted(0x100, 0, 4096, 0));

        assertThat(statistics.rows())
                .containsExactly(new RequestRow(0x100, 4, 0x900, 4096, 10, 12, 20, 90, 0, 4096));
        assertThat(statistics.incomplete()).isEmpty();
    }

    @Test
    void anIrpAtAnEarlierOnesAddressIsAnotherRequest() {
        accept(10, new Event.IrpCreated(0x100, 3, 0x900, 1));
        accept(20, new Event.IrpCompleted(0x100, 0xC000_0001, 0, 0));
        accept(30, new Event.IrpCreated(0x100, 4, 0x900, 2));

        assertThat(statistics.rows())
                .containsExactly(
                        new RequestRow(
                                0x100, 3, 0x900, 1, 10, NOT_YET, NOT_YET, 20, 0xC000_0001, 0),
                        new RequestRow(0x100, 4, 0x900, 2, 30, NOT_YET, NOT_YET, NOT_YET, 0, 0));
        assertThat(statistics.incomplete()).extracting(RequestRow::major).containsExactly(4);
    }

    @Test
    void theFirstCompletionCounts() {
        accept(10, new Event.IrpCreated(0x100, 3, 0x900, 1));
        accept(20, new Event.IrpCompleted(0x100, 0, 1, 0));
        accept(30, new Event.IrpCompleted(0x100, 0xC000_0001, 0, 0));

        assertThat(statistics.rows()).extracting(RequestRow::completedNs).containsExactly(20L);
        assertThat(statistics.rows()).extracting(RequestRow::status).containsExactly(0);
    }

    private void accept(long timeNs, Event event) {
        statistics.accept(new Stamp(++sequence, timeNs, 0, 0, 0), event);
    }
}
