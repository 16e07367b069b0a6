package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients, one machine, one thread. */
@Timeout(120)
class DebugSessionTest {
    private static final String ENDLESS =
            """
            scenario "Endless"
            machine { processors 2 }
            driver busy {
                volatile ULONG Count;
                VOID Spin(VOID) {
                    for (;;)
                        Count++;
                }
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    return STATUS_SUCCESS;
                }
            }
            workload { thread { call busy.Spin() } }
            """;

    private static DebugSession endless() {
        return new DebugSession(
                () -> Runs.text(ENDLESS, 2, 0), new CheckpointLimits(100_000, 8, 64 << 20));
    }

    @Test
    void aHaltStopsAMachineThatWouldGoOnForEver() throws InterruptedException {
        try (DebugSession session = endless()) {
            CountDownLatch runs = new CountDownLatch(1);
            session.add(
                    new DebugSession.Listener() {
                        @Override
                        public void running() {
                            runs.countDown();
                        }
                    });
            CompletableFuture<DebugSession.Stop> going =
                    session.go(debugger -> debugger.go(Direction.FORWARD));
            runs.await();

            session.halt();

            DebugSession.Stop stop = going.join();
            assertThat(stop.arrival()).isEqualTo(new Arrival.Halted());
            assertThat(session.isRunning()).isFalse();
            assertThat(session.ask(Debugger::position).join()).isEqualTo(stop.position());
        }
    }

    @Test
    void aHaltConcernsOnlyWhatWasAskedForBefore() {
        try (DebugSession session = endless()) {
            CompletableFuture<DebugSession.Stop> first =
                    session.go(debugger -> debugger.go(Direction.FORWARD));
            session.halt();
            CompletableFuture<DebugSession.Stop> second =
                    session.go(debugger -> debugger.goUpTo(debugger.position().steps() + 100));

            assertThat(first.join().arrival()).isEqualTo(new Arrival.Halted());
            assertThat(second.join().arrival()).isEqualTo(new Arrival.Reached());
        }
    }

    @Test
    void everyClientIsToldOfWhatOneDoes() {
        List<String> told = new CopyOnWriteArrayList<>();
        try (DebugSession session = endless()) {
            session.add(
                    new DebugSession.Listener() {
                        @Override
                        public void stopped(Position position, Arrival arrival) {
                            told.add("stopped " + position.steps());
                        }

                        @Override
                        public void changed(Position position) {
                            told.add("changed " + position.steps());
                        }
                    });
            session.go(debugger -> debugger.goTo(50)).join();
            session.change(
                            debugger -> {
                                debugger.edit(new Edit.Register(0, RegisterName.R15, 1));
                                return true;
                            })
                    .join();
        }

        assertThat(told).containsExactly("stopped 50", "changed 50");
    }

    @Test
    void whatFailsLeavesTheSessionUsable() {
        try (DebugSession session = endless()) {
            assertThatThrownBy(() ->
                            session.ask(
                                            _ -> {
                                                throw new IllegalArgumentException("no");
                                            })
                                    .join())
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);

            assertThat(session.ask(Debugger::position).join().steps()).isZero();
        }
    }

    @Test
    void aRunThatCannotBeOpenedIsSaid() {
        try (DebugSession session =
                new DebugSession(
                        () -> {
                            throw new IllegalStateException("no such run");
                        },
                        CheckpointLimits.standard())) {
            assertThatThrownBy(() -> session.opened().join()).hasRootCauseMessage("no such run");
            assertThatThrownBy(() -> session.ask(Debugger::position).join())
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void aClosedSessionAnswersThatItIs() {
        DebugSession session = endless();
        session.close();

        assertThatThrownBy(() -> session.ask(Debugger::position).join())
                .hasMessageContaining("closed");
    }
}
