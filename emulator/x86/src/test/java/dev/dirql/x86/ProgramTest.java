package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RDI;
import static dev.dirql.machine.Processor.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole programs that a C compiler made give what they give on the host. */
class ProgramTest {
    private static final int PROGRAMS = 8;
    private static final long START = Bench.CODE - 0x1000;

    @ParameterizedTest
    @ValueSource(strings = {"-O0", "-O1", "-O2", "-O3", "-Os"})
    void computesWhatTheHostComputes(String optimisation) throws IOException {
        HostTools.require("gcc", "gcc");
        HostTools.require("objcopy", "binutils");
        Path source = HostTools.resource("programs.c");
        String name = HostTools.DIRECTORY.resolve("programs" + optimisation).toString();
        HostTools.run(
                List.of(
                        "gcc",
                        optimisation,
                        "-mpopcnt",
                        "-DNATIVE",
                        "-o",
                        name,
                        source.toString()));
        List<String> expected = HostTools.run(List.of(name)).lines().toList();

        byte[] image = flatBinary(source, optimisation, name);
        Bench bench = new Bench().code(START, image);
        List<String> actual = new ArrayList<>();
        for (int i = 0; i < PROGRAMS; i++) {
            actual.add(Long.toHexString(execute(bench, i)));
        }

        assertThat(actual).isEqualTo(expected);
    }

    private static byte[] flatBinary(Path source, String optimisation, String name)
            throws IOException {
        HostTools.run(
                List.of(
                        "gcc",
                        optimisation,
                        "-mpopcnt",
                        "-ffreestanding",
                        "-nostdlib",
                        "-static",
                        "-fno-pic",
                        "-no-pie",
                        "-mcmodel=large",
                        "-fno-stack-protector",
                        "-fno-asynchronous-unwind-tables",
                        "-mgeneral-regs-only",
                        "-Wl,-Ttext=0x" + Long.toHexString(Bench.CODE),
                        "-Wl,--section-start=.start=0x" + Long.toHexString(START),
                        "-Wl,--build-id=none",
                        "-Wl,-e,start",
                        "-o",
                        name + ".elf",
                        source.toString()));
        HostTools.run(List.of("objcopy", "-O", "binary", name + ".elf", name + ".bin"));
        byte[] file = Files.readAllBytes(Path.of(name + ".bin"));
        // The zero-filled variables behind it.
        return Arrays.copyOf(file, file.length + 0x40000);
    }

    private static long execute(Bench bench, int program) {
        Processor processor = bench.processor;
        processor.rip = START;
        processor.clockNs = 0;
        processor.registers[RDI] = program;
        processor.registers[RSP] = Bench.STACK_TOP - 0x108;
        processor.memory().store64(processor.registers[RSP], FakeSoftware.WINDOW);
        Stop stop;
        do {
            processor.limitNs = 1_000_000_000;
            stop = bench.interpreter.run(processor);
        } while (stop == Stop.VISIBLE);
        assertThat(stop).as(processor.trap.text).isEqualTo(Stop.SERVICE);
        return processor.registers[RAX];
    }
}
