package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.dirql.scenario.language.WorkloadProgram.RoutineSlot;
import dev.dirql.scenario.source.SourceFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkloadProgramTest {
    private static WorkloadProgram program(String workload) {
        return WorkloadProgram.of(Samples.scenario(Samples.withDisk(workload)).workload());
    }

    @Test
    void everyStatementIsACallOnItsOwnLine() {
        WorkloadProgram program =
                program(
                        """
                        workload {
                            thread {
                                open disk
                                repeat 3 {
                                    write disk_driver, 4KB at 512
                                }
                                start read disk, 16
                                control disk, 0x80002000, input 16 value -1, output 8
                                wait
                                delay 10us
                                close disk
                            }
                        }
                        """);

        assertThat(program.source().text())
                .endsWith(
                        """
                        #line 5 "test.scn"
                        void Thread1(void *Context) {
                        #line 6 "test.scn"
                        WorkloadOpen(0, 0);
                        #line 7 "test.scn"
                        { unsigned long Count1; for (Count1 = 0; Count1 < 3U; Count1++) {
                        #line 8 "test.scn"
                        WorkloadTransfer(0, 0, 4, 4096, 512LL, 0);
                        #line 7 "test.scn"
                        } }
                        #line 10 "test.scn"
                        WorkloadTransfer(0, 0, 3, 16, 0LL, 1);
                        #line 11 "test.scn"
                        WorkloadControl(0, 0, 0x80002000U, 16, 0xFFFFFFFFFFFFFFFFULL, 8, 0);
                        #line 12 "test.scn"
                        WorkloadWait();
                        #line 13 "test.scn"
                        WorkloadDelay(10000LL);
                        #line 14 "test.scn"
                        WorkloadClose(0, 0);
                        #line 5 "test.scn"
                        WorkloadFinished(0);
                        }
                        """);
    }

    @Test
    void everyServiceIsDeclaredAsAnImportOfTheWorkloadsModule() {
        WorkloadProgram program = program("workload { thread { } }");

        for (WorkloadServices.Service service : WorkloadServices.ALL) {
            assertThat(service.prototype()).contains(" " + service.name() + "(");
            assertThat(program.source().text())
                    .contains(
                            "__declspec(dllimport(\"dirql.workload\")) "
                                    + service.prototype()
                                    + ";\n");
        }
    }

    @Test
    void aCalledRoutineHasOneSlotThatTheLoaderFills() {
        WorkloadProgram program =
                program(
                        """
                        workload {
                            thread { call disk_driver.Poke(1, -1) call disk_driver.Peek() }
                            thread { call disk_driver.Poke(2, 3) }
                        }
                        """);

        assertThat(program.routines())
                .extracting(RoutineSlot::variable, RoutineSlot::driver, RoutineSlot::routine)
                .containsExactly(
                        tuple("Routine1", "disk_driver", "Poke"),
                        tuple("Routine2", "disk_driver", "Peek"));
        assertThat(program.routines().getFirst().position()).hasToString("test.scn:5:14");
        assertThat(program.source().text())
                .contains(
                        "unsigned long long Routine1;\nunsigned long long Routine2;\n",
                        "((unsigned long long (*)(unsigned long long, unsigned long"
                                + " long))Routine1)(0x1ULL, 0xFFFFFFFFFFFFFFFFULL);"
                                + " WorkloadReturned(Routine1);\n",
                        "((unsigned long long (*)(void))Routine2)(); WorkloadReturned(Routine2);\n");
    }

    @Test
    void nestedLoopsCountSeparatelyAndThreadsAreSeparateRoutines() {
        WorkloadProgram program =
                program(
                        """
                        workload {
                            thread a { repeat 2 { repeat 3 { wait } } }
                            thread b { repeat 4 { wait } }
                        }
                        """);

        assertThat(program.threads())
                .extracting(WorkloadProgram.ThreadRoutine::routine)
                .isEqualTo(List.of("Thread1", "Thread2"));
        assertThat(program.source().text())
                .contains("Count1 < 2U", "Count2 < 3U", "Count3 < 4U", "WorkloadFinished(1);");
    }

    @Test
    void aFileNameIsSpelledSoThatCUnderstandsIt() {
        Parsed parsed =
                ScenarioReader.read(
                        new SourceFile("a \"b\"\\c.scn", "workload { thread { wait } }"),
                        Samples.files(Map.of()),
                        Samples.NAMES,
                        Overrides.NONE);

        String text =
                WorkloadProgram.of(parsed.scenario().orElseThrow().workload()).source().text();

        assertThat(text).contains("#line 1 \"a \\\"b\\\"\\\\c.scn\"\n");
    }
}
