package dev.dirql.cli;

/** What the program tells its caller. */
final class ExitCode {
    /** Everything held, or everything was equal. */
    static final int SUCCESS = 0;

    /** An expectation failed, or two things differ. */
    static final int DIFFERENCE = 1;

    /** The user named something that is wrong: an option, a scenario, a trace, a file. */
    static final int USAGE = 2;

    /** Our own fault, or the host's. */
    static final int FAULT = 3;

    /** Stopped with Ctrl-C: 128 and the number of the signal. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
