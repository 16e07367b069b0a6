package dev.dirql.events;

/** How bad a finding is. Only an {@link #ERROR} fails a run that does not expect it. */
public enum Severity {
    NOTE,
    WARNING,
    ERROR
}
