package dev.dirql.kernel.headers;

import dev.dirql.kernel.Headers;
import dev.dirql.kernel.headers.HeaderItem.Enumerator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The header that a driver includes after {@code ntddk.h} to be compiled with the DDK headers of
 * mingw-w64, which are older than some routines: it declares what they do not have. With the WDK it
 * says nothing.
 *
 * <p>It is made of the marked parts of this module's own headers, in forms that do no harm where a
 * later mingw-w64 has a declaration after all: macros are guarded, routines and types are declared
 * a second time, constants of enumerations are macros, and inline functions have a name of their
 * own behind a macro. Fields that mingw-w64's structures lack cannot be added.
 */
public final class DdkSupplement {
    /** Its name. */
    public static final String FILE = "dirql-ddk.h";

    /** The headers it is made of, in the order in which one includes the other. */
    static final List<String> SOURCES =
            List.of("ntdef.h", "ntstatus.h", "devioctl.h", "wdm.h", "bugcodes.h", "ntddk.h");

    private static final String PREFIX = "dirql_";

    /** An annotation of the source code annotation language, with its arguments. */
    private static final String ANNOTATION = "\\b_[A-Z]\\w*_\\b(\\([^()]*\\))?\\s*";

    private static final String HEAD =
            """
            /*
             * Declarations that the DDK headers of mingw-w64 lack, from the headers that dirql compiles drivers with. Include
             * it after <ntddk.h>; with the WDK it is empty.
             *
             *     x86_64-w64-mingw32-gcc -std=gnu11 -isystem /usr/x86_64-w64-mingw32/include/ddk -c driver.c
             *     x86_64-w64-mingw32-dlltool -d ntoskrnl.def -l libntoskrnl.a
             *     x86_64-w64-mingw32-dlltool -d hal.def -l libhal.a
             *     x86_64-w64-mingw32-dlltool -d wmilib.def -l libwmilib.a
             *     x86_64-w64-mingw32-gcc -shared -nostdlib -Wl,--subsystem,native,--entry,DriverEntry,--exclude-all-symbols \\
             *             -o driver.sys driver.o -L. -lntoskrnl -lhal -lwmilib
             */
            #ifndef DIRQL_DDK_H
            #define DIRQL_DDK_H
            #ifdef __MINGW32__

            """;

    /** What mingw-w64 has, but not as the WDK has it. */
    private static final String REPAIRS =
            """
            /* ---- that of mingw-w64 takes a name only, no expression ---- */

            #undef KeInitializeCallbackRecord
            #define KeInitializeCallbackRecord(CallbackRecord) (CallbackRecord)->State = BufferEmpty

            """;

    private static final String FOOT =
            """
            #endif
            #endif
            """;

    private DdkSupplement() {}

    /** The text of the header. */
    public static String text() {
        StringBuilder out = new StringBuilder(HEAD);
        for (String header : SOURCES) {
            StringBuilder supplied = new StringBuilder();
            items(header).forEach(item -> append(supplied, item));
            if (!supplied.isEmpty()) {
                out.append("/* ---- from %s ---- */\n\n".formatted(header)).append(supplied);
            }
        }
        return out.append(REPAIRS).append(FOOT).toString();
    }

    /** What one of the headers says. */
    static List<HeaderItem> items(String header) {
        return HeaderParser.parse(
                header,
                Headers.text(header)
                        .orElseThrow(() -> new IllegalStateException(header + " is missing")));
    }

    private static void append(StringBuilder out, HeaderItem item) {
        switch (item) {
            case HeaderItem.Macro macro when macro.absent() ->
                    guarded(out, macro.name(), macro.text());
            case HeaderItem.Directive directive when directive.absent() -> {
                if (!directive.isConditional()) {
                    throw new IllegalStateException("cannot be supplied: " + directive.text());
                }
                out.append(directive.text()).append("\n\n");
            }
            case HeaderItem.Function function when function.absent() && function.inline() ->
                    guarded(out, function.name(), inline(function));
            case HeaderItem.Function function when function.absent() ->
                    out.append(unannotated(function.text())).append("\n\n");
            case HeaderItem.Variable variable when variable.absent() ->
                    out.append(variable.text()).append("\n\n");
            case HeaderItem.Type type when type.absent() ->
                    out.append(unannotated(type.text())).append("\n\n");
            case HeaderItem.Type type -> {
                for (Enumerator one : type.enumerators()) {
                    if (one.absent()) {
                        guarded(out, one.name(), constant(type, one));
                    }
                }
            }
            case HeaderItem.Macro _,
                    HeaderItem.Directive _,
                    HeaderItem.Function _,
                    HeaderItem.Variable _ -> {}
        }
    }

    private static void guarded(StringBuilder out, String macro, String text) {
        out.append("#ifndef ").append(macro).append('\n');
        out.append(text).append("\n#endif\n\n");
    }

    private static String constant(HeaderItem.Type type, Enumerator one) {
        return "#define %s ((%s)(%s))".formatted(one.name(), type.names().getFirst(), one.value());
    }

    private static String inline(HeaderItem.Function function) {
        String name = function.name();
        String renamed =
                unannotated(function.text())
                        .replaceFirst("FORCEINLINE", "static __inline__")
                        .replaceFirst("\\b" + name + "\\(", PREFIX + name + "(");
        return "%s\n#define %s %s%s".formatted(renamed, name, PREFIX, name);
    }

    private static String unannotated(String text) {
        return text.lines()
                .map(line -> line.replaceAll(ANNOTATION, ""))
                .collect(Collectors.joining("\n"));
    }
}
