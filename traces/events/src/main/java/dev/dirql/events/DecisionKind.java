package dev.dirql.events;

/**
 * A choice that hardware or Windows leaves open. Alternative 0 is always what the default policy
 * takes.
 */
public enum DecisionKind {
    /**
     * Which runnable processor takes the next slice; alternatives are ordered by clock, furthest
     * behind first.
     */
    RUN_PROCESSOR,
    /** How many steps the slice may take: 0 is the whole quantum, the others are short. */
    SLICE_LENGTH,
    /** How long an interrupt request travels before a local APIC accepts it. */
    INTERRUPT_ARRIVAL,
    /** Which of the candidate processors takes an interrupt. */
    INTERRUPT_PROCESSOR,
    /** Which of the spinning processors gets a spin lock that was released, in order of arrival. */
    LOCK_WINNER,
    /** Whether a thread's quantum ends at this clock tick although nothing requires it. */
    QUANTUM_END,
    /** Which of the equally good ready threads runs next, in order of arrival. */
    NEXT_THREAD,
    /** On which processor a ready thread that may run on several is placed. */
    THREAD_PROCESSOR,
    /** On which processor's queue a DPC without target is put. */
    DPC_PROCESSOR,
    /** Whether a pageable page is resident at this access. */
    PAGE_RESIDENT,
    /** Whether an allocation fails although memory is left. */
    ALLOCATION_FAILURE
}
