package dev.dirql.kernel.rules;

import dev.dirql.kernel.Irql;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The routines for which a rule of Static Driver Verifier and of Driver Verifier's DDI compliance
 * checking gives other IRQLs than the routine's own page. Source: WDK, the page of each rule.
 */
final class RuleIrqls {
    private static final Map<String, IrqlRange> RANGES = ranges();

    private RuleIrqls() {}

    /** What the rule says about a routine, empty where it is what the page says. */
    static Optional<IrqlRange> of(String routine) {
        return Optional.ofNullable(RANGES.get(routine));
    }

    /** All of them, by the names of the routines. */
    static Map<String, IrqlRange> all() {
        return RANGES;
    }

    private static Map<String, IrqlRange> ranges() {
        TreeMap<String, IrqlRange> ranges = new TreeMap<>();
        IrqlRange dispatch = range(Irql.DISPATCH_LEVEL, Irql.DISPATCH_LEVEL, "IrqlDispatch");
        ranges.put("KeAcquireSpinLockAtDpcLevel", dispatch);
        ranges.put("KeReleaseSpinLockFromDpcLevel", dispatch);
        IrqlRange quota = range(Irql.PASSIVE_LEVEL, Irql.APC_LEVEL, "IrqlExApcLte2");
        ranges.put("ExAllocatePoolWithQuota", quota);
        ranges.put("ExAllocatePoolWithQuotaTag", quota);
        ranges.put(
                "ExCreateCallback", range(Irql.PASSIVE_LEVEL, Irql.PASSIVE_LEVEL, "IrqlExPassive"));
        ranges.put(
                "IoCreateDevice", range(Irql.PASSIVE_LEVEL, Irql.PASSIVE_LEVEL, "IrqlIoPassive1"));
        ranges.put(
                "KeQueryActiveProcessors",
                range(Irql.PASSIVE_LEVEL, Irql.APC_LEVEL, "IrqlKeApcLte1"));
        IrqlRange apcs = range(Irql.PASSIVE_LEVEL, Irql.APC_LEVEL, "IrqlKeApcLte2");
        ranges.put("KeAreApcsDisabled", apcs);
        ranges.put("KeAreAllApcsDisabled", apcs);
        IrqlRange upToDispatch =
                range(Irql.PASSIVE_LEVEL, Irql.DISPATCH_LEVEL, "IrqlKeDispatchLte");
        ranges.put("KeInitializeSemaphore", upToDispatch);
        ranges.put("KeReadStateEvent", upToDispatch);
        ranges.put("MmFreePagesFromMdl", range(Irql.PASSIVE_LEVEL, Irql.APC_LEVEL, "IrqlMmApcLte"));
        return Collections.unmodifiableMap(ranges);
    }

    private static IrqlRange range(int minimum, int maximum, String rule) {
        return new IrqlRange(minimum, maximum, rule);
    }
}
