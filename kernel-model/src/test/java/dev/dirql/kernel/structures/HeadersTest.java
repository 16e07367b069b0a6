package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The headers, the views and the DDK headers of mingw-w64 say the same. */
class HeadersTest {
    private static final Path SOURCES = Path.of("src/main/java");

    private static final Pattern PACKAGE =
            Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    private static final Pattern VIEW =
            Pattern.compile("record (\\w+)\\(\\s*GuestMemory memory, long address\\)");

    /** Views of what no header shows; each is the kernel's own. */
    private static final Set<String> OWN =
            Set.of(
                    "Answer",
                    "CallbackObject",
                    "CrashData",
                    "ExTimer",
                    "IoTimer",
                    "KDpcData",
                    "KInterrupt",
                    "KPcr",
                    "KThread",
                    "KTrapFrame",
                    "PoolHeader",
                    "Registration",
                    "WaitChain",
                    "WmiRegInfo",
                    "Wnode");

    /** Structures without a view, and their sizes on x64. */
    private static final Map<String, Integer> SIZES =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("CLIENT_ID", 0x10),
                            Map.entry("DISPATCHER_HEADER", 0x18),
                            Map.entry("EX_SPIN_LOCK", 4),
                            Map.entry("GENERAL_LOOKASIDE", 0x80),
                            Map.entry("IO_STATUS_BLOCK", 0x10),
                            Map.entry("KAPC", 0x58),
                            Map.entry("EXT_DELETE_PARAMETERS", 0x18),
                            Map.entry("EXT_SET_PARAMETERS", 0x10),
                            Map.entry("KDPC", 0x40),
                            Map.entry("KDPC_WATCHDOG_INFORMATION", 0x14),
                            Map.entry("KEVENT", 0x18),
                            Map.entry("KSEMAPHORE", 0x20),
                            Map.entry("KSPIN_LOCK", 8),
                            Map.entry("KSYSTEM_TIME", 12),
                            Map.entry("KTIMER", 0x40),
                            Map.entry("KWAIT_BLOCK", 0x30),
                            Map.entry("LARGE_INTEGER", 8),
                            Map.entry("LOOKASIDE_LIST_EX", 0x60),
                            Map.entry("NPAGED_LOOKASIDE_LIST", 0x80),
                            Map.entry("OBJECT_ATTRIBUTES", 0x30),
                            Map.entry("PAGED_LOOKASIDE_LIST", 0x80),
                            Map.entry("RTL_OSVERSIONINFOEXW", 0x11C),
                            Map.entry("RTL_OSVERSIONINFOW", 0x114),
                            Map.entry("SINGLE_LIST_ENTRY", 8),
                            Map.entry("SLIST_ENTRY", 0x10),
                            Map.entry("WAIT_CONTEXT_BLOCK", 0x48)));

    /**
     * What mingw-w64 does not have, or has as older versions of Windows had it (or, for the last
     * two, otherwise than the WDK's documentation).
     */
    private static final Set<String> OTHERWISE =
            Set.of(
                    "KTIMER.TimerType",
                    "KTRIAGE_DUMP_DATA_ARRAY",
                    "KTRIAGE_DUMP_DATA_ARRAY.NumBlocksUsed",
                    "KTRIAGE_DUMP_DATA_ARRAY.NumBlocksTotal",
                    "KTRIAGE_DUMP_DATA_ARRAY.DataSize",
                    "KTRIAGE_DUMP_DATA_ARRAY.MaxDataSize",
                    "KTRIAGE_DUMP_DATA_ARRAY.ComponentName",
                    "KTRIAGE_DUMP_DATA_ARRAY.Blocks",
                    "KAPC.Reserved[0]",
                    "KAPC.Reserved[1]",
                    "KAPC.Reserved[2]",
                    "KMUTANT.MutantFlags",
                    "KUSER_SHARED_DATA",
                    "KUSER_SHARED_DATA.NativeProcessorArchitecture",
                    "KUSER_SHARED_DATA.NtBuildNumber",
                    "KUSER_SHARED_DATA.QpcFrequency",
                    "MDL.AllocationProcessorNumber",
                    "NTDDI_VERSION",
                    "_WIN32_WINNT",
                    "DEVICE_OBJECT",
                    "EX_SPIN_LOCK",
                    "BUGCODE_ID_DRIVER",
                    "IMPERSONATING_WORKER_THREAD");

    private static final Pattern DEFINE =
            Pattern.compile(
                    "#define ([A-Z]\\w*) +"
                            + "(\\(*(?:\\((?!void)\\w+\\))?-?(?:0x\\p{XDigit}+|\\d+)[UL]*\\)*)\\n");

    @TempDir private Path directory;

    @BeforeEach
    void compilerIsThere() {
        MingwCompiler.mustBeThere();
    }

    @Test
    void everyHeaderCompilesAlone() throws IOException, InterruptedException {
        List<Path> headers;
        try (var files = Files.list(MingwCompiler.HEADERS)) {
            headers = files.sorted().toList();
        }
        for (Path header : headers) {
            String name = header.getFileName().toString();
            String base = Set.of("ntstatus.h", "bugcodes.h").contains(name) ? "ntdef.h" : name;
            String text = "#include <%s>\n#include <%s>\nint x;\n".formatted(base, name);

            assertThat(MingwCompiler.check(directory, text, MingwCompiler.HEADERS))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    void everyViewSaysWhichStructureItShows() throws IOException {
        Set<String> without = new TreeSet<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            Matcher view = VIEW.matcher(text);
            while (view.find()) {
                if (!text.substring(0, view.start()).contains("@Layout(")) {
                    without.add(String.valueOf(view.group(1)));
                }
            }
        }

        assertThat(without).containsExactlyInAnyOrderElementsOf(OWN);
        assertThat(views()).hasSizeGreaterThan(30);
    }

    @Test
    void viewsAgreeWithTheHeaders() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("#include <ntddk.h>\n");
        layoutAssertions(text, Set.of());
        sizeAssertions(text, Set.of());

        assertThat(MingwCompiler.check(directory, text.toString(), MingwCompiler.HEADERS))
                .isEmpty();
    }

    @Test
    void layoutsAgreeWithMingw() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("#include <ntddk.h>\n");
        layoutAssertions(text, OTHERWISE);
        sizeAssertions(text, OTHERWISE);

        assertThat(MingwCompiler.check(directory, text.toString(), MingwCompiler.DDK)).isEmpty();
    }

    @Test
    void constantsAgreeWithMingw() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("#include <ntddk.h>\n#include <ntstatus.h>\n");
        int count = 0;
        for (String header : List.of("wdm.h", "devioctl.h", "ntstatus.h", "bugcodes.h")) {
            Matcher matcher =
                    DEFINE.matcher(Files.readString(MingwCompiler.HEADERS.resolve(header)));
            while (matcher.find()) {
                String name = matcher.group(1);
                if (!OTHERWISE.contains(name)) {
                    count++;
                    text.append(
                            """
                            #ifdef %1$s
                            _Static_assert((long long)(%1$s) == (long long)(%2$s), "%1$s");
                            #endif
                            """
                                    .formatted(name, matcher.group(2)));
                }
            }
        }

        assertThat(count).isGreaterThan(400);
        assertThat(MingwCompiler.check(directory, text.toString(), MingwCompiler.DDK)).isEmpty();
    }

    @Test
    void aWrongOffsetWouldBeNoticed() throws IOException, InterruptedException {
        String text = "#include <ntddk.h>\n_Static_assert(sizeof(IRP) == 0xC8, \"IRP\");\n";

        assertThat(MingwCompiler.check(directory, text, MingwCompiler.HEADERS)).contains("IRP");
    }

    private static List<Path> sources() throws IOException {
        try (var files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    /** The views that say which structure they show: whoever makes one has it compared. */
    private static List<Class<?>> views() throws IOException {
        List<Class<?>> views = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            Matcher found = PACKAGE.matcher(text);
            if (text.contains("@Layout(") && found.find()) {
                String simple = file.getFileName().toString().replace(".java", "");
                try {
                    views.add(Class.forName(found.group(1) + "." + simple));
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException(file.toString(), e);
                }
            }
        }
        return views;
    }

    /**
     * @param without structures that the headers have not; those that they have in another size;
     *     and members
     */
    private static void layoutAssertions(StringBuilder text, Set<String> without)
            throws IOException {
        for (Class<?> view : views()) {
            Layout layout = view.getAnnotation(Layout.class);
            if (layout.name().equals("DEVOBJ_EXTENSION")) {
                // Opaque to drivers: its own test holds it to NT's offsets.
                continue;
            }
            if (!without.contains(layout.name())) {
                text.append(
                        "_Static_assert(sizeof(%1$s) == %2$d, \"%1$s\");\n"
                                .formatted(layout.name(), layout.size()));
            }
            for (Field field : view.getDeclaredFields()) {
                Offset offset = field.getAnnotation(Offset.class);
                if (offset == null) {
                    continue;
                }
                for (String member : offset.value()) {
                    if (!without.contains(layout.name() + "." + member)) {
                        text.append(
                                ("_Static_assert(__builtin_offsetof(%1$s, %2$s) == %3$d,"
                                                + " \"%1$s.%2$s\");\n")
                                        .formatted(layout.name(), member, value(field)));
                    }
                }
            }
        }
    }

    private static void sizeAssertions(StringBuilder text, Set<String> without) {
        SIZES.forEach((name, size) -> {
            if (!without.contains(name)) {
                text.append(
                        "_Static_assert(sizeof(%1$s) == %2$d, \"%1$s\");\n".formatted(name, size));
            }
        });
    }

    private static int value(Field field) {
        try {
            field.setAccessible(true);
            return field.getInt(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field.toString(), e);
        }
    }
}
