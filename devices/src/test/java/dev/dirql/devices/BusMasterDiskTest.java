package dev.dirql.devices;

import static dev.dirql.devices.DeviceFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BusMasterDiskTest {
    private static final int COMMAND = 0x00;
    private static final int STATUS = 0x04;
    private static final int ADDRESS_LOW = 0x08;
    private static final int ADDRESS_HIGH = 0x0C;
    private static final int LENGTH = 0x10;
    private static final int SECTOR = 0x14;
    private static final int ERROR_CODE = 0x18;
    private static final int TRANSFERRED = 0x1C;
    private static final int SECTORS = 0x20;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int RESET = 4;
    private static final int INTERRUPT_ENABLE = 0x100;
    private static final int BUSY = 1;
    private static final int DONE = 2;
    private static final int ERROR = 4;
    private static final long BUFFER = 0x8000;

    private final DeviceFixture disk =
            DeviceFixture.levelSensitive("BusMasterDisk", "disk", "latency", number(10_000));
    private final TestMachine test = disk.test;

    private void start(int command, long address, long length, long sector) {
        disk.write(ADDRESS_LOW, address & 0xFFFF_FFFFL);
        disk.write(ADDRESS_HIGH, address >>> 32);
        disk.write(LENGTH, length);
        disk.write(SECTOR, sector);
        disk.write(COMMAND, command);
    }

    private byte[] fillBuffer(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        test.machine.writePhysical(BUFFER, bytes);
        return bytes;
    }

    private byte[] buffer(int length) {
        byte[] bytes = new byte[length];
        test.machine.readPhysical(BUFFER, bytes);
        return bytes;
    }

    private BusMasterDisk medium() {
        return (BusMasterDisk) disk.device;
    }

    @Test
    void aWriteMovesMemoryToTheMediumAfterTheLatency() {
        byte[] bytes = fillBuffer(1024, 1);
        test.runUntil(100);
        start(WRITE, BUFFER, 1024, 7);

        test.runUntil(10_099);
        assertThat(disk.read(STATUS)).isEqualTo(BUSY);
        assertThat(medium().sector(7)).containsOnly(0);
        test.runUntil(10_100);

        assertThat(disk.read(STATUS)).isEqualTo(DONE);
        assertThat(disk.read(TRANSFERRED)).isEqualTo(1024);
        assertThat(medium().sector(7)).isEqualTo(Arrays.copyOf(bytes, 512));
        assertThat(medium().sector(8)).isEqualTo(Arrays.copyOfRange(bytes, 512, 1024));
        assertThat(medium().sector(9)).containsOnly(0);
        assertThat(test.events(Event.DmaTransferred.class))
                .containsExactly(new Event.DmaTransferred("disk", BUFFER, 1024, false));
    }

    @Test
    void aReadMovesTheMediumToMemory() {
        byte[] bytes = fillBuffer(512, 2);
        start(WRITE, BUFFER, 512, 3);
        test.runUntil(20_000);
        disk.write(STATUS, DONE);
        fillBuffer(512, 3);

        start(READ, BUFFER, 512, 3);
        test.runUntil(40_000);

        assertThat(disk.read(STATUS)).isEqualTo(DONE);
        assertThat(buffer(512)).isEqualTo(bytes);
        assertThat(test.events(Event.DmaTransferred.class).getLast())
                .isEqualTo(new Event.DmaTransferred("disk", BUFFER, 512, true));
    }

    @Test
    void whatIsWrittenToRegistersWhileBusyIsForTheNextCommand() {
        byte[] bytes = fillBuffer(512, 4);
        start(WRITE, BUFFER, 512, 3);

        disk.write(SECTOR, 9);
        disk.write(LENGTH, 1024);
        test.runUntil(20_000);

        assertThat(medium().sector(3)).isEqualTo(bytes);
        assertThat(medium().sector(9)).containsOnly(0);
        assertThat(disk.read(TRANSFERRED)).isEqualTo(512);
    }

    @Test
    void aMediumCanBeFilledWithSectorNumbers() {
        DeviceFixture numbered =
                DeviceFixture.of(
                        "BusMasterDisk", "disk", "fill", new PropertyValue.Word("sector-numbers"));

        byte[] sector = ((BusMasterDisk) numbered.device).sector(0x123);

        assertThat(sector).startsWith(0x23, 1, 0, 0, 0x23, 1, 0, 0).hasSize(512);
    }

    @Test
    void theSizeOfTheMediumCanBeRead() {
        DeviceFixture small = DeviceFixture.of("BusMasterDisk", "disk", "size", number(4096 + 100));

        assertThat(disk.read(SECTORS)).isEqualTo(2048);
        assertThat(small.read(SECTORS)).isEqualTo(8);
        small.write(COMMAND, RESET);
        assertThat(small.read(SECTORS)).isEqualTo(8);
    }

    @Test
    void itInterruptsUntilDoneIsCleared() {
        test.handler =
                (processor, _) -> {
                    disk.write(STATUS, DONE);
                    processor.interruptUnit().endOfInterrupt();
                };
        start(READ | INTERRUPT_ENABLE, BUFFER, 512, 0);

        test.run();

        assertThat(test.taken).containsExactly("cpu0 0x51");
        assertThat(disk.read(COMMAND)).isEqualTo(INTERRUPT_ENABLE);
    }

    @Test
    void withoutInterruptEnableItOnlySetsDone() {
        start(READ, BUFFER, 512, 0);

        test.run();

        assertThat(test.taken).isEmpty();
        assertThat(disk.read(STATUS)).isEqualTo(DONE);
    }

    @Test
    void aLevelThatNobodyClearsInterruptsAgain() {
        test.handler =
                (processor, _) -> {
                    if (test.taken.size() == 3) {
                        disk.write(STATUS, DONE);
                    }
                    processor.interruptUnit().endOfInterrupt();
                };
        start(READ | INTERRUPT_ENABLE, BUFFER, 512, 0);

        test.run();

        assertThat(test.taken).hasSize(3);
    }

    @Test
    void mistakesInACommandEndItWithAnError() {
        assertThat(outcome(READ, BUFFER, 0, 0)).isEqualTo(3);
        assertThat(outcome(READ, BUFFER, 511, 0)).isEqualTo(3);
        assertThat(outcome(WRITE, BUFFER, 512, 2048)).isEqualTo(4);
        assertThat(outcome(WRITE, BUFFER, 1024, 2047)).isEqualTo(4);
        assertThat(outcome(READ, BUFFER, 512, 0xFFFF_FFFFL)).isEqualTo(4);
        assertThat(outcome(READ, (1L << 20) - 256, 512, 0)).isEqualTo(5);
        assertThat(outcome(READ, 0xFEE0_0000L, 512, 0)).isEqualTo(5);
        assertThat(outcome(READ, Long.MAX_VALUE - 100, 512, 0)).isEqualTo(5);
        assertThat(outcome(READ, -512, 512, 0)).isEqualTo(5);
        assertThat(outcome(READ, (1L << 20) - 512, 512, 2047)).isZero();
    }

    /** Runs a command to its end; ERROR and DONE are cleared. */
    private long outcome(int command, long address, long length, long sector) {
        start(command, address, length, sector);
        test.runUntil(test.machine.nowNs() + 20_000);
        long code = disk.read(ERROR_CODE);
        assertThat(disk.read(STATUS)).isEqualTo(code == 0 ? DONE : ERROR);
        assertThat(disk.read(TRANSFERRED)).isEqualTo(code == 0 ? length : 0);
        disk.write(STATUS, DONE | ERROR);
        return code;
    }

    @Test
    void readAndWriteTogetherAreRefused() {
        start(READ | WRITE, BUFFER, 512, 0);

        assertThat(disk.read(STATUS)).isEqualTo(ERROR);
        assertThat(disk.read(ERROR_CODE)).isEqualTo(1);
    }

    @Test
    void aCommandWhileBusyIsRefusedAndTheFirstGoesOn() {
        byte[] bytes = fillBuffer(512, 5);
        start(WRITE, BUFFER, 512, 3);
        start(READ, BUFFER, 512, 4);

        assertThat(disk.read(STATUS)).isEqualTo(BUSY | ERROR);
        assertThat(disk.read(ERROR_CODE)).isEqualTo(2);
        test.runUntil(50_000);

        assertThat(disk.read(STATUS)).isEqualTo(DONE | ERROR);
        assertThat(disk.read(ERROR_CODE)).isEqualTo(2);
        assertThat(medium().sector(3)).isEqualTo(bytes);
        assertThat(test.events(Event.DmaTransferred.class)).hasSize(1);
    }

    @Test
    void resetForgetsTheCommandAndKeepsTheMedium() {
        byte[] bytes = fillBuffer(512, 6);
        start(WRITE, BUFFER, 512, 3);
        test.runUntil(20_000);
        disk.write(STATUS, DONE);
        start(WRITE | INTERRUPT_ENABLE, BUFFER, 512, 4);

        disk.write(COMMAND, RESET | READ | INTERRUPT_ENABLE);
        test.run();

        assertThat(disk.read(STATUS)).isZero();
        assertThat(disk.read(COMMAND)).isZero();
        assertThat(disk.read(LENGTH)).isZero();
        assertThat(medium().sector(3)).isEqualTo(bytes);
        assertThat(medium().sector(4)).containsOnly(0);
        assertThat(test.taken).isEmpty();
    }

    @Test
    void aMediumErrorFailsTheNextTransferOnly() {
        disk.device.apply("medium_error", Map.of());

        assertThat(outcome(READ, BUFFER, 100, 0)).isEqualTo(3);
        assertThat(outcome(READ, BUFFER, 512, 0)).isEqualTo(6);
        assertThat(outcome(READ, BUFFER, 512, 0)).isZero();
        assertThat(test.events(Event.StimulusApplied.class))
                .containsExactly(new Event.StimulusApplied("disk", "medium_error"));
    }

    @Test
    void anUnknownStimulusIsRefused() {
        assertThatThrownBy(() -> disk.device.apply("explode", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("disk: a BusMasterDisk has no stimulus 'explode'");
    }

    @Test
    void raiseSetsDone() {
        disk.write(COMMAND, INTERRUPT_ENABLE);
        test.handler =
                (processor, _) -> {
                    disk.write(STATUS, DONE);
                    processor.interruptUnit().endOfInterrupt();
                };
        test.runUntil(100);

        disk.device.apply(new InterruptStimulus.Raise());
        test.run();

        assertThat(test.taken).hasSize(1);
        assertThat(test.events(Event.DmaTransferred.class)).isEmpty();
    }

    @Test
    void aMomentInTheMiddleOfACommandComesBackWithTheMedium() {
        byte[] bytes = fillBuffer(512, 7);
        start(WRITE, BUFFER, 512, 3);
        test.runUntil(20_000);
        disk.write(STATUS, DONE);
        start(WRITE, BUFFER, 512, 4);
        test.runUntil(21_000);
        Snapshot moment = test.machine.snapshot();
        long hashThen = test.machine.exactHash();
        byte[] others = fillBuffer(512, 8);
        start(WRITE, BUFFER, 512, 3);
        test.runUntil(40_000);
        disk.write(STATUS, DONE | ERROR);
        start(WRITE, BUFFER, 512, 3);
        test.runUntil(60_000);
        assertThat(medium().sector(3)).isEqualTo(others);
        assertThat(test.machine.exactHash()).isNotEqualTo(hashThen);

        test.machine.restore(moment);

        assertThat(test.machine.exactHash()).isEqualTo(hashThen);
        assertThat(medium().sector(3)).isEqualTo(bytes);
        assertThat(medium().sector(4)).containsOnly(0);
        test.runUntil(40_000);
        assertThat(medium().sector(4)).isEqualTo(bytes);
        test.machine.restore(moment);
        assertThat(medium().sector(4)).containsOnly(0);
    }

    @Test
    void theHashOfTheMediumDoesNotDependOnTheOrderOfWrites() {
        SectorStorage first = new SectorStorage(1000, _ -> new byte[512]);
        SectorStorage second = new SectorStorage(1000, _ -> new byte[512]);
        byte[] a = fillBuffer(512, 9);
        byte[] b = fillBuffer(512, 10);
        first.write(1, a);
        first.write(900, b);
        second.write(900, a);
        second.write(900, b);
        second.write(1, a);
        second.write(5, b);
        second.write(5, new byte[512]);

        assertThat(second.hash()).isEqualTo(first.hash());
        second.write(5, a);
        assertThat(second.hash()).isNotEqualTo(first.hash());
    }
}
