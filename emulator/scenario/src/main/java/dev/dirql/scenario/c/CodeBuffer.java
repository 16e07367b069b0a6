package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Operand.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instructions of a function as they are made, and the registers that hold intermediate values.
 * RCX and RDX are free between any two steps; the others of {@link #POOL} belong to temporaries,
 * which move to the frame when registers run out, before a call, and where control branches within
 * an expression.
 */
final class CodeBuffer {
    /** Registers for temporaries; all of them lose their contents in a call. */
    private static final List<Register> POOL =
            List.of(Register.RAX, Register.R8, Register.R9, Register.R10, Register.R11);

    private static final byte[] NO_BYTES = {};

    /** An intermediate value. */
    static final class Temporary {
        @Nullable Register register;
        @Nullable Slot slot;
    }

    final List<Instruction> instructions = new ArrayList<>();
    final List<Slot> slots = new ArrayList<>();

    /** Bytes of the frame for the arguments of calls. */
    int outgoing;

    private final List<Slot> freeSlots = new ArrayList<>();

    /** Temporaries that are alive, the one used longest ago first. */
    private final List<Temporary> live = new ArrayList<>();

    /** The place in the source that the next instructions come from. */
    CToken at;

    CodeBuffer(CToken at) {
        this.at = at;
    }

    // Instructions.

    void emit(Operation operation, int size, Operand first) {
        add(operation, size, 0, 0, false, first, null, null);
    }

    void emit(Operation operation, int size, Operand first, Operand second) {
        add(operation, size, 0, 0, false, first, second, null);
    }

    void emit(Operation operation, int size, Operand first, Operand second, Operand third) {
        add(operation, size, 0, 0, false, first, second, third);
    }

    void locked(Operation operation, int size, Operand first, @Nullable Operand second) {
        add(operation, size, 0, 0, true, first, second, null);
    }

    void extend(boolean signed, int size, int sourceSize, Operand first, Operand second) {
        Operation operation = signed ? Operation.MOVSX : Operation.MOVZX;
        add(operation, size, sourceSize, 0, false, first, second, null);
    }

    void set(int condition, Register register) {
        add(Operation.SETCC, 1, 0, condition, false, register, null, null);
    }

    /** Shifts a register, unless by nothing. */
    void shift(Operation operation, int size, Register register, int count) {
        if (count != 0) {
            emit(operation, size, register, new Immediate(count));
        }
    }

    /** Notes a call with a number of arguments. */
    void callWith(int arguments) {
        outgoing = Math.max(outgoing, 8 * Math.max(4, arguments));
    }

    void jumpIf(int condition, Label label) {
        add(Operation.JCC, 4, 0, condition, false, label, null, null);
    }

    void jump(Label label) {
        add(Operation.JMP, 4, 0, 0, false, label, null, null);
    }

    void place(Label label) {
        add(Operation.LABEL, 4, 0, 0, false, label, null, null);
    }

    void raw(int... bytes) {
        byte[] encoding = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            encoding[i] = (byte) bytes[i];
        }
        instructions.add(
                new Instruction(Operation.RAW, 4, 0, 0, false, null, null, null, encoding, at));
    }

    private void add(
            Operation operation,
            int size,
            int sourceSize,
            int condition,
            boolean lock,
            @Nullable Operand first,
            @Nullable Operand second,
            @Nullable Operand third) {
        instructions.add(
                new Instruction(
                        operation,
                        size,
                        sourceSize,
                        condition,
                        lock,
                        first,
                        second,
                        third,
                        NO_BYTES,
                        at));
    }

    /**
     * Moves a register; if the last instruction has just made its value, that makes it in the new
     * place.
     */
    void moveFresh(int size, Register to, Register from) {
        Instruction last = instructions.isEmpty() ? null : instructions.getLast();
        if (last != null && last.first() == from && makesFirst(last) && last.size() >= 4) {
            instructions.set(instructions.size() - 1, last.withFirst(to));
        } else if (to != from) {
            emit(Operation.MOV, size, to, from);
        }
    }

    private static boolean makesFirst(Instruction instruction) {
        return switch (instruction.operation()) {
            case MOV, MOVZX, MOVSX, LEA -> true;
            case IMUL -> instruction.third() != null;
            default -> false;
        };
    }

    // Temporaries.

    Temporary take() {
        Temporary temporary = new Temporary();
        temporary.register = freeRegister();
        live.add(temporary);
        return temporary;
    }

    /** A temporary for the value that is in RAX now; whatever lived there must have been saved. */
    Temporary takeRax() {
        Temporary temporary = new Temporary();
        for (Temporary other : live) {
            if (other.register == Register.RAX) {
                throw new IllegalStateException("RAX is occupied");
            }
        }
        temporary.register = Register.RAX;
        live.add(temporary);
        return temporary;
    }

    /** Frees RAX and takes it. */
    Temporary claimRax() {
        Temporary owner = owner(Register.RAX);
        if (owner != null) {
            Register other = null;
            for (Register register : POOL) {
                if (other == null && owner(register) == null) {
                    other = register;
                }
            }
            if (other == null) {
                save(owner);
            } else {
                emit(Operation.MOV, 8, other, Register.RAX);
                owner.register = other;
            }
        }
        return takeRax();
    }

    /** Moves a temporary into a register outside the pool, or one that is free, and frees it. */
    void moveOut(int size, Register to, Temporary temporary) {
        Register register = temporary.register;
        Slot slot = temporary.slot;
        if (register != null) {
            moveFresh(size, to, register);
        } else if (slot != null) {
            emit(Operation.MOV, 8, to, Memory.of(slot, 0));
        }
        free(temporary);
    }

    private Register freeRegister() {
        for (Register register : POOL) {
            if (owner(register) == null) {
                return register;
            }
        }
        for (Temporary temporary : live) {
            Register register = temporary.register;
            if (register != null) {
                save(temporary);
                return register;
            }
        }
        throw new IllegalStateException("no register");
    }

    private @Nullable Temporary owner(Register register) {
        for (Temporary temporary : live) {
            if (temporary.register == register) {
                return temporary;
            }
        }
        return null;
    }

    private void save(Temporary temporary) {
        Register register = temporary.register;
        if (register == null) {
            return;
        }
        Slot slot = freeSlots.isEmpty() ? newSlot(8, 8) : freeSlots.removeLast();
        temporary.slot = slot;
        temporary.register = null;
        emit(Operation.MOV, 8, Memory.of(slot, 0), register);
    }

    /** The frame slot of a temporary, which is moved there if need be. */
    Slot saved(Temporary temporary) {
        save(temporary);
        return java.util.Objects.requireNonNull(temporary.slot);
    }

    /** Moves all temporaries to the frame. */
    void saveAll() {
        for (Temporary temporary : live) {
            save(temporary);
        }
    }

    /**
     * The register of a temporary, loaded again if it was saved; valid until five others are used.
     */
    Register use(Temporary temporary) {
        live.remove(temporary);
        Register register = temporary.register;
        Slot slot = temporary.slot;
        if (register == null) {
            if (slot == null) {
                throw new IllegalStateException("the temporary is free");
            }
            register = freeRegister();
            emit(Operation.MOV, 8, register, Memory.of(slot, 0));
            temporary.register = register;
            temporary.slot = null;
            freeSlots.add(slot);
        }
        live.add(temporary);
        return register;
    }

    void free(Temporary temporary) {
        live.remove(temporary);
        if (temporary.slot != null) {
            freeSlots.add(temporary.slot);
        }
        temporary.register = null;
        temporary.slot = null;
    }

    /** Whether a register holds a temporary other than one. */
    boolean occupied(Register register, @Nullable Temporary except) {
        Temporary owner = owner(register);
        return owner != null && owner != except;
    }

    boolean nothingLives() {
        return live.isEmpty();
    }

    Slot newSlot(long size, int alignment) {
        Slot slot = new Slot(size, alignment, -1);
        slots.add(slot);
        return slot;
    }

    static Operand immediate(long value) {
        return new Immediate(value);
    }
}
