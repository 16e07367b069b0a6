package dev.dirql.kernel.services;

import dev.dirql.machine.Processor;

/** The code of one slot, made of an annotated method. A class for speed: {@link PendingWriter}. */
abstract class Step {
    abstract void run(Processor processor);
}
