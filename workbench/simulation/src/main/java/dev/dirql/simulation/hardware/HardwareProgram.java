package dev.dirql.simulation.hardware;

import dev.dirql.scenario.c.CCompiler;
import dev.dirql.scenario.c.CProgram;
import dev.dirql.scenario.c.CSource;
import dev.dirql.scenario.c.Compilation;
import dev.dirql.scenario.c.IncludeResolver;
import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.language.DriverDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration.Field;
import dev.dirql.scenario.language.HardwareDeclaration.Register;
import dev.dirql.scenario.language.HardwareDeclaration.Routine;
import dev.dirql.scenario.language.PropertyKind;
import dev.dirql.scenario.language.PropertyType;
import dev.dirql.scenario.language.Value;
import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The C of declared hardware as one program: what {@code hardware.h} and the declaration give it,
 * then its code, then a function for each thing it does. Properties are constants, so it is
 * compiled for each device.
 */
public final class HardwareProgram {
    /** The module that the functions of hardware.h are imported from. */
    public static final String MODULE = "hardware";

    private static final String HEADER = "hardware.h";
    private static final String INDEX = "ULONG index";

    private final HardwareDeclaration hardware;
    private final List<CSource> pieces = new ArrayList<>();

    private HardwareProgram(HardwareDeclaration hardware) {
        this.hardware = hardware;
    }

    /**
     * Compiles.
     *
     * @param properties values of the hardware's properties
     * @param parameters of the scenario, as macros
     * @param beside finds what its C includes
     */
    public static Compilation compile(
            HardwareDeclaration hardware,
            Map<String, Value> properties,
            Map<String, String> parameters,
            IncludeResolver beside) {
        HardwareProgram program = new HardwareProgram(hardware);
        program.made(program.declarations(properties));
        hardware.code().forEach(program::written);
        hardware.routines().forEach(program::routine);
        return CCompiler.compile(
                new CProgram(
                        hardware.name(),
                        program.pieces,
                        List.of(HEADER),
                        parameters,
                        (name, from) ->
                                name.equals(HEADER)
                                        ? Optional.of(header())
                                        : beside.resolve(name, from),
                        true,
                        "",
                        Set.of()));
    }

    private static SourceFile header() {
        try (InputStream in = HardwareProgram.class.getResourceAsStream(HEADER)) {
            if (in == null) {
                throw new IllegalStateException(HEADER + " is not there");
            }
            return new SourceFile(HEADER, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void made(String text) {
        pieces.add(CSource.of(new SourceFile("hardware " + hardware.name(), text)));
    }

    private void written(DriverDeclaration.Source source) {
        pieces.add(new CSource(source.file(), source.begin(), source.end()));
    }

    private void routine(Routine routine) {
        if (routine.isCondition()) {
            made("int %s(%s) { return (\n".formatted(routine.function(), parameters(routine)));
            written(routine.source());
            made("\n) != 0; }\n");
        } else {
            made("void %s(%s) {\n".formatted(routine.function(), parameters(routine)));
            written(routine.source());
            made("\n}\n");
        }
    }

    private String parameters(Routine routine) {
        return switch (routine.occasion()) {
            case WRITE -> ofWrite(register(routine.subject()));
            case READ -> register(routine.subject()).isArray() ? INDEX : "void";
            case STIMULUS -> arguments(routine.subject());
            case MESSAGE -> "ULONG message";
            case RAISE -> hardware.pci().isPresent() ? "LONG message" : "void";
            case TIMER -> isTimerArray(routine.subject()) ? INDEX : "void";
            case CONDITION, POWER -> "void";
        };
    }

    private boolean isTimerArray(String name) {
        return hardware.timers().stream()
                .anyMatch(timer -> timer.name().equals(name) && timer.isArray());
    }

    private static String ofWrite(Register register) {
        String type = type(register);
        String common = "%s written, %s previous, %s lanes".formatted(type, type, unit(register));
        return register.isArray() ? common + ", " + INDEX : common;
    }

    private Register register(String name) {
        return hardware.registers().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String arguments(String name) {
        StimulusType stimulus =
                hardware.stimuli().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        List<String> all =
                stimulus.arguments().stream()
                        .map(argument -> type(argument.kind()) + " " + argument.name())
                        .toList();
        return all.isEmpty() ? "void" : String.join(", ", all);
    }

    private static String type(PropertyKind kind) {
        return switch (kind) {
            case PropertyKind.Whole _ -> "LONG64";
            case PropertyKind.Time _, PropertyKind.Size _ -> "ULONG64";
            case PropertyKind.Choice _, PropertyKind.Line _ -> "ULONG";
            case PropertyKind.Switch _, PropertyKind.Flag _ -> "BOOLEAN";
            case PropertyKind.Text _ -> "const char *";
            case PropertyKind.Answer _ ->
                    throw new IllegalStateException("no hardware has answers");
        };
    }

    // ---- what the declaration means in C ----

    private String declarations(Map<String, Value> properties) {
        StringBuilder text = new StringBuilder();
        for (Register register : hardware.registers()) {
            register(register, text);
        }
        int number = 0;
        for (HardwareDeclaration.Timer timer : hardware.timers()) {
            text.append("#define %s %dUL\n".formatted(timer.name(), number));
            number += timer.elements();
        }
        for (PropertyType property : hardware.properties()) {
            Value value = properties.get(property.name());
            if (value == null) {
                throw new IllegalStateException(property.name() + " has no value");
            }
            property(property, value, text);
        }
        // The arguments of stimuli name their words as properties do.
        for (StimulusType stimulus : hardware.stimuli()) {
            for (PropertyType argument : stimulus.arguments()) {
                words(argument, text);
            }
        }
        return text.toString();
    }

    private static String unit(Register register) {
        return switch (register.width()) {
            case 1 -> "UCHAR";
            case 2 -> "USHORT";
            case 4 -> "ULONG";
            default -> "ULONG64";
        };
    }

    private static String type(Register register) {
        return register.fields().isEmpty() ? unit(register) : register.name() + "_REGISTER";
    }

    private static void register(Register register, StringBuilder text) {
        String unit = unit(register);
        if (!register.fields().isEmpty()) {
            text.append("typedef union { struct {");
            int next = 0;
            List<Field> fields =
                    register.fields().stream()
                            .sorted(Comparator.comparingInt(Field::lowest))
                            .toList();
            for (Field field : fields) {
                if (field.lowest() > next) {
                    text.append(" %s : %d;".formatted(unit, field.lowest() - next));
                }
                text.append(
                        " %s %s : %d;"
                                .formatted(
                                        unit, field.name(), field.highest() - field.lowest() + 1));
                next = field.highest() + 1;
            }
            text.append(" }; %s value; } %s;\n".formatted(unit, type(register)));
        }
        String several = register.isArray() ? "[" + register.count() + "]" : "";
        text.append("%s %s%s;\n".formatted(type(register), register.name(), several));
        for (HardwareDeclaration.NamedValue value : register.values()) {
            text.append("#define %s 0x%XULL\n".formatted(value.name(), value.value()));
        }
    }

    private static void property(PropertyType property, Value value, StringBuilder text) {
        words(property, text);
        String c =
                switch (value) {
                    case Value.Whole(long number) ->
                            number < 0
                                    ? "(-0x%XLL - 1)".formatted(-(number + 1))
                                    : "0x%XLL".formatted(number);
                    case Value.Time(long ns) -> "0x%XULL".formatted(ns);
                    case Value.Size(long bytes) -> "0x%XULL".formatted(bytes);
                    case Value.Truth(boolean truth) -> truth ? "TRUE" : "FALSE";
                    case Value.Word(String word) ->
                            HardwareDeclaration.wordConstant(property.name(), word);
                    case Value.Text(String string) -> literal(string);
                    case Value.Line(int number, _) -> number + "UL";
                    case Value.Answers _ ->
                            throw new IllegalStateException("no hardware has answers");
                };
        text.append("#define %s %s\n".formatted(property.name(), c));
    }

    private static void words(PropertyType property, StringBuilder text) {
        if (property.kind() instanceof PropertyKind.Choice(List<String> words)) {
            for (int i = 0; i < words.size(); i++) {
                text.append(
                        "#define %s %dUL\n"
                                .formatted(
                                        HardwareDeclaration.wordConstant(
                                                property.name(), words.get(i)),
                                        i));
            }
        }
    }

    private static String literal(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (byte one : text.getBytes(StandardCharsets.ISO_8859_1)) {
            out.append("\\%03o".formatted(one & 0xFF));
        }
        return out.append('"').toString();
    }
}
