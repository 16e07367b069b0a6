package dev.dirql.kernel;

import java.util.List;

/**
 * How the kernel behaves where NT has a choice or a setting of its own: one constant each, written
 * as a property of a scenario's machine.
 *
 * @param word its name among the machine's properties
 * @param unlessSaid its value where nothing is written
 * @param meaning one sentence for the reference
 */
public record KernelSetting(String word, Kind kind, long unlessSaid, String meaning) {
    public static final KernelSetting VERIFIER =
            new KernelSetting(
                    "verifier",
                    new Kind.Switch(),
                    0,
                    "Whether mistakes that the Driver Verifier knows end in its bug check.");

    public static final KernelSetting PAGING =
            new KernelSetting(
                    "paging",
                    new Kind.Choice(List.of("force", "explore", "resident")),
                    0,
                    "Whether a pageable page that nobody locked is absent when code at"
                            + " DISPATCH_LEVEL or above touches it: always, as a decision of the run,"
                            + " never.");

    public static final KernelSetting TICK =
            new KernelSetting(
                    "tick",
                    new Kind.Time(100_000, 1_000_000_000),
                    15_625_000,
                    "Time between two clock interrupts.");

    public static final KernelSetting QUANTUM_TICKS =
            new KernelSetting(
                    "quantum_ticks",
                    new Kind.Whole(1, 1_000),
                    6,
                    "Clock interrupts after which a thread gives way to its equals.");

    public static final KernelSetting STORM =
            new KernelSetting(
                    "storm",
                    new Kind.Whole(2, 1_000_000),
                    500,
                    "Interrupts of a vector in a row that nobody claims, or that come back at once,"
                            + " until bug check 0xF2; also the passes over a chain of latched"
                            + " interrupts.");

    public static final KernelSetting DPC_DEPTH =
            new KernelSetting(
                    "dpc_depth",
                    new Kind.Whole(1, 10_000),
                    4,
                    "Depth of a DPC queue above which it is processed at once, whatever the"
                            + " importance.");

    public static final KernelSetting MESSAGE_LOCKS =
            new KernelSetting(
                    "message_locks",
                    new Kind.Choice(List.of("each", "one")),
                    0,
                    "Whether each message of a device has a lock of its own where its driver gives"
                            + " IoConnectInterruptEx none, or all of them have one.");

    public static final KernelSetting DPC_RATE =
            new KernelSetting(
                    "dpc_rate",
                    new Kind.Whole(0, 10_000),
                    3,
                    "DPCs queued in a clock tick below which even one of low importance is"
                            + " processed at once.");

    public static final KernelSetting THREADED_DPCS =
            new KernelSetting(
                    "threaded_dpcs",
                    new Kind.Switch(),
                    1,
                    "Whether threaded DPCs run in a thread at PASSIVE_LEVEL; off, they run as"
                            + " ordinary ones.");

    public static final KernelSetting DPC_TICKS =
            new KernelSetting(
                    "dpc_ticks",
                    new Kind.Whole(0, 1_000_000),
                    1_280,
                    "Clock interrupts that a single DPC or ISR may last until bug check 0x133 with"
                            + " parameter 0; 0 for any.");

    public static final KernelSetting DISPATCH_TICKS =
            new KernelSetting(
                    "dispatch_ticks",
                    new Kind.Whole(0, 1_000_000),
                    7_680,
                    "Clock interrupts that a processor may stay at DISPATCH_LEVEL or above until"
                            + " bug check 0x133 with parameter 1; 0 for any.");

    public static final KernelSetting CLOCK_TICKS =
            new KernelSetting(
                    "clock_ticks",
                    new Kind.Whole(0, 1_000_000),
                    48,
                    "Clock interrupts that a processor may fail to take until another one raises"
                            + " bug check 0x101; 0 for any.");

    public static final KernelSetting DPC_PROCESSOR =
            new KernelSetting(
                    "dpc_processor",
                    new Kind.Choice(List.of("queueing", "available")),
                    0,
                    "Where a DPC without a target processor runs: on the processor that queues it,"
                            + " or, where that is at DISPATCH_LEVEL or above, on the next one that is"
                            + " below, if any, at once.");

    public static final KernelSetting SPIN_LOCK_WINNER =
            new KernelSetting(
                    "spin_lock_winner",
                    new Kind.Choice(List.of("any", "first")),
                    0,
                    "Who gets a spin lock for which several processors spin when it comes free: any"
                            + " of them, as a decision of the run, or the one that has spun longest"
                            + " since its last interrupt.");

    public static final KernelSetting IRQL_RANGES =
            new KernelSetting(
                    "irql_ranges",
                    new Kind.Choice(List.of("pages", "rules")),
                    0,
                    "Whose IRQLs hold for the few routines where they differ: those of a routine's"
                            + " own page, or those of the rules of Static Driver Verifier and Driver"
                            + " Verifier.");

    public static final KernelSetting APC_WAITS =
            new KernelSetting(
                    "apc_waits",
                    new Kind.Switch(),
                    1,
                    "Whether a thread may wait at APC_LEVEL, as the pages of the waits say; off, it"
                            + " is a warning, as \"Managing Hardware Priorities\" says.");

    public static final KernelSetting LIST_LOCKS =
            new KernelSetting(
                    "list_locks",
                    new Kind.Choice(List.of("warning", "error", "allowed")),
                    0,
                    "What it is to use one spin lock for KeAcquireSpinLock and for ExInterlocked"
                            + " routines at DISPATCH_LEVEL and below; above, it is always an error.");

    public static final KernelSetting RESOURCE_DEADLOCKS =
            new KernelSetting(
                    "resource_deadlocks",
                    new Kind.Switch(),
                    0,
                    "Whether the Driver Verifier bug-checks for deadlocks in which there is an"
                            + " ERESOURCE; off, they end the run as without it.");

    public static final KernelSetting STALL_TIME =
            budget(
                    "stall_time",
                    50_000,
                    "Stall of KeStallExecutionProcessor beyond which it is a warning.");

    public static final KernelSetting DPC_TIME =
            budget(
                    "dpc_time",
                    100_000,
                    "Time of a DPC routine beyond which it is a warning; in a DPC, a longer stall is"
                            + " an error.");

    public static final KernelSetting ISR_TIME =
            budget("isr_time", 25_000, "Time of an ISR beyond which it is a warning.");

    public static final KernelSetting SPIN_LOCK_TIME =
            budget(
                    "spin_lock_time",
                    25_000,
                    "Time that a spin lock is held beyond which it is a warning.");

    public static final KernelSetting BUG_CHECK_TIME =
            new KernelSetting(
                    "bugcheck_time",
                    new Kind.Time(1_000, 1_000_000_000_000L),
                    1_000_000_000,
                    "Time after a bug check at which the routines that drivers registered for it are"
                            + " taken to hang.");

    private static KernelSetting budget(String word, long unlessSaidNs, String meaning) {
        return new KernelSetting(word, new Kind.Time(1_000, 1_000_000_000), unlessSaidNs, meaning);
    }

    /** All of them, in the order of the reference. */
    public static final List<KernelSetting> ALL =
            List.of(
                    VERIFIER,
                    PAGING,
                    TICK,
                    QUANTUM_TICKS,
                    STORM,
                    MESSAGE_LOCKS,
                    SPIN_LOCK_WINNER,
                    LIST_LOCKS,
                    RESOURCE_DEADLOCKS,
                    DPC_PROCESSOR,
                    DPC_DEPTH,
                    DPC_RATE,
                    THREADED_DPCS,
                    DPC_TICKS,
                    DISPATCH_TICKS,
                    CLOCK_TICKS,
                    DPC_TIME,
                    ISR_TIME,
                    STALL_TIME,
                    SPIN_LOCK_TIME,
                    BUG_CHECK_TIME,
                    IRQL_RANGES,
                    APC_WAITS);

    /** What a setting can be; it is kept as a number. */
    public sealed interface Kind {
        /** An integer within bounds, both included. */
        record Whole(long minimum, long maximum) implements Kind {}

        /** A time within bounds in nanoseconds, both included. */
        record Time(long minimumNs, long maximumNs) implements Kind {}

        /** One of these words, kept as its index. */
        record Choice(List<String> words) implements Kind {}

        /** On or off, kept as 1 or 0. */
        record Switch() implements Kind {}
    }
}
