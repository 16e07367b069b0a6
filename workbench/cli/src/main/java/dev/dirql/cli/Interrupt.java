package dev.dirql.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C: asks the run to end, and waits until what was recorded is safe. */
final class Interrupt {
    private static final int PATIENCE_SECONDS = 20;

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean requested;

    /** Whether the user wants to stop. */
    boolean isRequested() {
        return requested;
    }

    /** Asks to stop, as Ctrl-C does. */
    void request() {
        requested = true;
    }

    /** Listens for the end of the process that somebody else wants. */
    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::atShutdown, "dirql-interrupt"));
    }

    private void atShutdown() {
        if (finished.getCount() == 0) {
            return;
        }
        requested = true;
        try {
            // The main thread ends the process itself as soon as the trace is closed.
            boolean _ = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the process. */
    void exit(int code) {
        if (requested) {
            // The JVM is shutting down already and would wait for this thread.
            Runtime.getRuntime().halt(code);
        }
        finished.countDown();
        System.exit(code);
    }
}
