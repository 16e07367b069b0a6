package dev.dirql.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Snapshot;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.source.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What declared hardware keeps is part of every moment, and no text of it throws anything. */
class DeclaredHardwareStateTest {
    private static final String SCENARIO =
            """
            hardware Counter {
                property period: time = 1us
                register CONTROL at 0x00 { GO: bit 0  STOP: bit 1 write-only }
                register SUM at 0x08 width 8 read-only
                register STATUS at 0x10 { DONE: bit 0 write-one-to-clear }
                code {
                    ULONG table[600];
                    ULONG turns;
                    ULONG64 mix(ULONG64 x) { return x * 6364136223846793005ULL + 1442695040888963407ULL; }
                }
                on power { table[0] = 1; }
                on write CONTROL {
                    if (written.STOP) cancel(turn);
                    else if (CONTROL.GO && !is_running(turn)) start(turn, period);
                }
                on read SUM { SUM = mix(SUM); }
                timer turn {
                    turns++;
                    table[turns % 600] += table[(turns - 1) % 600] + turns;
                    SUM = mix(SUM + table[turns % 600]);
                    if (turns % 7 == 0) STATUS.DONE = 1;
                    start(turn, period + turns % 3);
                }
                interrupt while (STATUS.DONE)
                stimulus add(n: integer = 3) { table[5] += (ULONG)n; }
            }
            device c: Counter { line 4 }
            driver d for c {
                ULONG64 Last;
                BOOLEAN OnInterrupt(PKINTERRUPT Interrupt, PVOID Context) {
                    UNREFERENCED_PARAMETER(Interrupt);
                    UNREFERENCED_PARAMETER(Context);
                    WRITE_REGISTER_ULONG(C_STATUS, 1);
                    Last = READ_REGISTER_ULONG64(C_SUM);
                    return TRUE;
                }
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
                    PKINTERRUPT interrupt;
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(Path);
                    WRITE_REGISTER_ULONG(C_CONTROL, C_GO);
                    return IoConnectInterrupt(&interrupt, OnInterrupt, NULL, NULL, C_VECTOR, C_IRQL, C_IRQL, C_MODE,
                            FALSE, 1, FALSE);
                }
            }
            workload {
                thread { delay 300us call d.OnInterrupt(0, 0) }
                at 10us every 13us times 10 c.add
            }
            """;

    /** The same in kind, on the PCI bus. */
    private static final String ON_PCI_BUS =
            """
            hardware Ring {
                pci 0x1234:0x0001
                bar 2 memory32
                msix 3
                property period: time = 3us
                register CAUSE at 0 { DONE: bits 0 to 1 write-one-to-clear LOCKED: bit 8 write-once }
                register RING[2] at 0x10 step 8 width 8
                register BELL[2] at 0 step 0x1000 in bar 2
                register BIG at 0x30 big-endian
                code { ULONG turns[2]; }
                on write BELL { if (!is_running(turn + index)) start(turn + index, period); }
                timer turn[2] {
                    ULONG64 value = ++turns[index] + BELL[index];
                    BIG += (ULONG)value;
                    if (RING[index]) dma_write(RING[index], &value, sizeof value);
                    if (turns[index] % 3 == 0) CAUSE.DONE |= 1 << index;
                    if (turns[index] % 4 == 0) send_message(2);
                    start(turn + index, period + index);
                }
                message 0 to 1 while (CAUSE.DONE >> message & 1)
                on raise { CAUSE.DONE = 3; }
            }
            device c: Ring
            driver d for c {
                ULONG64 Last[2];
                ULONG Messages[3];
                PIO_INTERRUPT_MESSAGE_INFO Table;
                BOOLEAN OnMessage(PKINTERRUPT Interrupt, PVOID Context, ULONG MessageId) {
                    UNREFERENCED_PARAMETER(Interrupt);
                    UNREFERENCED_PARAMETER(Context);
                    Messages[MessageId]++;
                    if (MessageId < 2)
                        WRITE_REGISTER_ULONG(C_CAUSE, 1 << MessageId | (Messages[0] == 2 ? C_LOCKED : 0));
                    else
                        WRITE_REGISTER_ULONG(C_BIG, Messages[2]);
                    return TRUE;
                }
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
                    IO_CONNECT_INTERRUPT_PARAMETERS parameters;
                    PDEVICE_OBJECT device;
                    UNREFERENCED_PARAMETER(Path);
                    IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
                    WRITE_REGISTER_ULONG64(C_RING(1), MmGetPhysicalAddress(&Last[1]).QuadPart);
                    RtlZeroMemory(&parameters, sizeof(parameters));
                    parameters.Version = CONNECT_MESSAGE_BASED;
                    parameters.MessageBased.PhysicalDeviceObject = device;
                    parameters.MessageBased.ConnectionContext.InterruptMessageTable = &Table;
                    parameters.MessageBased.MessageServiceRoutine = OnMessage;
                    WRITE_REGISTER_ULONG(C_BELL(0), 1);
                    WRITE_REGISTER_ULONG(C_BELL(1), 2);
                    return IoConnectInterruptEx(&parameters);
                }
                VOID Poke(VOID) { WRITE_REGISTER_ULONG(C_BELL(0), 9); }
            }
            workload {
                thread { delay 300us call d.Poke() }
                at 10us every 13us times 10 c.raise message 1
                at 20us c.delay interrupt 6 by 9us
                at 21us c.duplicate interrupt 7
                at 22us c.lose interrupt 8
            }
            """;

    private static CheckedScenario check(String text) {
        return CheckedScenario.check(new ScenarioText("test.scn", text), Overrides.NONE);
    }

    private static List<String> goOn(Machine machine, long steps) {
        machine.pauseAtStep(steps);
        machine.run();
        return List.of(
                Long.toString(machine.exactHash()),
                Long.toString(machine.reducedHash()),
                Long.toString(machine.sequence()));
    }

    static List<String> scenarios() {
        return List.of(SCENARIO, ON_PCI_BUS);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void aMomentHasTheMemoryRegistersTimersAndMessagesOfDeclaredHardware(String scenario) {
        AssembledMachine assembled =
                new AssembledMachine(
                        check(scenario).parts().orElseThrow(), _ -> DecisionSource.defaultPolicy());
        Machine machine = assembled.machine();
        List<String> events = new ArrayList<>();
        machine.addSink((stamp, event) -> events.add(stamp + " " + event));
        assembled.start();
        goOn(machine, 60);
        Snapshot early = machine.snapshot();
        List<String> atEarly = goOn(machine, 60);
        int earlyEvents = events.size();
        goOn(machine, 400);
        Snapshot late = machine.snapshot();
        List<String> atLate = goOn(machine, 400);
        int lateEvents = events.size();
        goOn(machine, 700);
        List<String> rest = List.copyOf(events.subList(lateEvents, events.size()));
        List<String> atEnd = goOn(machine, 700);

        machine.restore(late);
        assertThat(goOn(machine, 400)).isEqualTo(atLate);
        events.clear();
        assertThat(goOn(machine, 700)).isEqualTo(atEnd);
        assertThat(events).isEqualTo(rest);
        machine.restore(early);
        assertThat(goOn(machine, 60)).isEqualTo(atEarly);
        events.clear();
        assertThat(goOn(machine, 400)).isEqualTo(atLate);
        assertThat(events).hasSize(lateEvents - earlyEvents);
        assertThat(goOn(machine, 700)).isEqualTo(atEnd);
        assertThat(rest).anyMatch(event -> event.contains("RegisterWritten"));
    }

    @Test
    void theHashTellsApartWhatDiffersOnlyInTheMemoryOfTheHardware() {
        List<Long> hashes = new ArrayList<>();
        for (int value : new int[] {1, 2, 1}) {
            AssembledMachine assembled =
                    new AssembledMachine(
                            check(SCENARIO.replace("table[0] = 1", "table[0] = " + value))
                                    .parts()
                                    .orElseThrow(),
                            _ -> DecisionSource.defaultPolicy());
            assembled.start();
            hashes.add(assembled.machine().exactHash());
        }

        assertThat(hashes.get(0)).isEqualTo(hashes.get(2)).isNotEqualTo(hashes.get(1));
    }

    @Test
    void mutantsOfDeclaredHardwareGiveScenariosOrMessages() {
        long seed = Long.getLong("dirql.seed", 20_261_123L);
        int mutants = Integer.getInteger("dirql.mutants", 150);
        Random random = new Random(seed);
        for (int i = 0; i < mutants; i++) {
            String scenario = scenarios().get(i % 2);
            StringBuilder text =
                    new StringBuilder(scenario.substring(0, scenario.indexOf("driver d")));
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(text.length());
                int end = Math.min(text.length(), at + 1 + random.nextInt(12));
                switch (random.nextInt(4)) {
                    case 0 -> text.delete(at, end);
                    case 1 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
                    case 2 -> text.setCharAt(at, "{}()[];:=+-*/\"'#0x9".charAt(random.nextInt(19)));
                    default -> text.insert(at, random.nextBoolean() ? "0x7FFFFFFF" : " register ");
                }
            }
            String mutant = text.toString();
            assertThatCode(() ->
                            assertThat(check(mutant).isRight())
                                    .isEqualTo(
                                            check(mutant).diagnostics().stream()
                                                    .noneMatch(one ->
                                                            one.kind() == Diagnostic.Kind.ERROR)))
                    .as("seed %d, mutant %d:%n%s", seed, i, mutant)
                    .doesNotThrowAnyException();
        }
    }
}
