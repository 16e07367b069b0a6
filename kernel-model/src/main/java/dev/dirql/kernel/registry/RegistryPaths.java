package dev.dirql.kernel.registry;

import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.structures.ObjectAttributes;
import dev.dirql.machine.GuestMemory;

/** How drivers say which key they mean. Source: WDK, ZwCreateKey and RtlQueryRegistryValues. */
final class RegistryPaths {
    static final int NAME_NOT_FOUND = 0xC000_0034;
    private static final int NAME_INVALID = 0xC000_0033;
    private static final int PATH_SYNTAX_BAD = 0xC000_003B;
    private static final int KEY_DELETED = 0xC000_017C;

    /** The path is a handle. */
    static final int HANDLE = 0x4000_0000;

    /** That there is no such key is no failure. */
    static final int OPTIONAL = 0x8000_0000;

    private static final String ROOT = "\\Registry";

    private final KernelObjects objects;
    private final OpenKeys open;

    RegistryPaths(KernelObjects objects, OpenKeys open) {
        this.objects = objects;
        this.open = open;
    }

    /** The path of a key that need not exist, or what is wrong with it. */
    record Place(int status, String path) {
        static Place wrong(int status) {
            return new Place(status, "");
        }

        static Place of(String path) {
            return new Place(NtStatus.SUCCESS, path);
        }
    }

    /** The key that object attributes name. */
    Place of(ObjectAttributes attributes) {
        if (!attributes.isValid()) {
            return Place.wrong(NtStatus.INVALID_PARAMETER);
        }
        String name = attributes.name();
        return attributes.rootDirectory() == 0
                ? absolute(name)
                : below(ofHandle(attributes.rootDirectory()), name);
    }

    /** The key of a handle. */
    Place ofHandle(long handle) {
        long object = objects.objectOf(handle);
        if (object == 0) {
            return Place.wrong(NtStatus.INVALID_HANDLE);
        }
        if (!open.isKey(object)) {
            return Place.wrong(NtStatus.OBJECT_TYPE_MISMATCH);
        }
        RegistryKey key = open.key(object);
        return key == null ? Place.wrong(KEY_DELETED) : Place.of(key.path());
    }

    /** The key that the first arguments of the Rtl… routines name. */
    Place of(GuestMemory memory, int relativeTo, long path) {
        if ((relativeTo & HANDLE) != 0) {
            return ofHandle(path);
        }
        String text = path == 0 ? "" : text(memory, path);
        return switch (relativeTo & ~OPTIONAL) {
            case 0 -> absolute(text);
            case 1 -> below(Place.of(Registry.SERVICES), text);
            case 2 -> below(Place.of(Registry.CONTROL), text);
            case 3 -> below(Place.of(Registry.WINDOWS), text);
            case 4 -> below(Place.of(Registry.DEVICE_MAP), text);
            case 5 -> below(Place.of(Registry.USER), text);
            default -> Place.wrong(NtStatus.INVALID_PARAMETER);
        };
    }

    /** A text that ends with a zero. */
    static String text(GuestMemory memory, long address) {
        StringBuilder text = new StringBuilder();
        for (long at = address; ; at += 2) {
            char unit = (char) memory.load16(at);
            if (unit == 0) {
                return text.toString();
            }
            text.append(unit);
        }
    }

    private static Place absolute(String path) {
        if (path.isEmpty() || path.charAt(0) != '\\') {
            return Place.wrong(PATH_SYNTAX_BAD);
        }
        String whole = path.endsWith("\\") ? path.substring(0, path.length() - 1) : path;
        if (whole.contains("\\\\")) {
            return Place.wrong(NAME_INVALID);
        }
        return whole.regionMatches(true, 0, ROOT, 0, ROOT.length())
                        && (whole.length() == ROOT.length() || whole.charAt(ROOT.length()) == '\\')
                ? Place.of(whole)
                : Place.wrong(NAME_NOT_FOUND);
    }

    /** A key below another, or that itself for no name. */
    static Place below(Place key, String name) {
        if (key.status() != NtStatus.SUCCESS || name.isEmpty()) {
            return key;
        }
        if (name.charAt(0) == '\\') {
            return Place.wrong(PATH_SYNTAX_BAD);
        }
        String whole = name.endsWith("\\") ? name.substring(0, name.length() - 1) : name;
        return whole.contains("\\\\")
                ? Place.wrong(NAME_INVALID)
                : Place.of(key.path() + "\\" + whole);
    }
}
