package dev.dirql.kernel.headers;

import dev.dirql.kernel.Headers;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which header declares a routine, an inline function or a macro that is called like one. */
public final class HeaderDeclarations {
    /** Those that ntddk.h includes come first: what two have is in the more common one. */
    static final List<String> HEADERS =
            List.of(
                    "ntdef.h",
                    "ntstatus.h",
                    "bugcodes.h",
                    "devioctl.h",
                    "string.h",
                    "ctype.h",
                    "stdarg.h",
                    "wdm.h",
                    "ntddk.h",
                    "ntifs.h",
                    "ntstrsafe.h",
                    "wmistr.h",
                    "wmilib.h",
                    "wdmguid.h",
                    "wdmsec.h",
                    "wchar.h",
                    "stdlib.h",
                    "stdio.h",
                    "initguid.h",
                    "dontuse.h",
                    "sal.h",
                    "specstrings.h",
                    "driverspecs.h",
                    "kernelspecs.h");

    private static final Map<String, String> DECLARED = Collections.unmodifiableMap(declared());

    private HeaderDeclarations() {}

    /** The header that declares what is called by a name, if one does. */
    public static Optional<String> of(String name) {
        return Optional.ofNullable(DECLARED.get(name));
    }

    private static Map<String, String> declared() {
        Map<String, String> declared = new TreeMap<>();
        for (String header : HEADERS) {
            String text =
                    Headers.text(header)
                            .orElseThrow(() -> new IllegalStateException(header + " is missing"));
            for (HeaderItem item : HeaderParser.parse(header, text)) {
                switch (item) {
                    case HeaderItem.Function function ->
                            declared.putIfAbsent(function.name(), header);
                    case HeaderItem.Macro macro when macro.isCalled() ->
                            declared.putIfAbsent(macro.name(), header);
                    case HeaderItem.Macro _,
                            HeaderItem.Directive _,
                            HeaderItem.Variable _,
                            HeaderItem.Type _ -> {}
                }
            }
        }
        return declared;
    }
}
