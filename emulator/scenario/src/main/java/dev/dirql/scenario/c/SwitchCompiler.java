package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Statement.Case;
import dev.dirql.scenario.c.Statement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Compiles a switch: a binary search over its cases. */
final class SwitchCompiler {
    /** Cases up to which they are simply tried one after the other. */
    private static final int LINEAR = 4;

    private final CodeBuffer code;
    private final Evaluator evaluator;
    private final ValueCode values;

    SwitchCompiler(CodeBuffer code, Evaluator evaluator) {
        this.code = code;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
    }

    void compile(
            Statement.Switch statement,
            Function<Target, Label> labels,
            Consumer<CToken> at,
            Consumer<Statement> body) {
        at.accept(statement.at());
        CType type = statement.value().type();
        int size = ValueCode.width(type);
        boolean signed = Types.isSigned(type);
        Value value = values.inRegister(evaluator.value(statement.value()), size);
        Register register = values.register(value);
        List<Case> cases = new ArrayList<>(statement.cases());
        cases.sort((a, b) ->
                signed ? Long.compare(a.low(), b.low()) : Long.compareUnsigned(a.low(), b.low()));
        search(cases, register, size, signed, labels, labels.apply(statement.otherwise()));
        values.free(value);
        body.accept(statement.body());
        code.place(labels.apply(statement.leave()));
    }

    private void search(
            List<Case> cases,
            Register register,
            int size,
            boolean signed,
            Function<Target, Label> labels,
            Label otherwise) {
        if (cases.size() <= LINEAR) {
            for (Case one : cases) {
                Label target = labels.apply(one.target());
                if (one.low() == one.high()) {
                    compare(register, one.low(), size);
                    code.jumpIf(Instruction.EQUAL, target);
                } else {
                    Label next = new Label();
                    compare(register, one.low(), size);
                    code.jumpIf(signed ? Instruction.LESS : Instruction.BELOW, next);
                    compare(register, one.high(), size);
                    code.jumpIf(
                            signed ? Instruction.LESS_OR_EQUAL : Instruction.BELOW_OR_EQUAL,
                            target);
                    code.place(next);
                }
            }
            code.jump(otherwise);
            return;
        }
        int middle = cases.size() / 2;
        Label upper = new Label();
        compare(register, cases.get(middle).low(), size);
        code.jumpIf(signed ? Instruction.GREATER_OR_EQUAL : Instruction.ABOVE_OR_EQUAL, upper);
        search(cases.subList(0, middle), register, size, signed, labels, otherwise);
        code.place(upper);
        search(cases.subList(middle, cases.size()), register, size, signed, labels, otherwise);
    }

    private void compare(Register register, long value, int size) {
        long number = size == 4 ? (int) value : value;
        if (Immediate.fits(number)) {
            code.emit(Operation.CMP, size, register, new Immediate(number));
        } else {
            code.emit(Operation.MOV, 8, Register.RCX, new Immediate(number));
            code.emit(Operation.CMP, 8, register, Register.RCX);
        }
    }
}
