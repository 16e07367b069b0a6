package dev.dirql.kernel.io;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.machine.Processor;
import java.util.List;

/** What the I/O manager asks of the rest of the kernel: about threads, and images that go. */
public interface DriverUnloading {
    /**
     * Something of a driver that is still in use when its code goes.
     *
     * @param rule name of the rule that this breaks
     * @param text what it is, for a sentence
     */
    record Leftover(String rule, String text) {}

    /** Starts a system thread that may run anywhere. */
    void startThread(Processor processor, String name, long routine, long context);

    /** As {@link #startThread(Processor, String, long, long)}, with a priority. */
    void startThread(Processor processor, String name, long routine, long context, int priority);

    /** How often the current thread disabled APCs and did not enable them: CombinedApcDisable. */
    int apcDisableCounts(Processor processor);

    /** Whether the current thread owns a mutex. */
    boolean ownsMutex(Processor processor);

    /** Interrupt objects, queued DPCs and threads that would execute an image. */
    List<Leftover> leftovers(Processor processor, LoadedImage image);

    /** Takes an image out of memory: whoever executes or touches it from now on faults. */
    void unload(Processor processor, LoadedImage image);
}
