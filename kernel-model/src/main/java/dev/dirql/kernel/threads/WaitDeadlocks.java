package dev.dirql.kernel.threads;

import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds deadlocks of threads that wait, at the moment they close: a thread is stuck if an owner of
 * the lock that it needs waits without end for a lock that, in the end, needs the thread itself.
 */
public final class WaitDeadlocks {
    private final Machine machine;
    private final Scheduler scheduler;
    private final WaitLocks locks;
    private final Rules rules;
    private final LoadedImages images;
    private final Unwinder unwinder;
    private final boolean verifiesResources;

    /**
     * @param verifiesResources whether the Driver Verifier watches resources, too: WDK, "Bug check
     *     0xC4" says so, "Deadlock Detection" that it does not
     */
    public WaitDeadlocks(
            Machine machine,
            Scheduler scheduler,
            WaitLocks locks,
            Rules rules,
            LoadedImages images,
            Unwinder unwinder,
            boolean verifiesResources) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.locks = locks;
        this.rules = rules;
        this.images = images;
        this.unwinder = unwinder;
        this.verifiesResources = verifiesResources;
    }

    /** A thread that waits for a lock, and the acquisition that keeps it from going on. */
    private record Edge(KernelThread waiter, WaitLock lock, WaitLock.Hold hold) {}

    /**
     * The current thread began a wait for a lock that nothing else ends.
     *
     * @param caller the code that waits
     */
    void check(Processor processor, long caller) {
        KernelThread waiter = scheduler.current(processor);
        List<Edge> path = new ArrayList<>();
        if (waiter.waitedLock() != 0
                && leadsBack(processor, waiter, waiter, path, new ArrayList<>())) {
            report(processor, path, caller);
        }
    }

    private boolean leadsBack(
            Processor processor,
            KernelThread from,
            KernelThread origin,
            List<Edge> path,
            List<KernelThread> seen) {
        WaitLock lock = locks.find(processor, from.waitedLock());
        if (lock == null) {
            return false;
        }
        seen.add(from);
        for (WaitLock.Hold hold : lock.holds()) {
            path.add(new Edge(from, lock, hold));
            if (hold.thread() == origin.address()) {
                return true;
            }
            KernelThread owner = waiting(hold.thread());
            if (owner != null
                    && !seen.contains(owner)
                    && leadsBack(processor, owner, origin, path, seen)) {
                return true;
            }
            path.remove(path.size() - 1);
        }
        return false;
    }

    private @Nullable KernelThread waiting(long address) {
        KernelThread thread = scheduler.find(address);
        return thread != null
                        && thread.state() == KernelThread.State.WAITING
                        && thread.waitedLock() != 0
                ? thread
                : null;
    }

    private String sentence(Edge edge) {
        WaitLock lock = edge.lock();
        String place = images.name(edge.hold().caller());
        long owner = edge.hold().thread();
        return edge.waiter().address() == owner
                ? "thread 0x%x already holds %s (acquired at %s) and asks for it again"
                        .formatted(owner, lock.name(), place)
                : "thread 0x%x waits for %s, which thread 0x%x acquired in %s"
                        .formatted(edge.waiter().address(), lock.name(), owner, place);
    }

    /** What the Driver Verifier watches: never push locks. */
    private boolean isVerified(LockKind kind) {
        return (verifiesResources && kind == LockKind.RESOURCE)
                || kind == LockKind.MUTEX
                || kind == LockKind.FAST_MUTEX
                || kind == LockKind.GUARDED_MUTEX;
    }

    private void report(Processor processor, List<Edge> path, long caller) {
        List<Finding.Place> places = new ArrayList<>();
        StringBuilder sentence = new StringBuilder();
        StringBuilder detail = new StringBuilder();
        for (Edge edge : path) {
            boolean first = edge.waiter() == path.get(0).waiter();
            sentence.append(sentence.isEmpty() ? "" : "; ").append(sentence(edge));
            places.add(WaitLocks.acquired(edge.hold()));
            detail.append("\nthread 0x%x:\n".formatted(edge.waiter().address()))
                    .append(
                            first
                                    ? unwinder.stackOf(processor).text()
                                    : scheduler.stackOf(edge.waiter(), unwinder).text());
        }
        int subcode = path.size() == 1 ? 0x1000 : 0x1001;
        WaitLock lock = path.get(0).lock();
        rules.broken(
                processor,
                new Violation(
                        "Deadlock",
                        Integer.toHexString(subcode),
                        Severity.ERROR,
                        sentence.toString(),
                        path.stream().allMatch(edge -> isVerified(edge.lock().kind()))
                                ? Verifier.detected(subcode, lock.address(), 0, 0)
                                : Verifier.NONE,
                        places),
                caller);
        machine.end(RunEnd.DEADLOCK, sentence + detail.toString());
    }
}
