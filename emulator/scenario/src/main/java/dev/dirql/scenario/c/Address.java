package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import org.jspecify.annotations.Nullable;

/**
 * An address whose parts may be temporaries.
 *
 * @param plain all that is not a temporary
 */
record Address(Memory plain, @Nullable Temporary base, @Nullable Temporary index) {
    static Address of(Memory memory) {
        return new Address(memory, null, null);
    }

    /** The operand, with the temporaries in registers. */
    Memory memory(CodeBuffer code) {
        Register baseRegister = base == null ? plain.base() : code.use(base);
        Register indexRegister = index == null ? plain.index() : code.use(index);
        if (base != null) {
            // Loading the index may have taken the base's register if both were saved.
            baseRegister = code.use(base);
        }
        return new Memory(
                baseRegister,
                indexRegister,
                plain.scale(),
                plain.displacement(),
                plain.symbol(),
                plain.importSlot(),
                plain.slot(),
                plain.gs());
    }

    Address plus(long offset) {
        if (offset == 0) {
            return this;
        }
        Memory moved =
                new Memory(
                        plain.base(),
                        plain.index(),
                        plain.scale(),
                        plain.displacement() + offset,
                        plain.symbol(),
                        plain.importSlot(),
                        plain.slot(),
                        plain.gs());
        return new Address(moved, base, index);
    }

    void free(CodeBuffer code) {
        if (base != null) {
            code.free(base);
        }
        if (index != null) {
            code.free(index);
        }
    }
}
