package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import org.jspecify.annotations.Nullable;

/**
 * Notes as what structures a driver sees its device extensions: to what it converts the member
 * DeviceExtension of device objects.
 */
final class DeviceExtensions {
    private final Program program;

    /** The latest read of the member. */
    private @Nullable Expression extension;

    DeviceExtensions(Program program) {
        this.program = program;
    }

    /** Remembers a read of the member. */
    void read(Expression read) {
        extension = read;
    }

    /** A value is converted: if it is that read, to what the driver takes its extension for. */
    void notice(Expression value, CType type) {
        if (value == extension && Types.bare(Types.target(type)) instanceof Structure structure) {
            program.extensions.merge(structure.name(), 1, Integer::sum);
        }
    }
}
