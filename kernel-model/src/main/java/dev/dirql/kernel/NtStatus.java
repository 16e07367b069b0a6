package dev.dirql.kernel;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NTSTATUS values that services return. Values from the WDK's ntstatus.h. */
public final class NtStatus {
    public static final int SUCCESS = 0;
    public static final int ABANDONED = 0x80;
    public static final int USER_APC = 0xC0;
    public static final int ALERTED = 0x101;
    public static final int KERNEL_APC = 0x100;
    public static final int TIMEOUT = 0x102;
    public static final int ACCESS_VIOLATION = 0xC000_0005;
    public static final int UNSUCCESSFUL = 0xC000_0001;
    public static final int SOME_NOT_MAPPED = 0x107;
    public static final int DATATYPE_MISALIGNMENT = 0x8000_0002;
    public static final int BUFFER_OVERFLOW = 0x8000_0005;
    public static final int NO_MEMORY = 0xC000_0017;
    public static final int BUFFER_TOO_SMALL = 0xC000_0023;
    public static final int INVALID_PARAMETER_2 = 0xC000_00F0;
    public static final int NAME_TOO_LONG = 0xC000_0106;
    public static final int INVALID_HANDLE = 0xC000_0008;
    public static final int INVALID_PARAMETER = 0xC000_000D;
    public static final int INVALID_DEVICE_REQUEST = 0xC000_0010;
    public static final int ILLEGAL_INSTRUCTION = 0xC000_001D;
    public static final int DELETE_PENDING = 0xC000_0056;
    public static final int INSUFFICIENT_RESOURCES = 0xC000_009A;
    public static final int INVALID_PARAMETER_1 = 0xC000_00EF;
    public static final int INVALID_PARAMETER_4 = 0xC000_00F2;
    public static final int INVALID_PARAMETER_5 = 0xC000_00F3;
    public static final int INVALID_PARAMETER_10 = 0xC000_00F8;
    public static final int NOT_FOUND = 0xC000_0225;
    public static final int INTEGER_DIVIDE_BY_ZERO = 0xC000_0094;
    public static final int INTEGER_OVERFLOW = 0xC000_0095;
    public static final int OBJECT_TYPE_MISMATCH = 0xC000_0024;
    public static final int PENDING = 0x103;
    public static final int PRIVILEGED_INSTRUCTION = 0xC000_0096;
    public static final int ASSERTION_FAILURE = 0xC000_0420;
    public static final int BREAKPOINT = 0x8000_0003;
    public static final int SINGLE_STEP = 0x8000_0004;

    private static final Pattern DEFINITION =
            Pattern.compile("#define (STATUS_\\w+) +\\(\\(NTSTATUS\\)0x(\\p{XDigit}{8})L\\)");

    private static final Map<Integer, String> NAMES = Collections.unmodifiableMap(names());

    private NtStatus() {}

    /** Names by value, the first of equals, from the header that drivers are compiled with. */
    private static Map<Integer, String> names() {
        String header =
                Headers.text("ntstatus.h")
                        .orElseThrow(() -> new IllegalStateException("ntstatus.h is missing"));
        Map<Integer, String> names = new TreeMap<>();
        Matcher definition = DEFINITION.matcher(header);
        while (definition.find()) {
            names.putIfAbsent(
                    Integer.parseUnsignedInt(definition.group(2), 16), definition.group(1));
        }
        return names;
    }

    /** The name of a status in ntstatus.h, if it has one there: {@code STATUS_SUCCESS}. */
    public static Optional<String> name(int status) {
        return Optional.ofNullable(NAMES.get(status));
    }

    /** A status for a person: {@code 0xc000009a STATUS_INSUFFICIENT_RESOURCES}. */
    public static String text(int status) {
        String number = String.format(Locale.ROOT, "0x%08x", status);
        return name(status).map(name -> number + " " + name).orElse(number);
    }

    /** Whether a status is a success or an information, as NT_SUCCESS says. */
    public static boolean isSuccess(int status) {
        return status >= 0;
    }
}
