package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Register;

/** Copies and fills of memory: by single moves if short, by string instructions else. */
final class MemoryCode {
    /** Bytes up to which single moves are used. */
    static final long MAXIMUM_INLINE = 64;

    private final CodeBuffer code;

    MemoryCode(CodeBuffer code) {
        this.code = code;
    }

    /** Copies a known number of bytes; both addresses stay owned by the caller. */
    void copy(Address to, Address from, long size) {
        if (size <= MAXIMUM_INLINE) {
            long offset = 0;
            for (int step : new int[] {8, 4, 2, 1}) {
                while (size - offset >= step) {
                    code.emit(Operation.MOV, step, Register.RCX, from.plus(offset).memory(code));
                    code.emit(Operation.MOV, step, to.plus(offset).memory(code), Register.RCX);
                    offset += step;
                }
            }
            return;
        }
        code.emit(Operation.LEA, 8, Register.RSI, from.memory(code));
        code.emit(Operation.LEA, 8, Register.RDI, to.memory(code));
        code.emit(Operation.MOV, 4, Register.RCX, CodeBuffer.immediate(size));
        repeatMove(1);
    }

    /** Fills a known number of bytes with a known byte. */
    void fill(Address to, int value, long size) {
        long pattern = (value & 0xFF) * 0x0101_0101_0101_0101L;
        if (size <= MAXIMUM_INLINE) {
            long offset = 0;
            if (size >= 8 && pattern != (int) pattern) {
                code.emit(Operation.MOV, 8, Register.RCX, CodeBuffer.immediate(pattern));
            }
            for (int step : new int[] {8, 4, 2, 1}) {
                while (size - offset >= step) {
                    Operand source =
                            step == 8 && pattern != (int) pattern
                                    ? Register.RCX
                                    : CodeBuffer.immediate(Types.convert(signed(step), pattern));
                    code.emit(Operation.MOV, step, to.plus(offset).memory(code), source);
                    offset += step;
                }
            }
            return;
        }
        code.emit(Operation.LEA, 8, Register.RDI, to.memory(code));
        code.emit(Operation.MOV, 4, Register.RCX, CodeBuffer.immediate(size));
        boolean occupied = code.occupied(Register.RAX, null);
        if (occupied) {
            code.emit(Operation.MOV, 8, Register.RDX, Register.RAX);
        }
        code.emit(Operation.MOV, 4, Register.RAX, CodeBuffer.immediate(value & 0xFF));
        repeatStore(1);
        if (occupied) {
            code.emit(Operation.MOV, 8, Register.RAX, Register.RDX);
        }
    }

    private static CType signed(int size) {
        return switch (size) {
            case 1 -> CType.CHAR;
            case 2 -> CType.SHORT;
            case 4 -> CType.INT;
            default -> CType.LONGLONG;
        };
    }

    /** {@code rep movs}: from RSI to RDI, RCX times. */
    void repeatMove(int size) {
        repeat(size, 0xA4);
    }

    /** {@code rep stos}: RAX to RDI, RCX times. */
    void repeatStore(int size) {
        repeat(size, 0xAA);
    }

    /** A repeated string instruction, given by its byte form. */
    void repeat(int size, int opcode) {
        switch (size) {
            case 1 -> code.raw(0xF3, opcode);
            case 2 -> code.raw(0x66, 0xF3, opcode + 1);
            case 4 -> code.raw(0xF3, opcode + 1);
            default -> code.raw(0xF3, 0x48, opcode + 1);
        }
    }
}
