package dev.dirql.kernel.io;

import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.machine.Processor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Events and waits without a scheduler: while a thread waits, something else is done. */
final class WaitFakes {
    /** Done one by one while somebody waits. */
    final Deque<Consumer<Processor>> meanwhile = new ArrayDeque<>();

    boolean ended;

    @Ddi("KeSetEvent")
    int setEvent(Processor processor, long event, int increment, boolean wait) {
        processor.memory().store32(event + 4, 1);
        return 0;
    }

    @Ddi("KeWaitForSingleObject")
    int waitForSingleObject(Processor processor, long object) {
        long rip = processor.rip;
        long[] registers = processor.registers.clone();
        while (processor.memory().load32(object + 4) == 0) {
            if (meanwhile.isEmpty()) {
                throw new IllegalStateException("nobody sets the event");
            }
            meanwhile.removeFirst().accept(processor);
        }
        processor.rip = rip;
        System.arraycopy(registers, 0, processor.registers, 0, registers.length);
        return 0;
    }

    @Ddi("PsTerminateSystemThread")
    Outcome terminate(Processor processor, int status) {
        ended = true;
        processor.rip = dev.dirql.kernel.KernelCalls.CALLER;
        return Outcome.stay();
    }
}
