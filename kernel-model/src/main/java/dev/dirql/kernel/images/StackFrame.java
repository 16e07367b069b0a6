package dev.dirql.kernel.images;

/**
 * One frame of a call stack.
 *
 * @param ip code address: where it executes, or will go on when what it called returns
 * @param stackPointer RSP there
 * @param name the address in words
 */
public record StackFrame(long ip, long stackPointer, String name) {}
