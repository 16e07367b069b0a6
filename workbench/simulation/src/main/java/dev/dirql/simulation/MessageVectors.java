package dev.dirql.simulation;

import dev.dirql.devices.MessageRequest;
import dev.dirql.kernel.interrupts.InterruptVectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gives vectors to the message-signaled interrupts of a machine, in the order in which they are
 * asked for. A device gets as many as it wants or, if there are not so many, exactly one. WDK,
 * "Introduction to Message-Signaled Interrupts".
 */
final class MessageVectors {
    /** As many consecutive vectors as have one IRQL. */
    private static final int CONSECUTIVE_MAXIMUM = 16;

    /** Vectors of one IRQL from here on are those of messages; the others are those of lines. */
    private static final int FIRST_OF_MESSAGES = 8;

    private static final int HIGHEST_LEVEL = 11;
    private static final int LOWEST_LEVEL = 3;

    private final Set<Integer> taken;

    /**
     * @param vectorsOfLines the vectors of the lines that devices are wired to
     */
    MessageVectors(Set<Integer> vectorsOfLines) {
        taken = new TreeSet<>(vectorsOfLines);
    }

    /**
     * Vectors for the messages of a device.
     *
     * @throws IllegalArgumentException if not even one is left
     */
    List<Integer> grant(String device, MessageRequest request) {
        if (request.count() == 0) {
            return List.of();
        }
        List<Integer> found =
                request.consecutive() && request.count() > 1
                        ? consecutive(request.count())
                        : single(request.count());
        if (found.isEmpty()) {
            found = single(1);
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "device %s: all vectors for messages are taken; declare fewer messages"
                            .formatted(device));
        }
        taken.addAll(found);
        return found;
    }

    private List<Integer> single(int count) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < InterruptVectors.LINES_MAXIMUM && found.size() < count; i++) {
            int vector = InterruptVectors.ofMessage(i);
            if (!taken.contains(vector)) {
                found.add(vector);
            }
        }
        return found.size() == count ? found : List.of();
    }

    /** The highest ones, which the others are given last. */
    private List<Integer> consecutive(int count) {
        int first = count <= FIRST_OF_MESSAGES ? FIRST_OF_MESSAGES : 0;
        for (int level = HIGHEST_LEVEL; level >= LOWEST_LEVEL; level--) {
            for (int row = CONSECUTIVE_MAXIMUM - count; row >= first; row -= count) {
                List<Integer> block = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    block.add(level << 4 | row + i);
                }
                if (block.stream().noneMatch(taken::contains)) {
                    return block;
                }
            }
        }
        return List.of();
    }
}
