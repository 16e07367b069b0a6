package dev.dirql.kernel.services;

/** Sees the calls of exports that were let in at their IRQL, before the first step of each. */
@FunctionalInterface
public interface ExportObserver {
    /**
     * @param export the exported name
     * @param caller the address that the call returns to
     */
    void called(String export, long caller);
}
