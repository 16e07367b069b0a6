package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import java.util.List;

/** Makes accesses to registers of the processor that C does not know. */
final class ProcessorCompiler {
    private final CodeBuffer code;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;

    ProcessorCompiler(CodeBuffer code, Evaluator evaluator) {
        this.code = code;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
    }

    /** The IRQL. */
    Value readCr8() {
        Temporary result = code.take();
        controlRegister(0x20, code.use(result));
        return new Value.Owned(result);
    }

    /** Changes the IRQL. */
    void writeCr8(List<Expression> arguments) {
        Value value = values.inRegister(evaluator.value(arguments.get(0)), 8);
        controlRegister(0x22, values.register(value));
        values.free(value);
    }

    /** {@code mov reg,cr8} or {@code mov cr8,reg}. */
    private void controlRegister(int opcode, Register register) {
        int number = register.ordinal();
        code.raw(number >= 8 ? 0x45 : 0x44, 0x0F, opcode, 0xC0 | (number & 7));
    }

    /** Reads relative to GS. */
    Value readGs(Expression.IntrinsicCall call, List<Expression> arguments) {
        Address address = segment(arguments.get(0));
        Memory memory = address.memory(code);
        address.free(code);
        Temporary result = code.take();
        loads.load(code.use(result), memory, call.type());
        return new Value.Owned(result);
    }

    /** Writes relative to GS. */
    void writeGs(List<Expression> arguments, int size) {
        Value value = values.inRegister(evaluator.value(arguments.get(1)), size);
        Address address = segment(arguments.get(0));
        Memory memory = address.memory(code);
        code.emit(Operation.MOV, size, memory, values.register(value));
        address.free(code);
        values.free(value);
    }

    private Address segment(Expression offset) {
        if (offset instanceof Constant constant && Immediate.fits(constant.value())) {
            return Address.of(new Memory(null, null, 1, constant.value(), null, false, null, true));
        }
        Temporary base = values.own(evaluator.value(offset), 4);
        Register register = code.use(base);
        code.emit(Operation.MOV, 4, register, register);
        return new Address(
                new Memory(Register.RAX, null, 1, 0, null, false, null, true), base, null);
    }

    /** RFLAGS. */
    Value readFlags() {
        Temporary result = code.take();
        code.raw(0x9C);
        code.emit(Operation.POP, 8, code.use(result));
        return new Value.Owned(result);
    }

    /** {@code rdtsc}, both halves in one register. */
    Value timeStamp() {
        Temporary result = code.claimRax();
        code.raw(0x0F, 0x31);
        code.emit(Operation.SHL, 8, Register.RDX, new Immediate(32));
        code.emit(Operation.OR, 8, Register.RAX, Register.RDX);
        return new Value.Owned(result);
    }
}
