package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the instructions that intrinsics stand for. */
final class IntrinsicCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;
    private final MemoryCode blocks;

    IntrinsicCompiler(CodeBuffer code, AddressCompiler addresses, Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
        this.blocks = new MemoryCode(code);
    }

    Value call(Expression.IntrinsicCall call, boolean wanted) {
        List<Expression> arguments = call.arguments();
        Intrinsic intrinsic = call.intrinsic();
        int size = intrinsic.size();
        switch (intrinsic.action()) {
            case READ_CR8 -> {
                Temporary result = code.take();
                controlRegister(0x20, code.use(result));
                return new Value.Owned(result);
            }
            case WRITE_CR8 -> {
                Value value = values.inRegister(evaluator.value(arguments.get(0)), 8);
                controlRegister(0x22, values.register(value));
                values.free(value);
            }
            case READ_GS -> {
                Address address = segment(arguments.get(0));
                Memory memory = address.memory(code);
                address.free(code);
                Temporary result = code.take();
                loads.load(code.use(result), memory, call.type());
                return new Value.Owned(result);
            }
            case WRITE_GS -> {
                Value value = values.inRegister(evaluator.value(arguments.get(1)), size);
                Address address = segment(arguments.get(0));
                Memory memory = address.memory(code);
                code.emit(Operation.MOV, size, memory, values.register(value));
                address.free(code);
                values.free(value);
            }
            case INCREMENT -> {
                return step(call, wanted, 1);
            }
            case DECREMENT -> {
                return step(call, wanted, -1);
            }
            case EXCHANGE -> {
                return exchange(call, Operation.XCHG, wanted);
            }
            case EXCHANGE_ADD -> {
                return exchange(call, Operation.XADD, wanted);
            }
            case ADD -> {
                return add(call);
            }
            case COMPARE_EXCHANGE -> {
                return compareExchange(call);
            }
            case AND -> {
                return combine(call, Operation.AND, wanted);
            }
            case OR -> {
                return combine(call, Operation.OR, wanted);
            }
            case XOR -> {
                return combine(call, Operation.XOR, wanted);
            }
            case BIT_TEST_AND_SET -> {
                return bit(call, Operation.BTS, true);
            }
            case BIT_TEST_AND_RESET -> {
                return bit(call, Operation.BTR, true);
            }
            case PLAIN_BIT_TEST -> {
                return bit(call, Operation.BT, false);
            }
            case PLAIN_BIT_TEST_AND_SET -> {
                return bit(call, Operation.BTS, false);
            }
            case PLAIN_BIT_TEST_AND_RESET -> {
                return bit(call, Operation.BTR, false);
            }
            case SCAN_FORWARD -> {
                return scan(call, Operation.BSF);
            }
            case SCAN_REVERSE -> {
                return scan(call, Operation.BSR);
            }
            case ROTATE_LEFT -> {
                return rotate(call, Operation.ROL);
            }
            case ROTATE_RIGHT -> {
                return rotate(call, Operation.ROR);
            }
            case BYTE_SWAP -> {
                return swap(call);
            }
            case PAUSE -> code.raw(0xF3, 0x90);
            case FENCE ->
                    code.raw(
                            0x0F,
                            0xAE,
                            switch (intrinsic.name()) {
                                case "_mm_lfence" -> 0xE8;
                                case "_mm_sfence" -> 0xF8;
                                default -> 0xF0;
                            });
            case COMPILER_FENCE -> {}
            case DISABLE -> code.raw(0xFA);
            case ENABLE -> code.raw(0xFB);
            case HALT -> code.raw(0xF4);
            case READ_FLAGS -> {
                Temporary result = code.take();
                code.raw(0x9C);
                code.emit(Operation.POP, 8, code.use(result));
                return new Value.Owned(result);
            }
            case IN -> {
                return in(call);
            }
            case OUT -> out(arguments, size);
            case IN_STRING -> portString(arguments, size, Register.RDI, 0x6C);
            case OUT_STRING -> portString(arguments, size, Register.RSI, 0x6E);
            case BREAK -> code.raw(0xCC);
            case ASSERTION -> code.raw(0xCD, 0x2C);
            case FAST_FAIL -> {
                take(arguments.get(0), Register.RCX, 4);
                code.raw(0xCD, 0x29);
            }
            case TIME_STAMP -> {
                Temporary result = code.claimRax();
                code.raw(0x0F, 0x31);
                code.emit(Operation.SHL, 8, Register.RDX, new Immediate(32));
                code.emit(Operation.OR, 8, Register.RAX, Register.RDX);
                return new Value.Owned(result);
            }
            case COPY -> {
                return copy(call, wanted);
            }
            case FILL -> {
                return fill(call, wanted);
            }
            case MOVE_STRING -> {
                Value to = evaluator.value(arguments.get(0));
                Value from = evaluator.value(arguments.get(1));
                take(arguments.get(2), Register.RCX, 8);
                give(from, Register.RSI, 8);
                give(to, Register.RDI, 8);
                blocks.repeatMove(size);
            }
            case STORE_STRING -> {
                Value to = evaluator.value(arguments.get(0));
                Value pattern = evaluator.value(arguments.get(1));
                take(arguments.get(2), Register.RCX, 8);
                give(to, Register.RDI, 8);
                store(pattern, size);
            }
        }
        return Value.NOTHING;
    }

    /** Evaluates an expression into a register that is no temporary's. */
    private void take(Expression expression, Register register, int size) {
        give(evaluator.value(expression), register, size);
    }

    private void give(Value value, Register register, int size) {
        values.moveTo(register, value, size);
        values.free(value);
    }

    /** {@code mov reg,cr8} or {@code mov cr8,reg}. */
    private void controlRegister(int opcode, Register register) {
        int number = register.ordinal();
        code.raw(number >= 8 ? 0x45 : 0x44, 0x0F, opcode, 0xC0 | (number & 7));
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

    /** The memory that an argument points to. */
    private Address pointed(Expression pointer) {
        return addresses.address(Fold.indirect(CType.UCHAR, pointer));
    }

    private Value normalised(Temporary result, CType type) {
        int size = (int) Types.size(type);
        if (size < 4) {
            Register register = code.use(result);
            code.extend(Types.isSigned(type), 4, size, register, register);
        }
        return new Value.Owned(result);
    }

    private Value step(Expression.IntrinsicCall call, boolean wanted, int amount) {
        int size = call.intrinsic().size();
        Address address = pointed(call.arguments().get(0));
        Operation operation = amount > 0 ? Operation.INC : Operation.DEC;
        if (!wanted) {
            code.locked(operation, size, address.memory(code), null);
            address.free(code);
            return Value.NOTHING;
        }
        int width = Math.max(4, size);
        Temporary result = code.take();
        code.emit(Operation.MOV, width, code.use(result), new Immediate(amount));
        Memory memory = address.memory(code);
        code.locked(Operation.XADD, size, memory, code.use(result));
        address.free(code);
        code.emit(operation, width, code.use(result));
        return normalised(result, call.type());
    }

    private Value exchange(Expression.IntrinsicCall call, Operation operation, boolean wanted) {
        int size = call.intrinsic().size();
        if (operation == Operation.XADD && !wanted) {
            return plain(call, Operation.ADD);
        }
        Temporary result = values.own(evaluator.value(call.arguments().get(1)), Math.max(4, size));
        Address address = pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        if (operation == Operation.XCHG) {
            code.emit(operation, size, memory, code.use(result));
        } else {
            code.locked(operation, size, memory, code.use(result));
        }
        address.free(code);
        return normalised(result, call.type());
    }

    private Value add(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        int width = Math.max(4, size);
        Value amount = values.inRegister(evaluator.value(call.arguments().get(1)), width);
        Address address = pointed(call.arguments().get(0));
        Temporary result = code.take();
        Register from = values.register(amount);
        code.emit(Operation.MOV, width, code.use(result), from);
        Memory memory = address.memory(code);
        code.locked(Operation.XADD, size, memory, code.use(result));
        address.free(code);
        Register addend = values.register(amount);
        code.emit(Operation.ADD, width, code.use(result), addend);
        values.free(amount);
        return normalised(result, call.type());
    }

    /** A locked operation whose result nobody wants. */
    private Value plain(Expression.IntrinsicCall call, Operation operation) {
        int size = call.intrinsic().size();
        Value amount = evaluator.value(call.arguments().get(1));
        if (amount instanceof Value.Fixed fixed) {
            long number = size <= 4 ? (int) fixed.value() : fixed.value();
            if (Immediate.fits(number)) {
                Address address = pointed(call.arguments().get(0));
                code.locked(operation, size, address.memory(code), new Immediate(number));
                address.free(code);
                return Value.NOTHING;
            }
            amount = values.inRegister(amount, 8);
        }
        Address address = pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        code.locked(operation, size, memory, values.register(amount));
        address.free(code);
        values.free(amount);
        return Value.NOTHING;
    }

    private Value combine(Expression.IntrinsicCall call, Operation operation, boolean wanted) {
        if (!wanted) {
            return plain(call, operation);
        }
        int size = call.intrinsic().size();
        int width = Math.max(4, size);
        Value amount = values.inRegister(evaluator.value(call.arguments().get(1)), width);
        Address address = pointed(call.arguments().get(0));
        Temporary result = code.claimRax();
        Memory memory = address.memory(code);
        Register operand = values.register(amount);
        Label again = new Label();
        loads.load(Register.RAX, memory, call.type());
        code.place(again);
        code.emit(Operation.MOV, width, Register.RCX, Register.RAX);
        code.emit(operation, width, Register.RCX, operand);
        code.locked(Operation.CMPXCHG, size, memory, Register.RCX);
        code.jumpIf(Instruction.NOT_EQUAL, again);
        address.free(code);
        values.free(amount);
        return normalised(result, call.type());
    }

    private Value compareExchange(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        int width = Math.max(4, size);
        Value exchange = values.inRegister(evaluator.value(call.arguments().get(1)), width);
        Value comparand = evaluator.value(call.arguments().get(2));
        Address address = pointed(call.arguments().get(0));
        give(comparand, Register.RDX, width);
        Temporary result = code.claimRax();
        Memory memory = address.memory(code);
        Register source = values.register(exchange);
        code.emit(Operation.MOV, width, code.use(result), Register.RDX);
        code.locked(Operation.CMPXCHG, size, memory, source);
        address.free(code);
        values.free(exchange);
        return normalised(result, call.type());
    }

    private Value bit(Expression.IntrinsicCall call, Operation operation, boolean locked) {
        int size = call.intrinsic().size();
        Value index = evaluator.value(call.arguments().get(1));
        boolean small =
                index instanceof Value.Fixed fixed
                        && fixed.value() >= 0
                        && fixed.value() < size * 8L;
        Value held = small ? index : values.inRegister(index, size);
        Address address = pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        Operand operand =
                held instanceof Value.Fixed fixed
                        ? new Immediate(fixed.value())
                        : values.register(held);
        if (locked) {
            code.locked(operation, size, memory, operand);
        } else {
            code.emit(operation, size, memory, operand);
        }
        address.free(code);
        values.free(held);
        return flag(Instruction.BELOW);
    }

    private Value flag(int condition) {
        // Saving a temporary moves memory, which leaves the flags alone.
        Temporary result = code.take();
        Register register = code.use(result);
        code.set(condition, register);
        code.extend(false, 4, 1, register, register);
        return new Value.Owned(result);
    }

    private Value scan(Expression.IntrinsicCall call, Operation operation) {
        int size = call.intrinsic().size();
        Value mask = values.inRegister(evaluator.value(call.arguments().get(1)), size);
        Address address = pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        code.emit(operation, size, Register.RCX, values.register(mask));
        code.emit(Operation.MOV, 4, memory, Register.RCX);
        address.free(code);
        values.free(mask);
        return flag(Instruction.NOT_EQUAL);
    }

    private Value rotate(Expression.IntrinsicCall call, Operation operation) {
        int size = call.intrinsic().size();
        Expression count = call.arguments().get(1);
        Temporary result = values.own(evaluator.value(call.arguments().get(0)), Math.max(4, size));
        if (count instanceof Constant constant) {
            long number = constant.value() & (size * 8L - 1);
            code.emit(operation, size, code.use(result), new Immediate(number));
        } else {
            take(count, Register.RCX, 4);
            code.emit(operation, size, code.use(result), Register.RCX);
        }
        return normalised(result, call.type());
    }

    private Value swap(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        Temporary result = values.own(evaluator.value(call.arguments().get(0)), Math.max(4, size));
        if (size == 2) {
            code.emit(Operation.ROL, 2, code.use(result), new Immediate(8));
        } else {
            code.emit(Operation.BSWAP, size, code.use(result));
        }
        return normalised(result, call.type());
    }

    private Value in(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        take(call.arguments().get(0), Register.RDX, 4);
        Temporary result = code.claimRax();
        port(size, 0xEC);
        int bytes = (int) Types.size(call.type());
        if (bytes < 4) {
            code.extend(false, 4, bytes, Register.RAX, Register.RAX);
        }
        return new Value.Owned(result);
    }

    private void out(List<Expression> arguments, int size) {
        Value value = evaluator.value(arguments.get(1));
        take(arguments.get(0), Register.RDX, 4);
        inRax(value, 4);
        port(size, 0xEE);
        releaseRax();
    }

    private void port(int size, int opcode) {
        switch (size) {
            case 1 -> code.raw(opcode);
            case 2 -> code.raw(0x66, opcode + 1);
            default -> code.raw(opcode + 1);
        }
    }

    private @Nullable Temporary rax;

    /** Moves a value to RAX, whoever lived there. */
    private void inRax(Value value, int size) {
        if (value instanceof Value.Owned owned && owned.temporary().register == Register.RAX) {
            rax = owned.temporary();
            return;
        }
        Value held = values.inRegister(value, size);
        Temporary target = code.claimRax();
        Register from = values.register(held);
        code.emit(Operation.MOV, size, Register.RAX, from);
        values.free(held);
        rax = target;
    }

    private void releaseRax() {
        if (rax != null) {
            code.free(rax);
            rax = null;
        }
    }

    private void portString(List<Expression> arguments, int size, Register pointer, int opcode) {
        Value port = evaluator.value(arguments.get(0));
        Value buffer = evaluator.value(arguments.get(1));
        take(arguments.get(2), Register.RCX, 4);
        give(buffer, pointer, 8);
        give(port, Register.RDX, 4);
        blocks.repeat(size == 8 ? 4 : size, opcode);
    }

    private void store(Value pattern, int size) {
        inRax(pattern, Math.max(4, size));
        blocks.repeatStore(size);
        releaseRax();
    }

    private Value copy(Expression.IntrinsicCall call, boolean wanted) {
        List<Expression> arguments = call.arguments();
        if (arguments.get(2) instanceof Constant size
                && size.value() >= 0
                && size.value() <= MemoryCode.MAXIMUM_INLINE) {
            Address from = pointed(arguments.get(1));
            Address to = pointed(arguments.get(0));
            blocks.copy(to, from, size.value());
            from.free(code);
            return result(to, wanted);
        }
        Value to = values.inRegister(evaluator.value(arguments.get(0)), 8);
        Value from = evaluator.value(arguments.get(1));
        take(arguments.get(2), Register.RCX, 8);
        give(from, Register.RSI, 8);
        code.emit(Operation.MOV, 8, Register.RDI, values.register(to));
        blocks.repeatMove(1);
        return keep(to, wanted);
    }

    private Value result(Address to, boolean wanted) {
        if (!wanted) {
            to.free(code);
            return Value.NOTHING;
        }
        Memory memory = to.memory(code);
        to.free(code);
        Temporary result = code.take();
        code.emit(Operation.LEA, 8, code.use(result), memory);
        return new Value.Owned(result);
    }

    private Value keep(Value value, boolean wanted) {
        if (wanted) {
            return value;
        }
        values.free(value);
        return Value.NOTHING;
    }

    private Value fill(Expression.IntrinsicCall call, boolean wanted) {
        List<Expression> arguments = call.arguments();
        if (arguments.get(1) instanceof Constant value
                && arguments.get(2) instanceof Constant size
                && size.value() >= 0
                && size.value() <= Integer.MAX_VALUE) {
            Address to = pointed(arguments.get(0));
            blocks.fill(to, (int) value.value(), size.value());
            return result(to, wanted);
        }
        Value to = values.inRegister(evaluator.value(arguments.get(0)), 8);
        Value value = evaluator.value(arguments.get(1));
        take(arguments.get(2), Register.RCX, 8);
        code.emit(Operation.MOV, 8, Register.RDI, values.register(to));
        store(value, 1);
        return keep(to, wanted);
    }
}
