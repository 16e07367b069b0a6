package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.RunEnd;
import dev.dirql.scenario.language.Expectation.LockMeasure;
import dev.dirql.scenario.language.Expectation.Requests;
import dev.dirql.scenario.language.Expectation.Step;
import dev.dirql.scenario.language.RegistryEntry.Data.Binary;
import dev.dirql.scenario.language.RegistryEntry.Data.Text;
import dev.dirql.scenario.language.RegistryEntry.Data.Texts;
import dev.dirql.scenario.language.RegistryEntry.Data.Whole;
import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ScenarioReaderTest {
    @Test
    void anEmptyTextIsAScenarioWithTheUsualMachine() {
        Scenario scenario = Samples.scenario("");

        assertThat(scenario.title()).isEmpty();
        assertThat(scenario.machine())
                .isEqualTo(
                        new MachineDeclaration(
                                1,
                                0,
                                500,
                                1,
                                256L << 20,
                                3_600_000_000_000L,
                                10_000_000_000L,
                                kernel("force", false, Map.of())));
        assertThat(scenario.expects()).isFalse();
        assertThat(scenario.workload()).isEqualTo(Workload.NONE);
    }

    @Test
    void theMachineIsAsWritten() {
        MachineDeclaration machine =
                Samples.scenario(
                                """
                                parameter strict = true
                                machine { processors 8  seed 7  quantum 250ns step 2ns paging explore
                                          verifier strict memory 64MB limit 10s steps 1_000_000
                                          answer KeFoo 17 answer IoBar 0xC0000001 }
                                """)
                        .machine();

        assertThat(machine)
                .isEqualTo(
                        new MachineDeclaration(
                                8,
                                7,
                                250,
                                2,
                                64L << 20,
                                10_000_000_000L,
                                1_000_000,
                                kernel(
                                        "explore",
                                        true,
                                        Map.of("KeFoo", 17L, "IoBar", 0xC0000001L))));
    }

    private static SequencedMap<String, Value> kernel(
            String paging, boolean verifier, Map<String, Long> answers) {
        SequencedMap<String, Value> kernel = new LinkedHashMap<>();
        kernel.put("paging", new Value.Word(paging));
        kernel.put("verifier", new Value.Truth(verifier));
        kernel.put("tick", new Value.Time(15_625_000));
        kernel.put("answer", new Value.Answers(new TreeMap<>(answers)));
        return kernel;
    }

    @Test
    void theRegistryHoldsWhatIsWrittenBelowTheKeyOfTheDriverOrAnywhere() {
        List<RegistryEntry> registry =
                Samples.scenario(
                                """
                                registry d { "Top" = 1  "P\\\\Wide" = qword -1  "P\\\\Text" = "a\\\\b"
                                             "P\\\\Several" = list "x", "" "P\\\\Raw" = binary 1, 255
                                             "P\\\\Where" = expandable "%x%" }
                                registry { "\\\\Registry\\\\Machine\\\\Software\\\\Level" = 0xFFFFFFFF }
                                driver d { int x; }
                                """)
                        .registry();

        String key = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\d";
        assertThat(registry)
                .containsExactly(
                        new RegistryEntry(key, "Top", new Whole(1, false)),
                        new RegistryEntry(key + "\\P", "Wide", new Whole(-1, true)),
                        new RegistryEntry(key + "\\P", "Text", new Text("a\\b", false)),
                        new RegistryEntry(key + "\\P", "Several", new Texts(List.of("x", ""))),
                        new RegistryEntry(key + "\\P", "Raw", new Binary(List.of(1, 255))),
                        new RegistryEntry(key + "\\P", "Where", new Text("%x%", true)),
                        new RegistryEntry(
                                "\\Registry\\Machine\\Software",
                                "Level",
                                new Whole(0xFFFFFFFFL, false)));
    }

    @Test
    void theCommandLineOverridesProcessorsSeedAndParameters() {
        Overrides overrides =
                new Overrides(
                        new LinkedHashMap<>(Map.of("size", "8KB")),
                        OptionalInt.of(4),
                        OptionalLong.of(99));

        Scenario scenario =
                Samples.read("parameter size = 4KB machine { processors 2 }", Map.of(), overrides)
                        .scenario()
                        .orElseThrow();

        assertThat(scenario.machine().processors()).isEqualTo(4);
        assertThat(scenario.machine().seed()).isEqualTo(99);
        assertThat(scenario.parameters().getFirst().value()).isEqualTo(new Value.Size(8192));
        assertThat(scenario.parameters().getFirst().overridden()).isTrue();
    }

    @Test
    void parametersAreEvaluatedInOrderAndSpelledInC() {
        List<ParameterDeclaration> parameters =
                Samples.scenario(
                                """
                                parameter a = 1 + 2 * 3
                                parameter b = -(a << 4)
                                parameter c = 1.5us * a
                                parameter d = c / 500ns
                                parameter e = 4KB + 1
                                parameter f = !(a < 5) && true
                                parameter g = "say \\"hi\\"?"
                                parameter h = 0xFFFFFFFFFFFFFFFF
                                parameter i = 0x1_0000_0000
                                """)
                        .parameters();

        assertThat(parameters)
                .extracting(ParameterDeclaration::value)
                .containsExactly(
                        new Value.Whole(7),
                        new Value.Whole(-112),
                        new Value.Time(10_500),
                        new Value.Whole(21),
                        new Value.Size(4097),
                        new Value.Truth(true),
                        new Value.Text("say \"hi\"?"),
                        new Value.Whole(-1),
                        new Value.Whole(1L << 32));
        assertThat(parameters)
                .extracting(ParameterDeclaration::cText)
                .containsExactly(
                        "7",
                        "(-112)",
                        "10500",
                        "21",
                        "4097",
                        "1",
                        "\"say \\\"hi\\\"\\077\"",
                        "(-1)",
                        "4294967296LL");
    }

    @Test
    void aDeviceHasItsWrittenAndItsUsualProperties() {
        DeviceDeclaration disk =
                Samples.scenario(
                                """
                                parameter base = 10us
                                device disk: BusMasterDisk { order nearest line 11 latched latency base * 4
                                    cache on }
                                """)
                        .device("disk");

        assertThat(disk.properties())
                .containsExactly(
                        Map.entry("line", new Value.Line(11, Value.Trigger.LATCHED)),
                        Map.entry("latency", new Value.Time(40_000)),
                        Map.entry("capacity", new Value.Size(1 << 20)),
                        Map.entry("queues", new Value.Whole(1)),
                        Map.entry("order", new Value.Word("nearest")),
                        Map.entry("cache", new Value.Truth(true)));
        assertThat(disk.number("latency")).isEqualTo(40_000);
        assertThat(disk.constantName("STATUS")).isEqualTo("DISK_STATUS");
    }

    @Test
    void aDriversCIsHandedOnUntouchedWithItsPlace() {
        String text =
                """
                driver d {
                #define OPEN {
                    char c = '}'; /* } */ // }
                    char *s = "}\\"}";
                #if A
                    void f(int a) {
                #else
                    void f(void) {
                #endif
                    }
                }
                machine { processors 2 }
                """;

        Scenario scenario = Samples.scenario(text);

        DriverDeclaration.Source source = scenario.drivers().getFirst().source();
        assertThat(source.begin()).isEqualTo(text.indexOf('{') + 1);
        assertThat(source.end()).isEqualTo(text.indexOf("\n}\nmachine") + 1);
        assertThat(source.position()).hasToString("test.scn:1:11");
        assertThat(scenario.machine().processors()).isEqualTo(2);
    }

    @Test
    void aDriverCanBeAFile() {
        Parsed parsed =
                Samples.read(
                        """
                        device disk: BusMasterDisk { line 1 }
                        driver d from "c/driver.c" for disk
                        """,
                        Map.of("c/driver.c", "int a;"),
                        Overrides.NONE);

        DriverDeclaration driver = parsed.scenario().orElseThrow().drivers().getFirst();
        assertThat(driver.source().text()).isEqualTo("int a;");
        assertThat(driver.devices()).containsExactly("disk");
        assertThat(parsed.files())
                .extracting(SourceFile::name)
                .containsExactly("test.scn", "c/driver.c");
    }

    @Test
    void aFileThatTwoFilesIncludeCountsOnce() {
        Parsed parsed =
                Samples.read(
                        "include \"a.scn\" include \"b.scn\" parameter c = a + b",
                        Map.of(
                                "a.scn", "include \"base.scn\" parameter a = base",
                                "b.scn", "include \"base.scn\" parameter b = base",
                                "base.scn", "parameter base = 2"),
                        Overrides.NONE);

        assertThat(parsed.scenario().orElseThrow().parameters())
                .extracting(ParameterDeclaration::name)
                .containsExactly("base", "a", "b", "c");
    }

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

    private static Expectation expectation(String text) {
        Scenario scenario = Samples.scenario(Samples.withDisk("expect { " + text + " }"));
        assertThat(scenario.expects()).isTrue();
        assertThat(scenario.expectations()).hasSize(1);
        Expectation expectation = scenario.expectations().getFirst();
        assertThat(expectation.written().text()).isEqualTo(text);
        assertThat(expectation.written().position()).hasToString("test.scn:4:10");
        return expectation;
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
    void interruptsByOneMessageAreCounted() {
        Scenario scenario =
                Samples.scenario(
                        """
                        parameter queue = 2
                        device nic: MultiQueueNic
                        expect { interrupts nic message queue + 1 >= 7 }
                        """);

        Expectation expected = scenario.expectations().getFirst();

        assertThat(expected)
                .isEqualTo(
                        new Expectation.InterruptsOfMessage(
                                expected.written(), "nic", 3, Comparison.GREATER_OR_EQUAL, 7));
        assertThat(expected.written().text()).isEqualTo("interrupts nic message queue + 1 >= 7");
    }

    @Test
    void requestsAreCounted() {
        Expectation writes = expectation("completed writes == 200");
        Expectation all = expectation("completed requests >= 2 * 3");

        assertThat(writes)
                .isEqualTo(
                        new Expectation.Completed(
                                writes.written(), Requests.WRITES, Comparison.EQUAL, 200));
        assertThat(all)
                .isEqualTo(
                        new Expectation.Completed(
                                all.written(), Requests.REQUESTS, Comparison.GREATER_OR_EQUAL, 6));
    }

    @Test
    void variablesAndExtensionFieldsArePaths() {
        Expectation variable = expectation("disk_driver.Count[1 + 1].Low != 0x10");
        Expectation extension = expectation("disk.extension.Queue->Depth <= 3");

        assertThat(variable)
                .isEqualTo(
                        new Expectation.Variable(
                                variable.written(),
                                new Target("disk_driver", "disk_driver", 0, 0),
                                false,
                                List.of(
                                        new Step.Member("Count"),
                                        new Step.Index(2),
                                        new Step.Member("Low")),
                                Comparison.NOT_EQUAL,
                                16));
        assertThat(extension)
                .isEqualTo(
                        new Expectation.Variable(
                                extension.written(),
                                new Target("disk", "disk_driver", 0, 0),
                                true,
                                List.of(new Step.Member("Queue"), new Step.Member("Depth")),
                                Comparison.LESS_OR_EQUAL,
                                3));
    }

    @Test
    void findingsCanBeExpectedAndRuledOut() {
        Expectation found = expectation("finding LockInPageableStorage in OnDpc times 2");
        Expectation any = expectation("finding IrqlTooHigh");
        Expectation byNumber = expectation("finding 0x32");
        Expectation none = expectation("no findings");
        Expectation noErrors = expectation("no errors");
        Expectation noRule = expectation("no finding IrqlTooHigh");

        assertThat(found)
                .isEqualTo(
                        new Expectation.Found(
                                found.written(),
                                "LockInPageableStorage",
                                Optional.of("OnDpc"),
                                OptionalLong.of(2)));
        assertThat(any)
                .isEqualTo(
                        new Expectation.Found(
                                any.written(),
                                "IrqlTooHigh",
                                Optional.empty(),
                                OptionalLong.empty()));
        assertThat(((Expectation.Found) byNumber).rule()).isEqualTo("0x32");
        assertThat(none).isEqualTo(new Expectation.NoFindings(none.written()));
        assertThat(noErrors).isEqualTo(new Expectation.NoErrors(noErrors.written()));
        assertThat(noRule).isEqualTo(new Expectation.NoFinding(noRule.written(), "IrqlTooHigh"));
    }

    @Test
    void bugChecksAreNamedOrNumbered() {
        Expectation named = expectation("bugcheck IRQL_NOT_LESS_OR_EQUAL");
        Expectation numbered = expectation("bugcheck 0xD1 parameters 0x10, 2, _, 4");

        assertThat(named)
                .isEqualTo(
                        new Expectation.BugCheck(
                                named.written(),
                                "IRQL_NOT_LESS_OR_EQUAL",
                                OptionalLong.of(0x0A),
                                List.of()));
        assertThat(numbered)
                .isEqualTo(
                        new Expectation.BugCheck(
                                numbered.written(),
                                "",
                                OptionalLong.of(0xD1),
                                List.of(
                                        OptionalLong.of(16),
                                        OptionalLong.of(2),
                                        OptionalLong.empty(),
                                        OptionalLong.of(4))));
    }

    @Test
    void theEndOfTheRunCanBeExpected() {
        assertThat(end("deadlock")).isEqualTo(RunEnd.DEADLOCK);
        assertThat(end("stuck")).isEqualTo(RunEnd.STUCK);
        assertThat(end("ended done")).isEqualTo(RunEnd.DONE);
        assertThat(end("ended deadlock")).isEqualTo(RunEnd.DEADLOCK);
        assertThat(end("ended stuck")).isEqualTo(RunEnd.STUCK);
        assertThat(end("ended bugcheck")).isEqualTo(RunEnd.BUG_CHECK);
        assertThat(end("ended budget")).isEqualTo(RunEnd.BUDGET);
    }

    private static RunEnd end(String text) {
        return ((Expectation.Ended) expectation(text)).end();
    }

    @Test
    void figuresOfLocksInterruptsDpcsOutputAndTimeCanBeExpected() {
        Expectation lock =
                expectation(
                        "lock disk_driver.extension.Lock acquired >= 300, contended > 0, held <="
                                + " 25us, spun <= 1ms");
        Expectation ofDevice = expectation("lock disk.extension->Lock acquired > 0");
        Expectation vectorLock = expectation("lock \"vector 49\" acquired == 1");
        Expectation device = expectation("interrupts disk == 3");
        Expectation vector = expectation("interrupts 0x31 < 4");
        Expectation dpcs = expectation("dpcs OnDpc == 7");
        Expectation output = expectation("output contains \"done\"");
        Expectation time = expectation("time <= 5ms");

        assertThat(lock)
                .isEqualTo(
                        new Expectation.Lock(
                                lock.written(),
                                "disk_driver.extension.Lock",
                                List.of(
                                        figure(
                                                LockMeasure.ACQUIRED,
                                                Comparison.GREATER_OR_EQUAL,
                                                300),
                                        figure(LockMeasure.CONTENDED, Comparison.GREATER, 0),
                                        figure(LockMeasure.HELD, Comparison.LESS_OR_EQUAL, 25_000),
                                        figure(
                                                LockMeasure.SPUN,
                                                Comparison.LESS_OR_EQUAL,
                                                1_000_000))));
        assertThat(((Expectation.Lock) vectorLock).lock()).isEqualTo("vector 49");
        assertThat(((Expectation.Lock) ofDevice).lock()).isEqualTo("disk_driver.extension.Lock");
        assertThat(device)
                .isEqualTo(
                        new Expectation.InterruptsOfDevice(
                                device.written(), "disk", Comparison.EQUAL, 3));
        assertThat(vector)
                .isEqualTo(
                        new Expectation.InterruptsOfVector(
                                vector.written(), 0x31, Comparison.LESS, 4));
        assertThat(dpcs)
                .isEqualTo(new Expectation.Dpcs(dpcs.written(), "OnDpc", Comparison.EQUAL, 7));
        assertThat(output).isEqualTo(new Expectation.OutputContains(output.written(), "done"));
        assertThat(time)
                .isEqualTo(
                        new Expectation.EndTime(
                                time.written(), Comparison.LESS_OR_EQUAL, 5_000_000));
    }

    private static Expectation.LockFigure figure(LockMeasure measure, Comparison by, long value) {
        return new Expectation.LockFigure(measure, by, value);
    }

    @Test
    void anExpectationIsShownOnOneLineWithoutItsComments() {
        Scenario scenario =
                Samples.scenario(
                        Samples.withDisk(
                                "expect { completed // how many\n   writes\t== /* all */ 200 }"));

        assertThat(scenario.expectations().getFirst().written().text())
                .isEqualTo("completed writes == 200");
    }

    @Test
    void wordsOfSentencesMayBeNames() {
        Scenario scenario =
                Samples.scenario(
                        """
                        parameter times = 3
                        parameter value = 4
                        device time: IntervalTimer { line 1 }
                        driver lock for time { int output; }
                        workload {
                            at 1us every 2us times times time.raise
                            thread { write lock, value control time, times, input value, output value }
                        }
                        expect { lock.output == value time <= 1ms no errors lock.in == 5 deadlock }
                        """);

        assertThat(scenario.expectations()).hasSize(5);
        assertThat(scenario.workload().stimuli().getFirst().times()).isEqualTo(3);
        assertThat(
                        ((WorkloadStatement.Control)
                                        scenario.workload().threads().getFirst().body().get(1))
                                .inputLength())
                .isEqualTo(4);
    }

    @Test
    void linesMayEndAsOnWindowsAndBeginWithAByteOrderMark() {
        Scenario scenario =
                Samples.scenario("\uFEFFscenario \"a\"\r\nmachine {\r\n processors 2\r\n}\r\n");

        assertThat(scenario.title()).isEqualTo("a");
        assertThat(scenario.machine().processors()).isEqualTo(2);
    }
}
