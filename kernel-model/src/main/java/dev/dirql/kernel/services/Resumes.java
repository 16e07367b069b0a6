package dev.dirql.kernel.services;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a service class the next step of a {@link Pending} record type, its second
 * parameter. A third parameter, {@code long}, {@code int} or {@code boolean}, is what the called
 * guest routine returned.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Resumes {
    /** Name of the continuation in call stacks; by default the name of the record type. */
    String value() default "";
}
