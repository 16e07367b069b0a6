package dev.dirql.simulation.figures;

/**
 * What one DbgPrint wrote.
 *
 * @param processor the processor that printed
 */
public record DebugLine(long sequence, long timeNs, int processor, String text) {}
