package dev.dirql.simulation;

import dev.dirql.kernel.loader.DataNames;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Field;
import dev.dirql.machine.image.DebugInformation.StructureType;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.Expectation;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.scenario.language.WorkloadProgram;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.Names;
import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks the names in a workload and in expectations that only the compiled drivers know: routines,
 * and the variables that locks are named after.
 */
final class ImageNames {
    private static final Pattern LOCK =
            Pattern.compile("(\\w+)\\.(?:(extension)(?:\\[\\d+])?\\.)?(\\w+).*");

    private final Scenario scenario;
    private final List<Image> drivers;
    private final WorkloadProgram workload;
    private final Optional<Image> workloadImage;
    private final List<Diagnostic> problems;

    /**
     * @param drivers an image for each driver of the scenario
     * @param problems where mistakes are added
     */
    ImageNames(
            Scenario scenario,
            List<Image> drivers,
            WorkloadProgram workload,
            Optional<Image> workloadImage,
            List<Diagnostic> problems) {
        this.scenario = scenario;
        this.drivers = drivers;
        this.workload = workload;
        this.workloadImage = workloadImage;
        this.problems = problems;
    }

    void check() {
        for (WorkloadProgram.RoutineSlot called : workload.routines()) {
            List<String> routines = routines(drivers.get(called.driverNumber())).toList();
            if (!routines.contains(called.routine())) {
                unknown(
                        called.position(),
                        "\\.\\s*",
                        called.routine(),
                        "%s has no routine %s".formatted(called.driver(), called.routine()),
                        routines);
            }
        }
        for (Expectation expectation : scenario.expectations()) {
            Position begin = expectation.written().position();
            switch (expectation) {
                case Expectation.Found found ->
                        found.routine()
                                .ifPresent(routine -> anyRoutine(begin, "\\bin\\s+", routine));
                case Expectation.Dpcs dpcs -> driverRoutine(begin, dpcs.routine());
                case Expectation.Lock lock -> lock(begin, lock.lock());
                case Expectation.Completed _,
                        Expectation.Variable _,
                        Expectation.NoFindings _,
                        Expectation.NoErrors _,
                        Expectation.NoFinding _,
                        Expectation.BugCheck _,
                        Expectation.InterruptsOfDevice _,
                        Expectation.InterruptsOfMessage _,
                        Expectation.InterruptsOfVector _,
                        Expectation.OutputContains _,
                        Expectation.DeviceTextContains _,
                        Expectation.Ended _,
                        Expectation.EndTime _ -> {}
            }
        }
    }

    /** A place of a finding may be in the kernel or in the workload, too. */
    private void anyRoutine(Position begin, String before, String routine) {
        List<String> known = drivers.stream().flatMap(ImageNames::routines).toList();
        if (known.contains(routine)
                || workloadImage.stream().flatMap(ImageNames::routines).anyMatch(routine::equals)
                || routines(Ddis.table().image()).anyMatch(routine::equals)) {
            return;
        }
        unknown(
                begin,
                before,
                routine,
                "neither a driver nor the kernel has a routine " + routine,
                known);
    }

    private void driverRoutine(Position begin, String routine) {
        List<String> known = drivers.stream().flatMap(ImageNames::routines).toList();
        if (!known.contains(routine)) {
            unknown(begin, "\\bdpcs\\s+", routine, "no driver has a routine " + routine, known);
        }
    }

    /** Names of locks in pool, of vectors and of the kernel's own locks are not of this form. */
    private void lock(Position begin, String lock) {
        Matcher parts = LOCK.matcher(lock);
        if (!parts.matches()) {
            return;
        }
        String driver = parts.group(1);
        for (int i = 0; i < drivers.size(); i++) {
            if (!scenario.drivers().get(i).name().equals(driver)) {
                continue;
            }
            DebugInformation debug = drivers.get(i).debug();
            String name = String.valueOf(parts.group(3));
            if (parts.group(2) == null) {
                List<String> variables =
                        debug.symbols().stream()
                                .filter(symbol -> !symbol.function())
                                .map(Symbol::name)
                                .toList();
                if (!DataNames.PARTS.contains(name) && !variables.contains(name)) {
                    String message = "%s has no global variable %s".formatted(driver, name);
                    unknown(begin, "\\.\\s*", name, message, variables);
                }
            } else {
                Optional<StructureType> extension =
                        debug.types().stream()
                                .filter(type -> type.name().equals(debug.extensionType()))
                                .findFirst();
                List<String> fields =
                        extension.stream()
                                .flatMap(type -> type.fields().stream())
                                .map(Field::name)
                                .toList();
                if (extension.isPresent() && !fields.contains(name)) {
                    String message = "%s.extension has no field %s".formatted(driver, name);
                    unknown(begin, "(?:\\.|->)\\s*", name, message, fields);
                }
            }
        }
    }

    private static Stream<String> routines(Image image) {
        return image.debug().symbols().stream().filter(Symbol::function).map(Symbol::name);
    }

    /**
     * @param begin where the sentence begins in which the name stands
     * @param before what stands right before the name, as a pattern
     */
    private void unknown(
            Position begin, String before, String name, String message, Collection<String> known) {
        SourceFile file = begin.file();
        String line = file.line(begin.line());
        Matcher place = Pattern.compile(before + "(" + Pattern.quote(name) + ")\\b").matcher(line);
        Position position = begin;
        if (place.find(Math.min(begin.column() - 1, line.length()))) {
            position = new Position(file, begin.line(), place.start(1) + 1);
        }
        String cure = Names.nearest(name, known).map("did you mean '%s'?"::formatted).orElse("");
        problems.add(Diagnostic.error(position, name.length(), message, cure));
    }
}
