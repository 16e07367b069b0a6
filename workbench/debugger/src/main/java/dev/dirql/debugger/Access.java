package dev.dirql.debugger;

/** Which accesses to memory a watchpoint waits for. */
public enum Access {
    READ,
    WRITE,
    READ_OR_WRITE;

    boolean covers(boolean write) {
        return this == READ_OR_WRITE || (this == WRITE) == write;
    }
}
