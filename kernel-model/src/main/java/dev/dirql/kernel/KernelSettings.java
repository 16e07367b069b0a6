package dev.dirql.kernel;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** A value for every {@link KernelSetting}, and answers for routines that are not modelled. */
public final class KernelSettings {
    /** When a pageable page that is not locked is absent. */
    public enum Paging {
        /**
         * To every access at DISPATCH_LEVEL or above, or with interrupts disabled, so that the
         * mistake always shows.
         */
        FORCE,
        /** Whenever a decision says so. */
        EXPLORE,
        /** Never. */
        RESIDENT
    }

    /** What a spin lock is that Ke… and ExInterlocked… routines share, all at DISPATCH_LEVEL. */
    public enum ListLocks {
        WARNING,
        ERROR,
        ALLOWED
    }

    /** Every setting where nothing is said. */
    public static final KernelSettings DEFAULT = new KernelSettings(Map.of(), new TreeMap<>());

    /** The Windows build that is modelled: Windows 10 22H2. */
    private static final int BUILD_NUMBER = 19045;

    private final Map<String, Long> said;
    private final SortedMap<String, Long> answers;

    private KernelSettings(Map<String, Long> said, SortedMap<String, Long> answers) {
        this.said = Collections.unmodifiableMap(said);
        this.answers = Collections.unmodifiableSortedMap(answers);
    }

    /** These settings, but for one. */
    public KernelSettings with(KernelSetting setting, long value) {
        Map<String, Long> values = new TreeMap<>(said);
        values.put(setting.word(), value);
        return new KernelSettings(values, answers);
    }

    /** These settings, and what a call of a routine that is not modelled returns. */
    public KernelSettings withAnswer(String routine, long result) {
        SortedMap<String, Long> more = new TreeMap<>(answers);
        more.put(routine, result);
        return new KernelSettings(said, more);
    }

    public KernelSettings withVerifier(boolean on) {
        return with(KernelSetting.VERIFIER, on ? 1 : 0);
    }

    public KernelSettings withPaging(Paging paging) {
        return with(KernelSetting.PAGING, paging.ordinal());
    }

    public KernelSettings withStormMaximum(int maximum) {
        return with(KernelSetting.STORM, maximum);
    }

    public KernelSettings withTickNs(long ns) {
        return with(KernelSetting.TICK, ns);
    }

    private long get(KernelSetting setting) {
        return said.getOrDefault(setting.word(), setting.unlessSaid());
    }

    public boolean verifier() {
        return get(KernelSetting.VERIFIER) != 0;
    }

    public Paging paging() {
        return Paging.values()[(int) get(KernelSetting.PAGING)];
    }

    public int stormMaximum() {
        return (int) get(KernelSetting.STORM);
    }

    /** Whether the messages of a device share the lock that the system gives them. */
    public boolean oneMessageLock() {
        return get(KernelSetting.MESSAGE_LOCKS) != 0;
    }

    /** Whether the processor that has spun longest gets a spin lock, not any. */
    public boolean longestSpinnerWins() {
        return get(KernelSetting.SPIN_LOCK_WINNER) != 0;
    }

    public ListLocks listLocks() {
        return ListLocks.values()[(int) get(KernelSetting.LIST_LOCKS)];
    }

    public boolean verifiesResourceDeadlocks() {
        return get(KernelSetting.RESOURCE_DEADLOCKS) != 0;
    }

    /** Whether a DPC goes to a processor that can run it at once. */
    public boolean dpcsToAvailableProcessors() {
        return get(KernelSetting.DPC_PROCESSOR) != 0;
    }

    public long dpcTimeNs() {
        return get(KernelSetting.DPC_TIME);
    }

    public long isrTimeNs() {
        return get(KernelSetting.ISR_TIME);
    }

    public long stallTimeNs() {
        return get(KernelSetting.STALL_TIME);
    }

    public long spinLockTimeNs() {
        return get(KernelSetting.SPIN_LOCK_TIME);
    }

    /** Time that the routines may take that drivers registered for a bug check. */
    public long bugCheckTimeNs() {
        return get(KernelSetting.BUG_CHECK_TIME);
    }

    /** Whether the IRQLs of the verifiers' rules hold where those of the pages differ. */
    public boolean irqlsOfRules() {
        return get(KernelSetting.IRQL_RANGES) != 0;
    }

    public boolean waitsAtApcLevel() {
        return get(KernelSetting.APC_WAITS) != 0;
    }

    public long tickNs() {
        return get(KernelSetting.TICK);
    }

    public int quantumTicks() {
        return (int) get(KernelSetting.QUANTUM_TICKS);
    }

    public int dpcDepthMaximum() {
        return (int) get(KernelSetting.DPC_DEPTH);
    }

    public int dpcRateMinimum() {
        return (int) get(KernelSetting.DPC_RATE);
    }

    public boolean threadedDpcs() {
        return get(KernelSetting.THREADED_DPCS) != 0;
    }

    public int dpcTicksMaximum() {
        return (int) get(KernelSetting.DPC_TICKS);
    }

    public int dispatchTicksMaximum() {
        return (int) get(KernelSetting.DISPATCH_TICKS);
    }

    public int clockTicksMaximum() {
        return (int) get(KernelSetting.CLOCK_TICKS);
    }

    public int buildNumber() {
        return BUILD_NUMBER;
    }

    /** What a call of a routine that is not modelled returns, if it shall not end the run. */
    public OptionalLong answer(String routine) {
        Long result = answers.get(routine);
        return result == null ? OptionalLong.empty() : OptionalLong.of(result);
    }
}
