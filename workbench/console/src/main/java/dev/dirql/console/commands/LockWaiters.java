package dev.dirql.console.commands;

import dev.dirql.events.Finding;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.locks.LockRecord;
import dev.dirql.kernel.locks.LockWaiter;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Who waits for locks at this moment. */
final class LockWaiters {
    private LockWaiters() {}

    /** Numbers of the processors that spin for a lock: those in line first, in their order. */
    static Set<Integer> spinning(Call call, LockRecord lock) {
        Set<Integer> spinning = new LinkedHashSet<>();
        for (LockWaiter waiter : call.run().kernel().lockTable().waitersFor(lock)) {
            spinning.add(waiter.processor());
        }
        for (int i = 0; i < call.inspection().processorCount(); i++) {
            Processor processor = call.run().machine().processor(i);
            if (processor.waiting() == Processor.Wait.WRITE
                    && processor.watchedAddress() == lock.physical()) {
                spinning.add(i);
            }
        }
        if (call.run().machine().ended() == RunEnd.DEADLOCK) {
            // The last one never got as far as to spin; what was found says what it wants.
            call.run().figures().findings().stream()
                    .flatMap(found -> wanting(found.finding(), lock).stream())
                    .forEach(spinning::add);
        }
        return spinning;
    }

    /**
     * Who waits for a lock in a finding, where a waiter stands before the owner of what it wants.
     */
    private static List<Integer> wanting(Finding finding, LockRecord lock) {
        List<Integer> wanting = new ArrayList<>();
        List<Finding.Place> places = finding.places();
        for (int i = 0; i + 1 < places.size(); i++) {
            long acquired = places.get(i + 1).sequence();
            boolean waits = List.of("noticed", "waits").contains(places.get(i).role());
            if (waits
                    && places.get(i + 1).role().equals("acquired")
                    && lock.holders().stream().anyMatch(one -> one.sequence() == acquired)) {
                wanting.add(places.get(i).processor());
            }
        }
        return wanting;
    }

    /** Threads that wait for a lock whose waiters do not spin. */
    static List<KernelThread> waiting(Call call, WaitLock lock) {
        return call.run().kernel().scheduler().threads().stream()
                .filter(thread ->
                        thread.state() == KernelThread.State.WAITING
                                && thread.waitedLock() == lock.address())
                .toList();
    }
}
