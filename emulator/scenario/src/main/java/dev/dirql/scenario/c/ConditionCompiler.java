package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Comparison;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Convert;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Register;

/** Makes branches of conditions, and values of what is true. */
final class ConditionCompiler {
    private final CodeBuffer code;
    private final ComparisonCompiler comparisons;
    private final Evaluator evaluator;
    private final ValueCode values;

    ConditionCompiler(CodeBuffer code, ComparisonCompiler comparisons, Evaluator evaluator) {
        this.code = code;
        this.comparisons = comparisons;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
    }

    /**
     * Jumps if an expression is true, or if it is false. Both ways leave with the same registers
     * saved.
     */
    void branch(Expression expression, Label target, boolean when) {
        switch (expression) {
            case Constant constant -> {
                if (constant.value() != 0 == when) {
                    code.saveAll();
                    code.jump(target);
                }
            }
            case Expression.Not not -> branch(not.operand(), target, !when);
            case Convert convert when isTruth(convert.operand()) ->
                    branch(convert.operand(), target, when);
            case Expression.Logical logical -> {
                code.saveAll();
                if (logical.and() == when) {
                    Label past = new Label();
                    branch(logical.left(), past, !when);
                    branch(logical.right(), target, when);
                    code.place(past);
                } else {
                    branch(logical.left(), target, when);
                    branch(logical.right(), target, when);
                }
            }
            case Expression.Comma comma -> {
                comma.effects().forEach(evaluator::effect);
                branch(comma.value(), target, when);
            }
            default -> {
                code.saveAll();
                int condition = comparisons.compare(expression);
                code.jumpIf(when ? condition : condition ^ 1, target);
            }
        }
    }

    /** 0 or 1 by {@code setcc}. */
    Value truthValue(Expression expression) {
        if (expression instanceof Constant constant) {
            return new Value.Fixed(constant.value() != 0 ? 1 : 0);
        }
        Expression at = expression;
        boolean negated = false;
        while (at instanceof Expression.Not not) {
            at = not.operand();
            negated = !negated;
        }
        if (at instanceof Expression.Logical) {
            return truthByJumps(expression);
        }
        int condition = comparisons.compare(at);
        Temporary result = code.take();
        Register register = code.use(result);
        code.set(negated ? condition ^ 1 : condition, register);
        code.extend(false, 4, 1, register, register);
        return new Value.Owned(result);
    }

    Value truthByJumps(Expression expression) {
        Label no = new Label();
        branch(expression, no, false);
        return choose(no, new Constant(CType.INT, 1), new Constant(CType.INT, 0));
    }

    Value conditional(Expression.Conditional e) {
        Label no = new Label();
        branch(e.condition(), no, false);
        return choose(no, e.yes(), e.no());
    }

    /** Joins two values in one register, which both arms leave free until their end: RAX. */
    private Value choose(Label no, Expression yes, Expression other) {
        Label end = new Label();
        code.saveAll();
        if (Types.isVoid(yes.type())) {
            evaluator.effect(yes);
            code.jump(end);
            code.place(no);
            evaluator.effect(other);
            code.place(end);
            return Value.NOTHING;
        }
        int size = ValueCode.width(yes.type());
        arm(yes, size);
        code.jump(end);
        code.place(no);
        arm(other, size);
        code.place(end);
        return new Value.Owned(code.takeRax());
    }

    private void arm(Expression expression, int size) {
        Value value = evaluator.value(expression);
        values.moveTo(Register.RAX, value, size);
        values.free(value);
    }

    /** Whether an expression can only be 0 or 1. */
    static boolean isTruth(Expression expression) {
        return switch (expression) {
            case Comparison _, Expression.Not _, Expression.Logical _ -> true;
            case Convert convert -> Types.isScalar(convert.type()) && isTruth(convert.operand());
            default -> false;
        };
    }
}
