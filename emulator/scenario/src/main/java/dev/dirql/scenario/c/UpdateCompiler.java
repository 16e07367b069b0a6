package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import org.jspecify.annotations.Nullable;

/** Makes compound assignments, increments and decrements. */
final class UpdateCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final OperandCompiler operands;
    private final ArithmeticCompiler arithmetic;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;
    private final BitFieldCode bitFields;

    UpdateCompiler(
            CodeBuffer code,
            AddressCompiler addresses,
            OperandCompiler operands,
            ArithmeticCompiler arithmetic,
            Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.operands = operands;
        this.arithmetic = arithmetic;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
        this.bitFields = new BitFieldCode(code);
    }

    Value update(Expression.Update e, boolean wanted) {
        Register home = AddressCompiler.registerOf(e.place());
        if (home != null) {
            return updateRegister(e, home, wanted);
        }
        if (!wanted && !(e.place() instanceof BitPlace) && updateMemory(e)) {
            return Value.NOTHING;
        }
        Address address = addresses.address(e.place());
        Temporary value = code.take();
        loads.load(code.use(value), address.memory(code), e.place().type());
        if (e.place() instanceof BitPlace bits) {
            bitFields.extract(code.use(value), bits);
        }
        Temporary old = null;
        if (wanted && e.before()) {
            old = code.take();
            Register from = code.use(value);
            code.emit(Operation.MOV, ValueCode.width(e.type()), code.use(old), from);
        }
        value = compute(e, value);
        Value result = new Value.Owned(value);
        if (e.place() instanceof BitPlace bits) {
            bitFields.store(bits, address, result);
            address.free(code);
            if (wanted && old == null) {
                return new Value.Owned(bitFields.cut(bits, result));
            }
        } else {
            Memory operand = address.memory(code);
            code.emit(Operation.MOV, (int) Types.size(e.place().type()), operand, code.use(value));
            address.free(code);
        }
        if (old != null) {
            code.free(value);
            return new Value.Owned(old);
        }
        if (!wanted) {
            code.free(value);
            return Value.NOTHING;
        }
        return result;
    }

    /** The value after an update, converted back to the type of the place. */
    private Temporary compute(Expression.Update e, Temporary value) {
        CType type = e.place().type();
        if (ValueCode.width(e.computed()) == 8 && Types.size(type) < 8) {
            Register register = code.use(value);
            loads.widen(register, register, type);
        }
        Temporary result = arithmetic.apply(e.operator(), e.computed(), value, e.amount());
        if (Types.isBool(type)) {
            int size = ValueCode.width(e.computed());
            Register register = code.use(result);
            code.emit(Operation.TEST, size, register, register);
            code.set(Instruction.NOT_EQUAL, register);
            code.extend(false, 4, 1, register, register);
        } else {
            loads.normalise(code.use(result), type);
        }
        return result;
    }

    private Value updateRegister(Expression.Update e, Register home, boolean wanted) {
        CType type = e.place().type();
        int size = ValueCode.width(type);
        Temporary old = null;
        if (wanted && e.before()) {
            old = code.take();
            code.emit(Operation.MOV, size, code.use(old), home);
        }
        Operation operation = simple(e.operator());
        boolean direct =
                ValueCode.width(e.computed()) == size && !Types.isBool(type) && operation != null;
        if (direct && operation != null) {
            if (stepsByOne(e)) {
                code.emit(increments(e) ? Operation.INC : Operation.DEC, size, home);
            } else {
                OperandCompiler.Source source = operands.source(e.amount(), size);
                code.emit(operation, size, home, operands.operand(source));
                operands.free(source);
            }
            loads.normalise(home, type);
        } else {
            Temporary value = code.take();
            code.emit(Operation.MOV, size, code.use(value), home);
            value = compute(e, value);
            code.emit(Operation.MOV, size, home, code.use(value));
            code.free(value);
        }
        return old != null ? new Value.Owned(old) : new Value.Kept(home);
    }

    private static @Nullable Operation simple(Operator operator) {
        return switch (operator) {
            case ADD -> Operation.ADD;
            case SUBTRACT -> Operation.SUB;
            case AND -> Operation.AND;
            case OR -> Operation.OR;
            case XOR -> Operation.XOR;
            case MULTIPLY, DIVIDE, REMAINDER, SHIFT_LEFT, SHIFT_RIGHT -> null;
        };
    }

    private static boolean stepsByOne(Expression.Update e) {
        return e.amount() instanceof Constant constant
                && (constant.value() == 1 || constant.value() == -1)
                && (e.operator() == Operator.ADD || e.operator() == Operator.SUBTRACT);
    }

    private static boolean increments(Expression.Update e) {
        return ((Constant) e.amount()).value() == 1 == (e.operator() == Operator.ADD);
    }

    /**
     * Updates memory by one instruction, as other compilers do; false if no instruction does it.
     */
    private boolean updateMemory(Expression.Update e) {
        CType type = e.place().type();
        int size = (int) Types.size(type);
        if (Types.isBool(type)) {
            return false;
        }
        Operation operation = simple(e.operator());
        if (operation != null) {
            if (stepsByOne(e)) {
                Address address = addresses.address(e.place());
                code.emit(
                        increments(e) ? Operation.INC : Operation.DEC, size, address.memory(code));
                address.free(code);
                return true;
            }
            Value amount = evaluator.value(e.amount());
            if (amount instanceof Value.Fixed fixed) {
                long number = size <= 4 ? (int) fixed.value() : fixed.value();
                if (Immediate.fits(number)) {
                    Address address = addresses.address(e.place());
                    code.emit(operation, size, address.memory(code), new Immediate(number));
                    address.free(code);
                    return true;
                }
                amount = values.inRegister(amount, 8);
            }
            Address address = addresses.address(e.place());
            Memory operand = address.memory(code);
            code.emit(operation, size, operand, values.register(amount));
            address.free(code);
            values.free(amount);
            return true;
        }
        boolean shifts =
                e.operator() == Operator.SHIFT_LEFT || e.operator() == Operator.SHIFT_RIGHT;
        if (!shifts || !(e.amount() instanceof Constant constant)) {
            return false;
        }
        long count = constant.value();
        if (count < 0 || count >= size * 8L) {
            return false;
        }
        Operation shift =
                e.operator() == Operator.SHIFT_LEFT
                        ? Operation.SHL
                        : Types.isSigned(type) ? Operation.SAR : Operation.SHR;
        Address address = addresses.address(e.place());
        code.emit(shift, size, address.memory(code), new Immediate(count));
        address.free(code);
        return true;
    }
}
