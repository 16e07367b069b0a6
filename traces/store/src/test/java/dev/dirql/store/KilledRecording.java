package dev.dirql.store;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import java.nio.file.Path;

/** A program that records until it is killed, and says how many events it has handed over. */
final class KilledRecording {
    private KilledRecording() {}

    public static void main(String[] arguments) {
        TraceWriter writer = Traces.begin(Path.of(arguments[0]), TraceWriterSettings.standard());
        for (long sequence = 1; ; sequence++) {
            writer.accept(stamp(sequence), event(sequence));
            if (sequence % 1000 == 0) {
                System.out.println(sequence);
            }
        }
    }

    static Stamp stamp(long sequence) {
        return new Stamp(sequence, sequence * 10, (int) (sequence % 4), sequence % 7, 2);
    }

    static Event event(long sequence) {
        return new Event.LockAcquired(
                sequence % 5, "driver.Lock" + sequence % 5, LockKind.SPIN_LOCK, 0, 2, sequence, 0);
    }
}
