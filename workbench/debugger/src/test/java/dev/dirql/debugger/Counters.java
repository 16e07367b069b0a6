package dev.dirql.debugger;

import dev.dirql.simulation.LiveRun;
import java.nio.file.Path;

/** A run in which threads count, some of it under a lock, while DPCs come between. */
final class Counters {
    private static final String TEXT =
            """
            scenario "Counters"
            machine { processors 2 }
            driver counter {
                KSPIN_LOCK Lock;
                KDPC Dpc;
                volatile ULONG Unlocked;
                volatile ULONG Locked;
                volatile ULONG Ticks;

                ULONG Add(ULONG A, ULONG B) {
                    ULONG sum = A;
                    sum += B;
                    return sum;
                }

                VOID Count(VOID) {
                    KIRQL irql;
                    KeAcquireSpinLock(&Lock, &irql);
                    Locked = Add(Locked, 1);
                    KeReleaseSpinLock(&Lock, irql);
                    Unlocked++;
                    if (Locked % 8 == 0)
                        KeInsertQueueDpc(&Dpc, NULL, NULL);
                }

                VOID CountMany(ULONG Rounds) {
                    ULONG i;
                    for (i = 0; i < Rounds; i++)
                        Count();
                }

                VOID OnTick(PKDPC Called, PVOID Context, PVOID A, PVOID B) {
                    KIRQL irql;
                    KeAcquireSpinLock(&Lock, &irql);
                    Locked = Add(Locked, 100);
                    KeReleaseSpinLock(&Lock, irql);
                    Ticks++;
                }

                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    KeInitializeSpinLock(&Lock);
                    KeInitializeDpc(&Dpc, OnTick, NULL);
                    return STATUS_SUCCESS;
                }
            }
            workload {
                thread { call counter.CountMany(80) }
                thread { call counter.CountMany(80) }
                thread { call counter.CountMany(80) }
            }
            """;

    private Counters() {}

    static LiveRun run(int processors) {
        return run(processors, 0);
    }

    static LiveRun run(int processors, long seed) {
        return Runs.text(TEXT, processors, seed);
    }

    static LiveRun recorded(int processors, long seed, Path trace) {
        return Runs.recorded(TEXT, processors, seed, trace);
    }

    static Debugger debugger(int processors, long seed) {
        return new Debugger(
                run(processors, seed), new CheckpointLimits(500, 40, 64 << 20), () -> false);
    }
}
