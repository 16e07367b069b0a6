package dev.dirql.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A timer and a disk on one level-sensitive line, served by whichever of three processors. */
final class SharedLineTest {
    private static final long TIMER = 0xFE00_0000L;
    private static final long DISK = 0xFE00_1000L;
    private static final long VIRTUAL = 0xFFFF_A000_0000_0000L;
    private static final int VECTOR = 0x51;
    private static final long LOWEST_PRIORITY_LOGICAL_LEVEL = 1 << 8 | 1 << 11 | 1 << 15;
    private static final long EVERYBODY = 7L << 56;
    private static final int COMMANDS = 20;

    private final TestMachine test = new TestMachine(3).readyToPause();
    private final Device timer = device("IntervalTimer", "timer", TIMER);
    private final Device disk = device("BusMasterDisk", "disk", DISK);
    private int timerHandled;
    private int diskHandled;

    private Device device(String type, String name, long physical) {
        return DeviceCatalog.create(
                type,
                name,
                Map.of("line", new PropertyValue.Line(11, Trigger.LEVEL_SENSITIVE)),
                test.machine,
                new DeviceResources(physical, VIRTUAL + physical - TIMER, VECTOR, 5, 7));
    }

    private void store(Processor processor, long address, long value) {
        test.machine.bus().writeMemory(processor, address, 4, value);
    }

    private long load(Processor processor, long address) {
        return test.machine.bus().readMemory(processor, address, 4);
    }

    /** The ISR of both drivers; the disk's starts the next command. */
    private void serve(Processor processor, int vector) {
        long expired = load(processor, TIMER + 4) & 3;
        if (expired != 0) {
            store(processor, TIMER + 4, expired);
            timerHandled++;
        }
        if ((load(processor, DISK + 4) & 6) != 0) {
            store(processor, DISK + 4, 6);
            diskHandled++;
            startCommand(processor);
        }
        processor.interruptUnit().endOfInterrupt();
    }

    private void startCommand(Processor processor) {
        if (load(processor, DISK + 0x14) < COMMANDS) {
            store(processor, DISK + 0x08, 0x8000);
            store(processor, DISK + 0x10, 512);
            store(processor, DISK + 0x14, load(processor, DISK + 0x14) + 1);
            store(processor, DISK, 0x101);
        }
    }

    private void begin() {
        test.handler = this::serve;
        test.redirect(11, VECTOR | LOWEST_PRIORITY_LOGICAL_LEVEL | EVERYBODY);
        Processor processor = test.processor(0);
        store(processor, TIMER + 8, 7_000);
        store(processor, TIMER, 7);
        startCommand(processor);
    }

    @Test
    void bothDevicesAreServed() {
        begin();

        test.runUntil(1_000_500);

        assertThat(diskHandled).isEqualTo(COMMANDS);
        assertThat(timerHandled).isEqualTo(142);
        assertThat(test.asked.get(DecisionKind.INTERRUPT_PROCESSOR)).containsOnly(3);
    }

    @Test
    void aDriverReachesTheRegistersByTheAddressesInItsConstants() {
        test.machine.map(
                test.machine.kernelSpace(),
                VIRTUAL,
                TIMER >>> 12,
                PageFlags.DEVICE | PageFlags.WRITABLE);
        Processor processor = test.processor(0);
        String reload = timer.constants().get(7).text();
        assertThat(timer.constants().get(7).name()).isEqualTo("TIMER_RELOAD");
        long address = Long.parseUnsignedLong(reload.replaceAll(".*0x|ULL.*", ""), 16);

        processor.memory().store32(address, 1234);

        assertThat(processor.memory().load32(address)).isEqualTo(1234);
        assertThat(test.events)
                .containsExactly(
                        new Event.RegisterWritten("timer", "RELOAD", 4, 1234),
                        new Event.RegisterRead("timer", "RELOAD", 4, 1234));
    }

    private void disturb(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 8; i++) {
            Device device = random.nextBoolean() ? timer : disk;
            long ordinal = random.nextInt(1, 11);
            device.apply(
                    switch (random.nextInt(5)) {
                        case 0 -> new InterruptStimulus.RaiseSpurious();
                        case 1 -> new InterruptStimulus.Duplicate(ordinal);
                        case 2 -> new InterruptStimulus.Delay(ordinal, 1 + random.nextInt(9_000));
                        case 3 -> new InterruptStimulus.Storm(ordinal, 1 + random.nextInt(900));
                        default -> new InterruptStimulus.Raise();
                    });
        }
    }

    /** Runs of one seed, whatever processors and arrivals are chosen, are the same. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyRunCanBeRepeatedFromTheStartAndFromAnyMoment(long seed) {
        SharedLineTest other = new SharedLineTest();
        for (SharedLineTest one : List.of(this, other)) {
            one.test.restless = true;
            one.begin();
            one.disturb(seed);
        }
        other.test.runUntil(400_000);
        for (long timeNs = 0; timeNs <= 400_000; timeNs += 50_000) {
            test.runUntil(timeNs);
            Snapshot moment = test.machine.snapshot();
            int events = test.trace.size();
            test.runUntil(timeNs + 30_000);
            long hash = test.machine.exactHash();
            List<String> once = List.copyOf(test.trace.subList(events, test.trace.size()));
            test.trace.subList(events, test.trace.size()).clear();
            test.machine.restore(moment);
            test.runUntil(timeNs + 30_000);

            assertThat(test.machine.exactHash()).as("seed %d, %d ns", seed, timeNs).isEqualTo(hash);
            assertThat(test.trace.subList(events, test.trace.size())).isEqualTo(once);
            test.trace.subList(events, test.trace.size()).clear();
            test.machine.restore(moment);
        }

        assertThat(test.trace).isEqualTo(other.test.trace).hasSizeGreaterThan(300);
        assertThat(test.machine.exactHash()).isEqualTo(other.test.machine.exactHash());
    }
}
