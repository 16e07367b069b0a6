package dev.dirql.kernel.services;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method {@code void m(Processor)} a place in the kernel that is reached by a return or a
 * jump and arranges RIP and RSP by itself, such as the end of an interrupt. With the frame {@link
 * FrameShape#RETURN_ADDRESS} it is a routine that services call, of the same form as an export,
 * that drivers cannot import.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface EntryPoint {
    /** Its symbol. */
    String value();

    FrameShape frame();
}
