package dev.dirql.kernel.images;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Who called whom, innermost first.
 *
 * @param complete whether the bottom of the stack was reached; else the stack is corrupt from there
 *     on, or too deep
 */
public record CallStack(List<StackFrame> frames, boolean complete) {
    public CallStack {
        frames = List.copyOf(frames);
    }

    /** The innermost frames on one line, who is called before who calls. */
    public String oneLine() {
        return frames.stream().limit(6).map(StackFrame::name).collect(Collectors.joining(" < "));
    }

    /** One frame a line. */
    public String text() {
        return frames.stream().map(StackFrame::name).collect(Collectors.joining("\n"));
    }
}
