package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that comes to rest tells which interrupts were lost, how, and no others. */
class LostInterruptsTest {
    private static final String LOST = "ERROR InterruptLost";
    private static final String UNWANTED = "WARNING InterruptLost";

    @TempDir private Path directory = Path.of("");

    /** A driver of timers on latched line 5, whose ISR and further statements are given. */
    private static String timers(String devices, String isr, String beforeConnect, String then) {
        return """
        %s
        driver tests for timer {
            PKINTERRUPT Interrupt;
            ULONG Calls;

            BOOLEAN OnTimer(PKINTERRUPT Object, PVOID Context) {
                UNREFERENCED_PARAMETER(Object);
                UNREFERENCED_PARAMETER(Context);
                Calls++;
                %s
            }

            NTSTATUS Connect(VOID) {
                return IoConnectInterrupt(&Interrupt, OnTimer, NULL, NULL, TIMER_VECTOR, TIMER_IRQL, TIMER_IRQL,
                                          TIMER_MODE, FALSE, TIMER_AFFINITY, FALSE);
            }

            VOID Disconnect(VOID) {
                IoDisconnectInterrupt(Interrupt);
            }

            VOID Start(ULONG Control) {
                WRITE_REGISTER_ULONG(TIMER_RELOAD, 1000);
                WRITE_REGISTER_ULONG(TIMER_CONTROL, Control);
            }

            NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                UNREFERENCED_PARAMETER(Driver);
                UNREFERENCED_PARAMETER(RegistryPath);
                %s
                %s
                return STATUS_SUCCESS;
            }
        }
        """
                .formatted(devices, isr, beforeConnect, then);
    }

    private static final String LATCHED = "device timer: IntervalTimer { line 5 latched }";
    private static final String START = "Start(TIMER_ENABLE | TIMER_INTERRUPT_ENABLE);";
    private static final String QUIET =
            "WRITE_REGISTER_ULONG(TIMER_STATUS, TIMER_EXPIRED); return TRUE;";
    private static final String REFUSE = "return FALSE;";
    private static final String LEAVE = "return TRUE;";
    private static final String REST = "workload { thread { delay 50us } }\n";

    private int runs;

    private String run(String scenario) throws IOException {
        Files.writeString(directory.resolve("lost.scn"), scenario);
        CommandLine here = new CommandLine(directory);
        String trace = "t" + runs++;
        String out = here.run("run", "--trace", trace, "lost.scn").out();
        assertThat(here.run("replay", trace).out()).startsWith("Identical: ");
        return out;
    }

    @Test
    void anInterruptThatIsServedIsNotLost() throws IOException {
        String out = run(timers(LATCHED, QUIET, "Connect();", START) + REST);

        assertThat(out).contains("Passed.").doesNotContain("InterruptLost");
    }

    @Test
    void anEdgeBeforeTheIsrIsConnectedIsLost() throws IOException {
        String out =
                run(
                        timers(
                                        LATCHED,
                                        QUIET,
                                        START + " KeStallExecutionProcessor(5);",
                                        "Connect();")
                                + REST);

        assertThat(out)
                .contains(LOST)
                .contains("timer's latched line 5: it has had a reason to interrupt since 1.0")
                .contains(
                        "no processor was interrupted: its line rose before the ISR was connected")
                .containsPattern("never called +- +IRQL 8 +tests!OnTimer")
                .contains("Failed");
    }

    @Test
    void anInterruptOfAVectorThatNobodyConnectedToIsLost() throws IOException {
        String out = run(timers(LATCHED, QUIET, "", START) + REST);

        assertThat(out).contains(UNWANTED).contains(": no ISR is connected to vector 0x80");
    }

    @Test
    void aLevelSensitiveLineThatNobodyConnectedToKeepsALostInterrupt() throws IOException {
        String level = "device timer: IntervalTimer { line 5 level-sensitive }";

        String out = run(timers(level, QUIET, "", START) + REST);

        assertThat(out)
                .contains(UNWANTED)
                .contains("timer's line 5: it has")
                .contains(": no ISR is connected to vector 0x80");
    }

    @Test
    void anEdgeThatEveryIsrRefusesIsLost() throws IOException {
        String out = run(timers(LATCHED, REFUSE, "Connect();", START) + REST);

        assertThat(out)
                .contains(LOST)
                .contains("the ISRs said that it is not theirs; its line does not rise again")
                .containsPattern("last called +cpu0 +IRQL 8 +tests!OnTimer");
    }

    @Test
    void aCauseThatIsLeftWithoutAFurtherOneIsNoLoss() throws IOException {
        String out = run(timers(LATCHED, LEAVE, "Connect();", START) + REST);

        assertThat(out).doesNotContain("InterruptLost");
    }

    @Test
    void aFurtherCauseThatMeetsOneThatWasLeftIsLost() throws IOException {
        String periodic = "Start(TIMER_ENABLE | TIMER_PERIODIC | TIMER_INTERRUPT_ENABLE);";

        String out =
                run(
                        timers(
                                        LATCHED,
                                        "WRITE_REGISTER_ULONG(TIMER_CONTROL, Calls == 1 ?"
                                                + " TIMER_ENABLE | TIMER_INTERRUPT_ENABLE : 0);"
                                                + " return TRUE;",
                                        "Connect();",
                                        periodic)
                                + REST);

        assertThat(out)
                .contains(LOST)
                .containsPattern(
                        "1 more came up to 2\\.0\\d\\d us while it lasted, and the ISR left")
                .contains("its line does not rise again before all are taken away");
    }

    @Test
    void anInterruptThatTheScenarioLosesIsAWarning() throws IOException {
        String out =
                run(
                        timers(LATCHED, QUIET, "Connect();", "")
                                + """
                                workload {
                                    thread { delay 5us  call tests.Start(5)  delay 5us }
                                    timer.lose interrupt 1
                                }
                                expect { no errors  finding InterruptLost in OnTimer  tests.Calls == 0 }
                                """);

        assertThat(out)
                .contains("WARNING InterruptLost")
                .contains(": the scenario loses the interrupt")
                .contains("Passed.");
    }

    @Test
    void afterTheDriverDisconnectedNothingIsLost() throws IOException {
        String out =
                run(
                        timers(LATCHED, QUIET, "Connect();", START)
                                + """
                                workload {
                                    thread { delay 5us  call tests.Disconnect()  delay 20us }
                                    at 15us timer.raise
                                }
                                """);

        assertThat(out).contains("Passed.").doesNotContain("InterruptLost");
    }

    @Test
    void anEdgeOfALineThatAnotherDeviceHoldsUpIsLost() throws IOException {
        String two =
                """
                device other: IntervalTimer { line 5 latched }
                device timer: IntervalTimer { line 5 latched }
                driver idle for other {
                    NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                        UNREFERENCED_PARAMETER(Driver);
                        UNREFERENCED_PARAMETER(RegistryPath);
                        WRITE_REGISTER_ULONG(OTHER_CONTROL, OTHER_INTERRUPT_ENABLE);
                        return STATUS_SUCCESS;
                    }
                }
                """;

        String out =
                run(
                        timers(two, QUIET, "Connect();", "Start(TIMER_INTERRUPT_ENABLE);")
                                + """
                                workload {
                                    thread { delay 50us }
                                    at 10us other.raise
                                    at 20us timer.raise
                                }
                                """);

        assertThat(out)
                .containsPattern(
                        "timer's latched line 5: .*: other's latched line 5 was up already");
    }

    @Test
    void aRunThatIsStuckTellsOfTheInterruptThatItWaitsFor() throws IOException {
        String out =
                run(
                        timers(LATCHED, QUIET, "", START)
                                + """
                                driver waits {
                                    KEVENT Never;
                                    VOID Wait(VOID) {
                                        KeInitializeEvent(&Never, NotificationEvent, FALSE);
                                        KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, NULL);
                                    }
                                    NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                                        UNREFERENCED_PARAMETER(Driver);
                                        UNREFERENCED_PARAMETER(RegistryPath);
                                        return STATUS_SUCCESS;
                                    }
                                }
                                workload { thread { call waits.Wait() } }
                                """);

        assertThat(out).contains(": stuck after").contains(UNWANTED);
    }

    /** A message for events that are counted in a register. */
    private static String counter(String isr) {
        return """
        hardware Counter "Counts events." {
            pci 0x1234:0xC047
            msi 1

            register CAUSE at 0x00 { EVENT: bit 0 write-one-to-clear "Something happened." }
            register COUNT at 0x04 read-only "Events so far."
            register OTHER at 0x08 read-only "Has nothing to do with it."

            message 0 while (CAUSE.EVENT) "Something happened."
            stimulus event "Something happens." { COUNT++; CAUSE.EVENT = 1; }
            stimulus unrelated "Something else happens." { OTHER++; }
        }

        device counter: Counter

        driver tests for counter {
            PKINTERRUPT Interrupt;
            ULONG Seen;

            BOOLEAN OnMessage(PKINTERRUPT Object, PVOID Context) {
                UNREFERENCED_PARAMETER(Object);
                UNREFERENCED_PARAMETER(Context);
                %s
                return TRUE;
            }

            // The mask bits of MSI are 0x10 into the first capability.
            VOID Mask(ULONG Bits) {
                WRITE_PORT_ULONG((PULONG)0xCF8, 0x80000000 | COUNTER_PCI_DEVICE << 11 | 0x60);
                WRITE_PORT_ULONG((PULONG)0xCFC, Bits);
            }

            NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                UNREFERENCED_PARAMETER(Driver);
                UNREFERENCED_PARAMETER(RegistryPath);
                return IoConnectInterrupt(&Interrupt, OnMessage, NULL, NULL, COUNTER_MESSAGE_VECTOR(0),
                                          COUNTER_MESSAGE_IRQL(0), COUNTER_MESSAGE_IRQL(0), COUNTER_MODE, FALSE,
                                          COUNTER_AFFINITY, FALSE);
            }
        }
        """
                .formatted(isr);
    }

    private static final String READ = "Seen = READ_REGISTER_ULONG(COUNTER_COUNT);";
    private static final String CLEAR = "WRITE_REGISTER_ULONG(COUNTER_CAUSE, COUNTER_EVENT);";
    private static final String STALL = "KeStallExecutionProcessor(5);";
    private static final String TWO_EVENTS =
            """
            workload {
                thread { delay 50us }
                at 10us counter.event
                at 12us counter.event
            }
            """;

    @Test
    void aCauseThatIsTakenAwayWithAnotherAndNeverSeenIsLost() throws IOException {
        String out = run(counter(READ + STALL + CLEAR) + TWO_EVENTS);

        assertThat(out)
                .contains(LOST)
                .containsPattern(
                        "counter's message 0: a reason to interrupt came at 12\\.\\d+ us while another"
                                + " one lasted, and was taken away with it")
                .containsPattern("last called +cpu0 +IRQL 3 +tests!OnMessage");
    }

    @ParameterizedTest
    @ValueSource(strings = {STALL + CLEAR + READ, CLEAR + STALL + READ, STALL + READ + CLEAR})
    void aCauseThatTheDriverCouldSeeIsNotLost(String isr) throws IOException {
        String out = run(counter(isr) + TWO_EVENTS);

        assertThat(out).contains("Passed.").doesNotContain("InterruptLost");
    }

    @Test
    void aCauseThatIsTakenAwayUnseenIsNotLostIfTheDriverLooksLater() throws IOException {
        String out =
                run(
                        counter(READ + STALL + CLEAR)
                                + TWO_EVENTS.replace(
                                        "at 12us", "at 30us counter.event\n    at 12us"));

        assertThat(out).doesNotContain("InterruptLost");
    }

    @Test
    void whatIsNoCauseOfAMessageLosesNothing() throws IOException {
        String out =
                run(
                        counter(STALL)
                                + """
                                workload {
                                    thread { delay 50us }
                                    at 10us counter.event
                                    at 12us { counter.unrelated  counter.unrelated }
                                    at 30us counter.unrelated
                                }
                                """);

        assertThat(out).contains("Passed.").doesNotContain("InterruptLost");
    }

    @Test
    void aMessageThatStaysMaskedIsLost() throws IOException {
        String masked =
                """
                workload {
                    thread { call tests.Mask(1)  delay 20us  %s delay 20us }
                    at 10us counter.event
                }
                """;

        String lost = run(counter(READ + CLEAR) + masked.formatted(""));
        String unmasked = run(counter(READ + CLEAR) + masked.formatted("call tests.Mask(0) "));

        assertThat(lost).contains(LOST).contains("its message pends, since it is masked");
        assertThat(unmasked).contains("Passed.").doesNotContain("InterruptLost");
    }
}
