package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.TextTable;
import dev.dirql.kernel.services.DdiTable;
import dev.dirql.simulation.Ddis;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dirql ddis}: the kernel routines that drivers can call. */
@Command(
        name = "ddis",
        description = {
            "Lists the kernel routines that drivers can call here. modelled: every documented",
            "effect can be observed; partial: but for what is named; fixed: only a fixed answer.",
            "Routines that the headers make inline, such as KeRaiseIrql, are no exports."
        },
        mixinStandardHelpOptions = true)
final class DdisCommand implements Callable<Integer> {
    private final Host host;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    DdisCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        List<DdiTable.Row> rows = Ddis.all();
        if (json) {
            Json.print(host.out(), document(rows));
        } else {
            TextTable table = new TextTable("routine", "header", "IRQL", "state", "missing");
            for (DdiTable.Row row : rows) {
                table.row(
                        row.name(),
                        row.header(),
                        row.irqlMinimum() + "-" + row.irqlMaximum(),
                        row.state(),
                        row.missing());
            }
            host.out().print(table.text(host.style()));
        }
        return ExitCode.SUCCESS;
    }

    private static ObjectNode document(List<DdiTable.Row> rows) {
        ObjectNode document = Json.document("ddis");
        ArrayNode ddis = document.putArray("ddis");
        for (DdiTable.Row row : rows) {
            ddis.addObject()
                    .put("name", row.name())
                    .put("header", row.header())
                    .put("library", row.library())
                    .put("state", row.state())
                    .put("missing", row.missing())
                    .put("irql_min", row.irqlMinimum())
                    .put("irql_max", row.irqlMaximum());
        }
        return document;
    }
}
