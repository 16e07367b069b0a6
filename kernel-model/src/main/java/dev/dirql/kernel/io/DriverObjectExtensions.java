package dev.dirql.kernel.io;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;

/** The context areas of driver objects. */
public final class DriverObjectExtensions implements StatePart {
    /** By driver object, then identification. */
    private final TreeMap<Long, TreeMap<Long, Long>> areas = new TreeMap<>();

    DriverObjectExtensions() {}

    /** Address of an area, 0 if there is none. */
    long find(long driver, long identification) {
        return areas.getOrDefault(driver, new TreeMap<>()).getOrDefault(identification, 0L);
    }

    void add(long driver, long identification, long address) {
        areas.computeIfAbsent(driver, _ -> new TreeMap<>()).put(identification, address);
    }

    /** Forgets the areas of a driver object that goes, and says where they are. */
    Map<Long, Long> remove(long driver) {
        TreeMap<Long, Long> found = areas.remove(driver);
        return found == null ? Map.of() : found;
    }

    @Override
    public void save(StateWriter out) {
        out.value(areas.size());
        areas.forEach((driver, ofDriver) -> {
            out.value(driver);
            out.value(ofDriver.size());
            ofDriver.forEach((identification, address) -> {
                out.value(identification);
                out.value(address);
            });
        });
    }

    @Override
    public void restore(StateReader in) {
        areas.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long driver = in.value();
            for (int j = in.intValue(); j > 0; j--) {
                long identification = in.value();
                add(driver, identification, in.value());
            }
        }
    }
}
