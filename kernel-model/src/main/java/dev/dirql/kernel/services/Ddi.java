package dev.dirql.kernel.services;

import dev.dirql.kernel.Irql;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a method of a service class an export of the kernel: the one declaration of that DDI. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Ddi {
    /** The exported name. */
    String value();

    /** The WDK header that declares it. */
    String header() default "wdm.h";

    Library library() default Library.NTOSKRNL;

    /** Lowest IRQL at which it may be called, as its WDK page says. */
    int minimum() default Irql.PASSIVE_LEVEL;

    /** Highest IRQL at which it may be called, as its WDK page says. */
    int maximum() default Irql.HIGH_LEVEL;

    /** Public name of the rule that a call outside the range breaks, empty if it has none. */
    String rule() default "";

    /**
     * Subcode of bug check 0xC4 with which Driver Verifier answers a call outside the range: its
     * parameters are the IRQL, the first argument and 0. Zero for that of the {@link #rule}.
     */
    int verifier() default 0;

    State state() default State.MODELLED;

    /** What is absent of a {@link State#PARTIAL} routine, in a few words. */
    String missing() default "";

    /** The library a driver imports it from. */
    enum Library {
        NTOSKRNL,
        HAL,
        /** The library of drivers that provide data to WMI. */
        WMILIB,
        /** No part of Windows: what workloads call. */
        WORKLOAD
    }

    /** How much of the routine there is. */
    enum State {
        /** Every effect, status and failure that its page documents can be observed. */
        MODELLED,
        /** As {@link #MODELLED}, except for what {@link Ddi#missing} names. */
        PARTIAL,
        /** Answers with a fixed value and does nothing else. */
        FIXED
    }
}
