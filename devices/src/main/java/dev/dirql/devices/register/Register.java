package dev.dirql.devices.register;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A register of a device: its place, its fields, its value, and what happens when software touches
 * it. Bits that belong to no field read as 0 and cannot be written; a register without fields is
 * one field, {@link Access#READ_WRITE} unless {@link #access} says otherwise.
 *
 * <pre>{@code
 * Register status =
 *         Register.named("STATUS").at(4).width(4).describedAs("What happened.")
 *                 .flag(EXPIRED, "EXPIRED", Access.WRITE_ONE_TO_CLEAR, "The count reached 0.")
 *                 .afterWrite(_ -> updateLine());
 * }</pre>
 */
public final class Register {
    /** Index of a register that stands alone. */
    public static final int NO_INDEX = -1;

    /** What a device does after software wrote a register. */
    @FunctionalInterface
    public interface WriteAction {
        /**
         * Software wrote.
         *
         * @param written the bits that were written, in place; bits outside of the lanes are 0
         * @param previous the value before
         * @param lanes the bits of the bytes that the access reached
         */
        void written(long written, long previous, long lanes);
    }

    private final String family;
    private String name;
    private int index = NO_INDEX;
    private int stride;
    private final List<Field> fields = new ArrayList<>();
    private final List<NamedValue> namedValues = new ArrayList<>();
    private String description = "";
    private int range;
    private int offset;
    private int width = 4;
    private boolean bigEndian;
    private long resetValue;
    private Access wholeAccess = Access.READ_WRITE;
    private @Nullable LongSupplier supplier;
    private WriteAction afterWrite = (_, _, _) -> {};
    private Runnable beforeRead = () -> {};
    private Runnable afterRead = () -> {};
    private boolean reads = true;
    private boolean writes = true;
    private @Nullable BooleanSupplier selected;

    private long value;

    /** The bits of {@link Access#WRITE_ONCE} that were written. */
    private long writtenOnce;

    private Register(String name) {
        this.name = name;
        family = name;
    }

    // ---- declaration ----

    /** A register with the name that the datasheet and the trace use. */
    public static Register named(String name) {
        return new Register(name);
    }

    /** Sets its place, in bytes from the start of the device's registers or of its range. */
    public Register at(int newOffset) {
        offset = newOffset;
        return this;
    }

    /**
     * Puts it into another range of registers than the first.
     *
     * @param number of its base address register, from 0
     */
    public Register inRange(int number) {
        range = number;
        return this;
    }

    /** Its most significant byte has the lowest address. */
    public Register bigEndian() {
        bigEndian = true;
        return this;
    }

    /**
     * Makes it one of several that are alike. Its name gets the index, as in {@code TAIL[2]}.
     *
     * @param newIndex its index, from 0
     * @param newStride bytes from one to the next
     */
    public Register element(int newIndex, int newStride) {
        index = newIndex;
        stride = newStride;
        name = family + "[" + newIndex + "]";
        return this;
    }

    /** Sets its width in bytes: 1, 2, 4 (the usual) or 8. */
    public Register width(int bytes) {
        if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) {
            throw new IllegalArgumentException(name + ": width " + bytes + ", not 1, 2, 4 or 8");
        }
        width = bytes;
        return this;
    }

    public Register describedAs(String text) {
        description = text;
        return this;
    }

    /** Adds a field of one bit or more. */
    public Register field(long mask, String fieldName, Access access, String text) {
        for (Field other : fields) {
            if ((other.mask() & mask) != 0) {
                throw new IllegalArgumentException(
                        "%s: fields %s and %s share bits".formatted(name, other.name(), fieldName));
            }
        }
        fields.add(new Field(fieldName, mask, access, text));
        return this;
    }

    /** Adds a field of one bit. */
    public Register flag(long mask, String flagName, Access access, String text) {
        if (Long.bitCount(mask) != 1) {
            throw new IllegalArgumentException(
                    "%s: flag %s is 0x%x, not one bit".formatted(name, flagName, mask));
        }
        return field(mask, flagName, access, text);
    }

    /** Says what software can do to a register without fields. */
    public Register access(Access access) {
        wholeAccess = access;
        return this;
    }

    /** Names a value that the register can have. */
    public Register value(long named, String valueName, String text) {
        namedValues.add(new NamedValue(valueName, named, text));
        return this;
    }

    /** Sets the value at power-on and after a reset of the device. */
    public Register resetsTo(long newValue) {
        resetValue = newValue;
        value = newValue;
        return this;
    }

    /** Lets the value be computed at each read; the register then keeps none. */
    public Register reads(LongSupplier newSupplier) {
        supplier = newSupplier;
        return this;
    }

    /**
     * Says what the device does after software wrote the register. It is given the bits that were
     * written, in place; bits outside a narrower access are 0.
     */
    public Register afterWrite(LongConsumer action) {
        return onWrite((written, _, _) -> action.accept(written));
    }

    /** Says what the device does after software wrote the register. */
    public Register onWrite(WriteAction action) {
        afterWrite = action;
        return this;
    }

    /** Says what the device does when software is about to read the register. */
    public Register beforeRead(Runnable action) {
        beforeRead = action;
        return this;
    }

    /** Says what the device does after software read the register. */
    public Register afterRead(Runnable action) {
        afterRead = action;
        return this;
    }

    /** Only reads reach it: another register at its address takes the writes. */
    public Register readOnlyHere() {
        writes = false;
        return this;
    }

    /** Only writes reach it: another register at its address is read. */
    public Register writeOnlyHere() {
        reads = false;
        return this;
    }

    /** It is at its address only while this holds, and another register otherwise. */
    public Register selectedWhile(BooleanSupplier condition) {
        selected = condition;
        return this;
    }

    // ---- the datasheet ----

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    /** The name without index that it shares with those that are alike. */
    public String family() {
        return family;
    }

    /** Its index among those that are alike, or {@link #NO_INDEX}. */
    public int index() {
        return index;
    }

    /** Bytes from one to the next of those that are alike. */
    public int stride() {
        return stride;
    }

    /** Bytes from the start of the device's registers or of its range. */
    public int offset() {
        return offset;
    }

    /** Number of the range of registers it is in, 0 if there is but one. */
    public int range() {
        return range;
    }

    /** Whether its most significant byte has the lowest address. */
    public boolean isBigEndian() {
        return bigEndian;
    }

    /** Width in bytes. */
    public int width() {
        return width;
    }

    public long resetValue() {
        return resetValue;
    }

    public List<Field> fields() {
        return List.copyOf(fields);
    }

    public List<NamedValue> namedValues() {
        return List.copyOf(namedValues);
    }

    /** What software can do to a register without fields; with fields, each says it. */
    public Access access() {
        return wholeAccess;
    }

    // ---- the device's side ----

    /** The value, whoever may read it. */
    public long value() {
        LongSupplier computed = supplier;
        return (computed == null ? value : computed.getAsLong()) & bits();
    }

    /** The value kept, for the state of the device. */
    long storedValue() {
        return value;
    }

    /** Whether it has bits that can be written but once. */
    boolean hasWriteOnce() {
        return bitsWith(Access.WRITE_ONCE) != 0;
    }

    /** The bits that cannot be written any more, for the state of the device. */
    long writtenOnce() {
        return writtenOnce;
    }

    void setWrittenOnce(long bits) {
        writtenOnce = bits;
    }

    /** Replaces the value, whatever software may do. */
    public void set(long newValue) {
        value = newValue & bits();
    }

    /** Whether any of these bits is set. */
    public boolean isSet(long mask) {
        return (value & mask) != 0;
    }

    /** Sets bits. */
    public void raise(long mask) {
        set(value | mask);
    }

    /** Clears bits. */
    public void clear(long mask) {
        set(value & ~mask);
    }

    /** Puts back the value of power-on. */
    public void reset() {
        set(resetValue);
        writtenOnce = 0;
    }

    // ---- software's side ----

    /** Whether it may lie at the address of another register. */
    boolean canShareWith(Register other) {
        return selected != null
                || other.selected != null
                || (!(reads && other.reads) && !(writes && other.writes));
    }

    boolean isReadNow() {
        return reads && isSelected();
    }

    boolean isWrittenNow() {
        return writes && isSelected();
    }

    private boolean isSelected() {
        BooleanSupplier condition = selected;
        return condition == null || condition.getAsBoolean();
    }

    private long bits() {
        return width == 8 ? -1 : (1L << (8 * width)) - 1;
    }

    private long bitsWith(Access access) {
        if (fields.isEmpty()) {
            return wholeAccess == access ? bits() : 0;
        }
        long mask = 0;
        for (Field field : fields) {
            if (field.access() == access) {
                mask |= field.mask();
            }
        }
        return mask;
    }

    private long readable() {
        return bits() & ~bitsWith(Access.WRITE_ONLY) & (fields.isEmpty() ? -1 : inFields());
    }

    private long inFields() {
        long mask = 0;
        for (Field field : fields) {
            mask |= field.mask();
        }
        return mask;
    }

    /** Bits on the bus as bits of the register, and the other way round. */
    private long ordered(long bits) {
        return bigEndian ? Long.reverseBytes(bits) >>> (64 - 8 * width) : bits;
    }

    /** What software reads in the bytes of {@code lanes}, a mask of bits. */
    long read(long lanes) {
        beforeRead.run();
        return ordered(value() & readable()) & lanes;
    }

    /** Lets a read in those bytes have its effects. */
    void wasRead(long lanes) {
        clear(bitsWith(Access.READ_TO_CLEAR) & ordered(lanes));
        afterRead.run();
    }

    /** Lets software write the bytes of {@code lanes}. */
    void write(long written, long lanes) {
        long reached = ordered(lanes) & bits();
        long bits = ordered(written & lanes) & bits();
        long previous = value;
        if (fields.isEmpty()) {
            set(after(wholeAccess, bits(), bits, reached));
        } else {
            long next = value & ~inFields();
            for (Field field : fields) {
                next |= after(field.access(), field.mask(), bits & field.mask(), reached);
            }
            set(next);
        }
        afterWrite.written(bits, previous, reached);
    }

    /** What a write leaves of the bits of a mask. */
    private long after(Access access, long mask, long written, long lanes) {
        long old = value & mask;
        return switch (access) {
            case READ_WRITE, WRITE_ONLY -> (old & ~lanes) | written;
            case READ_ONLY, READ_TO_CLEAR -> old;
            case WRITE_ONE_TO_CLEAR -> old & ~written;
            case WRITE_ONE_TO_SET -> old | written;
            case WRITE_ONE_TO_TOGGLE -> old ^ written;
            case WRITE_ZERO_TO_CLEAR -> old & (written | ~lanes);
            case WRITE_TO_CLEAR -> old & ~lanes;
            case WRITE_ONCE -> {
                long open = mask & lanes & ~writtenOnce;
                writtenOnce |= open;
                yield (old & ~open) | (written & open);
            }
        };
    }
}
