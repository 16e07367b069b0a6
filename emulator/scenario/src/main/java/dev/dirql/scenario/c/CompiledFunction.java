package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function as bytes.
 *
 * @param prologueEnds offset behind each instruction of the prologue: the pushes, then the
 *     allocation if there is one
 */
record CompiledFunction(
        Symbol symbol, FrameLayout frame, Encoder.Code code, List<Integer> prologueEnds) {
    static CompiledFunction assemble(
            Symbol symbol, FrameLayout frame, List<Instruction> body, CToken end) {
        CodeBuffer prologue = new CodeBuffer(symbol.declared);
        for (Register register : frame.saved) {
            prologue.emit(Operation.PUSH, 8, register);
        }
        if (frame.size > 0) {
            prologue.emit(Operation.SUB, 8, Register.RSP, CodeBuffer.immediate(frame.size));
        }
        CodeBuffer epilogue = new CodeBuffer(end);
        if (frame.size > 0) {
            epilogue.emit(Operation.ADD, 8, Register.RSP, CodeBuffer.immediate(frame.size));
        }
        for (Register register : frame.saved.reversed()) {
            epilogue.emit(Operation.POP, 8, register);
        }
        epilogue.raw(0xC3);
        List<Instruction> all = new ArrayList<>(prologue.instructions);
        int prologueLength = all.size();
        for (Instruction instruction : tidy(body)) {
            all.add(resolved(instruction));
        }
        all.addAll(epilogue.instructions);
        Encoder.Code code = Encoder.encode(all);
        List<Integer> ends = List.copyOf(code.offsets().subList(1, prologueLength + 1));
        return new CompiledFunction(symbol, frame, code, ends);
    }

    /** Leaves out what no jump reaches, and jumps to what follows anyway. */
    private static List<Instruction> tidy(List<Instruction> body) {
        List<Instruction> reached = new ArrayList<>();
        boolean reachable = true;
        for (Instruction instruction : body) {
            reachable |= instruction.operation() == Operation.LABEL;
            if (reachable) {
                reached.add(instruction);
            }
            reachable &= instruction.operation() != Operation.JMP;
        }
        List<Instruction> result = new ArrayList<>();
        for (int i = 0; i < reached.size(); i++) {
            Instruction instruction = reached.get(i);
            boolean idle =
                    instruction.operation() == Operation.JMP
                            && instruction.first() instanceof Label label
                            && follows(reached, i, label);
            if (!idle) {
                result.add(instruction);
            }
        }
        return result;
    }

    private static boolean follows(List<Instruction> instructions, int index, Label label) {
        for (int i = index + 1; i < instructions.size(); i++) {
            Instruction next = instructions.get(i);
            if (next.operation() != Operation.LABEL) {
                return false;
            }
            if (next.first() == label) {
                return true;
            }
        }
        return false;
    }

    private static Instruction resolved(Instruction i) {
        return new Instruction(
                i.operation(),
                i.size(),
                i.sourceSize(),
                i.condition(),
                i.lock(),
                resolved(i.first()),
                resolved(i.second()),
                i.third(),
                i.bytes(),
                i.at());
    }

    private static @Nullable Operand resolved(@Nullable Operand operand) {
        if (!(operand instanceof Memory memory)) {
            return operand;
        }
        Operand.Slot slot = memory.slot();
        return slot == null ? memory : memory.resolved(slot.offset);
    }
}
