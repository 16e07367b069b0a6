package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Operand.Immediate;
import org.jspecify.annotations.Nullable;

/** Makes the right operands of instructions. */
final class OperandCompiler {
    /**
     * An operand for a two-operand instruction of a size: constant, register, or memory read once.
     */
    record Source(Operand operand, Value value, @Nullable Address address) {}

    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final Evaluator evaluator;
    private final ValueCode values;

    OperandCompiler(CodeBuffer code, AddressCompiler addresses, Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
    }

    /** The right operand of an instruction; its temporaries live until {@link #free}. */
    Source source(Expression expression, int size) {
        if (expression instanceof Constant constant) {
            long number = size == 4 ? (int) constant.value() : constant.value();
            if (Immediate.fits(number)) {
                return new Source(new Immediate(number), Value.NOTHING, null);
            }
        }
        if (expression instanceof Read read
                && Types.size(read.type()) == size
                && AddressCompiler.isInMemory(read)) {
            Address address = addresses.address(read.place());
            return new Source(address.memory(code), Value.NOTHING, address);
        }
        Value value = values.inRegister(evaluator.value(expression), size);
        return new Source(values.register(value), value, null);
    }

    /** The operand again, after other temporaries were used. */
    Operand operand(Source source) {
        if (source.address != null) {
            return source.address.memory(code);
        }
        return source.value instanceof Value.Nothing
                ? source.operand
                : values.register(source.value);
    }

    void free(Source source) {
        values.free(source.value);
        if (source.address != null) {
            source.address.free(code);
        }
    }
}
