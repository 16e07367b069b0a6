package dev.dirql.simulation.decisions;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import dev.dirql.machine.DecisionPoint;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Knows who runs on each processor: it follows interrupts, DPCs and threads through the events.
 * Threads are numbered in the order of their creation.
 */
public final class RunningContexts implements DecisionPlace.Finder, EventSink, StatePart {
    private record Kept(List<List<String>> stacks, Map<Long, String> threads) {}

    private final Machine machine;
    private final LongFunction<String> routines;
    private final List<Deque<String>> stacks = new ArrayList<>();
    private final Map<Long, String> threads = new LinkedHashMap<>();

    /**
     * @param routines gives the routine and offset at a code address, empty where it has no name
     */
    public RunningContexts(Machine machine, LongFunction<String> routines) {
        this.machine = machine;
        this.routines = routines;
        for (int i = 0; i < machine.settings().processors(); i++) {
            stacks.add(new ArrayDeque<>());
        }
    }

    @Override
    public DecisionPlace of(DecisionPoint point) {
        return point.processor() == Stamp.NO_PROCESSOR
                ? DecisionPlace.MACHINE
                : of(point.processor());
    }

    /** Who runs on a processor, and where. */
    public DecisionPlace of(int number) {
        var processor = machine.processor(number);
        String inner = stacks.get(number).peek();
        String context = inner == null ? thread(processor.thread) : inner;
        return new DecisionPlace(context, routines.apply(processor.rip));
    }

    private String thread(long address) {
        return address == 0 ? "machine" : threads.getOrDefault(address, "idle");
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        switch (event) {
            case Event.InterruptTaken taken ->
                    push(stamp, "interrupt 0x" + Integer.toHexString(taken.vector()));
            case Event.InterruptCompleted _ -> pop(stamp, "interrupt ");
            case Event.DpcStarted started ->
                    push(stamp, "dpc " + routines.apply(started.routine()));
            case Event.DpcFinished _ -> pop(stamp, "dpc ");
            case Event.ThreadCreated created ->
                    threads.put(created.created(), "thread " + (threads.size() + 1));
            default -> {}
        }
    }

    private void push(Stamp stamp, String context) {
        if (stamp.processor() >= 0) {
            stacks.get(stamp.processor()).push(context);
        }
    }

    /** An interrupt that lies above others ends in any order only if the kernel lost count. */
    private void pop(Stamp stamp, String kind) {
        if (stamp.processor() >= 0) {
            Deque<String> stack = stacks.get(stamp.processor());
            String top = stack.peek();
            if (top != null && top.startsWith(kind)) {
                stack.pop();
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.reference(
                new Kept(
                        stacks.stream().map(stack -> List.copyOf(stack)).toList(),
                        new LinkedHashMap<>(threads)));
    }

    @Override
    public void restore(StateReader in) {
        Kept kept = in.reference(Kept.class);
        for (int i = 0; i < stacks.size(); i++) {
            stacks.get(i).clear();
            stacks.get(i).addAll(kept.stacks().get(i));
        }
        threads.clear();
        threads.putAll(kept.threads());
    }
}
