package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageTest {
    private static final String DRIVER =
            """
            typedef struct _DEVICE_OBJECT { long Type; void *DeviceExtension; } DEVICE_OBJECT, *PDEVICE_OBJECT;
            typedef struct { unsigned long Transfers; unsigned long Flags : 4; } EXTENSION, *PEXTENSION;
            __declspec(dllimport) long KeSomething(void *argument);
            __declspec(dllimport("hal.dll")) long HalSomething(void *argument);
            __declspec(dllimport) void KeUnused(void);
            static unsigned long zeroes[16];
            unsigned long Initialised = 5;
            static long Routine(PDEVICE_OBJECT Device);
            long (*const Table[])(PDEVICE_OBJECT) = { 0, Routine };
            char *Inside = (char *) &Initialised + 2;
            #pragma alloc_text(PAGE, Pageable)
            long Pageable(int x) { return zeroes[x & 15]++; }
            long Leaf(long a, long b) { return a + b; }
            static long Routine(PDEVICE_OBJECT Device) {
                PEXTENSION extension = Device->DeviceExtension;
                char buffer[5000];
                extension->Transfers++;
                Pageable(1);
                HalSomething(buffer);
                return KeSomething(extension);
            }
            """;

    private final Image image = Compiling.image(DRIVER);

    @Test
    void sectionsAreAlignedAndPageableOnlyIfTheirNameSaysSo() {
        assertThat(image.sections())
                .extracting(Image.Section::name)
                .contains(".text", "PAGE", ".rdata", ".data", ".pdata", ".xdata");
        assertThat(image.sections())
                .allSatisfy(section -> {
                    assertThat(section.rva() % 0x1000).isZero();
                    assertThat(section.pageable()).isEqualTo(section.name().equals("PAGE"));
                });
        assertThat(image.size() % 0x1000).isZero();
    }

    @Test
    void functionNamedByAllocTextIsInItsSection() {
        Image.Section page = Compiling.section(image, "PAGE");

        assertThat(Compiling.rva(image, "Pageable")).isEqualTo(page.rva());
        assertThat(page.executable()).isTrue();
    }

    @Test
    void sectionOfAFunctionIsWhatAllocTextSaysThenItsDeclspecThenCodeSeg() {
        Image chosen =
                Compiling.image(
                        """
                        #pragma code_seg("PAGE1")
                        int Usual(void) { return 1; }
                        __declspec(code_seg("PAGE2")) int Own(void) { return 2; }
                        __declspec(code_seg("PAGE2")) int Named(void) { return 3; }
                        #pragma code_seg()
                        int Plain(void) { return 4; }
                        #pragma alloc_text(PAGE3, Named)
                        """);

        assertThat(Compiling.rva(chosen, "Usual"))
                .isEqualTo(Compiling.section(chosen, "PAGE1").rva());
        assertThat(Compiling.rva(chosen, "Own"))
                .isEqualTo(Compiling.section(chosen, "PAGE2").rva());
        assertThat(Compiling.rva(chosen, "Named"))
                .isEqualTo(Compiling.section(chosen, "PAGE3").rva());
        assertThat(Compiling.rva(chosen, "Plain"))
                .isEqualTo(Compiling.section(chosen, ".text").rva());
    }

    @Test
    void zeroesTakeNoRoomInTheFile() {
        Image.Section data = Compiling.section(image, ".data");

        assertThat(data.virtualSize() - data.content().length).isGreaterThanOrEqualTo(64);
        assertThat(Compiling.read(image, Compiling.rva(image, "Initialised"), 4)).isEqualTo(5);
    }

    @Test
    void onlyWhatIsCalledIsImported() {
        assertThat(image.imports())
                .extracting(i -> i.module() + "!" + i.name())
                .containsExactly("ntoskrnl.exe!KeSomething", "hal.dll!HalSomething");
        assertThat(image.imports()).allSatisfy(i -> assertThat(i.slot() % 8).isZero());
    }

    @Test
    void addressesInDataAreRelocated() {
        int table = Compiling.rva(image, "Table");
        int inside = Compiling.rva(image, "Inside");

        assertThat(image.relocations()).containsExactlyInAnyOrder(table + 8, inside);
        assertThat(Compiling.read(image, table + 8, 8))
                .isEqualTo(image.preferredBase() + Compiling.rva(image, "Routine"));
        assertThat(Compiling.read(image, inside, 8))
                .isEqualTo(image.preferredBase() + Compiling.rva(image, "Initialised") + 2);
    }

    @Test
    void counterIsIncrementedByOneInstruction() {
        Image small =
                Compiling.image("unsigned long count; void Count(void) { count++; count += 5; }");
        Image.Section text = Compiling.section(small, ".text");

        // inc dword [rip+…]; add dword [rip+…],5; ret
        assertThat(text.content()).hasSize(6 + 7 + 1);
        assertThat(text.content()).startsWith(0xFF, 0x05).endsWith(0xC3);
        assertThat(text.content()[6]).isEqualTo((byte) 0x83);
    }

    @Test
    void linesFollowTheSource() {
        DebugInformation debug = image.debug();
        int start = Compiling.rva(image, "Routine");

        assertThat(debug.files()).containsExactly("driver.c");
        assertThat(debug.lines().stream().filter(l -> l.rva() >= start).map(l -> l.line()))
                .startsWith(14)
                .contains(15, 17, 18, 19, 20);
        assertThat(debug.lines()).isSortedAccordingTo((a, b) -> Integer.compare(a.rva(), b.rva()));
    }

    @Test
    void extensionTypeIsWhatDeviceExtensionIsConvertedTo() {
        assertThat(image.debug().extensionType()).isEqualTo("EXTENSION");
    }

    @Test
    void symbolsKnowTheirTypes() {
        assertThat(image.debug().symbols())
                .filteredOn(s -> s.name().equals("Routine") || s.name().equals("zeroes"))
                .extracting(DebugInformation.Symbol::type)
                .containsExactly("long (PDEVICE_OBJECT)", "unsigned long[16]");
    }

    @Test
    void unwindDataDescribesEveryPrologue() {
        List<String> described = new ArrayList<>();
        int previousEnd = 0;
        for (int row = 0; row < image.exceptionTableSize(); row += 12) {
            int at = image.exceptionTable() + row;
            int begin = (int) Compiling.read(image, at, 4);
            int end = (int) Compiling.read(image, at + 4, 4);
            int unwind = (int) Compiling.read(image, at + 8, 4);
            assertThat(begin).isGreaterThanOrEqualTo(previousEnd);
            previousEnd = end;
            assertThat(Compiling.read(image, unwind, 1)).isEqualTo(1);
            assertThat(undone(begin, unwind)).isEqualTo(0L);
            described.add(nameAt(begin));
        }
        assertThat(described).contains("Routine").doesNotContain("Leaf");
    }

    private String nameAt(int rva) {
        return image.debug().symbols().stream()
                .filter(s -> s.rva() == rva)
                .findFirst()
                .orElseThrow()
                .name();
    }

    /**
     * Bytes by which RSP differs after the prologue's instructions and the undoing of the unwind
     * codes.
     */
    private long undone(int begin, int unwind) {
        int prologue = (int) Compiling.read(image, unwind + 1, 1);
        int count = (int) Compiling.read(image, unwind + 2, 1);
        long balance = 0;
        for (int at = begin; at < begin + prologue; ) {
            int opcode = (int) Compiling.read(image, at, 1);
            if (opcode == 0x41) {
                balance -= 8;
                at += 2;
            } else if (opcode >= 0x50 && opcode < 0x58) {
                balance -= 8;
                at += 1;
            } else {
                boolean wide = Compiling.read(image, at + 1, 1) == 0x81;
                assertThat(Compiling.read(image, at + 2, 1)).as("sub rsp").isEqualTo(0xEC);
                balance -= Compiling.read(image, at + 3, wide ? 4 : 1);
                at += wide ? 7 : 4;
            }
        }
        for (int slot = 0; slot < count; slot++) {
            int code = (int) Compiling.read(image, unwind + 4 + 2 * slot + 1, 1);
            int information = code >> 4;
            switch (code & 15) {
                case 0 -> balance += 8;
                case 1 -> {
                    assertThat(information).isZero();
                    balance += 8 * Compiling.read(image, unwind + 4 + 2 * ++slot, 2);
                }
                case 2 -> balance += 8L * (information + 1);
                default -> throw new AssertionError("unwind code " + code);
            }
        }
        return balance;
    }

    @Test
    void severalUnitsAreLinked() {
        CSource one =
                source(
                        "one.c",
                        "extern int shared; int helper(int); int f(void) { return helper(shared);"
                                + " }");
        CSource two =
                source(
                        "two.c",
                        "int shared = 3; static int secret = 4; int helper(int x) { return x +"
                                + " secret; }");

        Compilation compilation =
                CCompiler.compile(
                        new CProgram(
                                "d",
                                List.of(one, two),
                                List.of(),
                                java.util.Map.of(),
                                IncludeResolver.NONE,
                                "f"));

        Image linked = compilation.image().orElseThrow();
        assertThat(linked.entryPoint()).isEqualTo(Compiling.rva(linked, "f"));
        assertThat(linked.debug().files()).containsExactlyInAnyOrder("one.c", "two.c");
    }

    @Test
    void missingEntryPointIsAnErrorWithTheNearestRoutine() {
        Compilation compilation =
                CCompiler.compile(
                        new CProgram(
                                "d",
                                List.of(source("d.c", "int DriverEntri(void) { return 0; }")),
                                List.of(),
                                java.util.Map.of(),
                                IncludeResolver.NONE,
                                "DriverEntry"));

        assertThat(compilation.diagnostics())
                .singleElement()
                .satisfies(d -> {
                    assertThat(d.message()).isEqualTo("there is no routine DriverEntry");
                    assertThat(d.cure()).isEqualTo("did you mean DriverEntri?");
                });
    }

    private static CSource source(String name, String text) {
        return CSource.of(new dev.dirql.scenario.source.SourceFile(name, text));
    }
}
