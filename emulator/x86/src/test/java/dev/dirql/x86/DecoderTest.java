package dev.dirql.x86;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DecoderTest {
    private static final long SEED = Long.getLong("dirql.seed", 2026);
    private static final Pattern LINE =
            Pattern.compile("^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t?(.*)$");

    private static final Pattern STRING =
            Pattern.compile("^(movs|stos|lods|scas|cmps|ins|outs|pushf|popf)[bwdq]$");

    private final Decoder decoder = new Decoder();

    @Test
    void anyBytesAreAnInstructionAnExceptionOrNotModelled() {
        Random random = new Random(SEED);
        byte[] bytes = new byte[Decoder.LENGTH_MAXIMUM];
        int cases = HostTools.isLong() ? 20_000_000 : 300_000;

        for (int i = 0; i < cases; i++) {
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                bytes[0] = 0x0F;
            }

            Operation operation = requireNonNull(decoder.decode(bytes, 0, bytes.length, 0x1000));

            String hex = hex(bytes);
            assertThat(operation.length()).as(hex).isBetween(1, Decoder.LENGTH_MAXIMUM);
            boolean known = operation.row != null;
            boolean trap = operation.shape == Shape.TRAP;
            boolean absent = operation.shape == Shape.NOT_MODELLED && !operation.text.isEmpty();
            assertThat(known || trap || absent).as(hex).isTrue();
            assertThat(Disassembler.text(operation)).as(hex).isNotEmpty();
        }
    }

    @Test
    void anyShorterPieceOfAnInstructionAsksForMore() {
        CaseGenerator generator = new CaseGenerator(new Random(SEED));

        for (Row row : InstructionTable.rows()) {
            byte[] code = generator.make(row, CaseGenerator.sizes(row)[0]).before().code;
            for (int length = 1; length < code.length - 1; length++) {
                Operation operation = decoder.decode(code, 0, length, 0);

                assertThat(operation)
                        .as("%s, %d bytes of %s", row.text(), length, hex(code))
                        .isNull();
            }
        }
    }

    @Test
    void sixteenBytesAreTooLong() {
        byte[] bytes = Bench.bytes("666666666666666666666666666690");
        assertThat(requireNonNull(decoder.decode(bytes, 0, 15, 0)).row).isNotNull();

        byte[] more = Bench.bytes("66666666666666666666666666666690");
        Operation operation = requireNonNull(decoder.decode(more, 0, 16, 0));

        assertThat(operation.shape).isEqualTo(Shape.TRAP);
        assertThat(operation.vector).isEqualTo(13);
    }

    @Test
    void lengthsAndNamesAreThoseOfObjdump() throws IOException {
        HostTools.require("objdump", "binutils");
        List<byte[]> codes = codes();
        Path file = HostTools.DIRECTORY.resolve("decoder.bin");
        Files.createDirectories(HostTools.DIRECTORY);
        byte[] all = new byte[32 * codes.size()];
        Arrays.fill(all, (byte) 0x90);
        for (int i = 0; i < codes.size(); i++) {
            System.arraycopy(codes.get(i), 0, all, 32 * i, codes.get(i).length);
        }
        Files.write(file, all);

        Map<Integer, String[]> lines = disassembled(file);
        List<String> different = new ArrayList<>();
        for (int i = 0; i < codes.size(); i++) {
            Operation operation = decoder.decode(all, 32 * i, 15, 32L * i);
            String[] theirs = lines.get(32 * i);
            if (operation == null || operation.row == null || theirs == null) {
                different.add(hex(codes.get(i)) + ": not decoded");
            } else if (theirs[1].contains("(bad)")) {
                // It knows no fences with other low bits than zero, which the manual ignores.
                assertThat(operation.row.has("R")).as(hex(codes.get(i))).isTrue();
            } else if (operation.length() != Integer.parseInt(theirs[0])
                    || !isSame(Disassembler.text(operation), theirs[1])) {
                different.add(
                        "%s: %d %s, objdump %s %s"
                                .formatted(
                                        hex(codes.get(i)),
                                        operation.length(),
                                        Disassembler.text(operation),
                                        theirs[0],
                                        theirs[1]));
            }
        }

        assertThat(different).as("seed %d", SEED).isEmpty();
    }

    private static List<byte[]> codes() {
        CaseGenerator generator = new CaseGenerator(new Random(SEED));
        List<byte[]> codes = new ArrayList<>();
        for (Row row : InstructionTable.rows()) {
            for (int bits : CaseGenerator.sizes(row)) {
                for (int i = 0; i < 12; i++) {
                    codes.add(generator.make(row, bits).before().code);
                }
            }
        }
        return codes;
    }

    /** Length and text by offset; objdump breaks long instructions into several lines. */
    private static Map<Integer, String[]> disassembled(Path file) {
        String output =
                HostTools.run(
                        List.of(
                                "objdump",
                                "-D",
                                "-b",
                                "binary",
                                "-m",
                                "i386:x86-64",
                                "-M",
                                "intel",
                                "-w",
                                file.toString()));
        Map<Integer, String[]> lines = new HashMap<>();
        for (String line : output.split("\n", -1)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                int length = matcher.group(2).trim().split(" ", -1).length;
                lines.put(
                        Integer.parseInt(matcher.group(1), 16),
                        new String[] {Integer.toString(length), matcher.group(3).trim()});
            }
        }
        return lines;
    }

    /** Whether both name the same operation, apart from the many synonyms and suffixes. */
    private static boolean isSame(String mine, String theirs) {
        String a = STRING.matcher(mine.split(" ", -1)[0]).replaceFirst("$1");
        return theirs.contains(a) || Synonyms.of(a).stream().anyMatch(theirs::contains);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Other names that objdump has for the same rows. */
    private static final class Synonyms {
        static List<String> of(String name) {
            return switch (name) {
                case "movdqu" -> List.of("movups", "movupd");
                case "movdqa" -> List.of("movaps", "movapd");
                case "pxor" -> List.of("xorps", "xorpd");
                case "por" -> List.of("orps", "orpd");
                case "pand" -> List.of("andps", "andpd");
                case "movhps" -> List.of("movhpd", "movlhps");
                case "movlps" -> List.of("movlpd");
                case "nop" -> List.of("prefetch", "endbr", "rdssp", "xchg", "data16", "cs", "ud");
                case "jrcxz" -> List.of("jecxz");
                case "mov" -> List.of("movabs");
                case "rep", "repe", "repne" -> List.of("repz", "repnz");
                case "xlat" -> List.of("xlat");
                default -> List.of();
            };
        }
    }
}
