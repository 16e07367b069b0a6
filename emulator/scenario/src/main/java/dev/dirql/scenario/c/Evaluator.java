package dev.dirql.scenario.c;

/** Makes the instructions for the parts of an expression, whatever kind they are of. */
interface Evaluator {
    /** The value of a scalar expression. */
    Value value(Expression expression);

    /** Evaluates an expression for what it does. */
    void effect(Expression expression);

    /** The address of a structure's value. */
    Address structure(Expression expression);
}
