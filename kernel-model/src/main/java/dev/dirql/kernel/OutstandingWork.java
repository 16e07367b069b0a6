package dev.dirql.kernel;

import java.util.List;

/** Somebody who knows what a run still has to do: a workload, the I/O manager. */
@FunctionalInterface
public interface OutstandingWork {
    /** What is not done yet, in words, a line each; empty when all is done. */
    List<String> outstanding();
}
