package dev.dirql.debugger;

import java.util.List;

/**
 * A branch of history.
 *
 * @param from position of its edits
 * @param edits what was changed there, in order
 */
public record Branch(long from, List<Edit> edits) {
    public Branch {
        edits = List.copyOf(edits);
    }
}
