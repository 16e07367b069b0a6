package dev.dirql.devices.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.TestMachine;
import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
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

    // ---- further kinds of access ----

    private Register further(String name, int offset, Access access) {
        Register register = Register.named(name).at(offset).width(2).access(access);
        block.add(register);
        return register;
    }

    @Test
    void setToggleAndClearChangeOnlyTheBitsThatTheWriteMeans() {
        Register sets = further("SETS", 0x20, Access.WRITE_ONE_TO_SET);
        Register toggles = further("TOGGLES", 0x22, Access.WRITE_ONE_TO_TOGGLE);
        Register zeroes = further("ZEROES", 0x24, Access.WRITE_ZERO_TO_CLEAR);
        Register wiped = further("WIPED", 0x26, Access.WRITE_TO_CLEAR);
        for (Register register : List.of(sets, toggles, zeroes, wiped)) {
            register.set(0x0FF0);
        }

        write(0x20, 2, 0x1001);
        write(0x22, 2, 0x1010);
        write(0x24, 2, 0xF0F0);
        write(0x26, 1, 0);

        assertThat(read(0x20, 2)).isEqualTo(0x1FF1);
        assertThat(read(0x22, 2)).isEqualTo(0x1FE0);
        assertThat(read(0x24, 2)).isEqualTo(0x00F0);
        assertThat(read(0x26, 2)).isEqualTo(0x0F00);
    }

    @Test
    void aNarrowWriteOfZeroesClearsOnlyInItsBytes() {
        Register zeroes = further("ZEROES", 0x24, Access.WRITE_ZERO_TO_CLEAR);
        zeroes.set(0xFFFF);

        write(0x25, 1, 0x0F);

        assertThat(zeroes.value()).isEqualTo(0x0FFF);
    }

    @Test
    void whatCanBeWrittenOnceKeepsTheFirstWriteOfEachByteUntilItIsReset() {
        Register once = further("ONCE", 0x20, Access.WRITE_ONCE);

        write(0x20, 1, 0x11);
        write(0x20, 2, 0x2222);
        write(0x20, 2, 0x3333);
        assertThat(read(0x20, 2)).isEqualTo(0x2211);
        once.reset();
        write(0x20, 2, 0x4444);

        assertThat(read(0x20, 2)).isEqualTo(0x4444);
    }

    @Test
    void aMomentKnowsWhatWasWrittenOnce() {
        further("ONCE", 0x20, Access.WRITE_ONCE);
        test.machine.addMachinePart(block);
        test.readyToPause();
        Snapshot before = test.machine.snapshot();
        write(0x20, 2, 1);
        Snapshot after = test.machine.snapshot();

        test.machine.restore(before);
        write(0x20, 2, 2);
        assertThat(read(0x20, 2)).isEqualTo(2);
        test.machine.restore(after);
        write(0x20, 2, 3);

        assertThat(read(0x20, 2)).isEqualTo(1);
    }

    @Test
    void theActionOfAWriteIsToldTheValueBeforeAndTheBytesThatWereWritten() {
        List<String> told = new ArrayList<>();
        Register register =
                Register.named("HALVES")
                        .at(0x20)
                        .width(8)
                        .onWrite((bits, previous, lanes) ->
                                told.add("%x %x %x".formatted(bits, previous, lanes)));
        block.add(register);

        write(0x20, 4, 0x1111_1111L);
        write(0x24, 4, 0x2222_2222L);

        assertThat(told)
                .containsExactly(
                        "11111111 0 ffffffff", "2222222200000000 11111111 ffffffff00000000");
    }

    @Test
    void theMostSignificantByteOfABigEndianRegisterHasTheLowestAddress() {
        List<Long> lanesOfWrites = new ArrayList<>();
        Register register =
                Register.named("BIG")
                        .at(0x20)
                        .bigEndian()
                        .field(0xFF00_0000L, "TOP", Access.READ_WRITE, "")
                        .field(0xFF, "BOTTOM", Access.READ_TO_CLEAR, "")
                        .onWrite((_, _, lanes) -> lanesOfWrites.add(lanes));
        block.add(register);
        register.set(0x1200_0034L);

        assertThat(read(0x20, 4)).isEqualTo(0x3400_0012L);
        assertThat(register.value()).isEqualTo(0x1200_0000L);
        write(0x20, 1, 0x99);

        assertThat(register.value()).isEqualTo(0x9900_0000L);
        assertThat(lanesOfWrites).containsExactly(0xFF00_0000L);
    }

    @Test
    void registersOfOtherRangesAnswerOnlyThere() {
        Register other = Register.named("OTHER").inRange(2).at(0);
        block.add(other);

        block.range(2).write(test.processor(0), 0, 4, 7);
        write(0, 4, 5);

        assertThat(block.range(2).read(test.processor(0), 0, 4)).isEqualTo(7);
        assertThat(control.value()).isEqualTo(0x105);
        assertThat(block.size(2)).isEqualTo(4);
        assertThat(block.size()).isEqualTo(24);
        assertThat(block.range(1).read(test.processor(0), 0, 4)).isZero();
    }
}
