package dev.dirql.debugger;

import dev.dirql.machine.Processor;
import java.util.Locale;
import java.util.Optional;

/** A register that can be read and written; the general ones stand in their order of encoding. */
public enum RegisterName {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    RIP,
    RFLAGS,
    FS_BASE,
    GS_BASE,
    CR2,
    /** The IRQL. */
    CR8;

    private static final int GENERAL = 16;

    /** The register of a name in any case. */
    public static Optional<RegisterName> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        for (RegisterName register : values()) {
            if (register.name().equals(upper)) {
                return Optional.of(register);
            }
        }
        return Optional.empty();
    }

    long read(Processor processor) {
        return switch (this) {
            case RIP -> processor.rip;
            case RFLAGS -> processor.flags.rflags();
            case FS_BASE -> processor.fsBase;
            case GS_BASE -> processor.gsBase;
            case CR2 -> processor.cr2;
            case CR8 -> processor.irql();
            default -> processor.registers[ordinal()];
        };
    }

    /** Writes it; of CR8 the 4 bits that there are. */
    void write(Processor processor, long value) {
        switch (this) {
            case RIP -> {
                processor.rip = value;
                // What is left of an instruction belongs to the place that it left.
                processor.halfDone.pending = false;
            }
            case RFLAGS -> processor.flags.setRflags(value);
            case FS_BASE -> processor.fsBase = value;
            case GS_BASE -> processor.gsBase = value;
            case CR2 -> processor.cr2 = value;
            case CR8 -> processor.interruptUnit().setTaskPriority((int) value & 15);
            default -> {
                if (ordinal() >= GENERAL) {
                    throw new IllegalStateException("no register " + this);
                }
                processor.registers[ordinal()] = value;
            }
        }
    }
}
