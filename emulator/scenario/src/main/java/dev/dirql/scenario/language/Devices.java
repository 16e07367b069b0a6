package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.DeviceContext;
import dev.dirql.scenario.language.ScenarioParser.DriverContext;
import dev.dirql.scenario.language.ScenarioParser.ForDevicesContext;
import dev.dirql.scenario.language.ScenarioParser.HardwareContext;
import dev.dirql.scenario.language.ScenarioParser.ItemContext;
import dev.dirql.scenario.language.ScenarioParser.NameContext;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Reads devices and drivers, and resolves their names. */
final class Devices {
    /** Modules that are there anyway. */
    private static final Set<String> MODULES = Set.of("nt", "ntoskrnl", "hal", "workload", "dirql");

    private final Declarations declared;
    private final Files files;
    private final Properties properties;
    private final Problems problems;
    private final DeviceCatalog catalog;
    private final Kinds kinds;
    private final Expressions expressions;
    private final SequencedMap<String, HardwareDeclaration> hardware = new LinkedHashMap<>();
    private final SequencedMap<String, DeviceType> types = new LinkedHashMap<>();
    private final SequencedMap<String, DeviceDeclaration> devices = new LinkedHashMap<>();
    private final SequencedMap<String, DriverDeclaration> drivers = new LinkedHashMap<>();

    /**
     * Every name that is declared, though what is declared may be wrong: naming it is no second
     * mistake.
     */
    private final List<String> brokenHardware = new ArrayList<>();

    private final List<String> deviceNames = new ArrayList<>();

    private final List<String> driverNames = new ArrayList<>();
    private final SequencedMap<String, Target> targets = new LinkedHashMap<>();

    Devices(
            Declarations declared,
            Files files,
            Properties properties,
            Expressions expressions,
            Problems problems,
            DeviceCatalog catalog) {
        this.declared = declared;
        this.files = files;
        this.properties = properties;
        this.problems = problems;
        this.catalog = catalog;
        this.expressions = expressions;
        kinds = new Kinds(properties, expressions, problems);
    }

    List<DeviceDeclaration> devices() {
        return List.copyOf(devices.sequencedValues());
    }

    List<DriverDeclaration> drivers() {
        return List.copyOf(drivers.sequencedValues());
    }

    List<HardwareDeclaration> hardware() {
        return List.copyOf(hardware.sequencedValues());
    }

    /** What the scenario says of the type of a device, if the scenario declares it. */
    Optional<HardwareDeclaration> hardwareOf(DeviceDeclaration device) {
        return Optional.ofNullable(hardware.get(device.type().name()));
    }

    void read() {
        catalog.types().forEach(type -> types.put(type.name(), type));
        declared.hardware().forEach(this::hardware);
        declared.devices().forEach(this::device);
        checkConstants();
        declared.drivers().forEach(this::driver);
    }

    private void hardware(HardwareContext context) {
        if (context.name() == null || !declared.names().take("hardware", context.name())) {
            return;
        }
        String name = context.name().getText();
        if (catalog.find(name).isPresent()) {
            problems.error(
                    context.name(),
                    "'%s' is a type of device that is always there".formatted(name),
                    "choose another name for the hardware");
            return;
        }
        brokenHardware.add(name);
        Optional<HardwareDeclaration> read =
                new Hardware(context, kinds, expressions, problems).read();
        List<String> parameters =
                declared.parameters().stream()
                        .filter(parameter -> parameter.name() != null)
                        .map(parameter -> parameter.name().getText())
                        .toList();
        if (read.isEmpty()
                || !HardwareNames.checkConstants(read.get(), context, problems)
                || !HardwareNames.checkMacros(read.get(), parameters, context, problems)) {
            return;
        }
        try {
            types.put(name, catalog.declared().apply(read.get()));
            hardware.put(name, read.get());
            brokenHardware.remove(name);
        } catch (IllegalArgumentException e) {
            problems.error(context.name(), String.valueOf(e.getMessage()), "");
        }
    }

    private void device(DeviceContext device) {
        if (device.name().isEmpty() || !declared.names().take("device", device.name(0))) {
            return;
        }
        String name = device.name(0).getText();
        deviceNames.add(name);
        if (device.name().size() < 2) {
            return;
        }
        String typeName = device.name(1).getText();
        if (brokenHardware.contains(typeName)) {
            return;
        }
        Optional<DeviceType> type = Optional.ofNullable(types.get(typeName));
        if (type.isEmpty()) {
            problems.unknown(device.name(1), "type of device", typeName, types.sequencedKeySet());
            return;
        }
        List<ItemContext> items = device.settings() == null ? List.of() : device.settings().item();
        properties
                .read(items, type.get().properties(), "device '%s'".formatted(name), device.name(0))
                .ifPresent(values ->
                        devices.put(
                                name,
                                new DeviceDeclaration(position(device), name, type.get(), values)));
    }

    static Position position(ParserRuleContext place) {
        Token start = place.getStart();
        return CharactersOfFile.of(start).position(start.getStartIndex());
    }

    /** The C macros of devices must differ from each other and from the parameters. */
    private void checkConstants() {
        SequencedMap<String, String> owners = new LinkedHashMap<>();
        for (DeviceDeclaration device : devices.values()) {
            for (String constant : device.type().constants()) {
                String owner = owners.putIfAbsent(device.constantName(constant), device.name());
                if (owner != null) {
                    problems.error(
                            device.position(),
                            1,
                            "devices '%s' and '%s' both give their drivers the constant %s"
                                    .formatted(owner, device.name(), device.constantName(constant)),
                            "choose names that differ in more than case");
                    return;
                }
            }
        }
        for (ScenarioParser.ParameterContext parameter : declared.parameters()) {
            if (parameter.name() != null && owners.containsKey(parameter.name().getText())) {
                problems.error(
                        parameter.name(),
                        "'%s' is a constant of device '%s'"
                                .formatted(
                                        parameter.name().getText(),
                                        owners.get(parameter.name().getText())),
                        "choose another name for the parameter");
            }
        }
    }

    private void driver(DriverContext driver) {
        if (driver.name() == null || !declared.names().take("driver", driver.name())) {
            return;
        }
        String name = driver.name().getText();
        int number = driverNames.size();
        driverNames.add(name);
        if (MODULES.contains(name)) {
            problems.error(
                    driver.name(),
                    "'%s' is the name of a module that is always there".formatted(name),
                    "choose another name for the driver");
        }
        targets.put(name, new Target(name, name, number, 0));
        List<String> served = served(driver, name, number);
        source(driver)
                .ifPresent(source ->
                        drivers.put(
                                name,
                                new DriverDeclaration(position(driver), name, served, source)));
    }

    private List<String> served(DriverContext driver, String name, int number) {
        List<String> served = new ArrayList<>();
        if (driver.forDevices().size() > 1) {
            problems.error(driver.forDevices(1), "the devices are named twice", "");
        }
        for (ForDevicesContext list : driver.forDevices()) {
            for (NameContext device : list.name()) {
                String text = device.getText();
                if (!deviceNames.contains(text)) {
                    problems.unknown(device, "device", text, deviceNames);
                } else if (served.contains(text)) {
                    problems.error(device, "device '%s' is named twice".formatted(text), "");
                } else {
                    // Of several drivers the first is the lowest; a request goes to the top anyway.
                    targets.putIfAbsent(text, new Target(text, name, number, served.size()));
                    served.add(text);
                }
            }
        }
        return served;
    }

    private Optional<DriverDeclaration.Source> source(DriverContext driver) {
        if (driver.STRING() != null) {
            return files.source(driver.STRING())
                    .map(file ->
                            new DriverDeclaration.Source(
                                    file, 0, file.text().length(), new Position(file, 1, 1)));
        }
        if (driver.C_BODY() == null) {
            return Optional.empty();
        }
        Token body = driver.C_BODY().getSymbol();
        Lines lines = CharactersOfFile.of(body);
        int begin = body.getStartIndex() + 1;
        int end = Math.max(begin, body.getStopIndex());
        return Optional.of(
                new DriverDeclaration.Source(lines.file(), begin, end, lines.position(begin)));
    }

    /**
     * The device of that name; null if there is none, which is complained about, or if its
     * declaration is wrong.
     */
    @Nullable DeviceDeclaration device(NameContext name) {
        if (!deviceNames.contains(name.getText())) {
            String cure =
                    driverNames.contains(name.getText())
                            ? "'%s' is a driver".formatted(name.getText())
                            : Problems.suggestion("device", name.getText(), deviceNames);
            problems.error(name, "unknown device '%s'".formatted(name.getText()), cure);
        }
        return devices.get(name.getText());
    }

    /** The target of that name; null if there is none, which is complained about. */
    @Nullable Target target(NameContext name) {
        String text = name.getText();
        Target target = targets.get(text);
        if (target == null && deviceNames.contains(text)) {
            problems.error(name, "device '%s' has no driver".formatted(text), "");
        } else if (target == null) {
            List<String> known = new ArrayList<>(driverNames);
            known.addAll(deviceNames);
            problems.error(
                    name,
                    "unknown driver '%s'".formatted(text),
                    Problems.suggestion("driver", text, known));
        }
        return target;
    }

    /**
     * The place of a device that has a driver; empty if there is none, which is complained about.
     */
    OptionalInt number(NameContext name) {
        return device(name) == null || target(name) == null
                ? OptionalInt.empty()
                : OptionalInt.of(deviceNames.indexOf(name.getText()));
    }

    /**
     * The driver of that name, not one of its devices; null if there is none, which is complained
     * about.
     */
    @Nullable Target driverTarget(NameContext name) {
        if (!driverNames.contains(name.getText())) {
            Target served = targets.get(name.getText());
            problems.error(
                    name,
                    "unknown driver '%s'".formatted(name.getText()),
                    served == null
                            ? Problems.suggestion("driver", name.getText(), driverNames)
                            : "'%s' is a device; its driver is '%s'"
                                    .formatted(name.getText(), served.driver()));
            return null;
        }
        return targets.get(name.getText());
    }
}
