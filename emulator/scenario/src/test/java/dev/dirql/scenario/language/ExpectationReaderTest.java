package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.RunEnd;
import dev.dirql.scenario.language.Expectation.LockMeasure;
import dev.dirql.scenario.language.Expectation.Requests;
import dev.dirql.scenario.language.Expectation.Step;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ExpectationReaderTest {
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
}
