package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class WorkloadReaderTest {
    @Test
    void threadsHaveNamesPlacesAndPriorities() {
        List<WorkloadThread> threads =
                Samples.scenario(
                                Samples.withDisk(
                                        """
                                        workload {
                                            thread { }
                                            thread writer on 2 priority 12 { }
                                            thread on any { }
                                            thread priority 31 { }
                                        }
                                        """))
                        .workload()
                        .threads();

        assertThat(threads)
                .extracting(WorkloadThread::name)
                .containsExactly("thread 1", "writer", "thread 3", "thread 4");
        assertThat(threads)
                .extracting(WorkloadThread::processor)
                .containsExactly(
                        OptionalInt.empty(),
                        OptionalInt.of(2),
                        OptionalInt.empty(),
                        OptionalInt.empty());
        assertThat(threads).extracting(WorkloadThread::priority).containsExactly(8, 12, 8, 31);
    }

    @Test
    void statementsAreReadInOrder() {
        List<WorkloadStatement> body =
                Samples.scenario(
                                Samples.withDisk(
                                        """
                                        workload {
                                            thread {
                                                open disk
                                                repeat 3 { write disk_driver, 4KB at 512 }
                                                start read disk, 16
                                                control disk, 0x80002000, input 16 value 5, output 8
                                                control disk, 1, input value 7
                                                start control disk, 2
                                                wait for all
                                                wait
                                                delay 10us
                                                call disk_driver.Poke(1, 2us, true, -1)
                                                close disk
                                            }
                                        }
                                        """))
                        .workload()
                        .threads()
                        .getFirst()
                        .body();

        Target disk = new Target("disk", "disk_driver", 0, 0);
        Target driver = new Target("disk_driver", "disk_driver", 0, 0);
        SourceFile file = body.getFirst().position().file();
        assertThat(body)
                .containsExactly(
                        new WorkloadStatement.Open(at(file, 6), disk),
                        new WorkloadStatement.Repeat(
                                at(file, 7),
                                3,
                                List.of(
                                        new WorkloadStatement.Transfer(
                                                new Position(file, 7, 20),
                                                true,
                                                driver,
                                                4096,
                                                512,
                                                false))),
                        new WorkloadStatement.Transfer(at(file, 8), false, disk, 16, 0, true),
                        new WorkloadStatement.Control(
                                at(file, 9), disk, 0x80002000, 16, 5, 8, false),
                        new WorkloadStatement.Control(at(file, 10), disk, 1, 4, 7, 0, false),
                        new WorkloadStatement.Control(at(file, 11), disk, 2, 0, 0, 0, true),
                        new WorkloadStatement.Wait(at(file, 12)),
                        new WorkloadStatement.Wait(at(file, 13)),
                        new WorkloadStatement.Delay(at(file, 14), 10_000),
                        new WorkloadStatement.Call(
                                at(file, 15),
                                "disk_driver",
                                0,
                                "Poke",
                                List.of(1L, 2000L, 1L, -1L)),
                        new WorkloadStatement.Close(at(file, 16), disk));
    }

    private static Position at(SourceFile file, int line) {
        return new Position(file, line, 9);
    }

    @Test
    void stimuliAreReadWithTheirTimes() {
        List<TimedStimuli> stimuli =
                Samples.scenario(
                                Samples.withDisk(
                                        """
                                        workload {
                                            at 3ms { disk.raise spurious  disk.raise }
                                            at 10us every 5us times 100 disk.corrupt 7 bytes 3
                                            at 1us every 1ms { disk.storm 100 every 1us }
                                            disk.lose interrupt 17
                                            disk.duplicate interrupt 3
                                            disk.delay interrupt 2 by 10us
                                            at 2us fail allocation 5
                                        }
                                        """))
                        .workload()
                        .stimuli();

        assertThat(stimuli)
                .extracting(TimedStimuli::timeNs)
                .containsExactly(3_000_000L, 10_000L, 1_000L, 0L, 0L, 0L, 2_000L);
        assertThat(stimuli)
                .extracting(TimedStimuli::periodNs)
                .containsExactly(0L, 5_000L, 1_000_000L, 0L, 0L, 0L, 0L);
        assertThat(stimuli)
                .extracting(TimedStimuli::times)
                .containsExactly(1L, 100L, TimedStimuli.UNTIL_THE_END, 1L, 1L, 1L, 1L);
        List<Stimulus> all = stimuli.stream().flatMap(one -> one.stimuli().stream()).toList();
        LinkedHashMap<String, Value> corrupt = new LinkedHashMap<>();
        corrupt.put("sector", new Value.Whole(7));
        corrupt.put("bytes", new Value.Whole(3));
        corrupt.put("silently", new Value.Truth(false));
        assertThat(all)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("position")
                .containsExactly(
                        new Stimulus.Raise(
                                all.get(0).position(), "disk", true, Stimulus.ANY_MESSAGE),
                        new Stimulus.Raise(
                                all.get(1).position(), "disk", false, Stimulus.ANY_MESSAGE),
                        new Stimulus.OfDevice(all.get(2).position(), "disk", "corrupt", corrupt),
                        new Stimulus.Storm(
                                all.get(3).position(), "disk", 100, 1000, Stimulus.ANY_MESSAGE),
                        new Stimulus.LoseInterrupt(
                                all.get(4).position(), "disk", 17, Stimulus.ANY_MESSAGE),
                        new Stimulus.DuplicateInterrupt(
                                all.get(5).position(), "disk", 3, Stimulus.ANY_MESSAGE),
                        new Stimulus.DelayInterrupt(
                                all.get(6).position(), "disk", 2, 10_000, Stimulus.ANY_MESSAGE),
                        new Stimulus.FailAllocation(
                                all.get(7).position(), 5, Stimulus.FailAllocation.ALL_DRIVERS));
    }

    @Test
    void whatHappensAtTheBeginningAndAtTheEndStandsWithoutATime() {
        Workload workload =
                Samples.scenario(
                                Samples.withDisk(
                                        """
                                        workload {
                                            fail allocation 5
                                            fail allocation 1 of disk_driver
                                            at 5ms unload disk_driver
                                            thread { cancel unload disk_driver }
                                            unload disk_driver
                                        }
                                        """))
                        .workload();

        assertThat(workload.failures())
                .extracting(Stimulus.FailAllocation::ordinal)
                .containsExactly(5L, 1L);
        assertThat(workload.failures())
                .extracting(Stimulus.FailAllocation::driver)
                .containsExactly(Stimulus.FailAllocation.ALL_DRIVERS, 0);
        assertThat(workload.stimuli()).hasSize(1);
        assertThat(workload.stimuli().getFirst().stimuli().getFirst())
                .isInstanceOf(Stimulus.Unload.class);
        assertThat(workload.last())
                .extracting(last -> ((Stimulus.Unload) last).driver())
                .containsExactly("disk_driver");
        assertThat(workload.threads().getFirst().body())
                .hasExactlyElementsOfTypes(
                        WorkloadStatement.Cancel.class, WorkloadStatement.Unload.class);
    }

    @Test
    void devicesAreStoppedRemovedAndPulledOut() {
        Workload workload =
                Samples.scenario(
                                Samples.withDisk(
                                        """
                                        workload {
                                            thread {
                                                stop disk for 10us
                                                stop disk
                                                remove disk
                                                surprise remove disk
                                            }
                                            at 1ms { surprise remove disk  stop disk for 2ms }
                                            remove disk
                                            shutdown
                                        }
                                        """))
                        .workload();

        assertThat(workload.threads().getFirst().body())
                .extracting(statement -> ((WorkloadStatement.Plug) statement).action())
                .containsExactly(
                        PlugAction.STOP,
                        PlugAction.STOP,
                        PlugAction.REMOVE,
                        PlugAction.SURPRISE_REMOVE);
        assertThat(workload.threads().getFirst().body())
                .extracting(statement -> ((WorkloadStatement.Plug) statement).nanoseconds())
                .containsExactly(10_000L, 0L, 0L, 0L);
        assertThat(workload.stimuli().getFirst().stimuli())
                .extracting(stimulus -> ((Stimulus.Plug) stimulus).nanoseconds())
                .containsExactly(0L, 2_000_000L);
        assertThat(workload.last())
                .hasExactlyElementsOfTypes(Stimulus.Plug.class, Stimulus.Shutdown.class);
    }

    @Test
    void ofADeviceWithMessagesOneCanBeMeant() {
        Scenario scenario =
                Samples.scenario(
                        """
                        device nic: MultiQueueNic
                        workload {
                            at 1us {
                                nic.lose interrupt 3 message 2
                                nic.raise message 1 spurious
                                nic.storm 5 every 1us
                            }
                        }
                        """);

        List<Stimulus> all = scenario.workload().stimuli().getFirst().stimuli();
        assertThat(all)
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("position")
                .containsExactly(
                        new Stimulus.LoseInterrupt(all.getFirst().position(), "nic", 3, 2),
                        new Stimulus.Raise(all.getFirst().position(), "nic", true, 1),
                        new Stimulus.Storm(
                                all.getFirst().position(), "nic", 5, 1000, Stimulus.ANY_MESSAGE));
    }

    @Test
    void aDeviceWithoutMessagesHasNoneToMean() {
        Parsed parsed =
                Samples.read(
                        """
                        device disk: BusMasterDisk { line 11 }
                        workload { disk.lose interrupt 3 message 2 }
                        """);

        assertThat(Samples.messages(parsed)).contains("has no property 'message'");
    }

    @Test
    void driversAreAskedThroughWmi() {
        Workload workload =
                Samples.scenario(
                                Samples.withDisk(
                                        """
                                        workload {
                                            thread {
                                                query data disk, 0
                                                query data disk, 1, instance 2
                                                set data disk, 0, value -5
                                                set data disk, 0, instance 1, item 3, value 4
                                                execute method disk, 0, 7, value 5
                                                disable collection disk, 2
                                            }
                                        }
                                        """))
                        .workload();

        assertThat(workload.threads().getFirst().body())
                .map(WorkloadStatement.Manage.class::cast)
                .extracting(
                        WorkloadStatement.Manage::action,
                        WorkloadStatement.Manage::block,
                        WorkloadStatement.Manage::instance,
                        WorkloadStatement.Manage::id,
                        WorkloadStatement.Manage::value)
                .containsExactly(
                        tuple(ManageAction.QUERY_DATA, 0L, -1L, 0L, 0L),
                        tuple(ManageAction.QUERY_DATA, 1L, 2L, 0L, 0L),
                        tuple(ManageAction.SET_DATA, 0L, 0L, 0L, -5L),
                        tuple(ManageAction.SET_ITEM, 0L, 1L, 3L, 4L),
                        tuple(ManageAction.EXECUTE_METHOD, 0L, 0L, 7L, 5L),
                        tuple(ManageAction.DISABLE_COLLECTION, 2L, 0L, 0L, 0L));
    }
}
