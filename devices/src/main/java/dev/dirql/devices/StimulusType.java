package dev.dirql.devices;

import java.util.List;

/**
 * Something that a scenario can make devices of one type do, beside what it can do to every
 * interrupt.
 *
 * @param arguments what may follow the name
 * @param description one sentence
 */
public record StimulusType(String name, List<Property> arguments, String description) {
    public StimulusType {
        arguments = List.copyOf(arguments);
    }
}
