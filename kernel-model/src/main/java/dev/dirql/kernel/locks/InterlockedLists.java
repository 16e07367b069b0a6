package dev.dirql.kernel.locks;

import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/** What the ExInterlocked… routines do under their lock. Source: WDK, the page of each routine. */
final class InterlockedLists {
    private static final int CORRUPT_LIST_ENTRY = 3;

    private final BugChecks bugChecks;
    private final Rules rules;

    InterlockedLists(BugChecks bugChecks, Rules rules) {
        this.bugChecks = bugChecks;
        this.rules = rules;
    }

    /** What is done, to a list or to a number. */
    enum Operation {
        INSERT_HEAD,
        INSERT_TAIL,
        REMOVE_HEAD,
        PUSH,
        POP,
        ADD_64,
        ADD_32;

        boolean isOnList() {
            return this != ADD_64 && this != ADD_32;
        }
    }

    /**
     * Does it, and gives the routine's result. The run may have ended.
     *
     * @param target the list head or the number
     * @param operand the entry or the addend
     */
    long perform(Processor processor, Operation operation, long target, long operand, long caller) {
        checkIsResident(processor, target, caller);
        ProcessorMemory memory = processor.memory();
        return switch (operation) {
            case INSERT_HEAD -> {
                long first = new ListEntry(memory, target).flink();
                yield insert(processor, target, first, operand, caller) ? other(first, target) : 0;
            }
            case INSERT_TAIL -> {
                long last = new ListEntry(memory, target).blink();
                yield insert(processor, last, target, operand, caller) ? other(last, target) : 0;
            }
            case REMOVE_HEAD -> removeHead(processor, target, caller);
            case PUSH -> {
                checkIsResident(processor, operand, caller);
                long first = memory.load64(target);
                memory.probe(target, Long.BYTES, true);
                memory.store64(operand, first);
                memory.store64(target, operand);
                yield first;
            }
            case POP -> {
                long first = memory.load64(target);
                if (first != 0) {
                    checkIsResident(processor, first, caller);
                    memory.store64(target, memory.load64(first));
                }
                yield first;
            }
            case ADD_64 -> {
                long before = memory.load64(target);
                memory.store64(target, before + operand);
                yield before;
            }
            case ADD_32 -> {
                long before = memory.load32(target);
                memory.store32(target, before + operand);
                yield before & 0xFFFF_FFFFL;
            }
        };
    }

    private static long other(long entry, long head) {
        return entry == head ? 0 : entry;
    }

    private boolean insert(
            Processor processor, long before, long behind, long address, long caller) {
        checkIsResident(processor, address, caller);
        ProcessorMemory memory = processor.memory();
        ListEntry previous = new ListEntry(memory, before);
        ListEntry next = new ListEntry(memory, behind);
        if (previous.flink() != behind || next.blink() != before) {
            corrupt(processor, caller);
            return false;
        }
        memory.probe(before, ListEntry.BYTES, true);
        memory.probe(behind, ListEntry.BYTES, true);
        ListEntry entry = new ListEntry(memory, address);
        entry.setFlink(behind);
        entry.setBlink(before);
        previous.setFlink(address);
        next.setBlink(address);
        return true;
    }

    private long removeHead(Processor processor, long address, long caller) {
        ProcessorMemory memory = processor.memory();
        ListEntry head = new ListEntry(memory, address);
        if (head.isEmpty()) {
            return 0;
        }
        ListEntry first = new ListEntry(memory, head.flink());
        checkIsResident(processor, first.address(), caller);
        ListEntry second = new ListEntry(memory, first.flink());
        if (first.blink() != address || second.blink() != first.address()) {
            corrupt(processor, caller);
            return 0;
        }
        memory.probe(address, ListEntry.BYTES, true);
        memory.probe(second.address(), ListEntry.BYTES, true);
        first.remove();
        return first.address();
    }

    private void corrupt(Processor processor, long caller) {
        bugChecks.fastFail(processor, CORRUPT_LIST_ENTRY, caller);
    }

    /** With interrupts disabled a page that is absent stops the machine, whatever the IRQL. */
    private void checkIsResident(Processor processor, long address, long caller) {
        int flags = processor.memory().pageFlags(address);
        if ((flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE) {
            rules.broken(
                    processor,
                    Violation.error(
                            "InterlockedDataInPageableStorage",
                            "",
                            "an ExInterlocked routine uses pageable memory at 0x%x"
                                    .formatted(address),
                            Verifier.NONE),
                    caller);
        }
    }
}
