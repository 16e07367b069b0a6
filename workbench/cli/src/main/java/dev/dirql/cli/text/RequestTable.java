package dev.dirql.cli.text;

import dev.dirql.kernel.NtStatus;
import dev.dirql.simulation.figures.RequestFigures;
import dev.dirql.simulation.view.MajorFunctions;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What became of the requests: one by one if there are few, else a row a function and status. */
final class RequestTable {
    private static final int SINGLE_MAXIMUM = 12;
    private static final int OPEN_MAXIMUM = 20;

    private RequestTable() {}

    static String of(List<RequestFigures> requests, Style style) {
        if (requests.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        out.append('\n').append(style.heading("Requests")).append('\n');
        if (requests.size() <= SINGLE_MAXIMUM) {
            out.append(oneByOne(requests, style));
        } else {
            out.append(summary(requests, style));
            open(requests, out);
        }
        return out.toString();
    }

    private static String oneByOne(List<RequestFigures> requests, Style style) {
        TextTable table =
                new TextTable("request", ">length", ">sent", "outcome", ">information", ">took");
        for (RequestFigures request : requests) {
            table.row(
                    MajorFunctions.name(request.major()),
                    Texts.count(request.length()),
                    Texts.moment(request.createdNs()),
                    request.completed() ? NtStatus.text(request.status()) : "not completed",
                    request.completed() ? Texts.count(request.information()) : "-",
                    request.completed() ? Texts.time(request.latencyNs()) : "-");
        }
        return table.text(style);
    }

    private record Group(int major, String outcome) {}

    private static String summary(List<RequestFigures> requests, Style style) {
        Map<Group, List<RequestFigures>> groups = new LinkedHashMap<>();
        for (RequestFigures request : requests) {
            String outcome =
                    request.completed() ? NtStatus.text(request.status()) : "not completed";
            groups.computeIfAbsent(new Group(request.major(), outcome), _ -> new ArrayList<>())
                    .add(request);
        }
        TextTable table =
                new TextTable("request", "outcome", ">count", ">shortest", ">mean", ">longest");
        groups.forEach((group, members) -> {
            boolean completed = members.getFirst().completed();
            var times = members.stream().mapToLong(RequestFigures::latencyNs).summaryStatistics();
            table.row(
                    MajorFunctions.name(group.major()),
                    group.outcome(),
                    Texts.count(members.size()),
                    completed ? Texts.time(times.getMin()) : "-",
                    completed ? Texts.time(times.getSum() / members.size()) : "-",
                    completed ? Texts.time(times.getMax()) : "-");
        });
        return table.text(style);
    }

    private static void open(List<RequestFigures> requests, StringBuilder out) {
        requests.stream()
                .filter(request -> !request.completed())
                .limit(OPEN_MAXIMUM)
                .forEach(request ->
                        out.append(
                                String.format(
                                        Locale.ROOT,
                                        "  not completed: %s of %s bytes sent at %s, IRP %s\n",
                                        MajorFunctions.name(request.major()),
                                        Texts.count(request.length()),
                                        Texts.moment(request.createdNs()),
                                        Texts.address(request.irp()))));
    }
}
