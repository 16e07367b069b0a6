package dev.dirql.kernel.memory;

import dev.dirql.events.DecisionKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings.Paging;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;

/**
 * Whether pageable pages that nobody locked are in memory when they are accessed. NT may trim a
 * page at any moment, so where that is explored each access is a decision of its own.
 *
 * <p>A page that came in for a thread stays there for that thread's accesses below DISPATCH_LEVEL
 * with interrupts enabled for a while: else an instruction that needs two pages might wait for
 * ever. Otherwise it may be gone at once.
 */
public final class Residency implements StatePart {
    /** Time to bring in a page: that of a read from a fast disk. */
    public static final long PAGE_IN_NS = 100_000;

    private static final long STAYS_NS = 10 * PAGE_IN_NS;
    private static final long PAGE = -KernelLayout.PAGE_SIZE;

    private record Stay(long page, long thread) implements Comparable<Stay> {
        @Override
        public int compareTo(Stay other) {
            int pages = Long.compareUnsigned(page, other.page);
            return pages != 0 ? pages : Long.compareUnsigned(thread, other.thread);
        }
    }

    private final Machine machine;
    private final Paging paging;
    private final TreeMap<Stay, Long> untilNs = new TreeMap<>();

    public Residency(Machine machine, Paging paging) {
        this.machine = machine;
        this.paging = paging;
    }

    /** Whether the page of an address is there for an access of a processor now. */
    public boolean isResident(Processor processor, long address) {
        return switch (paging) {
            case FORCE -> canWait(processor);
            case RESIDENT -> true;
            case EXPLORE ->
                    stays(processor, address & PAGE) || isDecided(processor, address & PAGE);
        };
    }

    /** Whether a page could be brought in for an access now. */
    private static boolean canWait(Processor processor) {
        return processor.irql() < Irql.DISPATCH_LEVEL && processor.flags.interruptsEnabled();
    }

    private boolean isDecided(Processor processor, long page) {
        return machine.decide(DecisionKind.PAGE_RESIDENT, processor.number(), 2, page) == 0;
    }

    private boolean stays(Processor processor, long page) {
        if (!canWait(processor)) {
            return false;
        }
        Long until = untilNs.get(new Stay(page, processor.thread));
        return until != null && processor.clockNs < until;
    }

    /** The page of an address was brought in for the current thread of a processor. */
    public void broughtIn(Processor processor, long address) {
        if (paging == Paging.EXPLORE) {
            untilNs.values().removeIf(until -> until <= processor.clockNs);
            untilNs.put(new Stay(address & PAGE, processor.thread), processor.clockNs + STAYS_NS);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(untilNs.size());
        untilNs.forEach((stay, until) -> {
            out.value(stay.page);
            out.value(stay.thread);
            out.time(until);
        });
    }

    @Override
    public void restore(StateReader in) {
        untilNs.clear();
        for (int i = in.intValue(); i > 0; i--) {
            Stay stay = new Stay(in.value(), in.value());
            untilNs.put(stay, in.time());
        }
    }
}
