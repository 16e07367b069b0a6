package dev.dirql.kernel;

import dev.dirql.machine.StatePart;
import java.util.List;

/** A family of the kernel's parts: makes them, ties them to each other, and lists them. */
interface Assembly {
    /** Objects with services. */
    List<Object> services();

    /** What decides the future and is not in guest memory. */
    List<StatePart> parts();

    /** What only watches. */
    default List<StatePart> observers() {
        return List.of();
    }
}
