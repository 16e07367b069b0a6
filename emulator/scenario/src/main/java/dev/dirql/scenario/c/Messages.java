package dev.dirql.scenario.c;

import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.List;

/** Collects what is to be said about a program. */
final class Messages {
    /** Thrown when there is no sense in reading on; what is wrong is in the messages. */
    @SuppressWarnings("serial")
    static final class Abandoned extends RuntimeException {
        Abandoned() {
            super("compilation abandoned", null, false, false);
        }
    }

    private static final int MAXIMUM = 40;

    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private boolean failed;
    private int errors;

    void error(CToken at, String message, String cure) {
        error(at.position(), at.length, message, cure);
    }

    void error(Position position, int length, String message, String cure) {
        failed = true;
        add(Diagnostic.error(position, length, message, cure));
        if (++errors == MAXIMUM) {
            throw new Abandoned();
        }
    }

    /** An error about a text as a whole. */
    void errorAtEnd(dev.dirql.scenario.source.SourceFile file, String message) {
        failed = true;
        add(Diagnostic.error(new Position(file, 1, 1), 1, message, ""));
    }

    void warning(CToken at, String message, String cure) {
        add(Diagnostic.warning(at.position(), at.length, message, cure));
    }

    private void add(Diagnostic diagnostic) {
        if (!diagnostics.contains(diagnostic)) {
            diagnostics.add(diagnostic);
        }
    }

    boolean failed() {
        return failed;
    }

    List<Diagnostic> all() {
        return diagnostics;
    }
}
