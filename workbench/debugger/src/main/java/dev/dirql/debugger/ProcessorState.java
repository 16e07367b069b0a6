package dev.dirql.debugger;

import dev.dirql.machine.Processor;
import java.util.List;

/**
 * One processor at a moment.
 *
 * @param general the general registers in their order of encoding: RAX, RCX, RDX, RBX, RSP, …
 * @param xmm XMM registers, low and high half in turn
 * @param irql CR8
 * @param thread address of its current KTHREAD, 0 if none
 * @param threadName what the thread is called
 * @param context who runs: {@code "thread 2"}, {@code "dpc disk!OnDpc"}, {@code "interrupt 0x50"}
 * @param waiting what it waits for
 * @param halfDone whether the load of an unlocked read-modify-write instruction at RIP is done and
 *     its store is not
 * @param clockNs its local clock
 * @param steps steps that it did
 */
public record ProcessorState(
        int number,
        List<Long> general,
        List<Long> xmm,
        long rip,
        long rflags,
        long fsBase,
        long gsBase,
        long cr2,
        int irql,
        long thread,
        String threadName,
        String context,
        Processor.Wait waiting,
        boolean halfDone,
        long clockNs,
        long steps) {
    public ProcessorState {
        general = List.copyOf(general);
        xmm = List.copyOf(xmm);
    }
}
