package dev.dirql.kernel.services;

import dev.dirql.machine.Processor;

/**
 * The code of one slot, made of an annotated method. Public only because method handles ask for it.
 */
@FunctionalInterface
public interface Step {
    void run(Processor processor);
}
