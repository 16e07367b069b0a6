package dev.dirql.devices;

/**
 * A C macro that a device gives its driver.
 *
 * @param name the whole name, as {@code DISK_STATUS}
 * @param text what the macro stands for, as {@code ((PULONG)0xFFFFA00000000004ULL)}
 * @param description one sentence, or empty
 */
public record DeviceConstant(String name, String text, String description) {
    /** The line of C that defines it. */
    public String definition() {
        return "#define " + name + " " + text;
    }
}
