package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Pointer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function that the compiler turns into instructions (Microsoft C, "Compiler intrinsics").
 *
 * @param size bytes it works on, 0 if that says nothing
 */
record Intrinsic(String name, Action action, int size, CType result, List<CType> parameters) {
    /** What it does. */
    enum Action {
        READ_CR8,
        WRITE_CR8,
        READ_GS,
        WRITE_GS,
        INCREMENT,
        DECREMENT,
        EXCHANGE,
        EXCHANGE_ADD,
        ADD,
        COMPARE_EXCHANGE,
        AND,
        OR,
        XOR,
        BIT_TEST_AND_SET,
        BIT_TEST_AND_RESET,
        PLAIN_BIT_TEST,
        PLAIN_BIT_TEST_AND_SET,
        PLAIN_BIT_TEST_AND_RESET,
        SCAN_FORWARD,
        SCAN_REVERSE,
        ROTATE_LEFT,
        ROTATE_RIGHT,
        BYTE_SWAP,
        PAUSE,
        FENCE,
        COMPILER_FENCE,
        DISABLE,
        ENABLE,
        HALT,
        READ_FLAGS,
        IN,
        OUT,
        IN_STRING,
        OUT_STRING,
        BREAK,
        ASSERTION,
        FAST_FAIL,
        TIME_STAMP,
        COPY,
        FILL,
        MOVE_STRING,
        STORE_STRING
    }

    private static final Map<String, Intrinsic> ALL = new LinkedHashMap<>();

    static {
        CType pvoid = new Pointer(CType.VOID);
        CType pcvoid = new Pointer(Types.qualify(CType.VOID, true, false));
        add("__readcr8", Action.READ_CR8, 8, CType.ULONGLONG);
        add("__writecr8", Action.WRITE_CR8, 8, CType.VOID, CType.ULONGLONG);
        add("_disable", Action.DISABLE, 0, CType.VOID);
        add("_enable", Action.ENABLE, 0, CType.VOID);
        add("__halt", Action.HALT, 0, CType.VOID);
        add("__readeflags", Action.READ_FLAGS, 8, CType.ULONGLONG);
        add("_mm_pause", Action.PAUSE, 0, CType.VOID);
        add("YieldProcessor", Action.PAUSE, 0, CType.VOID);
        add("_mm_mfence", Action.FENCE, 0, CType.VOID);
        add("_mm_lfence", Action.FENCE, 0, CType.VOID);
        add("_mm_sfence", Action.FENCE, 0, CType.VOID);
        add("__faststorefence", Action.FENCE, 0, CType.VOID);
        add("KeMemoryBarrier", Action.FENCE, 0, CType.VOID);
        add("MemoryBarrier", Action.FENCE, 0, CType.VOID);
        add("_ReadWriteBarrier", Action.COMPILER_FENCE, 0, CType.VOID);
        add("_ReadBarrier", Action.COMPILER_FENCE, 0, CType.VOID);
        add("_WriteBarrier", Action.COMPILER_FENCE, 0, CType.VOID);
        add("KeMemoryBarrierWithoutFence", Action.COMPILER_FENCE, 0, CType.VOID);
        add("__debugbreak", Action.BREAK, 0, CType.VOID);
        add("__int2c", Action.ASSERTION, 0, CType.VOID);
        add("__fastfail", Action.FAST_FAIL, 4, CType.VOID, CType.UINT);
        add("__rdtsc", Action.TIME_STAMP, 8, CType.ULONGLONG);
        add("memcpy", Action.COPY, 1, pvoid, pvoid, pcvoid, CType.ULONGLONG);
        add("memset", Action.FILL, 1, pvoid, pvoid, CType.INT, CType.ULONGLONG);
        add("_byteswap_ushort", Action.BYTE_SWAP, 2, CType.USHORT, CType.USHORT);
        add("_byteswap_ulong", Action.BYTE_SWAP, 4, CType.ULONG, CType.ULONG);
        add("_byteswap_uint64", Action.BYTE_SWAP, 8, CType.ULONGLONG, CType.ULONGLONG);
        add("_rotl8", Action.ROTATE_LEFT, 1, CType.UCHAR, CType.UCHAR, CType.UCHAR);
        add("_rotl16", Action.ROTATE_LEFT, 2, CType.USHORT, CType.USHORT, CType.UCHAR);
        add("_rotl", Action.ROTATE_LEFT, 4, CType.UINT, CType.UINT, CType.INT);
        add("_lrotl", Action.ROTATE_LEFT, 4, CType.ULONG, CType.ULONG, CType.INT);
        add("_rotl64", Action.ROTATE_LEFT, 8, CType.ULONGLONG, CType.ULONGLONG, CType.INT);
        add("_rotr8", Action.ROTATE_RIGHT, 1, CType.UCHAR, CType.UCHAR, CType.UCHAR);
        add("_rotr16", Action.ROTATE_RIGHT, 2, CType.USHORT, CType.USHORT, CType.UCHAR);
        add("_rotr", Action.ROTATE_RIGHT, 4, CType.UINT, CType.UINT, CType.INT);
        add("_lrotr", Action.ROTATE_RIGHT, 4, CType.ULONG, CType.ULONG, CType.INT);
        add("_rotr64", Action.ROTATE_RIGHT, 8, CType.ULONGLONG, CType.ULONGLONG, CType.INT);
        sized("byte", 1, CType.UCHAR);
        sized("word", 2, CType.USHORT);
        sized("dword", 4, CType.ULONG);
        sized("qword", 8, CType.ULONGLONG);
        strings("b", "byte", 1, CType.UCHAR);
        strings("w", "word", 2, CType.USHORT);
        strings("d", "dword", 4, CType.ULONG);
        strings("q", "", 8, CType.ULONGLONG);
        bits("", 4, CType.LONG, CType.ULONG);
        bits("64", 8, CType.LONGLONG, CType.ULONGLONG);
        interlocked("8", 1, CType.CHAR);
        interlocked("16", 2, CType.SHORT);
        interlocked("", 4, CType.LONG);
        interlocked("64", 8, CType.LONGLONG);
        for (String prefix : List.of("_Interlocked", "Interlocked")) {
            CType place = new Pointer(Types.qualify(pvoid, false, true));
            add(prefix + "ExchangePointer", Action.EXCHANGE, 8, pvoid, place, pvoid);
            add(
                    prefix + "CompareExchangePointer",
                    Action.COMPARE_EXCHANGE,
                    8,
                    pvoid,
                    place,
                    pvoid,
                    pvoid);
        }
    }

    private static void add(
            String name, Action action, int size, CType result, CType... parameters) {
        ALL.put(name, new Intrinsic(name, action, size, result, Arrays.asList(parameters)));
    }

    private static void sized(String word, int size, CType type) {
        add("__readgs" + word, Action.READ_GS, size, type, CType.ULONG);
        add("__writegs" + word, Action.WRITE_GS, size, CType.VOID, CType.ULONG, type);
        if (size < 8) {
            add("__in" + word, Action.IN, size, type, CType.USHORT);
            add("__out" + word, Action.OUT, size, CType.VOID, CType.USHORT, type);
        }
    }

    private static void strings(String letter, String word, int size, CType type) {
        CType pointer = new Pointer(type);
        CType source = new Pointer(Types.qualify(type, true, false));
        CType count = CType.ULONGLONG;
        add("__movs" + letter, Action.MOVE_STRING, size, CType.VOID, pointer, source, count);
        add("__stos" + letter, Action.STORE_STRING, size, CType.VOID, pointer, type, count);
        if (size < 8) {
            CType port = CType.USHORT;
            CType ulong = CType.ULONG;
            add("__in" + word + "string", Action.IN_STRING, size, CType.VOID, port, pointer, ulong);
            add(
                    "__out" + word + "string",
                    Action.OUT_STRING,
                    size,
                    CType.VOID,
                    port,
                    pointer,
                    ulong);
        }
    }

    private static void bits(String suffix, int size, CType signed, CType unsigned) {
        CType place = new Pointer(Types.qualify(signed, false, true));
        CType plain = new Pointer(signed);
        CType constant = new Pointer(Types.qualify(signed, true, false));
        CType result = CType.UCHAR;
        add(
                "_interlockedbittestandset" + suffix,
                Action.BIT_TEST_AND_SET,
                size,
                result,
                place,
                signed);
        add(
                "_interlockedbittestandreset" + suffix,
                Action.BIT_TEST_AND_RESET,
                size,
                result,
                place,
                signed);
        add(
                "InterlockedBitTestAndSet" + suffix,
                Action.BIT_TEST_AND_SET,
                size,
                result,
                place,
                signed);
        add(
                "InterlockedBitTestAndReset" + suffix,
                Action.BIT_TEST_AND_RESET,
                size,
                result,
                place,
                signed);
        add("_bittest" + suffix, Action.PLAIN_BIT_TEST, size, result, constant, signed);
        add("_bittestandset" + suffix, Action.PLAIN_BIT_TEST_AND_SET, size, result, plain, signed);
        add(
                "_bittestandreset" + suffix,
                Action.PLAIN_BIT_TEST_AND_RESET,
                size,
                result,
                plain,
                signed);
        CType index = new Pointer(CType.ULONG);
        add("_BitScanForward" + suffix, Action.SCAN_FORWARD, size, result, index, unsigned);
        add("_BitScanReverse" + suffix, Action.SCAN_REVERSE, size, result, index, unsigned);
    }

    private static void interlocked(String suffix, int size, CType type) {
        CType place = new Pointer(Types.qualify(type, false, true));
        for (String prefix : List.of("_Interlocked", "Interlocked")) {
            add(prefix + "Increment" + suffix, Action.INCREMENT, size, type, place);
            add(prefix + "Decrement" + suffix, Action.DECREMENT, size, type, place);
            add(prefix + "Exchange" + suffix, Action.EXCHANGE, size, type, place, type);
            add(prefix + "ExchangeAdd" + suffix, Action.EXCHANGE_ADD, size, type, place, type);
            add(prefix + "Add" + suffix, Action.ADD, size, type, place, type);
            add(
                    prefix + "CompareExchange" + suffix,
                    Action.COMPARE_EXCHANGE,
                    size,
                    type,
                    place,
                    type,
                    type);
            add(prefix + "And" + suffix, Action.AND, size, type, place, type);
            add(prefix + "Or" + suffix, Action.OR, size, type, place, type);
            add(prefix + "Xor" + suffix, Action.XOR, size, type, place, type);
        }
    }

    static @Nullable Intrinsic find(String name) {
        return ALL.get(name);
    }

    static Iterable<String> names() {
        return ALL.keySet();
    }
}
