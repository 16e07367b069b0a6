package dev.dirql.devices;

import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayDeque;
import java.util.Deque;

/** The submission and completion queues of an NVMe controller, as it keeps them. */
final class NvmeQueues {
    static final int COMPLETION_SIZE = 16;

    private NvmeQueues() {}

    /**
     * What a completion queue entry tells.
     *
     * @param status bits 1 to 15 of its last 16 bits, moved down by one
     */
    record Completion(long result, int submissionQueue, int id, int status) {}

    /** A ring of commands that the driver fills; from head up to tail they are not fetched yet. */
    static final class Submission {
        final int number;
        boolean exists;
        long base;
        int size;
        int completionQueue;
        int head;
        int tail;

        /** Commands that were fetched and whose completions are not posted yet. */
        int inFlight;

        Submission(int number) {
            this.number = number;
        }

        void create(long newBase, int newSize, int newCompletionQueue) {
            exists = true;
            base = newBase;
            size = newSize;
            completionQueue = newCompletionQueue;
            head = 0;
            tail = 0;
            inFlight = 0;
        }

        boolean isEmpty() {
            return head == tail;
        }

        /** Whether so many entries are free that the driver can have come to a new tail. */
        boolean mayAdvanceTo(int newTail) {
            return Math.floorMod(newTail - head, size) >= Math.floorMod(tail - head, size);
        }

        long address() {
            return base + (long) NvmeCommand.SIZE * head;
        }

        void advance() {
            head = (head + 1) % size;
        }

        void save(StateWriter out) {
            out.value(exists);
            out.value(base);
            out.value(size);
            out.value(completionQueue);
            out.value(head);
            out.value(tail);
            out.value(inFlight);
        }

        void restore(StateReader in) {
            exists = in.booleanValue();
            base = in.value();
            size = in.intValue();
            completionQueue = in.intValue();
            head = in.intValue();
            tail = in.intValue();
            inFlight = in.intValue();
        }
    }

    /** A ring of completions that the controller fills. */
    static final class CompletionQueue {
        final int number;
        boolean exists;
        long base;
        int size;
        boolean interrupts;
        int vector;
        int head;
        int tail;

        /** The phase tag of what is posted next: it changes each time around. */
        boolean phase;

        /** Completions that found the ring full. */
        final Deque<Completion> waiting = new ArrayDeque<>();

        /** Whether an interrupt tells of what is in the ring. */
        boolean signalled;

        /** Completions posted since, which coalescing keeps back. */
        int unsignalled;

        CompletionQueue(int number) {
            this.number = number;
        }

        void create(long newBase, int newSize, boolean newInterrupts, int newVector) {
            delete();
            exists = true;
            base = newBase;
            size = newSize;
            interrupts = newInterrupts;
            vector = newVector;
            head = 0;
            tail = 0;
            phase = true;
        }

        void delete() {
            exists = false;
            waiting.clear();
            signalled = false;
            unsignalled = 0;
        }

        boolean isEmpty() {
            return head == tail;
        }

        boolean isFull() {
            return (tail + 1) % size == head;
        }

        /** Whether so many entries are there that the driver can have come to a new head. */
        boolean mayAdvanceTo(int newHead) {
            return newHead < size
                    && Math.floorMod(newHead - head, size) <= Math.floorMod(tail - head, size);
        }

        long address() {
            return base + (long) COMPLETION_SIZE * tail;
        }

        void advance() {
            tail = (tail + 1) % size;
            if (tail == 0) {
                phase = !phase;
            }
        }

        void save(StateWriter out) {
            out.value(exists);
            out.value(base);
            out.value(size);
            out.value(interrupts);
            out.value(vector);
            out.value(head);
            out.value(tail);
            out.value(phase);
            out.value(signalled);
            out.value(unsignalled);
            out.value(waiting.size());
            for (Completion completion : waiting) {
                out.value(completion.result);
                out.value(completion.submissionQueue);
                out.value(completion.id);
                out.value(completion.status);
            }
        }

        void restore(StateReader in) {
            exists = in.booleanValue();
            base = in.value();
            size = in.intValue();
            interrupts = in.booleanValue();
            vector = in.intValue();
            head = in.intValue();
            tail = in.intValue();
            phase = in.booleanValue();
            signalled = in.booleanValue();
            unsignalled = in.intValue();
            waiting.clear();
            int count = in.intValue();
            for (int i = 0; i < count; i++) {
                long result = in.value();
                int queue = in.intValue();
                int id = in.intValue();
                waiting.add(new Completion(result, queue, id, in.intValue()));
            }
        }
    }
}
