package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.Stamp;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes values of every kind of event, from the sealed interface itself, so that a new kind is made
 * too.
 */
final class RandomRecords {
    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    /** The permitted kinds of event. */
    static List<Class<?>> kinds() {
        return Arrays.asList(Event.class.getPermittedSubclasses());
    }

    Event event(Class<?> kind) {
        return (Event) record(kind);
    }

    Event event() {
        return event(kinds().get(random.nextInt(kinds().size())));
    }

    Decision decision() {
        return (Decision) record(Decision.class);
    }

    Stamp stamp(long sequence) {
        return new Stamp(
                sequence,
                random.nextLong(),
                random.nextInt(65) - 1,
                random.nextLong(),
                random.nextInt(16));
    }

    /** Events with sequence numbers from 1, and decisions between them. */
    List<TraceRecord> records(int count) {
        List<TraceRecord> records = new ArrayList<>();
        long sequence = 1;
        while (records.size() < count) {
            if (random.nextInt(10) == 0) {
                records.add(new TraceRecord.DecisionRecord(sequence, decision()));
            } else {
                records.add(new TraceRecord.EventRecord(stamp(sequence), event()));
                sequence++;
            }
        }
        return records;
    }

    private Object record(Class<?> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Object[] values = new Object[components.length];
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = value(type, components[i]);
            }
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private Object value(Class<?> owner, RecordComponent component) {
        Class<?> type = component.getType();
        if (type == long.class) {
            return random.nextBoolean() ? random.nextLong() : random.nextInt(3) - 1L;
        }
        if (type == int.class) {
            return integer(owner, component.getName());
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == String.class) {
            return string();
        }
        if (type.isEnum()) {
            Object[] constants = type.getEnumConstants();
            return constants[random.nextInt(constants.length)];
        }
        if (type == List.class && owner == Finding.class) {
            List<Object> places = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                places.add(record(Finding.Place.class));
            }
            return places;
        }
        if (type == List.class && owner == Finding.Place.class) {
            return random.longs(random.nextInt(3)).boxed().toList();
        }
        if (type.isRecord()) {
            return record(type);
        }
        throw new IllegalStateException("no value for " + component);
    }

    /** Whether an integer component is a KIRQL, which is a byte. */
    static boolean isIrql(Class<?> owner, String name) {
        return name.toLowerCase(Locale.ROOT).contains("irql") || owner == Event.IrqlChanged.class;
    }

    private int integer(Class<?> owner, String name) {
        if (isIrql(owner, name)) {
            return random.nextInt(16);
        }
        if (name.equals("processor")) {
            return random.nextInt(65) - 1;
        }
        return random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1;
    }

    private String string() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "Gerät \u00fc\u4e2d\ud83d\udd12 " + random.nextInt(100);
            case 2 -> "half a pair \ud83d";
            case 3 -> "line\nbreak\t\u0000 end";
            case 4 -> "x".repeat(random.nextInt(2000));
            default -> "driver.extension.Lock" + random.nextInt(20);
        };
    }
}
