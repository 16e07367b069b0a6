package dev.dirql.devices.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.TestMachine;
import dev.dirql.events.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RegisterBlockTest {
    private final TestMachine test = new TestMachine(1);
    private final RegisterBlock block = new RegisterBlock(test.machine, "thing");
    private final List<Long> written = new ArrayList<>();
    private int readsOfData;

    private final Register control =
            Register.named("CONTROL")
                    .at(0)
                    .field(0xF, "MODE", Access.READ_WRITE, "")
                    .flag(0x10, "START", Access.WRITE_ONLY, "")
                    .flag(0x100, "VERSION", Access.READ_ONLY, "")
                    .resetsTo(0x100)
                    .afterWrite(written::add);
    private final Register status =
            Register.named("STATUS")
                    .at(4)
                    .field(0xFF, "DONE", Access.WRITE_ONE_TO_CLEAR, "")
                    .field(0xFF00, "EVENTS", Access.READ_TO_CLEAR, "");
    private final Register data =
            Register.named("DATA")
                    .at(8)
                    .width(2)
                    .access(Access.READ_ONLY)
                    .reads(() -> 0x1234)
                    .afterRead(() -> readsOfData++);
    private final Register wide = Register.named("WIDE").at(16).width(8);

    RegisterBlockTest() {
        for (Register register : List.of(wide, data, status, control)) {
            block.add(register);
        }
    }

    private long read(long offset, int size) {
        return block.read(test.processor(0), offset, size);
    }

    private void write(long offset, int size, long value) {
        block.write(test.processor(0), offset, size, value);
    }

    @Test
    void fieldsObeyTheirAccess() {
        write(0, 4, 0xFFFF_FFFFL);

        assertThat(read(0, 4)).isEqualTo(0x10F);
        assertThat(control.isSet(0x10)).isTrue();
        assertThat(written).containsExactly(0xFFFF_FFFFL);
    }

    @Test
    void writingOneClearsAndWritingZeroDoesNot() {
        status.raise(0x5A);

        write(4, 4, 0x0A);

        assertThat(status.value()).isEqualTo(0x50);
    }

    @Test
    void readingToClearClearsOnlyWhatTheAccessCovered() {
        status.raise(0x2201);

        assertThat(read(4, 1)).isEqualTo(0x01);
        assertThat(status.value()).isEqualTo(0x2201);
        assertThat(read(5, 1)).isEqualTo(0x22);
        assertThat(status.value()).isEqualTo(0x01);
    }

    @Test
    void aNarrowWriteTouchesOnlyItsBytes() {
        wide.set(0x1111_2222_3333_4444L);

        write(18, 2, 0xABCD);

        assertThat(wide.value()).isEqualTo(0x1111_2222_ABCD_4444L);
    }

    @Test
    void aWideAccessReachesSeveralRegistersInOrder() {
        status.raise(0x0F);
        write(0, 8, 0x0000_0003_0000_0005L);

        assertThat(control.value()).isEqualTo(0x105);
        assertThat(status.value()).isEqualTo(0x0C);
        assertThat(read(0, 8)).isEqualTo(0x0000_000C_0000_0105L);
        assertThat(test.events)
                .containsExactly(
                        new Event.RegisterWritten("thing", "CONTROL", 4, 5),
                        new Event.RegisterWritten("thing", "STATUS", 4, 3),
                        new Event.RegisterRead("thing", "CONTROL", 4, 0x105),
                        new Event.RegisterRead("thing", "STATUS", 4, 0x0C));
    }

    @Test
    void anUnalignedAccessReachesTheBytesItCovers() {
        status.raise(0xFF);
        wide.set(-1);

        assertThat(read(7, 4)).isEqualTo(0x0012_3400L);
        write(3, 2, 0x0F00);

        assertThat(status.value()).isEqualTo(0xF0);
        assertThat(test.events)
                .containsExactly(
                        new Event.RegisterRead("thing", "STATUS+3", 1, 0),
                        new Event.RegisterRead("thing", "DATA", 2, 0x1234),
                        new Event.RegisterWritten("thing", "CONTROL+3", 1, 0),
                        new Event.RegisterWritten("thing", "STATUS", 1, 0x0F));
        assertThat(readsOfData).isEqualTo(1);
    }

    @Test
    void bytesWithoutRegisterReadAsZeroAndAreSilent() {
        write(12, 4, -1);

        assertThat(read(12, 4)).isZero();
        assertThat(test.events).isEmpty();
    }

    @Test
    void resetPutsBackTheValuesOfPowerOn() {
        write(0, 4, 0xF);
        wide.set(7);

        block.reset();

        assertThat(control.value()).isEqualTo(0x100);
        assertThat(wide.value()).isZero();
    }

    @Test
    void mistakesInADeclarationAreRefused() {
        assertThatThrownBy(() -> block.add(Register.named("X").at(6)))
                .hasMessage("thing: X overlaps STATUS");
        assertThatThrownBy(() -> block.add(Register.named("DATA").at(64)))
                .hasMessage("thing has two DATA");
        assertThatThrownBy(() -> status.flag(0x80, "AGAIN", Access.READ_ONLY, ""))
                .hasMessage("STATUS: fields DONE and AGAIN share bits");
        assertThatThrownBy(() -> Register.named("X").field(5, "GAP", Access.READ_ONLY, ""))
                .hasMessage("field GAP: bits 0x5 are not adjacent");
        assertThatThrownBy(() -> Register.named("X").width(3))
                .hasMessage("X: width 3, not 1, 2, 4 or 8");
    }
}
