package dev.dirql.kernel.registry;

import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * How RtlQueryRegistryValues stores a value where a driver says, without calling it. WDK,
 * RtlQueryRegistryValues.
 */
final class DirectValues {
    private static final int TAG = 'R' | 'q' << 8 | 'r' << 16 | 'v' << 24;
    private static final int ALIGNMENT = 16;

    private final Pool pool;

    DirectValues(Pool pool) {
        this.pool = pool;
    }

    /** Stores a value, and says with which status. */
    int store(Processor processor, RegistryValue value, long to, long caller) {
        if (value.isText()) {
            return storeText(processor, value, new UnicodeString(processor.memory(), to), caller);
        }
        GuestMemory memory = processor.memory();
        int length = value.length();
        if (length <= Integer.BYTES) {
            value.store(memory, to);
            return NtStatus.SUCCESS;
        }
        int size = (int) memory.load32(to);
        if (size < 0) {
            if (-(long) size < length) {
                return NtStatus.BUFFER_TOO_SMALL;
            }
            value.store(memory, to);
        } else {
            if (size < length + 2 * Integer.BYTES) {
                return NtStatus.BUFFER_TOO_SMALL;
            }
            memory.store32(to, length);
            memory.store32(to + Integer.BYTES, value.type());
            value.store(memory, to + 2 * Integer.BYTES);
        }
        return NtStatus.SUCCESS;
    }

    private int storeText(
            Processor processor, RegistryValue value, UnicodeString text, long caller) {
        int length = value.length();
        if (text.buffer() == 0) {
            long buffer =
                    pool.allocateForDriver(
                            processor, PoolKind.PAGED, length, ALIGNMENT, TAG, false, caller);
            if (buffer == 0) {
                return NtStatus.NO_MEMORY;
            }
            text.setBuffer(buffer);
            text.setMaximumLength(length);
        } else if (length > text.maximumLength()) {
            return NtStatus.BUFFER_TOO_SMALL;
        }
        value.store(processor.memory(), text.buffer());
        text.setLength(value.data().endsWith("\0\0") ? length - 2 : length);
        return NtStatus.SUCCESS;
    }
}
