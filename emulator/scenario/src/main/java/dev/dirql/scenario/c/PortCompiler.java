package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Operand.Register;
import java.util.List;

/** Makes accesses to I/O ports. */
final class PortCompiler {
    private final CodeBuffer code;
    private final ArgumentCompiler placement;
    private final Evaluator evaluator;
    private final MemoryCode blocks;

    PortCompiler(CodeBuffer code, ArgumentCompiler placement, Evaluator evaluator) {
        this.code = code;
        this.placement = placement;
        this.evaluator = evaluator;
        this.blocks = new MemoryCode(code);
    }

    Value in(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        placement.take(call.arguments().get(0), Register.RDX, 4);
        Temporary result = code.claimRax();
        port(size, 0xEC);
        int bytes = (int) Types.size(call.type());
        if (bytes < 4) {
            code.extend(false, 4, bytes, Register.RAX, Register.RAX);
        }
        return new Value.Owned(result);
    }

    void out(List<Expression> arguments, int size) {
        Value value = evaluator.value(arguments.get(1));
        placement.take(arguments.get(0), Register.RDX, 4);
        placement.inRax(value, 4);
        port(size, 0xEE);
        placement.releaseRax();
    }

    void string(List<Expression> arguments, int size, Register pointer, int opcode) {
        Value port = evaluator.value(arguments.get(0));
        Value buffer = evaluator.value(arguments.get(1));
        placement.take(arguments.get(2), Register.RCX, 4);
        placement.give(buffer, pointer, 8);
        placement.give(port, Register.RDX, 4);
        blocks.repeat(size == 8 ? 4 : size, opcode);
    }

    private void port(int size, int opcode) {
        switch (size) {
            case 1 -> code.raw(opcode);
            case 2 -> code.raw(0x66, opcode + 1);
            default -> code.raw(opcode + 1);
        }
    }
}
