package dev.dirql.kernel.structures;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a constant of a view that is the offset of a field. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Offset {
    /** The field in C, as in {@code Tail.Overlay.ListEntry}; several of a union may be there. */
    String[] value();
}
