package dev.dirql.simulation;

import dev.dirql.machine.image.Image;
import dev.dirql.scenario.c.Compilation;
import dev.dirql.scenario.language.DeviceDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.ParameterDeclaration;
import dev.dirql.scenario.language.PropertyKind;
import dev.dirql.scenario.language.PropertyType;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.scenario.language.Value;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.simulation.hardware.HardwareProgram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles the C of declared hardware for each of its devices. */
final class HardwarePrograms {
    private final KernelHeaders headers;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final Map<String, Image> images = new LinkedHashMap<>();
    private final List<Diagnostic> found = new ArrayList<>();

    private HardwarePrograms(Scenario scenario, KernelHeaders headers) {
        this.headers = headers;
        for (ParameterDeclaration parameter : scenario.parameters()) {
            parameters.put(parameter.name(), parameter.cText());
        }
    }

    /**
     * The programs by the names of the devices. Hardware of which there is no device is compiled
     * for what is wrong with it.
     *
     * @param problems takes what is wrong
     */
    static Map<String, Image> of(
            Scenario scenario, KernelHeaders headers, List<Diagnostic> problems) {
        HardwarePrograms programs = new HardwarePrograms(scenario, headers);
        for (HardwareDeclaration hardware : scenario.hardware()) {
            boolean used = false;
            for (DeviceDeclaration device : scenario.devices()) {
                if (device.type().name().equals(hardware.name())) {
                    used = true;
                    programs.compile(hardware, device.name(), device.properties());
                }
            }
            if (!used) {
                programs.compile(hardware, "", samples(hardware));
            }
        }
        problems.addAll(programs.found);
        return programs.images;
    }

    private void compile(
            HardwareDeclaration hardware, String device, Map<String, Value> properties) {
        Compilation compilation =
                HardwareProgram.compile(hardware, properties, parameters, headers);
        for (Diagnostic diagnostic : compilation.diagnostics()) {
            // Two devices of one kind have the same mistakes.
            if (!found.contains(diagnostic)) {
                found.add(diagnostic);
            }
        }
        compilation
                .image()
                .ifPresent(image -> {
                    for (Image.Import wanted : image.imports()) {
                        if (isMissing(wanted, hardware)) {
                            return;
                        }
                    }
                    images.put(device, image);
                });
    }

    /** Complains about a function that such hardware does not have. */
    private boolean isMissing(Image.Import wanted, HardwareDeclaration hardware) {
        if (!wanted.module().equals(HardwareProgram.MODULE)) {
            missing(
                    hardware,
                    "hardware '%s' calls %s of %s"
                            .formatted(hardware.name(), wanted.name(), wanted.module()),
                    "a device has no kernel: it has dma_read, dma_write, start, cancel, now and"
                            + " fail");
            return true;
        }
        boolean messages = hardware.pci().map(HardwareDeclaration.Pci::messages).orElse(0) > 0;
        if (wanted.name().equals("send_message") && !messages) {
            missing(
                    hardware,
                    "hardware '%s' calls send_message, and has no messages"
                            .formatted(hardware.name()),
                    "say how many: pci VENDOR:DEVICE  msix 4");
            return true;
        }
        return false;
    }

    private void missing(HardwareDeclaration hardware, String message, String cure) {
        Diagnostic diagnostic =
                Diagnostic.error(hardware.position(), "hardware".length(), message, cure);
        if (!found.contains(diagnostic)) {
            found.add(diagnostic);
        }
    }

    private static Map<String, Value> samples(HardwareDeclaration hardware) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (PropertyType property : hardware.properties()) {
            values.put(
                    property.name(),
                    property.unlessSaid().orElseGet(() -> sample(property.kind())));
        }
        return values;
    }

    private static Value sample(PropertyKind kind) {
        return switch (kind) {
            case PropertyKind.Whole(long low, _) -> new Value.Whole(low);
            case PropertyKind.Time(long low, _) -> new Value.Time(low);
            case PropertyKind.Size(long low, _) -> new Value.Size(low);
            case PropertyKind.Choice(List<String> words) -> new Value.Word(words.getFirst());
            case PropertyKind.Text _ -> new Value.Text("");
            case PropertyKind.Flag _ -> new Value.Truth(false);
            case PropertyKind.Line _, PropertyKind.Switch _, PropertyKind.Answer _ ->
                    throw new IllegalStateException("no hardware has " + kind.description());
        };
    }
}
