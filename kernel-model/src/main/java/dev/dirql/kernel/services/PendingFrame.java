package dev.dirql.kernel.services;

import dev.dirql.machine.Processor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * The call frame of a service of several steps. RSP points to its start, which is aligned to 16.
 *
 * <pre>
 * +0x00  home space of the routine that is called
 * +0x20  its fifth to ninth argument
 * +0x48  the components of the pending record, eight bytes each
 * +0x88  return address of the service; the caller's home space and stack arguments follow
 * </pre>
 */
public final class PendingFrame {
    /** Bytes from RSP to the return address. */
    public static final int SIZE = 0x88;

    static final int STACK_ARGUMENTS = 0x20;
    static final int FIELDS = 0x48;
    static final int FIELDS_MAXIMUM = 8;
    static final int STACK_ARGUMENTS_MAXIMUM = (FIELDS - STACK_ARGUMENTS) / 8;

    private PendingFrame() {}

    /** Address of a component of the record in the frame that RSP points to. */
    public static long fieldAddress(Processor processor, int index) {
        return processor.registers[Processor.RSP] + FIELDS + 8L * index;
    }

    /** The components of a record type, which must fit in a frame. */
    static RecordComponent[] components(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length > FIELDS_MAXIMUM) {
            throw new IllegalStateException(
                    "%s has %d components, at most %d fit in a frame"
                            .formatted(type.getName(), components.length, FIELDS_MAXIMUM));
        }
        return components;
    }

    /** The types of the components of a record type, which must fit in a frame. */
    static Class<?>[] types(Class<?> type) {
        return Arrays.stream(components(type))
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
    }
}
