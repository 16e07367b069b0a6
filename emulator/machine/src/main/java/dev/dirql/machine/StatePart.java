package dev.dirql.machine;

/**
 * Something with state that belongs to a moment. A part writes all of its state in a fixed order
 * and reads it back in the same order; what it leaves out is lost when a moment is restored.
 */
public interface StatePart {
    void save(StateWriter out);

    void restore(StateReader in);
}
