package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Slot;

/** Makes values of structures, which live in memory. */
final class StructureCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final ConditionCompiler conditions;
    private final CallCompiler calls;
    private final Evaluator evaluator;
    private final MemoryCode memory;

    StructureCompiler(
            CodeBuffer code,
            AddressCompiler addresses,
            ConditionCompiler conditions,
            CallCompiler calls,
            Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.conditions = conditions;
        this.calls = calls;
        this.evaluator = evaluator;
        this.memory = new MemoryCode(code);
    }

    /** The address of a structure's value. */
    Address structure(Expression expression) {
        return switch (expression) {
            case Read read -> addresses.address(read.place());
            case Expression.Call call -> calls.structure(call);
            case Expression.Assign assign -> assign(assign);
            case Expression.Comma comma -> {
                comma.effects().forEach(evaluator::effect);
                yield structure(comma.value());
            }
            case Expression.Conditional e -> {
                Slot slot = code.newSlot(Types.size(e.type()), 16);
                Label no = new Label();
                Label end = new Label();
                conditions.branch(e.condition(), no, false);
                code.saveAll();
                copy(Address.of(Memory.of(slot, 0)), e.yes());
                code.jump(end);
                code.place(no);
                copy(Address.of(Memory.of(slot, 0)), e.no());
                code.place(end);
                yield Address.of(Memory.of(slot, 0));
            }
            case Expression.Inlined inlined -> {
                evaluator.effect(inlined);
                yield Address.of(Memory.of(AddressCompiler.slot(inlined.result()), 0));
            }
            default -> throw new IllegalStateException(expression.getClass().getName());
        };
    }

    /** Copies the value of an expression. */
    void copy(Address to, Expression value) {
        Address from = structure(value);
        memory.copy(to, from, Types.size(value.type()));
        from.free(code);
    }

    /** Copies a structure; the address of the copy. */
    Address assign(Expression.Assign e) {
        Address from = structure(e.value());
        Address to = addresses.address(e.place());
        memory.copy(to, from, Types.size(e.type()));
        from.free(code);
        return to;
    }
}
