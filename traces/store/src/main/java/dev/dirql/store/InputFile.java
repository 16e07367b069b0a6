package dev.dirql.store;

/**
 * A file to be kept in a trace.
 *
 * @param role what the file is to the run
 * @param name the file as the user named it
 * @param content its bytes; the caller must not change them
 */
@SuppressWarnings("ArrayRecordComponent") // A file's content, handed over once and never compared.
public record InputFile(TraceInput.Role role, String name, byte[] content) {}
