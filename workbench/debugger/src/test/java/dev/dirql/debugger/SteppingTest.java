package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.store.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps follow a thread, forwards and backwards, whatever comes between. */
class SteppingTest {
    private static final Arrival REACHED = new Arrival.Reached();

    private static void stopAt(Debugger debugger, String symbol) {
        long address = debugger.inspection().address(symbol).orElseThrow();
        assertThat(debugger.go(Direction.FORWARD, List.of(new Trigger.Execute(List.of(address)))))
                .isInstanceOf(Arrival.Hits.class);
    }

    private static int processorIn(Debugger debugger, String symbol) {
        for (int i = 0; i < debugger.inspection().processorCount(); i++) {
            if (place(debugger, i).symbol().equals(symbol)) {
                return i;
            }
        }
        throw new AssertionError("no processor is in " + symbol);
    }

    private static SymbolTable.Location place(Debugger debugger, int processor) {
        long rip = debugger.inspection().processor(processor).rip();
        return debugger.inspection()
                .locate(rip)
                .orElse(new SymbolTable.Location("", "", rip, "", 0));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "8, 0", "2, 5", "8, 5"})
    void anInstructionBackwardsUndoesOneForwards(int processors, long seed) {
        Random random = new Random(7);
        try (Debugger debugger = Counters.debugger(processors, seed)) {
            debugger.go(Direction.FORWARD);
            long end = debugger.position().steps();
            for (int i = 0; i < 30; i++) {
                debugger.goTo(random.nextLong(end));
                int processor = random.nextInt(processors);
                ProcessorState before = debugger.inspection().processor(processor);
                Arrival arrival = debugger.step(StepKind.INSTRUCTION, processor, Direction.FORWARD);
                if (arrival instanceof Arrival.Ended) {
                    continue;
                }
                assertThat(debugger.inspection().processor(processor).steps())
                        .isEqualTo(before.steps() + 1);
                long there = debugger.position().steps();

                assertThat(debugger.step(StepKind.INSTRUCTION, processor, Direction.BACKWARD))
                        .isEqualTo(REACHED);

                ProcessorState undone = debugger.inspection().processor(processor);
                assertThat(undone.steps()).isEqualTo(before.steps());
                assertThat(undone.general()).isEqualTo(before.general());
                assertThat(undone.rip()).isEqualTo(before.rip());
                debugger.step(StepKind.INSTRUCTION, processor, Direction.FORWARD);
                assertThat(debugger.position().steps()).isEqualTo(there);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void overACallComesBehindItAndBackBeforeIt(int processors) {
        try (Debugger debugger = Counters.debugger(processors, 0)) {
            stopAt(debugger, "counter!Count");
            int processor = processorIn(debugger, "Count");
            long thread = debugger.inspection().processor(processor).thread();
            List<ProcessorState> forwards = new ArrayList<>();

            while (true) {
                forwards.add(now(debugger, thread));
                int where = forwards.getLast().number();
                assertThat(debugger.step(StepKind.OVER, where, Direction.FORWARD))
                        .isEqualTo(REACHED);
                if (!place(debugger, now(debugger, thread).number()).symbol().equals("Count")) {
                    break;
                }
            }
            assertThat(place(debugger, now(debugger, thread).number()).symbol())
                    .isEqualTo("CountMany");
            assertThat(forwards.size()).isBetween(15, 60);
            // From behind the return it would go before the call.
            debugger.step(StepKind.INSTRUCTION, now(debugger, thread).number(), Direction.BACKWARD);
            forwards.removeLast();

            for (ProcessorState expected : forwards.reversed()) {
                int where = now(debugger, thread).number();
                assertThat(debugger.step(StepKind.OVER, where, Direction.BACKWARD))
                        .isEqualTo(REACHED);
                ProcessorState back = now(debugger, thread);
                assertThat(back.rip()).isEqualTo(expected.rip());
                assertThat(back.general()).isEqualTo(expected.general());
            }
        }
    }

    private static ProcessorState now(Debugger debugger, long thread) {
        for (int i = 0; i < debugger.inspection().processorCount(); i++) {
            ProcessorState state = debugger.inspection().processor(i);
            if (state.thread() == thread) {
                return state;
            }
        }
        throw new AssertionError("the thread does not run");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void outGoesBehindTheCallAndBackwardsToIt(int processors) {
        try (Debugger debugger = Counters.debugger(processors, 0)) {
            stopAt(debugger, "counter!Add");
            int processor = processorIn(debugger, "Add");
            ProcessorState inside = debugger.inspection().processor(processor);
            long caller = debugger.inspection().stack(processor).frames().get(1).ip();

            assertThat(debugger.step(StepKind.OUT, processor, Direction.FORWARD))
                    .isEqualTo(REACHED);

            ProcessorState outside = now(debugger, inside.thread());
            assertThat(outside.rip()).isEqualTo(caller);
            assertThat(outside.general().get(4)).isEqualTo(inside.general().get(4) + 8);

            debugger.goTo(debugger.position().steps() - 1);
            assertThat(debugger.step(StepKind.OUT, processor, Direction.BACKWARD))
                    .isEqualTo(REACHED);
            ProcessorState call = now(debugger, inside.thread());
            assertThat(call.rip()).isBetween(caller - 7, caller - 2);
            assertThat(call.general().get(4)).isEqualTo(outside.general().get(4));
        }
    }

    @Test
    void linesAreWalkedInBothDirections() {
        try (Debugger debugger = Counters.debugger(1, 0)) {
            stopAt(debugger, "counter!Count");
            List<Integer> over = lines(debugger, StepKind.LINE_OVER, 5);
            List<Integer> back = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                debugger.step(StepKind.LINE_OVER, 0, Direction.BACKWARD);
                back.add(place(debugger, 0).line());
            }

            assertThat(over).isSorted().doesNotHaveDuplicates();
            assertThat(back.reversed().subList(1, 5)).isEqualTo(over.subList(0, 4));
        }
    }

    @Test
    void intoALineEntersARoutineWithLinesAndPassesOneWithout() {
        try (Debugger debugger = Counters.debugger(1, 0)) {
            stopAt(debugger, "counter!Count");
            List<String> symbols = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                debugger.step(StepKind.LINE_INTO, 0, Direction.FORWARD);
                symbols.add(place(debugger, 0).symbol());
            }

            assertThat(symbols).contains("Add", "Count").doesNotContain("KeAcquireSpinLock");
        }
    }

    private static List<Integer> lines(Debugger debugger, StepKind kind, int count) {
        List<Integer> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            assertThat(debugger.step(kind, 0, Direction.FORWARD)).isEqualTo(REACHED);
            lines.add(place(debugger, 0).line());
        }
        return lines;
    }
}
