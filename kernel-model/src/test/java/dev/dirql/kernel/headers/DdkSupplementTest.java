package dev.dirql.kernel.headers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.headers.HeaderItem.Enumerator;
import dev.dirql.kernel.structures.MingwCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the supplement, mingw-w64 knows everything that the headers of this module say. */
class DdkSupplementTest {
    /** Names of the headers themselves, and the ends of enumerations that have grown. */
    private static final Set<String> OUR_OWN =
            Set.of(
                    "_NTDDK_H_",
                    "_BUGCODES_",
                    "_NTSTATUS_",
                    "_NTDEF_",
                    "_DEVIOCTL_",
                    "_WDMDDK_",
                    "MaximumWaitReason");

    @TempDir private Path directory;

    @BeforeEach
    void compilerIsThere() throws IOException {
        MingwCompiler.mustBeThere();
        Files.writeString(directory.resolve(DdkSupplement.FILE), DdkSupplement.text());
    }

    @Test
    void everyNameOfTheHeadersIsKnownToMingwWithTheSupplement()
            throws IOException, InterruptedException {
        StringBuilder uses = new StringBuilder();
        int count = 0;
        for (String header : DdkSupplement.SOURCES) {
            for (HeaderItem item : DdkSupplement.items(header)) {
                use(item, ++count, uses);
            }
        }

        String text = "#include <ntddk.h>\n#include <dirql-ddk.h>\n" + uses;

        assertThat(count).isGreaterThan(1000);
        assertThat(said(text, MingwCompiler.DDK))
                .as("enclose these in \"absent from mingw-w64\" in the headers")
                .isEmpty();
    }

    @Test
    void inlineFunctionsOfTheSupplementCompile() throws IOException, InterruptedException {
        String text =
                """
                #include <ntddk.h>
                #include <dirql-ddk.h>
                PVOID Use(PLIST_ENTRY Entry, volatile ULONG64 *Register) {
                    RemoveEntryListUnsafe(Entry);
                    WRITE_REGISTER_ULONG64(Register, READ_REGISTER_ULONG64(Register) + 1);
                    KeMemoryBarrier();
                    if (IsListEmpty(Entry)) RtlFailFast(FAST_FAIL_CORRUPT_LIST_ENTRY);
                    return ExAllocatePoolZero(NonPagedPoolNx, 8, 'lqrd');
                }
                """;

        assertThat(said(text, MingwCompiler.DDK)).isEmpty();
    }

    @Test
    void theSupplementDoesNoHarmWhereNothingIsAbsent() throws IOException, InterruptedException {
        String text = "#include <ntddk.h>\n#include <dirql-ddk.h>\nint x;\n";

        assertThat(said(text, MingwCompiler.HEADERS)).isEmpty();
    }

    @Test
    void theSupplementIsEmptyForOtherCompilers() throws IOException, InterruptedException {
        String text = "#undef __MINGW32__\n#include <dirql-ddk.h>\nint x;\n";

        assertThat(said(text)).isEmpty();
    }

    private String said(String text, Path... headers) throws IOException, InterruptedException {
        Path[] includes = new Path[headers.length + 1];
        includes[0] = directory;
        System.arraycopy(headers, 0, includes, 1, headers.length);
        return MingwCompiler.check(directory, text, includes);
    }

    private static void use(HeaderItem item, int number, StringBuilder out) {
        switch (item) {
            case HeaderItem.Macro macro -> value(macro.name(), number, out);
            case HeaderItem.Function function -> value(function.name(), number, out);
            case HeaderItem.Variable variable -> value(variable.name(), number, out);
            case HeaderItem.Type type -> {
                for (String name : type.names()) {
                    out.append("extern %s *%s_%d;\n".formatted(name, name, number));
                }
                for (Enumerator one : type.enumerators()) {
                    if (!OUR_OWN.contains(one.name())) {
                        out.append(
                                "_Static_assert((%1$s) == (%2$s), \"%1$s\");\n"
                                        .formatted(one.name(), one.value()));
                    }
                }
            }
            case HeaderItem.Directive _ -> {}
        }
    }

    /** What is a macro here may be a function there, and the other way round. */
    private static void value(String name, int number, StringBuilder out) {
        if (!OUR_OWN.contains(name)) {
            out.append(
                    "#ifndef %1$s\nvoid use_%2$d(void) { (void)(%1$s); }\n#endif\n"
                            .formatted(name, number));
        }
    }
}
