package dev.dirql.console.gdb;

import dev.dirql.debugger.Access;
import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.StopPoint;
import dev.dirql.debugger.Trigger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The breakpoints and watchpoints of gdb. The engine has them only while gdb lets the machine go:
 * whoever goes away leaves none behind, and memory never has any.
 */
final class GdbPoints {
    private static final int SOFTWARE = 0;
    private static final int HARDWARE = 1;

    private final Map<Point, Trigger> points = new LinkedHashMap<>();

    /** Numbers that the engine gave them while the machine goes. */
    private final Map<Integer, Point> armed = new LinkedHashMap<>();

    /**
     * @param type as in the packet Z
     */
    record Point(int type, long address, int size) {
        /** What a stop reply says of it. */
        String reason() {
            return switch (type) {
                case SOFTWARE -> "swbreak:;";
                case HARDWARE -> "hwbreak:;";
                case 2 -> "watch:" + Long.toHexString(address) + ";";
                case 3 -> "rwatch:" + Long.toHexString(address) + ";";
                default -> "awatch:" + Long.toHexString(address) + ";";
            };
        }
    }

    void insert(Debugger debugger, int processor, Point point) {
        if (points.containsKey(point)) {
            return;
        }
        if (points.size() >= GdbLimits.POINTS_MAXIMUM) {
            throw new Refused();
        }
        points.put(
                point,
                switch (point.type()) {
                    case SOFTWARE, HARDWARE ->
                            new Trigger.Execute(java.util.List.of(point.address()));
                    case 2 -> watch(debugger, processor, point, Access.WRITE);
                    case 3 -> watch(debugger, processor, point, Access.READ);
                    default -> watch(debugger, processor, point, Access.READ_OR_WRITE);
                });
    }

    private static Trigger watch(Debugger debugger, int processor, Point point, Access access) {
        if (point.size() < 1 || point.size() > GdbLimits.WATCHED_MAXIMUM) {
            throw new Refused();
        }
        return debugger.inspection()
                .watch(processor, point.address(), point.size(), access)
                .orElseThrow(Refused::new);
    }

    void remove(Point point) {
        points.remove(point);
    }

    /** Lets the machine go with these, and tells what stopped it while they still have numbers. */
    <T> T during(Debugger debugger, Supplier<T> movement) {
        points.forEach(
                (point, trigger) -> armed.put(debugger.add(StopPoint.of(trigger)).number(), point));
        try {
            return movement.get();
        } finally {
            armed.keySet().forEach(debugger::remove);
            armed.clear();
        }
    }

    /** The first of these among the hits; empty if others stopped the machine. */
    Optional<Stop> firstOf(Arrival.Hits hits) {
        return hits.hits().stream()
                .flatMap(hit -> {
                    @Nullable Point point = armed.get(hit.point());
                    return point == null
                            ? java.util.stream.Stream.<Stop>empty()
                            : java.util.stream.Stream.of(new Stop(point, hit.cause().processor()));
                })
                .findFirst();
    }

    /**
     * @param processor number of the processor that came upon it, or less than 0 for a device
     */
    record Stop(Point point, int processor) {}
}
