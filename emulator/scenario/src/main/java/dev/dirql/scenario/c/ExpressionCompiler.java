package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Arithmetic;
import dev.dirql.scenario.c.Expression.Comparison;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Convert;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Label;

/**
 * Makes instructions for expressions: gives each to the compiler of its kind, which comes back here
 * for the parts.
 */
final class ExpressionCompiler implements Evaluator {
    /** Puts the body of a function in the place of its call. */
    interface Inlining {
        Value inlined(Expression.Inlined call, boolean wanted);
    }

    private final CodeBuffer code;
    private final Inlining inlining;
    private final ValueCode values;
    private final LoadCode loads;
    private final AddressCompiler addresses;
    private final ArithmeticCompiler arithmetic;
    private final ConditionCompiler conditions;
    private final ConversionCompiler conversions;
    private final CallCompiler calls;
    private final StructureCompiler structures;
    private final AccessCompiler accesses;
    private final UpdateCompiler updates;
    private final IntrinsicCompiler intrinsics;

    ExpressionCompiler(CodeBuffer code, Inlining inlining) {
        this.code = code;
        this.inlining = inlining;
        values = new ValueCode(code);
        loads = new LoadCode(code);
        addresses = new AddressCompiler(code, this);
        OperandCompiler operands = new OperandCompiler(code, addresses, this);
        arithmetic = new ArithmeticCompiler(code, addresses, operands, this);
        conditions =
                new ConditionCompiler(
                        code, new ComparisonCompiler(code, addresses, operands, this), this);
        conversions = new ConversionCompiler(code, addresses, conditions, this);
        calls = new CallCompiler(code, addresses, this);
        structures = new StructureCompiler(code, addresses, conditions, calls, this);
        accesses = new AccessCompiler(code, addresses, structures, this);
        updates = new UpdateCompiler(code, addresses, operands, arithmetic, this);
        intrinsics = new IntrinsicCompiler(code, addresses, this);
    }

    @Override
    public Value value(Expression expression) {
        return switch (expression) {
            case Constant constant -> new Value.Fixed(constant.value());
            case Expression.SymbolAddress e -> new Value.Owned(addresses.symbolAddress(e));
            case Read read -> accesses.read(read);
            case Expression.AddressOf e ->
                    new Value.Owned(loads.load(addresses.address(e.place()), Operation.LEA, 8));
            case Expression.Negate e -> arithmetic.unary(Operation.NEG, e.type(), e.operand());
            case Expression.Complement e -> arithmetic.unary(Operation.NOT, e.type(), e.operand());
            case Expression.Not _, Expression.Comparison _ -> conditions.truthValue(expression);
            case Expression.Logical _ -> conditions.truthByJumps(expression);
            case Arithmetic e -> new Value.Owned(arithmetic.binary(e));
            case Expression.Conditional e -> conditions.conditional(e);
            case Expression.Comma e -> {
                e.effects().forEach(this::effect);
                yield value(e.value());
            }
            case Convert e -> conversions.convert(e);
            case Expression.Assign e -> accesses.assign(e, true);
            case Expression.Update e -> updates.update(e, true);
            case Expression.Call e -> calls.call(e);
            case Expression.IntrinsicCall e -> intrinsics.call(e, true);
            case Expression.Inlined e -> inlining.inlined(e, true);
        };
    }

    @Override
    public void effect(Expression expression) {
        switch (expression) {
            case Constant _, Expression.SymbolAddress _ -> {}
            case Read e when Types.isStructure(e.type()) -> {}
            case Read e when !Types.isVolatile(e.place().type()) && Fold.isPure(e) -> {}
            case Expression.Assign e -> values.free(accesses.assign(e, false));
            case Expression.Update e -> values.free(updates.update(e, false));
            case Expression.Call e -> values.free(calls.call(e));
            case Expression.IntrinsicCall e -> values.free(intrinsics.call(e, false));
            case Expression.Inlined e -> values.free(inlining.inlined(e, false));
            case Convert e -> effect(e.operand());
            case Expression.Comma e -> {
                e.effects().forEach(this::effect);
                effect(e.value());
            }
            case Expression.Conditional e -> {
                Label no = new Label();
                Label end = new Label();
                conditions.branch(e.condition(), no, false);
                code.saveAll();
                effect(e.yes());
                code.jump(end);
                code.place(no);
                effect(e.no());
                code.place(end);
            }
            case Expression.Logical e -> {
                Label end = new Label();
                conditions.branch(e.left(), end, !e.and());
                code.saveAll();
                effect(e.right());
                code.place(end);
            }
            case Expression.Not e -> effect(e.operand());
            case Expression.Negate e -> effect(e.operand());
            case Expression.Complement e -> effect(e.operand());
            case Arithmetic e
                    when e.operator() != Operator.DIVIDE && e.operator() != Operator.REMAINDER -> {
                effect(e.left());
                effect(e.right());
            }
            case Comparison e -> {
                effect(e.left());
                effect(e.right());
            }
            case Read _, Expression.AddressOf _, Arithmetic _ -> {
                if (Types.isScalar(expression.type())) {
                    values.free(value(expression));
                }
            }
        }
    }

    @Override
    public Address structure(Expression expression) {
        return structures.structure(expression);
    }

    /** Copies the value of a structure. */
    void copyStructure(Address to, Expression value) {
        structures.copy(to, value);
    }

    /** Jumps if a condition is true, or if it is false. */
    void branch(Expression condition, Label target, boolean when) {
        conditions.branch(condition, target, when);
    }
}
