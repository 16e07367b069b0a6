package dev.dirql.kernel.registry;

import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * A handle of a key is to be opened for what is done with it. Routines that drivers call by their
 * Zw… names do not check it, so that going without is a warning. WDK, ZwQueryValueKey.
 */
final class KeyRights {
    static final int QUERY_VALUE = 0x0001;
    static final int SET_VALUE = 0x0002;
    static final int CREATE_SUB_KEY = 0x0004;
    static final int ENUMERATE_SUB_KEYS = 0x0008;
    static final int DELETE = 0x0001_0000;

    private static final int MAXIMUM_ALLOWED = 0x0200_0000;
    private static final int GENERIC_ALL = 0x1000_0000;
    private static final int GENERIC_EXECUTE = 0x2000_0000;
    private static final int GENERIC_WRITE = 0x4000_0000;
    private static final int GENERIC_READ = 0x8000_0000;

    private final Rules rules;

    KeyRights(Rules rules) {
        this.rules = rules;
    }

    /** Tells if the rights of a handle do not comprise one. */
    void check(Processor processor, String routine, int access, int right, long caller) {
        if ((granted(access) & right) == 0) {
            rules.broken(
                    processor,
                    new Violation(
                            "RegistryKeyRights",
                            "",
                            Severity.WARNING,
                            "%s is given a handle that was opened without %s"
                                    .formatted(routine, name(right)),
                            Verifier.NONE,
                            List.of()),
                    caller);
        }
    }

    private static int granted(int access) {
        int rights = access;
        if ((access & (MAXIMUM_ALLOWED | GENERIC_ALL)) != 0) {
            rights = -1;
        }
        if ((access & (GENERIC_READ | GENERIC_EXECUTE)) != 0) {
            rights |= QUERY_VALUE | ENUMERATE_SUB_KEYS;
        }
        if ((access & GENERIC_WRITE) != 0) {
            rights |= SET_VALUE | CREATE_SUB_KEY;
        }
        return rights;
    }

    private static String name(int right) {
        return switch (right) {
            case QUERY_VALUE -> "KEY_QUERY_VALUE";
            case SET_VALUE -> "KEY_SET_VALUE";
            case CREATE_SUB_KEY -> "KEY_CREATE_SUB_KEY";
            case ENUMERATE_SUB_KEYS -> "KEY_ENUMERATE_SUB_KEYS";
            case DELETE -> "DELETE";
            default -> throw new IllegalArgumentException("right " + right);
        };
    }
}
