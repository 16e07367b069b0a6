package dev.dirql.simulation.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import dev.dirql.store.SymbolTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventFieldsTest {
    private static final SymbolTable SYMBOLS =
            new SymbolTable(
                    List.of(
                            new SymbolTable.LoadedImage(
                                    "disk",
                                    0xFFFF_F801_0000_0000L,
                                    0x3000,
                                    List.of("a.scn"),
                                    List.of(new SymbolTable.Symbol("OnDpc", 0x1000, 0x80, true)),
                                    List.of(new SymbolTable.Line(0x1000, 0, 42)))));

    private static final Event ACQUIRED =
            new Event.LockAcquired(
                    0xFFFF_B800_0000_0010L,
                    "disk.extension.Lock",
                    LockKind.SPIN_LOCK,
                    0,
                    2,
                    0xFFFF_F801_0000_1012L,
                    340);

    @Test
    void jsonOfAnAcquisitionHasTheFieldsThatItIsKnownBy() {
        ObjectNode object =
                new EventJson(SYMBOLS).object(new Stamp(7, 1234, 1, 0xFFL, 2), ACQUIRED);

        assertThat(object.toString())
                .isEqualTo(
                        "{\"seq\":7,\"time_ns\":1234,\"cpu\":1,\"thread\":\"0xff\",\"irql\":2,"
                                + "\"event\":\"LockAcquired\",\"lock\":\"0xffffb80000000010\","
                                + "\"lock_name\":\"disk.extension.Lock\","
                                + "\"lock_kind\":\"spin lock\",\"irql_before\":0,\"irql_after\":2,"
                                + "\"caller\":\"0xfffff80100001012\","
                                + "\"caller_symbol\":\"disk!OnDpc+0x12\","
                                + "\"caller_line\":\"a.scn:42\",\"spin_ns\":340}");
    }

    @Test
    void textNamesRoutineAndLine() {
        String line = new EventText(SYMBOLS).line(new Stamp(7, 1234, 1, 0xFFL, 2), ACQUIRED);

        assertThat(line).contains("1.234 us", "cpu1", "LockAcquired", "disk!OnDpc+0x12 (a.scn:42)");
    }

    @Test
    void whatAGuestPrintsCannotMoveTheCursor() {
        Event printed = new Event.DebugPrinted("a\u001b[2Jb\r\n", 0);

        assertThat(new EventText(SYMBOLS).fields(printed))
                .startsWith("text \"a\\u001b[2Jb\\r\\n\"");
    }

    @Test
    void timesHaveAUnitThatFits() {
        assertThat(Texts.time(340)).isEqualTo("340 ns");
        assertThat(Texts.time(12_345)).isEqualTo("12.345 us");
        assertThat(Texts.time(3_000_000)).isEqualTo("3.000 ms");
        assertThat(Texts.moment(1_234_567_890)).isEqualTo("1,234,567.890 us");
    }
}
