package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.MessageResource;
import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.machine.DecisionPoint;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.scenario.language.Expectation;
import dev.dirql.simulation.decisions.DecisionPlace;
import dev.dirql.simulation.decisions.RunningContexts;
import dev.dirql.simulation.decisions.SteeredDecisions;
import dev.dirql.simulation.expectations.ExpectationCheck;
import dev.dirql.simulation.expectations.VariablePath;
import dev.dirql.simulation.figures.RunFigures;
import dev.dirql.store.SymbolTable;
import dev.dirql.x86.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** A machine with everything in it that a scenario declares, before its first step. */
final class AssembledMachine implements ExpectationCheck.Guest {
    private final CheckedScenario.Parts parts;
    private final Machine machine;
    private final MachineDevices devices;
    private final RunFigures figures;
    private final RunningContexts contexts;
    private final LastEvent lastEvent;
    private final SteeredDecisions steering;
    private final KernelAssembly kernel;
    private SymbolTable symbols = SymbolTable.EMPTY;
    private int symbolImages;

    /**
     * @param decisions makes the source of decisions; it is handed what tells where a decision is
     *     asked
     */
    AssembledMachine(
            CheckedScenario.Parts parts, Function<DecisionPlace.Finder, DecisionSource> decisions) {
        this.parts = parts;
        LatePlaces places = new LatePlaces();
        steering = new SteeredDecisions(decisions.apply(places), places);
        machine = new Machine(CheckedScenario.settings(parts.scenario().machine()), steering);
        machine.attach(ApicSystem::new);
        machine.attach(new Interpreter(machine));
        devices =
                MachineDevices.in(
                        machine, parts.scenario().devices(), parts.types(), new ArrayList<>());
        kernel = new KernelAssembly(machine, parts, devices);
        figures = new RunFigures(machine.processorCount());
        contexts = new RunningContexts(machine, this::routine);
        lastEvent = new LastEvent(machine);
        places.finder = contexts;
        machine.addObserverPart(figures);
        machine.addObserverPart(contexts);
        machine.addObserverPart(lastEvent);
        machine.addObserverPart(steering);
    }

    /** Decisions are asked of a machine, so their places are found after it was made. */
    private static final class LatePlaces implements DecisionPlace.Finder {
        private DecisionPlace.Finder finder = _ -> DecisionPlace.MACHINE;

        @Override
        public DecisionPlace of(DecisionPoint point) {
            return finder.of(point);
        }
    }

    /**
     * Adds what listens to every run, behind the sinks that were added before, and lets the run
     * begin.
     */
    void start() {
        machine.addSink(figures);
        machine.addSink(contexts);
        machine.addSink(lastEvent);
        kernel.start();
    }

    void watchExports(ExportUse told) {
        kernel.watchExports(told);
    }

    Machine machine() {
        return machine;
    }

    RunFigures figures() {
        return figures;
    }

    RunningContexts contexts() {
        return contexts;
    }

    LastEvent lastEvent() {
        return lastEvent;
    }

    SteeredDecisions steering() {
        return steering;
    }

    KernelAssembly kernel() {
        return kernel;
    }

    List<Device> devices() {
        return devices.all();
    }

    /** Names of everything that is loaded now. */
    SymbolTable symbols() {
        int images = kernel.kernel().images().known().size();
        if (images != symbolImages) {
            symbols = kernel.symbols();
            symbolImages = images;
        }
        return symbols;
    }

    private String routine(long address) {
        return symbols().locate(address).map(SymbolTable.Location::text).orElse("");
    }

    @Override
    public OptionalLong variable(Expectation.Variable variable) {
        VariablePath path = parts.variables().get(variable);
        if (path == null) {
            throw new IllegalStateException(variable.written().text() + ": was not looked up");
        }
        OptionalLong start =
                variable.extension()
                        ? kernel.extension(
                                variable.target().driverNumber(), variable.target().deviceNumber())
                        : kernel.imageBase(variable.target().driverNumber());
        return start.isEmpty()
                ? start
                : path.read(
                        start.getAsLong(),
                        (address, size) -> machine.peek(machine.kernelSpace(), address, size));
    }

    @Override
    public Set<Integer> vectorsOf(String device) {
        Device found = devices.device(device);
        Set<Integer> vectors = found.resources().vectors();
        if (found.line() >= 0) {
            // Beside messages it may have a line, for a driver that does without them.
            vectors.add(InterruptVectors.ofLine(found.line()));
        }
        return vectors;
    }

    @Override
    public OptionalInt vectorOf(String device, int message) {
        List<MessageResource> messages = devices.device(device).resources().messages();
        return message < messages.size()
                ? OptionalInt.of(messages.get(message).vector())
                : OptionalInt.empty();
    }

    @Override
    public String textOf(String device, String output) {
        return devices.device(device).text(output);
    }

    /** What the expectations come to. */
    List<ExpectationResult> expectations(RunEnd end) {
        return ExpectationCheck.of(parts.scenario(), figures, symbols(), this, end);
    }
}
