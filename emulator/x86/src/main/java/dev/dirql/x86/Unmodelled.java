package dev.dirql.x86;

/** Names of common instructions that have no rows, and which opcodes are undefined for certain. */
final class Unmodelled {
    private static final int ADVANCED = 0x66;

    private Unmodelled() {}

    /** Whether the manual leaves the opcode undefined in 64-bit mode (Intel SDM volume 2D). */
    static boolean isUndefined(int map, int opcode, int modrm) {
        int digit = modrm >>> 3 & 7;
        return switch (map) {
            case 0 ->
                    switch (opcode) {
                        case 0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F ->
                                true;
                        case 0x60, 0x61, 0x82, 0x9A, 0xCE, 0xD4, 0xD5, 0xD6, 0xEA -> true;
                        case 0x8D -> modrm >>> 6 == 3;
                        case 0x8F, 0xFE -> digit > (opcode == 0xFE ? 1 : 0);
                        case 0xC6, 0xC7 -> digit != 0 && modrm != 0xF8;
                        case 0xFF -> digit == 7 || (modrm >>> 6 == 3 && (digit == 3 || digit == 5));
                        default -> false;
                    };
            case 1 ->
                    switch (opcode) {
                        case 0x04, 0x0A, 0x0B, 0x0C, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3B ->
                                true;
                        case 0x3C, 0x3D, 0x3E, 0x3F, 0xA6, 0xA7, 0xB9, 0xFF -> true;
                        case 0x0D -> modrm >>> 6 == 3;
                        case 0xBA -> digit < 4;
                        default -> false;
                    };
            default -> false;
        };
    }

    /** Mnemonic or family of an opcode without rows; empty where unknown. */
    static String name(int map, int opcode, int prefix, int modrm) {
        return switch (map) {
            case 0 -> oneByte(opcode, modrm >>> 3 & 7);
            case 1 -> twoBytes(opcode, prefix, modrm);
            case 2 -> opcode == 0xF0 || opcode == 0xF1 ? "crc32" : "SSSE3, SSE4 or AES";
            default -> "SSSE3, SSE4 or AES";
        };
    }

    private static String oneByte(int opcode, int digit) {
        return switch (opcode) {
            case 0x62 -> "EVEX: AVX-512";
            case 0xC4, 0xC5 -> "VEX: AVX, BMI1 or BMI2";
            case 0x8E -> "mov to a segment register";
            case 0x9B -> "fwait";
            case 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF -> "x87 floating point";
            case 0xCA, 0xCB -> "retf";
            case 0xCF -> "iret";
            case 0xF1 -> "int1";
            case 0xC6 -> "xabort";
            case 0xC7 -> "xbegin";
            case 0xFF -> digit == 3 ? "far call" : digit == 5 ? "far jmp" : "";
            default -> "";
        };
    }

    private static String twoBytes(int opcode, int prefix, int modrm) {
        int digit = modrm >>> 3 & 7;
        return switch (opcode) {
            case 0x00 -> "sldt, str, lldt, ltr, verr or verw";
            case 0x01 -> modrm == 0xF8 ? "swapgs" : modrm == 0xF9 ? "rdtscp" : "descriptor tables";
            case 0x02 -> "lar";
            case 0x03 -> "lsl";
            case 0x05 -> "syscall";
            case 0x06 -> "clts";
            case 0x07 -> "sysret";
            case 0x08 -> "invd";
            case 0x09 -> "wbinvd";
            case 0x10, 0x11 -> prefix == 0xF3 ? "movss" : "movsd";
            case 0x12 -> "movlps, movhlps or movddup";
            case 0x13, 0x16, 0x17 -> "movlps or movhps";
            case 0x14, 0x15 -> "unpcklps or unpckhps";
            case 0x21, 0x23 -> "mov with a debug register";
            case 0x2A -> prefix == 0xF3 ? "cvtsi2ss" : "cvtsi2sd";
            case 0x2B -> "movntps";
            case 0x2C, 0x2D -> "conversion from floating point";
            case 0x2E, 0x2F -> "floating-point comparison";
            case 0x30 -> "wrmsr";
            case 0x32 -> "rdmsr";
            case 0x33 -> "rdpmc";
            case 0x34 -> "sysenter";
            case 0x35 -> "sysexit";
            case 0x51 -> scalar("sqrt", prefix);
            case 0x58 -> scalar("add", prefix);
            case 0x59 -> scalar("mul", prefix);
            case 0x5C -> scalar("sub", prefix);
            case 0x5D -> scalar("min", prefix);
            case 0x5E -> scalar("div", prefix);
            case 0x5F -> scalar("max", prefix);
            case 0x52, 0x53, 0x55, 0x5A, 0x5B, 0xC2, 0xC6 -> "SSE floating point";
            case 0x77 -> "emms";
            case 0xA0, 0xA1, 0xA8, 0xA9 -> "push or pop of a segment register";
            case 0xAA -> "rsm";
            case 0xAE -> statesave(digit);
            case 0xB2, 0xB4, 0xB5 -> "load of a far pointer";
            case 0xC3 -> "movnti";
            case 0xC7 -> digit == 6 ? "rdrand" : digit == 7 ? "rdseed" : "";
            default -> (opcode >= 0x60 && opcode <= 0x7F) || opcode >= 0xC4 ? "MMX or SSE2" : "";
        };
    }

    private static String scalar(String name, int prefix) {
        return name
                + switch (prefix) {
                    case 0xF3 -> "ss";
                    case 0xF2 -> "sd";
                    case ADVANCED -> "pd";
                    default -> "ps";
                };
    }

    private static String statesave(int digit) {
        return switch (digit) {
            case 0 -> "fxsave";
            case 1 -> "fxrstor";
            case 2 -> "ldmxcsr";
            case 3 -> "stmxcsr";
            case 4 -> "xsave";
            case 5 -> "xrstor";
            case 6 -> "xsaveopt";
            default -> "clflush";
        };
    }
}
