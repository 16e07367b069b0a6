package dev.dirql.devices;

/**
 * What messages of a type of device are for.
 *
 * @param first number of the first of them
 * @param last number of the last of them
 */
public record PciMessage(int first, int last, String description) {
    /** As people write the numbers: {@code 1 to 4}. */
    public String numbers() {
        return first == last ? Integer.toString(first) : first + " to " + last;
    }
}
