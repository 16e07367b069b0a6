package dev.dirql.scenario.language;

import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What the tests of the language share: devices that exist only for them, and short ways to read a
 * text.
 */
final class Samples {
    private static final PropertyType LINE =
            PropertyType.required(
                    "line",
                    new PropertyKind.Line(23, Value.Trigger.LEVEL_SENSITIVE),
                    "Its interrupt line.");

    private static final PropertyType AFFINITY =
            PropertyType.of(
                    "affinity",
                    new PropertyKind.Choice(List.of("all", "specified", "spread")),
                    new Value.Word("all"),
                    "Processors of its interrupts.");

    private static final PropertyType PROCESSORS =
            PropertyType.of(
                    "processors",
                    new PropertyKind.Whole(0, Long.MAX_VALUE),
                    new Value.Whole(0),
                    "A mask of them.");

    private static final PropertyType PASSIVE =
            PropertyType.flag("passive", "Its interrupts are handled at PASSIVE_LEVEL.");

    static final DeviceType DISK =
            new DeviceType(
                    "BusMasterDisk",
                    "A disk.",
                    List.of(
                            LINE,
                            PropertyType.of(
                                    "latency",
                                    new PropertyKind.Time(0, 1_000_000_000),
                                    new Value.Time(10_000),
                                    "Time to done."),
                            PropertyType.of(
                                    "capacity",
                                    new PropertyKind.Size(512, 1L << 40),
                                    new Value.Size(1 << 20),
                                    "Bytes."),
                            PropertyType.of(
                                    "queues",
                                    new PropertyKind.Whole(1, 8),
                                    new Value.Whole(1),
                                    "Queues."),
                            PropertyType.of(
                                    "order",
                                    new PropertyKind.Choice(List.of("first-come", "nearest")),
                                    new Value.Word("first-come"),
                                    "Which request is next."),
                            PropertyType.of(
                                    "cache",
                                    new PropertyKind.Switch(),
                                    new Value.Truth(false),
                                    "Write cache.")),
                    List.of(
                            new StimulusType(
                                    "corrupt",
                                    List.of(
                                            PropertyType.positional(
                                                    "sector",
                                                    new PropertyKind.Whole(0, 1000),
                                                    "Which."),
                                            PropertyType.of(
                                                    "bytes",
                                                    new PropertyKind.Whole(1, 512),
                                                    new Value.Whole(1),
                                                    "How many."),
                                            PropertyType.flag("silently", "No error bit.")),
                                    "Data go bad.")),
                    true,
                    List.of("STATUS", "DONE", "VECTOR", "IRQL"));

    static final DeviceType TIMER =
            new DeviceType(
                    "IntervalTimer",
                    "A timer.",
                    List.of(LINE, AFFINITY, PROCESSORS, PASSIVE),
                    List.of(),
                    true,
                    List.of());

    private static final PropertyType OPTIONAL_LINE =
            PropertyType.optional(
                    "line",
                    new PropertyKind.Line(23, Value.Trigger.LEVEL_SENSITIVE),
                    "Its interrupt line.");
    private static final PropertyType QUEUES =
            PropertyType.of("queues", new PropertyKind.Whole(1, 32), new Value.Whole(4), "Queues.");
    private static final PropertyType MSI =
            PropertyType.optional("msi", new PropertyKind.Whole(1, 32), "Messages.");
    private static final PropertyType MSIX =
            PropertyType.optional("msix", new PropertyKind.Whole(1, 2048), "Messages.");

    static final DeviceType NIC =
            new DeviceType(
                    "MultiQueueNic",
                    "A network adapter.",
                    List.of(QUEUES, OPTIONAL_LINE, MSI, MSIX, AFFINITY),
                    List.of(
                            new StimulusType(
                                    "receive",
                                    List.of(
                                            PropertyType.of(
                                                    "queue",
                                                    new PropertyKind.Whole(0, 31),
                                                    new Value.Whole(0),
                                                    "Which."),
                                            PropertyType.of(
                                                    "length",
                                                    new PropertyKind.Whole(1, 9216),
                                                    new Value.Whole(64),
                                                    "Bytes."),
                                            PropertyType.of(
                                                    "times",
                                                    new PropertyKind.Whole(1, 1000),
                                                    new Value.Whole(1),
                                                    "How many.")),
                                    "Packets arrive."),
                            new StimulusType(
                                    "link",
                                    List.of(
                                            PropertyType.positional(
                                                    "to",
                                                    new PropertyKind.Choice(List.of("down", "up")),
                                                    "How it is.")),
                                    "The link changes.")),
                    true,
                    true,
                    List.of("RX_TAIL", "VECTOR"),
                    List.of());

    private static final DeviceType NVME =
            new DeviceType(
                    "NvmeDisk",
                    "A disk.",
                    List.of(
                            QUEUES,
                            PropertyType.of(
                                    "latency",
                                    new PropertyKind.Time(1, 1_000_000_000),
                                    new Value.Time(20_000),
                                    "Time to done."),
                            PropertyType.of(
                                    "size",
                                    new PropertyKind.Size(512, 1L << 30),
                                    new Value.Size(1 << 20),
                                    "Bytes."),
                            OPTIONAL_LINE,
                            MSI,
                            MSIX),
                    List.of(new StimulusType("medium_error", List.of(), "The next one fails.")),
                    true,
                    true,
                    List.of("CSTS", "VECTOR"),
                    List.of());

    static final DeviceType MEMORY =
            new DeviceType("Memory", "No interrupt.", List.of(), List.of(), false, List.of());

    static final PropertyType VERIFIER =
            PropertyType.of(
                    "verifier", new PropertyKind.Switch(), new Value.Truth(false), "Verifies.");

    static final PropertyType PAGING =
            PropertyType.of(
                    "paging",
                    new PropertyKind.Choice(List.of("force", "explore", "resident")),
                    new Value.Word("force"),
                    "Pages.");

    static final PropertyType TICK =
            PropertyType.of(
                    "tick",
                    new PropertyKind.Time(100_000, 1_000_000_000),
                    new Value.Time(15_625_000),
                    "Ticks.");

    static final PropertyType ANSWER =
            PropertyType.of(
                    "answer",
                    new PropertyKind.Answer(),
                    new Value.Answers(new TreeMap<>()),
                    "Answers.");

    static final DeviceType SERIAL =
            new DeviceType(
                    "Uart16550",
                    "A serial port.",
                    List.of(LINE),
                    List.of(
                            new StimulusType(
                                    "receive",
                                    List.of(
                                            PropertyType.positional(
                                                    "text",
                                                    new PropertyKind.Text(8, "", ""),
                                                    "What."),
                                            PropertyType.of(
                                                    "count",
                                                    new PropertyKind.Whole(1, 9),
                                                    new Value.Whole(1),
                                                    "How often.")),
                                    "Text arrives.")),
                    true,
                    List.of("LSR"),
                    List.of("transmitted", "lost"));

    private static PropertyType line(String name) {
        return PropertyType.optional(
                name, new PropertyKind.Line(23, Value.Trigger.LATCHED), "A line.");
    }

    static final DeviceType KEYBOARD =
            new DeviceType(
                    "I8042",
                    "Two interrupts.",
                    List.of(line("line"), line("mouse_line")),
                    List.of(
                            new StimulusType(
                                    "press",
                                    List.of(
                                            PropertyType.positional(
                                                    "text",
                                                    new PropertyKind.Text(8, "abc", "of a toy"),
                                                    "What.")),
                                    "Keys."),
                            new StimulusType(
                                    "key",
                                    List.of(
                                            PropertyType.positional(
                                                    "code",
                                                    new PropertyKind.Whole(1, 127),
                                                    "Which."),
                                            new PropertyType(
                                                    "state",
                                                    new PropertyKind.Choice(
                                                            List.of("down", "up", "stroke")),
                                                    true,
                                                    Optional.of(new Value.Word("stroke")),
                                                    false,
                                                    "How."),
                                            PropertyType.flag("extended", "Prefix.")),
                                    "A key.")),
                    true,
                    List.of("STATUS"));

    static final KnownNames NAMES = names();

    private Samples() {}

    private static KnownNames names() {
        SequencedMap<String, Long> bugChecks = new LinkedHashMap<>();
        bugChecks.put("IRQL_NOT_LESS_OR_EQUAL", 0x0AL);
        bugChecks.put("DRIVER_IRQL_NOT_LESS_OR_EQUAL", 0xD1L);
        return new KnownNames(
                new DeviceCatalog(List.of(DISK, TIMER, MEMORY, SERIAL, KEYBOARD, NIC, NVME)),
                bugChecks,
                () -> List.of("LockInPageableStorage", "IrqlTooHigh", "0x32"),
                List.of(PAGING, VERIFIER, TICK, ANSWER));
    }

    static SourceFile file(String text) {
        return new SourceFile("test.scn", text);
    }

    /** Files by path; what is not among them does not exist. */
    static IncludeReader files(Map<String, String> texts) {
        return (_, path) -> {
            String text = texts.get(path);
            return text == null
                    ? new IncludeReader.Answer.Refused("no such file")
                    : new IncludeReader.Answer.Found(new SourceFile(path, text));
        };
    }

    static Parsed read(String text) {
        return read(text, Map.of(), Overrides.NONE);
    }

    static Parsed read(String text, Map<String, String> files, Overrides overrides) {
        return ScenarioReader.read(file(text), files(files), NAMES, overrides);
    }

    /** The scenario of a text that has no mistake. */
    static Scenario scenario(String text) {
        return read(text).scenario().orElseThrow(() -> new AssertionError(messages(read(text))));
    }

    static Overrides set(String name, String value) {
        SequencedMap<String, String> parameters = new LinkedHashMap<>();
        parameters.put(name, value);
        return new Overrides(parameters, OptionalInt.empty(), OptionalLong.empty());
    }

    static String messages(Parsed parsed) {
        return String.join("", parsed.diagnostics().stream().map(Diagnostic::render).toList());
    }

    /** A disk with a driver, before whatever a test adds. */
    static String withDisk(String rest) {
        return """
        machine { processors 3 }
        device disk: BusMasterDisk { line 11 }
        driver disk_driver for disk { int Count; }
        """
                + rest;
    }
}
