package dev.dirql.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the rooms of the house, and what may not be brought below the workbench. */
@AnalyzeClasses(packages = "dev.dirql", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String EVENTS = "dev.dirql.events..";
    private static final String STORE = "dev.dirql.store..";
    private static final String MACHINE = "dev.dirql.machine..";
    private static final String X86 = "dev.dirql.x86..";
    private static final String SCENARIO = "dev.dirql.scenario..";
    private static final String DEVICES = "dev.dirql.devices..";
    private static final String KERNEL = "dev.dirql.kernel..";
    private static final String SIMULATION = "dev.dirql.simulation..";
    private static final String DEBUGGER = "dev.dirql.debugger..";
    private static final String CONSOLE = "dev.dirql.console..";
    private static final String CLI = "dev.dirql.cli..";
    private static final String[] CLOSED_WORLD = {EVENTS, MACHINE, X86, SCENARIO, DEVICES, KERNEL};

    @ArchTest
    static final ArchRule eventsStandAlone =
            noClasses()
                    .that()
                    .resideInAPackage(EVENTS)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            STORE,
                            MACHINE,
                            X86,
                            SCENARIO,
                            DEVICES,
                            KERNEL,
                            SIMULATION,
                            DEBUGGER,
                            CONSOLE,
                            CLI)
                    .because(
                            "events are what every part speaks of; move what you need into events,"
                                    + " or let the other part translate");

    @ArchTest
    static final ArchRule theStoreKnowsOnlyEvents =
            noClasses()
                    .that()
                    .resideInAPackage(STORE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            MACHINE,
                            X86,
                            SCENARIO,
                            DEVICES,
                            KERNEL,
                            SIMULATION,
                            DEBUGGER,
                            CONSOLE,
                            CLI)
                    .because("a trace is read without a machine; hand over plain records");

    @ArchTest
    static final ArchRule theMachineKnowsOnlyEvents =
            noClasses()
                    .that()
                    .resideInAPackage(MACHINE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            STORE,
                            X86,
                            SCENARIO,
                            DEVICES,
                            KERNEL,
                            SIMULATION,
                            DEBUGGER,
                            CONSOLE,
                            CLI)
                    .because(
                            "the bare machine calls others through InstructionEngine,"
                                    + " InterruptController and SystemSoftware; extend those");

    @ArchTest
    static final ArchRule partsOfAMachineMeetOnlyInTheMachine =
            noClasses()
                    .that()
                    .resideInAPackage(DEVICES)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            STORE, X86, SCENARIO, KERNEL, SIMULATION, DEBUGGER, CONSOLE, CLI)
                    .because(
                            "devices and the kernel model meet at interrupt wires, registers and"
                                    + " ports; what both need belongs into the machine");

    @ArchTest
    static final ArchRule theKernelModelKnowsNeitherInstructionsNorDevices =
            noClasses()
                    .that()
                    .resideInAPackage(KERNEL)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            STORE, X86, SCENARIO, DEVICES, SIMULATION, DEBUGGER, CONSOLE, CLI)
                    .because(
                            "the kernel model sees registers and memory of a Processor; let the"
                                    + " simulation hand it anything else as an interface");

    @ArchTest
    static final ArchRule theProcessorDoesNotKnowWindows =
            noClasses()
                    .that()
                    .resideInAPackage(X86)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            STORE, SCENARIO, DEVICES, KERNEL, SIMULATION, DEBUGGER, CONSOLE, CLI)
                    .because("an instruction acts on a Processor and its memory, nothing else");

    @ArchTest
    static final ArchRule theLanguageIsHandedWhatItNeeds =
            noClasses()
                    .that()
                    .resideInAPackage(SCENARIO)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            STORE, X86, DEVICES, KERNEL, SIMULATION, DEBUGGER, CONSOLE, CLI)
                    .because(
                            "the scenario language gets headers as text and devices as a catalog;"
                                    + " extend what the simulation hands it");

    @ArchTest
    static final ArchRule simulationDoesNotKnowItsClients =
            noClasses()
                    .that()
                    .resideInAPackage(SIMULATION)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(DEBUGGER, CONSOLE, CLI)
                    .because("a result is data; let the command line render it");

    @ArchTest
    static final ArchRule theDebuggerDoesNotKnowItsClients =
            noClasses()
                    .that()
                    .resideInAPackage(DEBUGGER)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(CONSOLE, CLI)
                    .because(
                            "the engine gives records; let the client that shows them render them");

    @ArchTest
    static final ArchRule theConsoleDoesNotKnowTheCommandLine =
            noClasses()
                    .that()
                    .resideInAPackage(CONSOLE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(CLI, "picocli..", "org.jline..")
                    .because("options and terminals belong to the command line");

    @ArchTest
    static final ArchRule onlyTheServersKnowNetty =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "dev.dirql.console.server..", "dev.dirql.console.gdb..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.netty..")
                    .because("ConsoleServer and GdbServer listen; everybody else deals with text");

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsTerminals =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(CLI)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.jline..")
                    .because("a console gives lines; attach shows them to a person");

    @ArchTest
    static final ArchRule onlyTheStoreKnowsChronicle =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(STORE)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("net.openhft..")
                    .because("TraceWriter and TraceReader are the way to a trace");

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsPicocli =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(CLI)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("picocli..")
                    .because("options are parsed in cli; pass plain values on");

    @ArchTest
    static final ArchRule nothingBelowTheWorkbenchKnowsTheHost =
            noClasses()
                    .that()
                    .resideInAnyPackage(CLOSED_WORLD)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "java.time..",
                            "java.nio.file..",
                            "java.net..",
                            "java.util.concurrent..")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.util.Random")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.lang.Thread")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.io.File")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "getenv", String.class)
                    .orShould()
                    .callMethod(System.class, "identityHashCode", Object.class)
                    .orShould()
                    .callMethod(Math.class, "random")
                    .because(
                            "the machine is a closed world: time is a number, every choice is asked"
                                    + " of DecisionSource, files are read by the workbench");
}
