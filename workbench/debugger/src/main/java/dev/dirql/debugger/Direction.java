package dev.dirql.debugger;

/** Which way a run goes. */
public enum Direction {
    FORWARD,
    BACKWARD
}
