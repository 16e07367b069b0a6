package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.source.Diagnostic;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A name that nothing has is an error with its place, before anything runs. */
class ScenarioNamesTest {
    private static final String DRIVER =
            """
            driver d {
                typedef struct { KSPIN_LOCK Inner; } EXTENSION, *PEXTENSION;
                KSPIN_LOCK Lock;
                VOID Poke(VOID) {}
                VOID OnDpc(PKDPC Dpc, PVOID A, PVOID B, PVOID C) {}
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    PEXTENSION extension = Driver->DeviceObject->DeviceExtension;
                    extension->Inner = 0;
                    return STATUS_SUCCESS;
                }
            }
            """;

    private static String said(String text) {
        return CheckedScenario.check(new ScenarioText("a.scn", DRIVER + text), Overrides.NONE)
                .diagnostics()
                .stream()
                .map(Diagnostic::render)
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "finding LockInPagableStorage | 12:18 | unknown rule | 'LockInPageableStorage'?",
                "no finding Deadlok | 12:21 | unknown rule | 'Deadlock'?",
                "finding NoSuchRule | 12:18 | unknown rule 'NoSuchRule' | known: ",
                "bugcheck IRQL_NOT_LES_OR_EQUAL | 12:19 | bug check | 'IRQL_NOT_LESS_OR_EQUAL'?",
                "bugcheck NO_SUCH_CODE | 12:19 | unknown bug check | known: ",
                "finding Deadlock in Pok | 12:30 | no | routine Pok",
                "dpcs OnDpcc == 1 | 12:15 | no driver has a routine OnDpcc | 'OnDpc'?",
                "lock d.Lok acquired == 1 | 12:17 | no global variable Lok | 'Lock'?",
                "lock \"d.Lok\" acquired == 1 | 12:18 | no global variable Lok | 'Lock'?",
                "lock d.extension.Iner acquired == 1 | 12:27 | has no field Iner | 'Inner'?",
            })
    void unknownNameInAnExpectation(String words, String place, String what, String cure) {
        String said = said("expect { %s }\n".formatted(words));

        assertThat(said).startsWith("a.scn:" + place + ": error: ").contains(what, cure, "^~~");
        assertThat(said.lines().filter(line -> line.contains("error:")).count()).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "finding Deadlock in KxWaitForSpinLockAndAcquire",
                "finding Deadlock in Poke",
                "finding IrqlExFree1",
                "finding e1",
                "finding 4000A",
                "no finding IrqlRange",
                "bugcheck 0xD1",
                "bugcheck WINLOGON_FATAL_ERROR",
                "dpcs OnDpc == 0",
                "lock d.Lock acquired == 0",
                "lock d.extension.Inner acquired == 0",
                "lock \"d.extension[1].Inner\" acquired == 0",
                "lock \"vector 81\" acquired == 0",
                "lock \"pool 'kcoL'+0x0\" acquired == 0",
            })
    void knownNameInAnExpectation(String words) {
        assertThat(said("expect { %s }\n".formatted(words))).isEmpty();
    }

    @Test
    void routineThatTheDriverDoesNotHave() {
        String said =
                said(
                        """
                        workload {
                            thread { call d.Poke()  call d.Pokee()  call d.Lock() }
                        }
                        """);

        assertThat(said)
                .isEqualTo(
                        """
                        a.scn:13:36: error: d has no routine Pokee
                                thread { call d.Poke()  call d.Pokee()  call d.Lock() }
                                                               ^~~~~
                            did you mean 'Poke'?
                        a.scn:13:52: error: d has no routine Lock
                                thread { call d.Poke()  call d.Pokee()  call d.Lock() }
                                                                               ^~~~
                        """);
    }
}
