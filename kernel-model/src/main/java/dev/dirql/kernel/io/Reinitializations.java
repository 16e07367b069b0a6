package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Reinitialize routines that are to be called when every driver is loaded and every device
 * started: those of boot drivers first, each queue in its order. Source: WDK, the page of each
 * routine.
 */
final class Reinitializations implements StatePart {
    /** A routine that waits. */
    record Entry(long driver, long routine, long context) {}

    private final List<Entry> boot = new ArrayList<>();
    private final List<Entry> others = new ArrayList<>();

    @Ddi(
            value = "IoRegisterDriverReinitialization",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive5")
    void register(Processor processor, DriverObject driver, long routine, long context) {
        processor.memory().probe(driver.address(), DriverObject.BYTES, true);
        others.add(new Entry(driver.address(), routine, context));
    }

    @Ddi(
            value = "IoRegisterBootDriverReinitialization",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL)
    void registerBoot(Processor processor, DriverObject driver, long routine, long context) {
        processor.memory().probe(driver.address(), DriverObject.BYTES, true);
        boot.add(new Entry(driver.address(), routine, context));
    }

    /** A driver did not load: its routines are not called. */
    void forget(long driver) {
        boot.removeIf(entry -> entry.driver == driver);
        others.removeIf(entry -> entry.driver == driver);
    }

    /** Takes out the next one, or gives null. */
    @Nullable Entry next() {
        if (!boot.isEmpty()) {
            return boot.removeFirst();
        }
        return others.isEmpty() ? null : others.removeFirst();
    }

    @Override
    public void save(StateWriter out) {
        save(out, boot);
        save(out, others);
    }

    private static void save(StateWriter out, List<Entry> list) {
        out.value(list.size());
        for (Entry entry : list) {
            out.value(entry.driver);
            out.value(entry.routine);
            out.value(entry.context);
        }
    }

    @Override
    public void restore(StateReader in) {
        restore(in, boot);
        restore(in, others);
    }

    private static void restore(StateReader in, List<Entry> list) {
        list.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long driver = in.value();
            long routine = in.value();
            list.add(new Entry(driver, routine, in.value()));
        }
    }
}
