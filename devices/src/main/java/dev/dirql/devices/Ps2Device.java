package dev.dirql.devices;

import dev.dirql.machine.Machine;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayDeque;
import java.util.stream.IntStream;

/**
 * What is plugged into a port of the {@link I8042}: takes commands, a byte at a time, and has bytes
 * to send, answers before what it reports by itself.
 */
abstract class Ps2Device {
    static final int ACKNOWLEDGE = 0xFA;
    static final int RESEND = 0xFE;
    private static final int SELF_TEST_PASSED = 0xAA;

    private final Machine machine;
    private final Runnable somethingToSend;
    private final long selfTestNs;
    private final int selfTestHandler;
    private final ArrayDeque<Integer> answers = new ArrayDeque<>();
    private final ArrayDeque<Integer> reports = new ArrayDeque<>();
    private int lastSent;

    /** The command whose parameter is awaited, 0 without one. */
    private int awaiting;

    /**
     * @param somethingToSend called when there is a byte to send
     * @param selfTestNs how long its self-test takes
     * @param identity what it sends behind the result of a self-test
     */
    Ps2Device(Machine machine, Runnable somethingToSend, long selfTestNs, int... identity) {
        this.machine = machine;
        this.somethingToSend = somethingToSend;
        this.selfTestNs = selfTestNs;
        int[] passed =
                IntStream.concat(IntStream.of(SELF_TEST_PASSED), IntStream.of(identity)).toArray();
        selfTestHandler = machine.queue().register((_, _) -> answer(passed));
    }

    /** Carries out a command, or takes the parameter of the one before. */
    final void receive(int value) {
        answers.clear();
        int command = awaiting;
        awaiting = 0;
        if (command != 0 && value < firstCommand()) {
            parameter(command, value);
        } else {
            command(value);
        }
    }

    /** Bytes from here on are commands even where a parameter is awaited. */
    abstract int firstCommand();

    abstract void command(int command);

    abstract void parameter(int command, int value);

    /** Everything it had to send is sent. */
    void drained() {}

    final Machine machine() {
        return machine;
    }

    final void awaitParameterOf(int command) {
        awaiting = command;
        answer(ACKNOWLEDGE);
    }

    final void answer(int... values) {
        for (int value : values) {
            answers.add(value);
        }
        somethingToSend.run();
    }

    /** Acknowledges a reset, and tells when the self-test is over that it passed. */
    final void testItself() {
        answer(ACKNOWLEDGE);
        machine.queue().cancel(selfTestHandler, 0);
        machine.queue().set(selfTestHandler, machine.nowNs() + selfTestNs, 0);
    }

    final void answerLastAgain() {
        answer(lastSent);
    }

    final void report(int... values) {
        for (int value : values) {
            reports.add(value);
        }
        somethingToSend.run();
    }

    final int reportsWaiting() {
        return reports.size();
    }

    final void forgetReports() {
        reports.clear();
    }

    final boolean hasSomethingToSend() {
        return !answers.isEmpty() || !reports.isEmpty();
    }

    final int send() {
        int value = answers.isEmpty() ? reports.removeFirst() : answers.removeFirst();
        if (value != RESEND) {
            lastSent = value;
        }
        if (!hasSomethingToSend()) {
            drained();
        }
        return value;
    }

    void save(StateWriter out) {
        save(out, answers);
        save(out, reports);
        out.value(lastSent);
        out.value(awaiting);
    }

    void restore(StateReader in) {
        restore(in, answers);
        restore(in, reports);
        lastSent = in.intValue();
        awaiting = in.intValue();
    }

    static void save(StateWriter out, ArrayDeque<Integer> values) {
        out.value(values.size());
        values.forEach(out::value);
    }

    static void restore(StateReader in, ArrayDeque<Integer> values) {
        values.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            values.add(in.intValue());
        }
    }
}
