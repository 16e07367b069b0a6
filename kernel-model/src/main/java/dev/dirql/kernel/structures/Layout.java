package dev.dirql.kernel.structures;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which structure of the headers a view shows. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Layout {
    /** The C type. */
    String name();

    /** Its size in bytes. */
    int size();
}
