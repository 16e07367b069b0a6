/**
 * Kernel services: Java methods that guest code calls as exports.
 *
 * <p>A service class holds methods {@code @Ddi("Name") R name(Processor processor, A a, B b, …)}.
 * Each becomes an export with a slot in the service window. Parameters are taken from rcx, rdx, r8,
 * r9 and the stack; their types are {@code long}, {@code int}, {@code boolean} (the low byte), or a
 * structure view: a record whose constructor takes {@code (GuestMemory, long)}. The result is
 * {@code void}, {@code long}, {@code int} (zero-extended), {@code boolean}, or an {@link
 * dev.dirql.kernel.services.Outcome} for a service of several steps.
 *
 * <p>A call of such a method is one step: nothing comes between. What is left to do after it is a
 * {@link dev.dirql.kernel.services.Pending} record, which lives in a call frame on the guest stack;
 * the method {@code @Resumes Outcome resume(Processor processor, ThatRecord pending)} does the next
 * step, with the result of a called guest routine as an optional third parameter. The record's type
 * alone decides which method that is, so a record type has exactly one.
 *
 * <pre>
 *     &#64;Ddi(value = "KeAcquireSpinLockRaiseToDpc", maximum = Irql.DISPATCH_LEVEL)
 *     Outcome acquireRaiseToDpc(Processor processor, long lock) {
 *         return new Outcome.Then(new Acquire(lock, irqls.raise(processor, DISPATCH_LEVEL)));
 *     }
 *
 *     &#64;Resumes
 *     Outcome acquire(Processor processor, Acquire pending) {
 *         …
 *         return new Outcome.Return(pending.oldIrql());
 *     }
 * </pre>
 *
 * <p>Rules for a step: check every page before the first write or other change (a {@link
 * dev.dirql.machine.MemoryFault} may leave the method only while nothing is changed: the step is
 * then done again, or the machine bug-checks); keep nothing in Java between steps; when the run has
 * ended (a bug check) answer {@link dev.dirql.kernel.services.Outcome#stay}. A service uses another
 * one by {@link dev.dirql.kernel.services.Outcome.Call} to its {@link
 * dev.dirql.kernel.services.ServiceTable#address}.
 *
 * <p>Start with {@link dev.dirql.kernel.services.ServiceTable}, which is built once from all
 * service objects, and {@link dev.dirql.kernel.services.ServiceEngine}, which runs the steps.
 */
@NullMarked
package dev.dirql.kernel.services;

import org.jspecify.annotations.NullMarked;
