package dev.dirql.debugger;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.simulation.OpenRun;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A debugger that many clients share. The machine belongs to one thread of the session's own;
 * clients hand it requests, which it does one after the other. A request that lets the machine run
 * is interrupted by {@link #halt}. What clients get are immutable records: nothing of the machine
 * leaves its thread.
 */
public final class DebugSession implements AutoCloseable {
    private final LinkedBlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Debugger> debugger = new CompletableFuture<>();
    private final Thread thread;
    private final AtomicLong halts = new AtomicLong();

    /** Halts that were asked for before what is being done was. */
    private volatile long haltsBefore;

    private volatile boolean closing;
    private volatile boolean running;

    /**
     * Told on the session's thread of what every client may want to know; it must not wait for
     * anybody.
     */
    public interface Listener {
        /** The machine goes. */
        default void running() {}

        /** The machine stands. */
        default void stopped(Position position, Arrival arrival) {}

        /** The present moment was changed by a client, or stop points were. */
        default void changed(Position position) {}

        /** An event happened for the first time. */
        default void happened(Stamp stamp, Event event) {}
    }

    /**
     * Opens a run and stands before its first step.
     *
     * @param opener opens the run, on the session's thread
     */
    public DebugSession(Supplier<? extends OpenRun> opener, CheckpointLimits limits) {
        thread =
                Thread.ofPlatform()
                        .name("debug engine")
                        .daemon()
                        .unstarted(() -> work(opener, limits));
        thread.start();
    }

    private void work(Supplier<? extends OpenRun> opener, CheckpointLimits limits) {
        try (Debugger made = new Debugger(opener.get(), limits, this::isHaltWanted)) {
            made.tell((stamp, event) -> listeners.forEach(l -> l.happened(stamp, event)));
            debugger.complete(made);
            while (!closing) {
                requests.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            debugger.completeExceptionally(e);
        } finally {
            closing = true;
            refuseWhatIsLeft();
        }
    }

    private boolean isHaltWanted() {
        return closing || halts.get() != haltsBefore;
    }

    private void refuseWhatIsLeft() {
        for (Runnable left = requests.poll(); left != null; left = requests.poll()) {
            left.run();
        }
    }

    /** Done when the run is open and stands before its first step; fails if it cannot be opened. */
    public CompletableFuture<Position> opened() {
        return debugger.thenCompose(_ -> ask(Debugger::position));
    }

    public void add(Listener listener) {
        listeners.add(listener);
    }

    public void remove(Listener listener) {
        listeners.remove(listener);
    }

    /** Whether the machine is going now. */
    public boolean isRunning() {
        return running;
    }

    /**
     * Looks at the machine where it stands, on the session's thread. While it goes, the request
     * waits until it stands.
     */
    public <T> CompletableFuture<T> ask(Function<Debugger, T> question) {
        long before = halts.get();
        return request(debugging -> {
            haltsBefore = before;
            return question.apply(debugging);
        });
    }

    private <T> CompletableFuture<T> request(Function<Debugger, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        requests.add(() -> {
            if (closing) {
                answer.completeExceptionally(new IllegalStateException("the session is closed"));
                return;
            }
            try {
                answer.complete(question.apply(debugger.join()));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        if (closing) {
            refuseWhatIsLeft();
        }
        return answer;
    }

    /** Changes stop points or the present moment, and tells the listeners. */
    public <T> CompletableFuture<T> change(Function<Debugger, T> change) {
        return ask(debugging -> {
            T result = change.apply(debugging);
            Position position = debugging.position();
            listeners.forEach(listener -> listener.changed(position));
            return result;
        });
    }

    /** Lets the machine go, and tells the listeners when it goes and where it stops. */
    public CompletableFuture<Stop> go(Function<Debugger, Arrival> movement) {
        return ask(debugging -> {
            running = true;
            listeners.forEach(Listener::running);
            try {
                Arrival arrival = movement.apply(debugging);
                Stop stop = new Stop(debugging.position(), arrival);
                running = false;
                listeners.forEach(l -> l.stopped(stop.position(), stop.arrival()));
                return stop;
            } finally {
                running = false;
            }
        });
    }

    /** Where the machine stands after it went, and why. */
    public record Stop(Position position, Arrival arrival) {}

    /**
     * Lets the machine stop within some milliseconds, if it goes, and whatever is still to be done
     * of the movements that were asked for before.
     */
    public void halt() {
        halts.incrementAndGet();
    }

    /** Stops the machine, ends the session and closes the run. */
    @Override
    public void close() {
        closing = true;
        requests.add(() -> {});
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
