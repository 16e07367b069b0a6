package dev.dirql.simulation;

/** Watches a run from outside and can stop it. */
public interface RunMonitor {
    /** Whether somebody wants the run to stop. Asked often; it must be cheap. */
    boolean isStopRequested();

    /** Told now and then how far the run is. */
    void progress(long timeNs, long steps, long events);

    /** Lets a run go on undisturbed. */
    static RunMonitor none() {
        return new RunMonitor() {
            @Override
            public boolean isStopRequested() {
                return false;
            }

            @Override
            public void progress(long timeNs, long steps, long events) {}
        };
    }
}
