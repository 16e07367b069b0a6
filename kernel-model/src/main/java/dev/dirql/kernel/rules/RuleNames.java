package dev.dirql.kernel.rules;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceSlot;
import dev.dirql.kernel.services.ServiceTable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What a finding can be called: the names of the rules, and the numbers their users know. */
public final class RuleNames {
    /** Rules that are told by code of their own. The others are those of the routines' IRQLs. */
    static final List<String> TOLD =
            List.of(
                    "BugCheckCallbackFails",
                    "BugCheckCallbackFreed",
                    "BugCheckCallbackHangs",
                    "BugCheckCallbackInPageableStorage",
                    "BugCheckCallbackNotDeregistered",
                    "BugCheckDumpData",
                    "CompleteRequestStatusCheck",
                    "CompletedCancelable",
                    "CompletionOnUnwoundStack",
                    "CompletionRoutineCopied",
                    "CriticalRegions",
                    "Deadlock",
                    "DeleteDevice",
                    "DetachDevice",
                    "DeviceInitializing",
                    "DeviceNotStarted",
                    "DeviceObjectNotDeleted",
                    "DeviceQueueNotBusy",
                    "DeviceRemovalRefused",
                    "DeviceStopRefused",
                    "DispatchStatus",
                    "DmaAdapterInUse",
                    "DmaAdapterMissing",
                    "DmaAdapterReleased",
                    "DmaBufferNotLocked",
                    "DmaBufferOutsideMdl",
                    "DmaChannelAllocatedTwice",
                    "DmaDescriptionVersion",
                    "DmaFreedTwice",
                    "DmaIrql",
                    "DmaMapRegisters",
                    "DmaNotFlushed",
                    "DmaNotMapped",
                    "DpcFreedWhileQueued",
                    "DpcInitializedWhileQueued",
                    "DpcQueuedAtUnload",
                    "DpcRoutineFreedWhileQueued",
                    "DpcTooLong",
                    "DriverCannotUnload",
                    "DriverEntryFailed",
                    "EndlessList",
                    "ExTimerDeletedTooHigh",
                    "ExTimerInvalid",
                    "ExclusiveResourceAccess",
                    "FreedWhileLocked",
                    "GuardedRegions",
                    "InformationBeyondBuffer",
                    "InterlockedAtDifferentIrqls",
                    "InterlockedDataInPageableStorage",
                    "InterruptConnectionType",
                    "InterruptInPagedDriver",
                    "InterruptLost",
                    "InterruptNotDisconnected",
                    "InterruptSpinLockShared",
                    "InterruptsDisabled",
                    "InvalidDeviceObject",
                    "InvalidIrp",
                    "IoAllocateFree",
                    "IoReuseIrp",
                    "IoTimerInitializedTwice",
                    "IoTimerStoppedByItself",
                    "IrpInUse",
                    "IrpInitializedTwice",
                    "IrpProcessingComplete",
                    "IrqlBelowHeldLock",
                    "IrqlDpcReturn",
                    "IrqlExApcLte2",
                    "IrqlIsrReturn",
                    "IrqlKeRaiseLower",
                    "IrqlKeReleaseSemaphore",
                    "IrqlKeSetEvent",
                    "IrqlKeSynchronizeExecution",
                    "IrqlKeWaitForMultipleObjects",
                    "IrqlKeWaitForSingleObject",
                    "IrqlReturn",
                    "IrqlSynchronizeReturn",
                    "IsrTooLong",
                    "LockFreedWhileHeld",
                    "LockInPageableStorage",
                    "LockInitializedTwice",
                    "LockNotInitialized",
                    "LookasideBlockTooSmall",
                    "LookasideEntryFreedTwice",
                    "LookasideListFreed",
                    "LookasideListInPageableStorage",
                    "LookasideListInitializedTwice",
                    "LookasideListNotDeleted",
                    "LookasideListNotInitialized",
                    "MapsUnlockedMemory",
                    "MarkIrpPending",
                    "MarkIrpPending2",
                    "MdlBugCheckOnFailure",
                    "MdlFreedWhileLocked",
                    "MdlOfDeviceMemory",
                    "MdlOfPageableMemory",
                    "MdlState",
                    "MdlUserMappingTooHigh",
                    "MutexRelease",
                    "MutexWaitInUserMode",
                    "ObjectInPageableStorage",
                    "ObjectNotInitialized",
                    "PageableSectionLocked",
                    "PagesLeftLocked",
                    "PendedCompletedRequest",
                    "PendingNotPropagated",
                    "PlugPlayNotificationNotUnregistered",
                    "PnpIrpCompletion",
                    "PnpRemove",
                    "PnpSurpriseRemove",
                    "PoolNotFreed",
                    "PushLockRelease",
                    "PushLockWithApcs",
                    "QueuedSpinLock",
                    "QueuedSpinLockRelease",
                    "ReaderWriterSpinLockRecursion",
                    "ReaderWriterSpinLockRelease",
                    "RegistryKeyRights",
                    "RemoveLock",
                    "RemoveLockInitializedTwice",
                    "RequestMemoryFreed",
                    "ResourceFreed",
                    "ResourceInitializedTwice",
                    "ResourceNotInitialized",
                    "RundownNotDone",
                    "RundownRelease",
                    "SListAlignment",
                    "SemaphoreLimit",
                    "SentCancelable",
                    "SpinLock",
                    "SpinLockAboveDispatchLevel",
                    "SpinLockDpc",
                    "SpinLockHeldTooLong",
                    "SpinLockKindsMixed",
                    "SpinLockLeavesIrqlRaised",
                    "SpinLockNeverReleased",
                    "SpinLockSafe",
                    "SpinLockSharedWithInterlocked",
                    "SpinlockRelease",
                    "StallTooLong",
                    "SymbolicLinkNotDeleted",
                    "SynchronizeIrqlTooLow",
                    "ThreadEndsWithLock",
                    "ThreadRunsAtUnload",
                    "TimerFreedWhileSet",
                    "TimerInitializedWhileSet",
                    "TimerSetAtUnload",
                    "UnalignedResource",
                    "UnicodePrintedTooHigh",
                    "UnsafeMutexWithApcs",
                    "UserModeWaitOnStack",
                    "WaitAtApcLevel",
                    "WithinCriticalRegion",
                    "WmiEventMemory",
                    "WmiEventNotEnabled",
                    "WmiNotDeregistered",
                    "WorkItemInPageableStorage");

    /** Their numbers, in hexadecimal. */
    static final List<String> NUMBERS =
            List.of(
                    "30", "31", "37", "38", "39", "3A", "3B", "3D", "62", "6F", "75", "77", "7A",
                    "7C", "7D", "7F", "81", "82", "83", "B0", "B2", "B3", "B4", "B5", "B6", "B8",
                    "B9", "C0", "C1", "C5", "C7", "CA", "CB", "CC", "CD", "D0", "D1", "D2", "D5",
                    "D6", "D7", "E1", "EA", "EB", "FB", "105", "111", "123", "131", "140", "201",
                    "202", "203", "207", "20B", "21E", "224", "225", "226", "228", "22E", "22F",
                    "238", "23D", "23E", "240", "241", "243", "310", "311", "312", "1000", "1001",
                    "1002", "1004", "1005", "1007", "1008", "1009", "100A", "100B", "20006",
                    "20016", "2001D", "40003", "40006", "40007", "40009", "4000A", "4000E",
                    "43006");

    private RuleNames() {}

    /** The names of all rules that a kernel with these exports can tell. */
    public static List<String> of(ServiceTable table) {
        TreeSet<String> names = new TreeSet<>(TOLD);
        names.add(IrqlRange.OWN_NAME);
        RuleIrqls.all().values().forEach(range -> names.add(range.rule()));
        for (ServiceSlot slot : table.slots()) {
            Ddi ddi = slot.ddi();
            if (ddi != null && !ddi.rule().isEmpty()) {
                names.add(ddi.rule());
            }
        }
        return List.copyOf(names);
    }

    /** The numbers of these rules, by which they may be called, too. */
    public static List<String> numbers(ServiceTable table) {
        TreeSet<String> numbers = new TreeSet<>(NUMBERS);
        for (ServiceSlot slot : table.slots()) {
            Ddi ddi = slot.ddi();
            if (ddi != null) {
                add(numbers, IrqlRange.number(ddi, ddi.rule()));
                add(numbers, IrqlRange.number(ddi, IrqlRange.ofRule(ddi).rule()));
            }
        }
        return List.copyOf(numbers);
    }

    private static void add(Set<String> numbers, int number) {
        if (number != 0) {
            numbers.add(Integer.toHexString(number).toUpperCase(Locale.ROOT));
        }
    }
}
