package dev.dirql.devices.register;

/** A value that a register or field can have, with the name a driver uses for it. */
public record NamedValue(String name, long value, String description) {}
