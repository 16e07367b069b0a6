package dev.dirql.console.commands;

/** What one client looks at: it is nobody else's, and no part of the machine. */
public final class View {
    /** Number of the processor that commands are about. */
    int processor;

    /** Whether p and t step lines instead of instructions. */
    boolean sourceLines;

    /** Where the next u goes on; 0 for the place where the processor is. */
    long unassembleNext;

    /** Where the next db, dd, dq or dps goes on. */
    long displayNext;

    public int processor() {
        return processor;
    }
}
