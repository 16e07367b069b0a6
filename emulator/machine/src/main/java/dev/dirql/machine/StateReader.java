package dev.dirql.machine;

/**
 * Gives back what a {@link StateWriter} took, in the same order. It can be rewound and read any
 * number of times.
 */
public final class StateReader {
    private final long[] values;
    private final Object[] references;
    private int position;
    private int referencePosition;

    StateReader(long[] values, Object[] references) {
        this.values = values;
        this.references = references;
    }

    void rewind() {
        position = 0;
        referencePosition = 0;
    }

    void mustBeAtEnd() {
        if (position != values.length || referencePosition != references.length) {
            throw new IllegalStateException(
                    "a part restored %d of %d numbers and %d of %d references"
                            .formatted(
                                    position, values.length, referencePosition, references.length));
        }
    }

    public long value() {
        return values[position++];
    }

    public int intValue() {
        return (int) value();
    }

    public boolean booleanValue() {
        return value() != 0;
    }

    public long time() {
        return value();
    }

    public long counter() {
        return value();
    }

    public void values(long[] target) {
        System.arraycopy(values, position, target, 0, target.length);
        position += target.length;
    }

    public <T> T reference(Class<T> type) {
        return type.cast(references[referencePosition++]);
    }
}
