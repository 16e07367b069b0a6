package dev.dirql.devices;

import java.util.List;

/**
 * Types of device that come in a jar of their own. The jar names a class that implements this in
 * {@code META-INF/services/dev.dirql.devices.DeviceProvider}, as {@link java.util.ServiceLoader}
 * asks for; it has a public constructor without parameters.
 *
 * <p>A device of such a type extends {@link Device}. It is part of a machine that repeats itself
 * exactly: it asks no clock and no random numbers, starts no threads, and saves all of its state.
 */
public interface DeviceProvider {
    /** The types, whose names no other type has. */
    List<DeviceType> types();
}
