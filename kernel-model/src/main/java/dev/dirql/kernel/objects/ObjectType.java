package dev.dirql.kernel.objects;

/** The kinds of objects that have handles or are named in a check of their kind. */
public enum ObjectType {
    EVENT("ExEventObjectType"),
    SEMAPHORE("ExSemaphoreObjectType"),
    FILE("IoFileObjectType"),
    PROCESS("PsProcessType"),
    THREAD("PsThreadType"),
    /** A kind for which drivers have no name. */
    OTHER("");

    private final String variable;

    ObjectType(String variable) {
        this.variable = variable;
    }

    /** The exported variable that points to it, empty if there is none. */
    public String variable() {
        return variable;
    }
}
