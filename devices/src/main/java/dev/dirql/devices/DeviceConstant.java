package dev.dirql.devices;

/**
 * A C macro that a device gives its driver.
 *
 * @param name the whole name, as {@code DISK_STATUS}
 * @param parameter its parameter, or empty if it takes none
 * @param text what the macro stands for, as {@code ((PULONG)0xFFFFA00000000004ULL)}
 * @param description one sentence, or empty
 */
public record DeviceConstant(String name, String parameter, String text, String description) {
    /** A macro without parameter. */
    public DeviceConstant(String name, String text, String description) {
        this(name, "", text, description);
    }

    /** The name, and behind it the parameter if it takes one: {@code NIC_RX_TAIL(n)}. */
    public String signature() {
        return parameter.isEmpty() ? name : name + "(" + parameter + ")";
    }

    /** The line of C that defines it. */
    public String definition() {
        return "#define " + signature() + " " + text;
    }
}
