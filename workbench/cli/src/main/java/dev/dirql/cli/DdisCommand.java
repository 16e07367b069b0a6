package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.DdiCoverageText;
import dev.dirql.cli.text.TextTable;
import dev.dirql.kernel.services.DdiCatalog;
import dev.dirql.kernel.services.DdiTable;
import dev.dirql.simulation.Ddis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql ddis}: the kernel routines that drivers can call. */
@Command(
        name = "ddis",
        description = {
            "Lists the kernel routines that drivers can call here. modelled: every documented",
            "effect can be observed; partial: but for what is named; fixed: only a fixed answer;",
            "inline: the headers expand it, as the WDK's do; not modelled: a call ends the run."
        },
        mixinStandardHelpOptions = true)
final class DdisCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(
            arity = "0..*",
            paramLabel = "TEXT",
            description = "Only routines whose names contain one of these, in any case.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--all",
            description = {
                "Also the routines of wdm.h, ntddk.h and ntifs.h that are inline or not",
                "modelled. A TEXT looks among them in any case."
            })
    private boolean all;

    @ArgGroup private Form form = new Form();

    private static final class Form {
        @Option(names = "--json", description = "One JSON document.")
        private boolean json;

        @Option(
                names = "--markdown",
                description = "What docs/ddi-coverage.md holds: all routines, by header.")
        private boolean markdown;
    }

    DdisCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        if (form.markdown) {
            host.out().print(DdiCoverageText.markdown(Ddis.documented()));
            return ExitCode.SUCCESS;
        }
        boolean wide = all || !texts.isEmpty();
        List<DdiTable.Row> rows =
                (wide ? Ddis.documented() : Ddis.all()).stream().filter(this::isAsked).toList();
        if (form.json) {
            Json.print(host.out(), document(rows));
        } else {
            host.out().print(table(rows).text(host.style()));
        }
        return ExitCode.SUCCESS;
    }

    private boolean isAsked(DdiTable.Row row) {
        String name = row.name().toLowerCase(Locale.ROOT);
        return texts.isEmpty()
                || texts.stream().anyMatch(text -> name.contains(text.toLowerCase(Locale.ROOT)));
    }

    private static TextTable table(List<DdiTable.Row> rows) {
        TextTable table = new TextTable("routine", "header", "IRQL", "state", "missing");
        for (DdiTable.Row row : rows) {
            table.row(
                    row.name(),
                    row.header(),
                    DdiCoverageText.irqls(row),
                    row.state(),
                    row.missing());
        }
        return table;
    }

    private static ObjectNode document(List<DdiTable.Row> rows) {
        ObjectNode document = Json.document("ddis");
        ArrayNode ddis = document.putArray("ddis");
        for (DdiTable.Row row : rows) {
            ObjectNode ddi =
                    ddis.addObject()
                            .put("name", row.name())
                            .put("header", row.header())
                            .put("library", row.library())
                            .put("state", row.state())
                            .put("missing", row.missing())
                            .put(
                                    "page",
                                    DdiCatalog.find(row.name())
                                            .map(DdiCatalog.Routine::page)
                                            .orElse(null));
            putIrql(ddi, "irql_min", row.irqlMinimum());
            putIrql(ddi, "irql_max", row.irqlMaximum());
        }
        return document;
    }

    private static void putIrql(ObjectNode ddi, String field, OptionalInt irql) {
        if (irql.isPresent()) {
            ddi.put(field, irql.getAsInt());
        } else {
            ddi.putNull(field);
        }
    }
}
