package dev.dirql.kernel.services;

/**
 * What is left to do of a service: a record of at most eight components, each {@code long}, {@code
 * int}, {@code boolean} or an enum. It is stored in a frame on the guest stack and made again from
 * there for the next step, so it moves with its thread and belongs to every snapshot.
 */
public interface Pending {}
