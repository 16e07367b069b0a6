package dev.dirql.debugger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The stop points that there are, by number. */
final class StopPoints {
    private final TreeMap<Integer, StopPoint> points = new TreeMap<>();

    /** Adds one and gives it the lowest number that is free. */
    StopPoint add(StopPoint point) {
        int number = 1;
        while (points.containsKey(number)) {
            number++;
        }
        StopPoint added = point.withNumber(number);
        points.put(number, added);
        return added;
    }

    /** Puts another in the place of the one with its number; false if there is none. */
    boolean replace(StopPoint point) {
        return points.replace(point.number(), point) != null;
    }

    boolean remove(int number) {
        return points.remove(number) != null;
    }

    List<StopPoint> all() {
        return List.copyOf(points.values());
    }

    List<StopPoint> enabled() {
        return points.values().stream().filter(StopPoint::enabled).toList();
    }

    Optional<StopPoint> find(int number) {
        return Optional.ofNullable(points.get(number));
    }

    /** Counts hits of a run forwards and gives those that stop it; one-shots among them go. */
    List<Hit> stopping(List<Hit> hits) {
        List<Hit> stopping = new ArrayList<>();
        for (Hit hit : hits) {
            StopPoint point = points.get(hit.point());
            if (point == null) {
                stopping.add(hit);
                continue;
            }
            StopPoint counted = point.withHits(point.hits() + 1);
            points.put(counted.number(), counted);
            if (counted.hits() > counted.passes()) {
                stopping.add(hit);
                if (counted.oneShot()) {
                    points.remove(counted.number());
                }
            }
        }
        return stopping;
    }
}
