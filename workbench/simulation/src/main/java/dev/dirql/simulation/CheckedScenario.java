package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceConstant;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.kernel.services.DdiCatalog;
import dev.dirql.kernel.traps.BugCheckNames;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.c.CCompiler;
import dev.dirql.scenario.c.CProgram;
import dev.dirql.scenario.c.CSource;
import dev.dirql.scenario.c.Compilation;
import dev.dirql.scenario.c.IncludeResolver;
import dev.dirql.scenario.language.DeviceDeclaration;
import dev.dirql.scenario.language.DriverDeclaration;
import dev.dirql.scenario.language.Expectation;
import dev.dirql.scenario.language.KnownNames;
import dev.dirql.scenario.language.MachineDeclaration;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.language.ParameterDeclaration;
import dev.dirql.scenario.language.Parsed;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.scenario.language.ScenarioReader;
import dev.dirql.scenario.language.WorkloadProgram;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.SourceFile;
import dev.dirql.simulation.expectations.VariablePath;
import dev.dirql.store.InputFile;
import dev.dirql.store.TraceInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * A scenario that was read, checked and compiled; or what is wrong with it.
 *
 * @param name the file as its user named it
 * @param parts what can be run; empty if something is wrong
 * @param diagnostics everything there is to say about the texts, in their order
 * @param overrides what a command line said instead of the scenario
 */
public record CheckedScenario(
        String name, Optional<Parts> parts, List<Diagnostic> diagnostics, Overrides overrides) {
    /** Header that the WDK's drivers begin with. */
    private static final String DRIVER_HEADER = "ntddk.h";

    private static final String DRIVER_ENTRY = "DriverEntry";

    public CheckedScenario {
        diagnostics = List.copyOf(diagnostics);
    }

    /**
     * A scenario that can be run.
     *
     * @param drivers an image a driver, in the order of loading
     * @param workload the program of the workload
     * @param workloadImage its image; empty if it has no threads
     * @param inputs every file it was made from
     * @param variables where the variables of the expectations lie
     * @param types tells the type of each device
     */
    record Parts(
            Scenario scenario,
            List<Image> drivers,
            WorkloadProgram workload,
            Optional<Image> workloadImage,
            List<InputFile> inputs,
            Map<Expectation.Variable, VariablePath> variables,
            Function<DeviceDeclaration, DeviceType> types) {
        Parts {
            drivers = List.copyOf(drivers);
            variables = Map.copyOf(variables);
            inputs = List.copyOf(inputs);
        }
    }

    public boolean isRight() {
        return parts.isPresent();
    }

    /** How many diagnostics of a kind there are. */
    public long count(Diagnostic.Kind kind) {
        return diagnostics.stream().filter(diagnostic -> diagnostic.kind() == kind).count();
    }

    /** Reads, checks and compiles. Whatever is wrong with the texts is in the result. */
    public static CheckedScenario check(ScenarioSource source, Overrides overrides) {
        return check(source, overrides, DeviceLibrary.BUILT_IN);
    }

    /**
     * Reads, checks and compiles.
     *
     * @param library the types of device there are beside those that the scenario declares
     */
    public static CheckedScenario check(
            ScenarioSource source, Overrides overrides, DeviceLibrary library) {
        String name = source.main().name();
        Parsed parsed =
                ScenarioReader.read(source.main(), source.includes(), names(library), overrides);
        List<Diagnostic> diagnostics = new ArrayList<>(parsed.diagnostics());
        Optional<Parts> parts =
                parsed.scenario()
                        .flatMap(scenario -> compile(scenario, source, library, diagnostics));
        return new CheckedScenario(name, parts, diagnostics, overrides);
    }

    /** What the kernel model can tell: expectations of anything else could never hold. */
    private static KnownNames names(DeviceLibrary library) {
        SequencedMap<String, Long> bugChecks = new LinkedHashMap<>();
        BugCheckNames.all().entrySet().stream()
                .sorted(Comparator.comparingLong(named -> Integer.toUnsignedLong(named.getKey())))
                .forEach(named ->
                        bugChecks.put(named.getValue(), Integer.toUnsignedLong(named.getKey())));
        return new KnownNames(
                DeviceTypes.catalog(library),
                bugChecks,
                Ddis::rules,
                MachineProperties.kernelSettings());
    }

    private static Optional<Parts> compile(
            Scenario scenario,
            ScenarioSource source,
            DeviceLibrary library,
            List<Diagnostic> diagnostics) {
        List<Diagnostic> problems = new ArrayList<>();
        KernelHeaders headers = new KernelHeaders(source.includes());
        Map<String, Image> programs = HardwarePrograms.of(scenario, headers, problems);
        Function<DeviceDeclaration, DeviceType> types =
                device -> library.of(scenario, device, programs);
        Map<String, String> macros = macros(scenario, types, problems);
        List<Image> images = new ArrayList<>();
        for (DriverDeclaration driver : scenario.drivers()) {
            DriverDeclaration.Source text = driver.source();
            Compilation compilation =
                    CCompiler.compile(
                            new CProgram(
                                    driver.name(),
                                    List.of(new CSource(text.file(), text.begin(), text.end())),
                                    List.of(DRIVER_HEADER),
                                    macros,
                                    headers,
                                    DRIVER_ENTRY,
                                    DdiCatalog.all().keySet()));
            problems.addAll(compilation.diagnostics());
            compilation.image().ifPresent(images::add);
        }
        WorkloadProgram workload = WorkloadProgram.of(scenario.workload());
        Optional<Image> workloadImage =
                workload.threads().isEmpty() ? Optional.empty() : compile(workload, problems);
        Map<Expectation.Variable, VariablePath> variables =
                images.size() == scenario.drivers().size()
                        ? variables(scenario, images, problems)
                        : Map.of();
        if (images.size() == scenario.drivers().size()) {
            new ImageNames(scenario, images, workload, workloadImage, problems).check();
        }
        problems.replaceAll(problem -> ParameterNames.explain(problem, scenario.parameters()));
        diagnostics.addAll(problems);
        boolean wrong = problems.stream().anyMatch(p -> p.kind() == Diagnostic.Kind.ERROR);
        if (wrong) {
            return Optional.empty();
        }
        return Optional.of(
                new Parts(
                        scenario,
                        images,
                        workload,
                        workloadImage,
                        inputs(scenario, headers, library),
                        variables,
                        types));
    }

    private static Optional<Image> compile(WorkloadProgram workload, List<Diagnostic> problems) {
        Compilation program =
                CCompiler.compile(
                        new CProgram(
                                WorkloadProgram.MODULE,
                                List.of(CSource.of(workload.source())),
                                List.of(),
                                Map.of(),
                                IncludeResolver.NONE,
                                ""));
        problems.addAll(program.diagnostics());
        return program.image();
    }

    private static Map<Expectation.Variable, VariablePath> variables(
            Scenario scenario, List<Image> images, List<Diagnostic> problems) {
        Map<Expectation.Variable, VariablePath> found = new LinkedHashMap<>();
        for (Expectation expectation : scenario.expectations()) {
            if (expectation instanceof Expectation.Variable variable) {
                Image image = images.get(variable.target().driverNumber());
                try {
                    found.put(variable, VariablePath.find(variable, image.debug()));
                } catch (VariablePath.NotFound e) {
                    Expectation.Written written = variable.written();
                    problems.add(
                            Diagnostic.error(
                                    written.position(),
                                    written.text().length(),
                                    e.getMessage(),
                                    ""));
                }
            }
        }
        return found;
    }

    /** Whether the devices have the messages whose interrupts are expected. */
    private static void checkMessages(
            List<Device> devices, List<Expectation> expectations, List<Diagnostic> problems) {
        for (Expectation expectation : expectations) {
            if (expectation instanceof Expectation.InterruptsOfMessage expected) {
                try {
                    Stimuli.checkMessage(devices, expected.device(), expected.message());
                } catch (IllegalArgumentException e) {
                    Expectation.Written written = expected.written();
                    problems.add(
                            Diagnostic.error(
                                    written.position(),
                                    written.text().length(),
                                    String.valueOf(e.getMessage()),
                                    ""));
                }
            }
        }
    }

    /** Constants of the devices and values of the parameters: what the C of every driver sees. */
    private static Map<String, String> macros(
            Scenario scenario,
            Function<DeviceDeclaration, DeviceType> types,
            List<Diagnostic> problems) {
        List<Device> devices = devices(scenario, types, problems);
        if (devices.size() == scenario.devices().size()) {
            Stimuli.check(devices, scenario.workload().stimuli(), problems);
            checkMessages(devices, scenario.expectations(), problems);
        }
        Map<String, String> macros = new LinkedHashMap<>();
        for (Device device : devices) {
            for (DeviceConstant constant : device.constants()) {
                macros.put(constant.signature(), constant.text());
            }
        }
        for (ParameterDeclaration parameter : scenario.parameters()) {
            macros.put(parameter.name(), parameter.cText());
        }
        return macros;
    }

    /** The devices of a scenario's machine, for their constants. */
    static List<Device> devices(
            Scenario scenario,
            Function<DeviceDeclaration, DeviceType> types,
            List<Diagnostic> problems) {
        Machine machine = new Machine(settings(scenario.machine()), DecisionSource.defaultPolicy());
        machine.attach(ApicSystem::new);
        return List.copyOf(MachineDevices.in(machine, scenario.devices(), types, problems).all());
    }

    static MachineSettings settings(MachineDeclaration machine) {
        return new MachineSettings(
                machine.processors(),
                machine.memoryBytes(),
                machine.stepNs(),
                machine.quantumNs(),
                machine.limitNs(),
                machine.stepLimit());
    }

    private static List<InputFile> inputs(
            Scenario scenario, KernelHeaders headers, DeviceLibrary library) {
        Map<String, InputFile> inputs = new LinkedHashMap<>();
        for (SourceFile file : scenario.files()) {
            TraceInput.Role role =
                    file.name().equals(scenario.file().name())
                            ? TraceInput.Role.SCENARIO
                            : isDriver(scenario, file)
                                    ? TraceInput.Role.SOURCE
                                    : TraceInput.Role.INCLUDE;
            inputs.put(file.name(), input(role, file));
        }
        for (SourceFile file : headers.files()) {
            inputs.putIfAbsent(file.name(), input(TraceInput.Role.INCLUDE, file));
        }
        List<InputFile> all = new ArrayList<>(inputs.values());
        all.addAll(library.jars());
        return List.copyOf(all);
    }

    private static boolean isDriver(Scenario scenario, SourceFile file) {
        return scenario.drivers().stream()
                .anyMatch(driver -> driver.source().file().name().equals(file.name()));
    }

    private static InputFile input(TraceInput.Role role, SourceFile file) {
        return new InputFile(role, file.name(), file.text().getBytes(StandardCharsets.UTF_8));
    }
}
