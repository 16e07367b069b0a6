package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.StructureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Structures are laid out as the mingw-w64 compiler lays them out for Windows. */
class StructureLayoutTest {
    private static final int STRUCTURES = 300;
    private static final String[] TYPES = {
        "char",
        "unsigned char",
        "short",
        "unsigned short",
        "int",
        "unsigned long",
        "__int64",
        "unsigned __int64",
        "void *"
    };

    @TempDir private Path directory;

    private final Random random = new Random(Long.getLong("dirql.seed", 7));
    private final List<List<String>> members = new ArrayList<>();

    private String structures() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < STRUCTURES; i++) {
            int pack = random.nextInt(4) == 0 ? 1 << random.nextInt(4) : 0;
            if (pack > 0) {
                text.append("#pragma pack(push, %d)\n".formatted(pack));
            }
            List<String> names = new ArrayList<>();
            boolean union = random.nextInt(5) == 0;
            text.append(union ? "union" : "struct").append(" S%d {\n".formatted(i));
            // In a packed union gcc forgets the size of a bit-field's type.
            boolean bits = !(union && pack > 0);
            int count = 1 + random.nextInt(9);
            for (int k = 0; k < count; k++) {
                member(text, i, "m" + k, names, bits);
            }
            text.append("};\n");
            if (pack > 0) {
                text.append("#pragma pack(pop)\n");
            }
            members.add(names);
        }
        return text.toString();
    }

    private void member(
            StringBuilder text, int structure, String name, List<String> names, boolean bits) {
        String type = TYPES[random.nextInt(TYPES.length)];
        switch (bits ? random.nextInt(8) : 4 + random.nextInt(4)) {
            case 0, 1, 2, 3 -> {
                int kind = random.nextInt(TYPES.length - 1);
                int[] widths = {8, 8, 16, 16, 32, 32, 64, 64};
                int width = random.nextInt(widths[kind] + 1);
                String bitName = width == 0 || random.nextInt(6) == 0 ? "" : name;
                text.append("    %s %s : %d;\n".formatted(TYPES[kind], bitName, width));
            }
            case 4 -> {
                text.append("    %s %s[%d];\n".formatted(type, name, 1 + random.nextInt(5)));
                names.add(name);
            }
            case 5 -> {
                text.append("    struct { %s %sa; char %sb; };\n".formatted(type, name, name));
                names.add(name + "a");
                names.add(name + "b");
            }
            case 6 -> {
                boolean earlier = structure > 0;
                int other = earlier ? random.nextInt(structure) : 0;
                if (earlier && !text.toString().contains("union S%d {".formatted(other))) {
                    text.append("    struct S%d %s;\n".formatted(other, name));
                    names.add(name);
                }
            }
            default -> {
                text.append("    %s %s;\n".formatted(type, name));
                names.add(name);
            }
        }
    }

    @Test
    void sizesAndOffsetsAreThoseOfMingw() throws IOException, InterruptedException {
        RequiredTools.require("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64");
        String text = structures();

        DebugInformation debug = Compiling.image(text + "int x;\n").debug();

        StringBuilder assertions = new StringBuilder(text);
        for (int i = 0; i < STRUCTURES; i++) {
            String name = "S" + i;
            StructureType type =
                    debug.types().stream()
                            .filter(t -> t.name().equals(name))
                            .findFirst()
                            .orElseThrow();
            String word = text.contains("union %s {".formatted(name)) ? "union " : "struct ";
            assertions.append(
                    "_Static_assert(sizeof(%s%s) == %d, \"size of %s\");\n"
                            .formatted(word, name, type.size(), name));
            for (DebugInformation.Field field : type.fields()) {
                if (members.get(i).contains(field.name())) {
                    assertions.append(
                            "_Static_assert(__builtin_offsetof(%s%s, %s) == %d, \"%s.%s\");\n"
                                    .formatted(
                                            word,
                                            name,
                                            field.name(),
                                            field.offset(),
                                            name,
                                            field.name()));
                }
            }
        }
        Files.writeString(directory.resolve("layout.c"), assertions);
        Process process =
                new ProcessBuilder(
                                "x86_64-w64-mingw32-gcc",
                                "-D__int64=long long",
                                "-fsyntax-only",
                                "layout.c")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log.txt").toFile())
                        .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(directory.resolve("log.txt"))).isEmpty();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void bitFieldsSayWhereTheyAre() {
        DebugInformation debug =
                Compiling.image(
                                "struct S { unsigned char a; unsigned long b : 3, c : 30; } x;"
                                        + " typedef struct S T;")
                        .debug();

        StructureType type = debug.types().getFirst();

        assertThat(type.size()).isEqualTo(12);
        assertThat(type.fields())
                .containsExactly(
                        new DebugInformation.Field("a", 0, 1, 0, 0, 1, "unsigned char"),
                        new DebugInformation.Field("b", 4, 4, 0, 3, 1, "unsigned long"),
                        new DebugInformation.Field("c", 8, 4, 0, 30, 1, "unsigned long"));
        assertThat(debug.types()).extracting(StructureType::name).containsExactly("S", "T");
    }
}
