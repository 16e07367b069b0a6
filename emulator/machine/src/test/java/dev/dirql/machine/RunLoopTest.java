package dev.dirql.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.machine.InstructionEngine.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RunLoopTest {
    private static final long COUNTER = 0x10000;
    private static final long LOCK = 0x10100;

    private final List<String> log = new ArrayList<>();

    /** A machine with one page of memory and a program; processors start at address 0. */
    private record Rig(Machine machine, ToyEngine engine, ToySoftware software) {
        static Rig of(int processors, DecisionSource decisions) {
            return of(MachineSettings.of(processors), decisions);
        }

        static Rig of(MachineSettings settings, DecisionSource decisions) {
            Machine machine = new Machine(settings, decisions);
            machine.attach(_ -> InterruptController.none());
            ToyEngine engine = new ToyEngine();
            machine.attach(engine);
            ToySoftware software = new ToySoftware(machine);
            machine.attach(software);
            machine.map(
                    machine.kernelSpace(),
                    COUNTER,
                    machine.memory().allocateFrame(),
                    PageFlags.WRITABLE);
            return new Rig(machine, engine, software);
        }
    }

    private static Stop halt(Processor processor) {
        processor.rip++;
        return Stop.HALT;
    }

    @Test
    void visibleStepsHappenInTheOrderOfTime() {
        Rig rig = Rig.of(3, DecisionSource.defaultPolicy());
        for (int i = 0; i < 20; i++) {
            int steps = i;
            rig.engine.plain(p -> {
                p.clockNs += (p.number() + 1) * 7L * steps % 11;
                p.rip++;
                return Stop.LIMIT;
            });
            rig.engine.visible(p -> {
                log.add(p.clockNs + " cpu" + p.number());
                p.rip++;
                return Stop.LIMIT;
            });
        }
        rig.engine.visible(RunLoopTest::halt);

        rig.machine.run();

        List<Long> times = log.stream().map(s -> Long.parseLong(s.split(" ")[0])).toList();
        assertThat(log).hasSize(60);
        assertThat(times).isSorted();
        assertThat(rig.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aRunThatEndsAfterSomethingGoesOnWithItWhenTheStepIsOver() {
        Rig rig = Rig.of(1, DecisionSource.defaultPolicy());
        Machine machine = rig.machine;
        machine.addSink((stamp, event) -> log.add(event.toString()));
        rig.engine.visible(p -> {
            machine.endAfter(RunEnd.BUG_CHECK, () -> log.add("last words, " + machine.ended()));
            machine.endAfter(RunEnd.BUG_CHECK, () -> log.add("never"));
            machine.end(RunEnd.DEADLOCK, "too late");
            log.add("in the step: " + machine.ended());
            p.rip++;
            return Stop.LIMIT;
        });
        rig.engine.visible(p -> {
            machine.end(RunEnd.BUG_CHECK, "now");
            return Stop.LIMIT;
        });

        machine.run();

        assertThat(machine.ended()).isEqualTo(RunEnd.BUG_CHECK);
        assertThat(log)
                .containsExactly(
                        "in the step: BUG_CHECK",
                        "last words, null",
                        new Event.RunEnded(RunEnd.BUG_CHECK, "now").toString());
    }

    @Test
    void everySinkGetsAnEventBeforeThoseItGivesRiseTo() {
        Machine machine = Rig.of(1, DecisionSource.defaultPolicy()).machine;
        machine.addSink((stamp, event) -> {
            if (event instanceof Event.IrqlChanged) {
                machine.emit(new Event.InterruptUnclaimed(7));
            }
        });
        machine.addSink((stamp, event) -> log.add(stamp.sequence() + " " + event));

        machine.emit(new Event.IrqlChanged(0, 2, 0));
        machine.emit(new Event.InterruptUnclaimed(8));

        assertThat(log)
                .containsExactly(
                        "1 " + new Event.IrqlChanged(0, 2, 0),
                        "2 " + new Event.InterruptUnclaimed(7),
                        "3 " + new Event.InterruptUnclaimed(8));
    }

    @Test
    void anInvisibleLoopRunsAheadByAQuantumAndNoFurther() {
        Rig rig = Rig.of(2, DecisionSource.defaultPolicy());
        long[] farthest = new long[1];
        rig.engine.plain(p -> {
            Processor other = p.machine().processor(1 - p.number());
            farthest[0] = Math.max(farthest[0], p.clockNs - other.clockNs);
            p.rip = p.clockNs > 20_000 ? 1 : 0;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);

        rig.machine.run();

        assertThat(farthest[0]).isBetween(400L, 500L);
    }

    @Test
    void aProcessorThatWaitsForAWriteRunsAgainWhenTheWordIsWritten() {
        Rig rig = Rig.of(2, DecisionSource.defaultPolicy());
        long physical = rig.machine.processor(0).memory().physical(LOCK);
        long wait =
                rig.software.service(p -> {
                    if (p.memory().load64(LOCK) == 0) {
                        p.waitForWrite(physical, Long.MAX_VALUE);
                    } else {
                        log.add("woken at " + p.clockNs);
                        p.rip = 2;
                    }
                });
        rig.engine.plain(p -> {
            p.rip = p.number() == 0 ? wait : p.clockNs < 3_000 ? 0 : 1;
            return Stop.LIMIT;
        });
        rig.engine.plain(p -> {
            log.add("written at " + p.clockNs);
            p.memory().store64(LOCK, 1);
            p.rip = 2;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);

        rig.machine.run();

        assertThat(log).hasSize(2);
        assertThat(log.get(0)).startsWith("written at 300");
        assertThat(log.get(1)).isEqualTo(log.get(0).replace("written", "woken"));
        assertThat(rig.machine.steps()).isLessThan(3_100);
    }

    @Test
    void theWinnerOfAWriteIsADecisionAndGoesFirst() {
        for (int winner = 0; winner < 3; winner++) {
            assertThat(winner(winner, false)).isEqualTo("cpu" + winner);
        }
    }

    @Test
    void whoWaitsLongestGoesFirstWhereThatIsTheMachinesOrder() {
        assertThat(winner(2, true)).isEqualTo("cpu0");
    }

    /** Who of three gets a lock first, where a decision would choose that one. */
    private String winner(int chosen, boolean inOrder) {
        log.clear();
        Rig rig = Rig.of(4, point -> point.kind() == DecisionKind.LOCK_WINNER ? chosen : 0);
        rig.machine.offerWritesInOrder(inOrder);
        long physical = rig.machine.processor(0).memory().physical(LOCK);
        long acquire =
                rig.software.service(p -> {
                    if (p.memory().load64(LOCK) != 0) {
                        p.waitForWrite(physical, Long.MAX_VALUE);
                    } else {
                        p.memory().store64(LOCK, 1);
                        log.add("cpu" + p.number());
                        p.rip = 2;
                    }
                });
        rig.machine.processor(3).memory().store64(LOCK, 1);
        rig.engine.plain(p -> {
            p.rip = p.number() < 3 ? acquire : p.clockNs < 1_000 ? 0 : 1;
            return Stop.LIMIT;
        });
        rig.engine.plain(p -> {
            p.memory().store64(LOCK, 0);
            p.rip = 2;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);

        rig.machine.run();

        assertThat(log).hasSize(1);
        return log.get(0);
    }

    @Test
    void anEventIsSeenByAStepThatIsNotEarlier() {
        Rig rig = Rig.of(2, DecisionSource.defaultPolicy());
        int handler = rig.machine.queue().register((time, argument) -> log.add("event " + time));
        rig.machine.queue().set(handler, 700, 0);
        rig.engine.visible(p -> {
            if (p.number() == 0 && p.clockNs >= 698 && p.clockNs <= 702) {
                log.add("step " + p.clockNs);
            }
            p.rip = p.clockNs < 800 ? 0 : 1;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);

        rig.machine.run();

        assertThat(log)
                .containsExactly(
                        "step 698", "step 699", "event 700", "step 700", "step 701", "step 702");
    }

    @Test
    void timeJumpsWhenEveryProcessorWaits() {
        Rig rig = Rig.of(1, DecisionSource.defaultPolicy());
        rig.engine.visible(p -> {
            p.waitUntil(5_000_000_000L);
            p.rip = 1;
            return Stop.VISIBLE;
        });
        rig.engine.visible(p -> {
            log.add("at " + p.clockNs);
            return halt(p);
        });

        rig.machine.run();

        assertThat(log).containsExactly("at 5000000000");
        assertThat(rig.machine.steps()).isEqualTo(2);
    }

    @Test
    void longPauseLoopsCostOneTurnForEachThingThatHappens() {
        Rig rig = waitingFor(p -> p.clockNs < 1_000_000);

        rig.machine.run();

        assertThat(rig.machine.processor(0).steps).isBetween(1_000L, 5_000L);
        assertThat(rig.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void shortPauseLoopsSeeTheWriteInTime() {
        Rig rig = waitingFor(p -> p.clockNs < 700);

        rig.machine.run();

        assertThat(rig.machine.processor(0).clockNs).isBetween(200L, 1_300L);
    }

    /** Processor 0 pauses until 1, which is busy as long as it is said, has written. */
    private Rig waitingFor(Predicate<Processor> busy) {
        Rig rig = Rig.of(2, DecisionSource.defaultPolicy());
        rig.engine.plain(p -> {
            p.rip = p.number() == 0 ? 1 : busy.test(p) ? 0 : 2;
            return Stop.LIMIT;
        });
        rig.engine.visible(p -> {
            p.rip = p.memory().load64(COUNTER) == 0 ? 1 : 3;
            return p.rip == 1 ? Stop.YIELD : Stop.LIMIT;
        });
        rig.engine.plain(p -> {
            p.memory().store64(COUNTER, 1);
            p.rip = 3;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);
        return rig;
    }

    @Test
    void pausesOfALoneProcessorCostTheirSteps() {
        Rig rig = pausing(900);
        rig.machine.queue().set(rig.machine.queue().register((_, _) -> {}), 50_000, 0);

        rig.machine.run();

        assertThat(rig.machine.processor(0).clockNs).isLessThan(1_000);
    }

    @Test
    void aLoneProcessorThatPausesOnAndOnJumpsToWhatIsDue() {
        Rig rig = pausing(1_200);
        rig.machine.queue().set(rig.machine.queue().register((_, _) -> {}), 50_000, 0);

        rig.machine.run();

        assertThat(rig.machine.processor(0).clockNs).isBetween(50_000L, 50_300L);
    }

    private Rig pausing(int times) {
        Rig rig = Rig.of(1, DecisionSource.defaultPolicy());
        rig.engine.visible(p -> {
            p.registers[Processor.RCX]++;
            p.rip = p.registers[Processor.RCX] < times ? 0 : 1;
            return Stop.YIELD;
        });
        rig.engine.visible(RunLoopTest::halt);
        return rig;
    }

    @Test
    void anEndlessLoopEndsAtTheLimits() {
        MachineSettings settings = new MachineSettings(1, 1 << 20, 1, 500, 1_000_000, 5_000);
        Rig steps = Rig.of(settings, DecisionSource.defaultPolicy());
        steps.engine.plain(p -> Stop.LIMIT);
        Rig time =
                Rig.of(
                        new MachineSettings(1, 1 << 20, 1, 500, 5_000, 1_000_000),
                        DecisionSource.defaultPolicy());
        time.engine.plain(p -> Stop.LIMIT);

        steps.machine.run();
        time.machine.run();

        assertThat(steps.machine.ended()).isEqualTo(RunEnd.BUDGET);
        assertThat(steps.machine.steps()).isEqualTo(5_000);
        assertThat(time.machine.ended()).isEqualTo(RunEnd.BUDGET);
        assertThat(time.machine.endDetail()).contains("5000 ns");
    }

    @Test
    void aRunCutIntoPausesIsTheSameRun() {
        long whole = countedRun(Integer.MAX_VALUE, 7).exactHash();
        for (int steps : new int[] {1, 2, 7, 100}) {
            assertThat(countedRun(steps, 7).exactHash()).isEqualTo(whole);
        }
        assertThat(countedRun(Integer.MAX_VALUE, 8).exactHash()).isNotEqualTo(whole);
    }

    /** Three processors add to one counter without a lock, in an order that a seed disturbs. */
    private Machine countedRun(int stepsAtOnce, long seed) {
        Rig rig = countingRig(seed);
        long at = 0;
        while (rig.machine.ended() == null) {
            at += stepsAtOnce;
            rig.machine.pauseAtStep(at);
            rig.machine.run();
        }
        return rig.machine;
    }

    private Rig countingRig(long seed) {
        Random random = new Random(seed);
        Rig rig =
                Rig.of(
                        3,
                        point -> random.nextInt(4) == 0 ? random.nextInt(point.alternatives()) : 0);
        rig.engine.plain(p -> {
            p.registers[Processor.RAX] = p.memory().load64(COUNTER);
            p.rip = 1;
            return Stop.LIMIT;
        });
        rig.engine.plain(p -> {
            p.memory().store64(COUNTER, p.registers[Processor.RAX] + 1);
            p.rip = ++p.registers[Processor.RCX] < 200 ? 0 : 2;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);
        return rig;
    }

    @Test
    void aRestoredMomentGoesOnAsItDidBefore() {
        Rig rig = countingRig(3);
        Machine machine = rig.machine;
        machine.pauseAtStep(333);
        machine.run();
        // From here the default policy, so that both continuations are asked the same.
        Machine plain = Rig.of(3, DecisionSource.defaultPolicy()).machine;
        assertThat(plain.reducedHash()).isNotEqualTo(machine.reducedHash());
        Snapshot moment = machine.snapshot();
        long hashThen = machine.exactHash();
        machine.processor(0).memory().store64(COUNTER, 12345);
        machine.processor(1).registers[Processor.RBX] = 9;
        assertThat(machine.exactHash()).isNotEqualTo(hashThen);

        machine.restore(moment);

        assertThat(machine.exactHash()).isEqualTo(hashThen);
        assertThat(machine.steps()).isEqualTo(333);
    }

    @Test
    void continuationsOfOneMomentAreEqual() {
        Rig rig = Rig.of(3, DecisionSource.defaultPolicy());
        rig.engine.plain(p -> {
            p.memory().store64(COUNTER + 8L * p.number(), p.clockNs * 31);
            p.rip = p.clockNs < 4_000 ? 0 : 1;
            return Stop.LIMIT;
        });
        rig.engine.visible(RunLoopTest::halt);
        rig.machine.pauseAtStep(1_000);
        rig.machine.run();
        Snapshot moment = rig.machine.snapshot();
        rig.machine.pauseAtStep(Long.MAX_VALUE);
        rig.machine.run();
        long first = rig.machine.exactHash();

        rig.machine.restore(moment);
        rig.machine.run();

        assertThat(rig.machine.exactHash()).isEqualTo(first);
        assertThat(rig.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void theReducedHashDoesNotSeeAbsoluteTime() {
        Rig early = Rig.of(2, DecisionSource.defaultPolicy());
        Rig late = Rig.of(2, DecisionSource.defaultPolicy());
        for (Rig rig : List.of(early, late)) {
            rig.engine.visible(RunLoopTest::halt);
        }
        for (int i = 0; i < 2; i++) {
            late.machine.processor(i).clockNs = 1_000;
        }
        late.machine.queue().set(late.machine.queue().register((_, _) -> {}), 1_000, 0);
        early.machine.queue().set(early.machine.queue().register((_, _) -> {}), 0, 0);
        early.machine.run();
        late.machine.run();

        assertThat(late.machine.exactHash()).isNotEqualTo(early.machine.exactHash());
        assertThat(late.machine.reducedHash()).isEqualTo(early.machine.reducedHash());
    }

    @Test
    void theReducedHashDoesNotSeeHowLongAProcessorHasSlept() {
        Rig early = Rig.of(2, DecisionSource.defaultPolicy());
        Rig late = Rig.of(2, DecisionSource.defaultPolicy());
        for (Rig rig : List.of(early, late)) {
            rig.engine.plain(p -> {
                p.rip = p.number() == 0 ? 1 : 2;
                return Stop.LIMIT;
            });
            rig.engine.plain(p -> Stop.LIMIT);
            rig.engine.visible(RunLoopTest::halt);
        }

        early.machine.pauseAtStep(2_000);
        late.machine.pauseAtStep(3_000);
        early.machine.run();
        late.machine.run();

        assertThat(late.machine.processor(1).clockNs).isEqualTo(early.machine.processor(1).clockNs);
        assertThat(late.machine.nowNs()).isGreaterThan(early.machine.nowNs());
        assertThat(late.machine.reducedHash()).isEqualTo(early.machine.reducedHash());
    }

    @Test
    void theReducedHashSeesASleeperThatIsAheadOfTheOthers() {
        Rig rig = Rig.of(2, DecisionSource.defaultPolicy());
        rig.engine.plain(p -> Stop.LIMIT);
        Processor sleeper = rig.machine.processor(1);
        sleeper.clockNs = 50;
        sleeper.waitForInterrupt();
        long ahead = rig.machine.reducedHash();

        sleeper.clockNs = 60;

        assertThat(rig.machine.reducedHash()).isNotEqualTo(ahead);
    }

    @Test
    void theReducedHashSeesWhoWaitsLongest() {
        long[] hashes = new long[2];
        for (int first = 0; first < 2; first++) {
            Machine machine = Rig.of(2, DecisionSource.defaultPolicy()).machine;
            machine.processor(first).waitForWrite(0x1000, Long.MAX_VALUE);
            machine.processor(1 - first).clockNs = 10;
            machine.processor(1 - first).waitForWrite(0x1000, Long.MAX_VALUE);
            for (int i = 0; i < 2; i++) {
                machine.processor(i).clockNs = 10;
            }
            hashes[first] = machine.reducedHash();
        }

        assertThat(hashes[0]).isNotEqualTo(hashes[1]);
    }

    @Test
    void aMachineWithoutATimeLimitRuns() {
        Rig rig =
                Rig.of(
                        new MachineSettings(1, 1 << 20, 1, 500, Long.MAX_VALUE, Long.MAX_VALUE),
                        DecisionSource.defaultPolicy());
        rig.engine.visible(RunLoopTest::halt);

        rig.machine.run();

        assertThat(rig.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aFaultReachesTheSoftwareWithItsAddressAndReason() {
        Rig rig = Rig.of(1, DecisionSource.defaultPolicy());
        rig.engine.plain(p -> {
            p.memory().store32(0xdead_0000L, 1);
            return Stop.LIMIT;
        });

        rig.machine.run();

        assertThat(rig.machine.endDetail()).isEqualTo("WRITE at 0xdead0000: NOT_MAPPED");
    }
}
