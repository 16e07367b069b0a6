package dev.dirql.devices;

/**
 * The message-signaled interrupts that a device wants. Of more than can be granted it gets exactly
 * one.
 *
 * @param count how many, 0 for none
 * @param consecutive whether their vectors must follow each other, the first being a multiple of
 *     their number, as MSI wants it
 */
public record MessageRequest(int count, boolean consecutive) {
    /** No messages. */
    public static final MessageRequest NONE = new MessageRequest(0, false);
}
