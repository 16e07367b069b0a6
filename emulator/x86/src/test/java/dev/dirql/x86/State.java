package dev.dirql.x86;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** What an instruction starts from or leaves, as the host program exchanges it. */
final class State {
    static final long CODE = 0x1000_0000L;
    static final int CODE_OFFSET = 0x800;
    static final long DATA = 0x2000_0000L;
    static final int WINDOW = 4096;
    static final int BYTES = 8 * 20 + 64 + 8 * 32 + WINDOW;

    /** How an instruction ended. */
    enum End {
        NEXT,
        DIVIDE_ERROR,
        INVALID_OPCODE,
        PROTECTION
    }

    final long[] registers = new long[16];
    long rip;
    long rflags;
    End end = End.NEXT;
    byte[] code = {};
    final long[] xmm = new long[32];
    final byte[] memory = new byte[WINDOW];

    void put(ByteBuffer out) {
        for (long register : registers) {
            out.putLong(register);
        }
        out.putLong(rip).putLong(rflags).putLong(0).putLong(code.length);
        out.put(Arrays.copyOf(code, 64));
        for (long half : xmm) {
            out.putLong(half);
        }
        out.put(memory);
    }

    static State get(ByteBuffer in) {
        State state = new State();
        for (int i = 0; i < 16; i++) {
            state.registers[i] = in.getLong();
        }
        state.rip = in.getLong();
        state.rflags = in.getLong();
        state.end =
                switch ((int) in.getLong()) {
                    case 4 -> End.INVALID_OPCODE;
                    case 5 -> End.NEXT;
                    case 8 -> End.DIVIDE_ERROR;
                    default -> End.PROTECTION;
                };
        int length = (int) in.getLong();
        byte[] code = new byte[64];
        in.get(code);
        state.code = Arrays.copyOf(code, length);
        for (int i = 0; i < 32; i++) {
            state.xmm[i] = in.getLong();
        }
        in.get(state.memory);
        return state;
    }

    /** Reads a value of the memory window. */
    long load(long address, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (memory[(int) (address - DATA) + i] & 0xFFL) << (8 * i);
        }
        return value;
    }

    void store(long address, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            memory[(int) (address - DATA) + i] = (byte) (value >>> (8 * i));
        }
    }

    /** What differs from another state, in words; empty where nothing does. */
    String difference(State host, long flagMask) {
        StringBuilder text = new StringBuilder();
        if (end != host.end) {
            text.append(" end ").append(end).append(" host ").append(host.end);
        }
        if (rip != host.rip) {
            text.append(" rip %x host %x".formatted(rip, host.rip));
        }
        for (int i = 0; i < 16; i++) {
            if (registers[i] != host.registers[i]) {
                text.append(" r%d %x host %x".formatted(i, registers[i], host.registers[i]));
            }
        }
        for (int i = 0; i < 32; i++) {
            if (xmm[i] != host.xmm[i]) {
                text.append(" xmm%d.%d %x host %x".formatted(i / 2, i % 2, xmm[i], host.xmm[i]));
            }
        }
        if (((rflags ^ host.rflags) & flagMask) != 0) {
            text.append(" flags %x host %x".formatted(rflags & flagMask, host.rflags & flagMask));
        }
        int at = Arrays.mismatch(memory, host.memory);
        if (at >= 0) {
            text.append(" memory+%x %02x host %02x".formatted(at, memory[at], host.memory[at]));
        }
        return text.toString();
    }

    String describe() {
        StringBuilder text = new StringBuilder(HexFormat.of().formatHex(code));
        for (int i = 0; i < 16; i++) {
            text.append(" r%d=%x".formatted(i, registers[i]));
        }
        return text.append(" flags=%x".formatted(rflags)).toString();
    }
}
