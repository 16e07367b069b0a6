package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Arithmetic;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Comparison;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Convert;
import dev.dirql.scenario.c.Expression.Indirect;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Expression.SymbolPlace;
import dev.dirql.scenario.c.Expression.ValuePlace;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Operand.Slot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes instructions for expressions. A value of a type shorter than 32 bits is held extended to 32
 * bits; the upper half of a register that holds at most 32 bits is undefined.
 */
final class ExpressionCompiler {
    private final CodeBuffer code;
    private final FunctionCompiler function;
    final MemoryCode memory;
    private final CallCompiler calls;
    private final IntrinsicCompiler intrinsics;

    ExpressionCompiler(CodeBuffer code, FunctionCompiler function) {
        this.code = code;
        this.function = function;
        this.memory = new MemoryCode(code);
        this.calls = new CallCompiler(code, this, function);
        this.intrinsics = new IntrinsicCompiler(code, this);
    }

    /** Bytes of the register that computes with a type: 4 or 8. */
    static int width(CType type) {
        return Types.size(type) == 8 ? 8 : 4;
    }

    // Values.

    /** The value of a scalar expression. */
    Value value(Expression expression) {
        return switch (expression) {
            case Constant constant -> new Value.Fixed(constant.value());
            case Expression.SymbolAddress e -> new Value.Owned(symbolAddress(e));
            case Read read -> read(read);
            case Expression.AddressOf e -> addressOf(e);
            case Expression.Negate e -> unary(Operation.NEG, e.type(), e.operand());
            case Expression.Complement e -> unary(Operation.NOT, e.type(), e.operand());
            case Expression.Not _, Expression.Comparison _ -> truthValue(expression);
            case Expression.Logical _ -> truthByJumps(expression);
            case Arithmetic e -> new Value.Owned(arithmetic(e));
            case Expression.Conditional e -> conditional(e);
            case Expression.Comma e -> {
                e.effects().forEach(this::effect);
                yield value(e.value());
            }
            case Convert e -> convert(e);
            case Expression.Assign e -> assign(e, true);
            case Expression.Update e -> update(e, true);
            case Expression.Call e -> calls.call(e);
            case Expression.IntrinsicCall e -> intrinsics.call(e, true);
            case Expression.Inlined e -> function.inlined(e, true);
        };
    }

    /** Evaluates an expression for what it does. */
    void effect(Expression expression) {
        switch (expression) {
            case Constant _, Expression.SymbolAddress _ -> {}
            case Read e when Types.isStructure(e.type()) -> {}
            case Read e when !Types.isVolatile(e.place().type()) && Fold.isPure(e) -> {}
            case Expression.Assign e -> free(assign(e, false));
            case Expression.Update e -> free(update(e, false));
            case Expression.Call e -> free(calls.call(e));
            case Expression.IntrinsicCall e -> free(intrinsics.call(e, false));
            case Expression.Inlined e -> free(function.inlined(e, false));
            case Convert e -> effect(e.operand());
            case Expression.Comma e -> {
                e.effects().forEach(this::effect);
                effect(e.value());
            }
            case Expression.Conditional e -> {
                Label no = new Label();
                Label end = new Label();
                branch(e.condition(), no, false);
                code.saveAll();
                effect(e.yes());
                code.jump(end);
                code.place(no);
                effect(e.no());
                code.place(end);
            }
            case Expression.Logical e -> {
                Label end = new Label();
                branch(e.left(), end, !e.and());
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
                    free(value(expression));
                }
            }
        }
    }

    void free(Value value) {
        if (value instanceof Value.Owned owned) {
            code.free(owned.temporary());
        }
    }

    /** A register that holds a value; only for the next instruction. */
    Register register(Value value) {
        return switch (value) {
            case Value.Owned owned -> code.use(owned.temporary());
            case Value.Kept kept -> kept.register();
            case Value.Fixed _, Value.Nothing _ ->
                    throw new IllegalStateException("not in a register: " + value);
        };
    }

    /** A value in a register: a constant is loaded. */
    Value inRegister(Value value, int size) {
        return value instanceof Value.Fixed ? new Value.Owned(own(value, size)) : value;
    }

    /** A value in a temporary that may be changed. */
    Temporary own(Value value, int size) {
        return switch (value) {
            case Value.Owned owned -> owned.temporary();
            case Value.Fixed fixed -> {
                Temporary temporary = code.take();
                code.emit(Operation.MOV, size, code.use(temporary), new Immediate(fixed.value()));
                yield temporary;
            }
            case Value.Kept kept -> {
                Temporary temporary = code.take();
                code.emit(Operation.MOV, size, code.use(temporary), kept.register());
                yield temporary;
            }
            case Value.Nothing _ -> throw new IllegalStateException("no value");
        };
    }

    private Temporary owned(Expression expression) {
        return own(value(expression), width(expression.type()));
    }

    /** Moves a value into a register that is no temporary's. */
    void moveTo(Register register, Value value, int size) {
        switch (value) {
            case Value.Fixed fixed ->
                    code.emit(Operation.MOV, size, register, new Immediate(fixed.value()));
            case Value.Kept kept -> {
                if (kept.register() != register) {
                    code.emit(Operation.MOV, size, register, kept.register());
                }
            }
            case Value.Owned owned -> code.moveFresh(size, register, code.use(owned.temporary()));
            case Value.Nothing _ -> throw new IllegalStateException("no value");
        }
    }

    static boolean fits(long value) {
        return value == (int) value;
    }

    /**
     * An operand for a two-operand instruction of a size: constant, register, or memory read once.
     */
    private record Source(Operand operand, Value value, @Nullable Address address) {}

    /** The right operand of an instruction; its temporaries live until {@link #done}. */
    private Source source(Expression expression, int size) {
        if (expression instanceof Constant constant) {
            long number = size == 4 ? (int) constant.value() : constant.value();
            if (fits(number)) {
                return new Source(new Immediate(number), Value.NOTHING, null);
            }
        }
        if (expression instanceof Read read
                && Types.size(read.type()) == size
                && !(read.place() instanceof BitPlace)
                && registerOf(read.place()) == null) {
            Address address = address(read.place());
            return new Source(address.memory(code), Value.NOTHING, address);
        }
        Value value = inRegister(value(expression), size);
        return new Source(register(value), value, null);
    }

    /** The operand again, after other temporaries were used. */
    private Operand operand(Source source) {
        if (source.address != null) {
            return source.address.memory(code);
        }
        return source.value instanceof Value.Nothing ? source.operand : register(source.value);
    }

    private void done(Source source) {
        free(source.value);
        if (source.address != null) {
            source.address.free(code);
        }
    }

    // Places.

    /** The register in which a place lives, if it does. */
    @Nullable Register registerOf(Place place) {
        return place instanceof LocalPlace at ? at.local().register : null;
    }

    Address address(Place place) {
        return switch (place) {
            case LocalPlace at -> Address.of(Memory.of(slot(at.local()), at.offset()));
            case SymbolPlace at -> {
                if (at.symbol().importedFrom.isEmpty()) {
                    yield Address.of(Memory.of(at.symbol(), at.offset()));
                }
                Temporary base = code.take();
                code.emit(Operation.MOV, 8, code.use(base), Memory.importOf(at.symbol()));
                yield new Address(Memory.at(Register.RAX, at.offset()), base, null);
            }
            case Indirect at -> indirect(at.address(), at.offset());
            case ValuePlace at -> structure(at.value()).plus(at.offset());
            case BitPlace at -> address(at.unit());
        };
    }

    private static Slot slot(Local local) {
        return Objects.requireNonNull(local.slot, local.name);
    }

    private Address indirect(Expression pointer, long offset) {
        if (pointer instanceof Convert convert && Types.size(convert.operand().type()) == 8) {
            return indirect(convert.operand(), offset);
        }
        if (pointer instanceof Expression.AddressOf e) {
            return address(e.place()).plus(offset);
        }
        if (pointer instanceof Constant constant && fits(constant.value() + offset)) {
            Memory absolute =
                    new Memory(null, null, 1, constant.value() + offset, null, false, null, false);
            return Address.of(absolute);
        }
        if (pointer instanceof Arithmetic sum && sum.operator() == Operator.ADD) {
            if (!(sum.right() instanceof Constant constant)) {
                return indexed(sum, offset);
            }
            if (fits(constant.value() + offset) && fits(constant.value())) {
                return indirect(sum.left(), constant.value() + offset);
            }
        }
        Value base = inRegister(value(pointer), 8);
        return switch (base) {
            case Value.Kept kept -> Address.of(Memory.at(kept.register(), offset));
            case Value.Owned owned ->
                    new Address(Memory.at(Register.RAX, offset), owned.temporary(), null);
            case Value.Fixed _, Value.Nothing _ -> throw new IllegalStateException();
        };
    }

    /** Base plus index, the index perhaps scaled. */
    private Address indexed(Arithmetic sum, long offset) {
        Expression index = sum.right();
        int scale = 1;
        if (index instanceof Arithmetic product
                && product.operator() == Operator.MULTIPLY
                && product.right() instanceof Constant factor
                && (factor.value() == 2 || factor.value() == 4 || factor.value() == 8)) {
            scale = (int) factor.value();
            index = product.left();
        }
        Value first = inRegister(value(sum.left()), 8);
        Value second = inRegister(value(index), 8);
        Register baseRegister = first instanceof Value.Kept kept ? kept.register() : Register.RAX;
        Register indexRegister = second instanceof Value.Kept kept ? kept.register() : Register.RAX;
        return new Address(
                new Memory(baseRegister, indexRegister, scale, offset, null, false, null, false),
                first instanceof Value.Owned owned ? owned.temporary() : null,
                second instanceof Value.Owned owned ? owned.temporary() : null);
    }

    /** The address of a structure's value. */
    Address structure(Expression expression) {
        return switch (expression) {
            case Read read -> address(read.place());
            case Expression.Call call -> calls.structure(call);
            case Expression.Assign assign -> assignStructure(assign);
            case Expression.Comma comma -> {
                comma.effects().forEach(this::effect);
                yield structure(comma.value());
            }
            case Expression.Conditional e -> {
                Slot slot = code.newSlot(Types.size(e.type()), 16);
                Label no = new Label();
                Label end = new Label();
                branch(e.condition(), no, false);
                code.saveAll();
                copyStructure(Address.of(Memory.of(slot, 0)), e.yes());
                code.jump(end);
                code.place(no);
                copyStructure(Address.of(Memory.of(slot, 0)), e.no());
                code.place(end);
                yield Address.of(Memory.of(slot, 0));
            }
            case Expression.Inlined inlined -> {
                function.inlined(inlined, true);
                yield Address.of(Memory.of(slot(inlined.result()), 0));
            }
            default -> throw new IllegalStateException(expression.getClass().getName());
        };
    }

    void copyStructure(Address to, Expression value) {
        Address from = structure(value);
        memory.copy(to, from, Types.size(value.type()));
        from.free(code);
    }

    // Reading.

    private Temporary symbolAddress(Expression.SymbolAddress e) {
        Temporary result = code.take();
        symbolAddress(e, code.use(result));
        return result;
    }

    void symbolAddress(Expression.SymbolAddress e, Register register) {
        if (e.symbol().importedFrom.isEmpty()) {
            code.emit(Operation.LEA, 8, register, Memory.of(e.symbol(), e.offset()));
        } else {
            code.emit(Operation.MOV, 8, register, Memory.importOf(e.symbol()));
            if (e.offset() != 0) {
                code.emit(Operation.ADD, 8, register, new Immediate(e.offset()));
            }
        }
    }

    private Value addressOf(Expression.AddressOf e) {
        Address address = address(e.place());
        return new Value.Owned(load(address, Operation.LEA, 8));
    }

    /**
     * Loads from an address, or loads the address; a temporary of the address is used again for the
     * result.
     */
    private Temporary load(Address address, Operation operation, int size) {
        Memory operand = address.memory(code);
        address.free(code);
        Temporary result = code.take();
        code.emit(operation, size, code.use(result), operand);
        return result;
    }

    private Value read(Read read) {
        Register register = registerOf(read.place());
        if (register != null) {
            return new Value.Kept(register);
        }
        return new Value.Owned(load(read.place()));
    }

    /** Loads the value of a place. */
    private Temporary load(Place place) {
        Address address = address(place);
        Memory operand = address.memory(code);
        address.free(code);
        Temporary result = code.take();
        loadInto(code.use(result), operand, place.type());
        if (place instanceof BitPlace bits) {
            extract(code.use(result), bits);
        }
        return result;
    }

    /** Loads a scalar, extended to 32 bits if shorter. */
    void loadInto(Register register, Memory operand, CType type) {
        int size = (int) Types.size(type);
        if (size >= 4) {
            code.emit(Operation.MOV, size, register, operand);
        } else {
            code.extend(Types.isSigned(type), 4, size, register, operand);
        }
    }

    /** Cuts a bit-field out of its unit. */
    private void extract(Register register, BitPlace bits) {
        int width = width(bits.type());
        int all = width * 8;
        if (Types.isSigned(bits.type()) && !Types.isBool(bits.type())) {
            shift(Operation.SHL, width, register, all - bits.shift() - bits.width());
            shift(Operation.SAR, width, register, all - bits.width());
            return;
        }
        shift(Operation.SHR, width, register, bits.shift());
        if (bits.width() < 32) {
            code.emit(Operation.AND, width, register, new Immediate((1L << bits.width()) - 1));
        } else if (bits.width() < all) {
            shift(Operation.SHL, width, register, all - bits.width());
            shift(Operation.SHR, width, register, all - bits.width());
        }
    }

    private void shift(Operation operation, int size, Register register, int count) {
        if (count != 0) {
            code.emit(operation, size, register, new Immediate(count));
        }
    }

    // Conversions.

    private Value convert(Convert e) {
        CType from = e.operand().type();
        CType to = e.type();
        if (Types.isVoid(to)) {
            effect(e.operand());
            return Value.NOTHING;
        }
        if (Types.isBool(to) && !Types.isBool(from)) {
            return truthValue(e.operand());
        }
        int size = (int) Types.size(to);
        int fromSize = (int) Types.size(from);
        if (size < 8 && isTruth(e.operand())) {
            return value(e.operand());
        }
        boolean memory =
                e.operand() instanceof Read read
                        && registerOf(read.place()) == null
                        && !(read.place() instanceof BitPlace);
        if (memory && e.operand() instanceof Read read) {
            boolean extends8 = size == 8 && fromSize < 8;
            boolean shortens = size < fromSize && !Types.isVolatile(read.place().type());
            if (extends8 || shortens) {
                Address address = address(read.place());
                Memory operand = address.memory(code);
                address.free(code);
                Temporary result = code.take();
                if (shortens) {
                    loadInto(code.use(result), operand, to);
                } else {
                    widen(code.use(result), operand, from);
                }
                return new Value.Owned(result);
            }
        }
        Value value = value(e.operand());
        if (size == 8) {
            if (fromSize == 8) {
                return value;
            }
            if (value instanceof Value.Fixed fixed) {
                return new Value.Fixed(Types.convert(from, fixed.value()));
            }
            Register source = register(value);
            if (value instanceof Value.Kept) {
                Temporary result = code.take();
                widenRegister(code.use(result), source, from);
                return new Value.Owned(result);
            }
            widenRegister(source, source, from);
            return value;
        }
        if (size == 4 || subset(from, to)) {
            return value;
        }
        if (value instanceof Value.Fixed fixed) {
            return new Value.Fixed(Types.convert(to, fixed.value()));
        }
        Register source = register(value);
        Temporary result = value instanceof Value.Owned owned ? owned.temporary() : code.take();
        Register register = code.use(result);
        code.extend(Types.isSigned(to), 4, size, register, source);
        return new Value.Owned(result);
    }

    /** Whether every value of one short type is one of another. */
    private static boolean subset(CType from, CType to) {
        boolean fromSigned = Types.isSigned(from);
        boolean toSigned = Types.isSigned(to);
        long fromSize = Types.size(from);
        long toSize = Types.size(to);
        return fromSigned == toSigned ? fromSize <= toSize : !fromSigned && fromSize < toSize;
    }

    private void widen(Register register, Memory operand, CType from) {
        int size = (int) Types.size(from);
        if (Types.isSigned(from)) {
            code.extend(true, 8, size, register, operand);
        } else if (size == 4) {
            code.emit(Operation.MOV, 4, register, operand);
        } else {
            code.extend(false, 4, size, register, operand);
        }
    }

    private void widenRegister(Register register, Register source, CType from) {
        if (Types.isSigned(from)) {
            code.extend(true, 8, 4, register, source);
        } else {
            code.emit(Operation.MOV, 4, register, source);
        }
    }

    /** Extends a value in a register that has just lost the upper bits of a short type. */
    private void normalise(Register register, CType type) {
        int size = (int) Types.size(type);
        if (size < 4) {
            code.extend(Types.isSigned(type), 4, size, register, register);
        }
    }

    // Arithmetic.

    private Value unary(Operation operation, CType type, Expression operand) {
        Temporary result = owned(operand);
        code.emit(operation, width(type), code.use(result));
        return new Value.Owned(result);
    }

    private Temporary arithmetic(Arithmetic e) {
        int size = width(e.type());
        if (size == 8 && e.operator() == Operator.ADD) {
            if (e.right() instanceof Constant constant && fits(constant.value())) {
                return load(indirect(e.left(), constant.value()), Operation.LEA, 8);
            }
            if (Types.isPointer(e.type()) && !(e.right() instanceof Constant)) {
                return load(indexed(e, 0), Operation.LEA, 8);
            }
        }
        if (e.operator() == Operator.ADD && e.right() instanceof Constant constant) {
            Value left = value(e.left());
            if (left instanceof Value.Kept kept) {
                Temporary result = code.take();
                long number = size == 4 ? (int) constant.value() : constant.value();
                if (fits(number)) {
                    Memory sum = Memory.at(kept.register(), number);
                    code.emit(Operation.LEA, size, code.use(result), sum);
                    return result;
                }
                code.emit(Operation.MOV, size, code.use(result), kept.register());
                return apply(e.operator(), e.type(), result, e.right());
            }
            return apply(e.operator(), e.type(), own(left, size), e.right());
        }
        return apply(e.operator(), e.type(), owned(e.left()), e.right());
    }

    /** Computes {@code left operator right} in the temporary that holds the left operand. */
    private Temporary apply(Operator operator, CType type, Temporary left, Expression right) {
        int size = width(type);
        return switch (operator) {
            case ADD -> combine(Operation.ADD, size, left, right);
            case SUBTRACT -> combine(Operation.SUB, size, left, right);
            case AND -> combine(Operation.AND, size, left, right);
            case OR -> combine(Operation.OR, size, left, right);
            case XOR -> combine(Operation.XOR, size, left, right);
            case MULTIPLY -> multiply(size, left, right);
            case DIVIDE, REMAINDER -> divide(operator, type, left, right);
            case SHIFT_LEFT -> shift(Operation.SHL, size, left, right);
            case SHIFT_RIGHT ->
                    shift(Types.isSigned(type) ? Operation.SAR : Operation.SHR, size, left, right);
        };
    }

    private Temporary combine(Operation operation, int size, Temporary left, Expression right) {
        Source source = source(right, size);
        Register target = code.use(left);
        Operand operand = operand(source);
        code.emit(operation, size, target, operand);
        done(source);
        return left;
    }

    private Temporary multiply(int size, Temporary left, Expression right) {
        if (right instanceof Constant constant) {
            long number = size == 4 ? (int) constant.value() : constant.value();
            if (Long.bitCount(number) == 1 && number > 0) {
                shift(Operation.SHL, size, code.use(left), Long.numberOfTrailingZeros(number));
                return left;
            }
            if (fits(number)) {
                Register register = code.use(left);
                code.emit(Operation.IMUL, size, register, register, new Immediate(number));
                return left;
            }
        }
        return combine(Operation.IMUL, size, left, right);
    }

    private Temporary divide(Operator operator, CType type, Temporary left, Expression right) {
        int size = width(type);
        boolean signed = Types.isSigned(type);
        boolean remainder = operator == Operator.REMAINDER;
        if (!signed && right instanceof Constant constant && Long.bitCount(constant.value()) == 1) {
            int bit = Long.numberOfTrailingZeros(constant.value());
            if (!remainder) {
                shift(Operation.SHR, size, code.use(left), bit);
                return left;
            }
            if (bit <= 31) {
                long mask = constant.value() - 1;
                code.emit(Operation.AND, size, code.use(left), new Immediate(mask));
                return left;
            }
        }
        Value divisor = value(right);
        moveTo(Register.RCX, divisor, size);
        free(divisor);
        Register target = code.use(left);
        // RDX is free; RAX may belong to somebody else, whose value then waits in the target
        // register.
        boolean exchange = target != Register.RAX;
        boolean occupied = exchange && code.occupied(Register.RAX, left);
        if (occupied) {
            code.emit(Operation.XCHG, 8, target, Register.RAX);
        } else if (exchange) {
            code.emit(Operation.MOV, size, Register.RAX, target);
        }
        if (signed) {
            if (size == 8) {
                code.raw(0x48, 0x99);
            } else {
                code.raw(0x99);
            }
            code.emit(Operation.IDIV, size, Register.RCX);
        } else {
            code.emit(Operation.XOR, 4, Register.RDX, Register.RDX);
            code.emit(Operation.DIV, size, Register.RCX);
        }
        Register result = remainder ? Register.RDX : Register.RAX;
        if (occupied && !remainder) {
            code.emit(Operation.XCHG, 8, target, Register.RAX);
            return left;
        }
        if (occupied) {
            code.emit(Operation.MOV, 8, Register.RAX, target);
        }
        if (target != result) {
            code.emit(Operation.MOV, size, target, result);
        }
        return left;
    }

    private Temporary shift(Operation operation, int size, Temporary left, Expression right) {
        if (right instanceof Constant constant) {
            shift(operation, size, code.use(left), (int) constant.value() & (size * 8 - 1));
            return left;
        }
        Value count = value(right);
        moveTo(Register.RCX, count, 4);
        free(count);
        code.emit(operation, size, code.use(left), Register.RCX);
        return left;
    }

    // Truth.

    /** 0 or 1 by {@code setcc}. */
    private Value truthValue(Expression expression) {
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
        int condition = compare(at);
        Temporary result = code.take();
        Register register = code.use(result);
        code.set(negated ? condition ^ 1 : condition, register);
        code.extend(false, 4, 1, register, register);
        return new Value.Owned(result);
    }

    private Value truthByJumps(Expression expression) {
        Label no = new Label();
        branch(expression, no, false);
        return choose(no, new Constant(CType.INT, 1), new Constant(CType.INT, 0));
    }

    private Value conditional(Expression.Conditional e) {
        Label no = new Label();
        branch(e.condition(), no, false);
        return choose(no, e.yes(), e.no());
    }

    /** Joins two values in one register, which both arms leave free until their end: RAX. */
    private Value choose(Label no, Expression yes, Expression other) {
        Label end = new Label();
        code.saveAll();
        if (Types.isVoid(yes.type())) {
            effect(yes);
            code.jump(end);
            code.place(no);
            effect(other);
            code.place(end);
            return Value.NOTHING;
        }
        int size = width(yes.type());
        arm(yes, size);
        code.jump(end);
        code.place(no);
        arm(other, size);
        code.place(end);
        return new Value.Owned(code.takeRax());
    }

    private void arm(Expression expression, int size) {
        Value value = value(expression);
        moveTo(Register.RAX, value, size);
        free(value);
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
                comma.effects().forEach(this::effect);
                branch(comma.value(), target, when);
            }
            default -> {
                code.saveAll();
                int condition = compare(expression);
                code.jumpIf(when ? condition : condition ^ 1, target);
            }
        }
    }

    /** Whether an expression can only be 0 or 1. */
    private static boolean isTruth(Expression expression) {
        return switch (expression) {
            case Comparison _, Expression.Not _, Expression.Logical _ -> true;
            case Convert convert -> Types.isScalar(convert.type()) && isTruth(convert.operand());
            default -> false;
        };
    }

    /** Sets the flags; the condition that then holds if the expression is true. */
    private int compare(Expression expression) {
        if (expression instanceof Comparison e) {
            return comparison(e);
        }
        if (expression instanceof Convert convert
                && !Types.isVoid(convert.type())
                && Types.size(convert.type()) >= Types.size(convert.operand().type())
                && Types.isScalar(convert.operand().type())) {
            return compare(convert.operand());
        }
        if (expression instanceof Expression.Not || expression instanceof Expression.Logical) {
            Value value = value(expression);
            Register register = register(inRegister(value, 4));
            code.emit(Operation.TEST, 4, register, register);
            free(value);
            return Instruction.NOT_EQUAL;
        }
        zero(expression);
        return Instruction.NOT_EQUAL;
    }

    /** Compares an expression with zero. */
    private void zero(Expression expression) {
        if (expression instanceof Arithmetic e && e.operator() == Operator.AND) {
            test(e);
            return;
        }
        if (expression instanceof Read read
                && registerOf(read.place()) == null
                && !(read.place() instanceof BitPlace)) {
            Address address = address(read.place());
            int size = (int) Types.size(read.type());
            code.emit(Operation.CMP, size, address.memory(code), new Immediate(0));
            address.free(code);
            return;
        }
        int size = width(expression.type());
        Value value = inRegister(value(expression), size);
        Register register = register(value);
        code.emit(Operation.TEST, size, register, register);
        free(value);
    }

    private void test(Arithmetic and) {
        int size = width(and.type());
        Value left = inRegister(value(and.left()), size);
        if (and.right() instanceof Constant constant) {
            long number = size == 4 ? (int) constant.value() : constant.value();
            if (fits(number)) {
                code.emit(Operation.TEST, size, register(left), new Immediate(number));
                free(left);
                return;
            }
        }
        Value right = inRegister(value(and.right()), size);
        Register first = register(left);
        Register second = register(right);
        code.emit(Operation.TEST, size, first, second);
        free(left);
        free(right);
    }

    private int comparison(Comparison e) {
        boolean equality =
                e.relation() == Expression.Relation.EQUAL
                        || e.relation() == Expression.Relation.NOT_EQUAL;
        if (equality && e.right() instanceof Constant zero && zero.value() == 0) {
            zero(narrowed(e.left(), 0));
            return condition(e.relation(), false);
        }
        boolean signed = Types.isSigned(e.left().type());
        int size = width(e.left().type());
        if (e.right() instanceof Constant constant) {
            Expression left = equality ? narrowed(e.left(), constant.value()) : e.left();
            if (left instanceof Read read
                    && registerOf(read.place()) == null
                    && !(read.place() instanceof BitPlace)) {
                int memorySize = (int) Types.size(read.type());
                long number = memorySize <= 4 ? (int) constant.value() : constant.value();
                if (fits(number)) {
                    Address address = address(read.place());
                    code.emit(
                            Operation.CMP, memorySize, address.memory(code), new Immediate(number));
                    address.free(code);
                    return condition(e.relation(), signed);
                }
            }
        }
        Value left = inRegister(value(e.left()), size);
        Source right = source(e.right(), size);
        Register first = register(left);
        Operand second = operand(right);
        code.emit(Operation.CMP, size, first, second);
        free(left);
        done(right);
        return condition(e.relation(), signed);
    }

    /**
     * The short value that was widened for a comparison for equality, if the constant has its
     * range.
     */
    private static Expression narrowed(Expression expression, long constant) {
        if (expression instanceof Convert convert
                && convert.operand() instanceof Read read
                && Types.isScalar(read.type())
                && !Types.isBool(convert.type())
                && Types.size(convert.type()) > Types.size(read.type())
                && Types.convert(read.type(), constant) == constant) {
            return read;
        }
        return expression;
    }

    private static int condition(Expression.Relation relation, boolean signed) {
        return switch (relation) {
            case EQUAL -> Instruction.EQUAL;
            case NOT_EQUAL -> Instruction.NOT_EQUAL;
            case LESS -> signed ? Instruction.LESS : Instruction.BELOW;
            case LESS_OR_EQUAL -> signed ? Instruction.LESS_OR_EQUAL : Instruction.BELOW_OR_EQUAL;
            case GREATER -> signed ? Instruction.GREATER : Instruction.ABOVE;
            case GREATER_OR_EQUAL ->
                    signed ? Instruction.GREATER_OR_EQUAL : Instruction.ABOVE_OR_EQUAL;
        };
    }

    // Writing.

    private Value assign(Expression.Assign e, boolean wanted) {
        if (Types.isStructure(e.type())) {
            assignStructure(e).free(code);
            return Value.NOTHING;
        }
        Register home = registerOf(e.place());
        if (home != null) {
            Value value = value(e.value());
            moveTo(home, value, width(e.type()));
            free(value);
            return new Value.Kept(home);
        }
        Value value = value(e.value());
        if (e.place() instanceof BitPlace bits) {
            return assignBits(bits, value, wanted);
        }
        Value result = store(e.place(), value);
        if (!wanted) {
            free(result);
            return Value.NOTHING;
        }
        return result;
    }

    /** Stores a value, which stays owned by the caller, in the form in which it was stored. */
    private Value store(Place place, Value value) {
        int size = (int) Types.size(place.type());
        Value stored = value;
        if (value instanceof Value.Fixed fixed) {
            long number = size <= 4 ? (int) fixed.value() : fixed.value();
            if (fits(number)) {
                Address address = address(place);
                code.emit(Operation.MOV, size, address.memory(code), new Immediate(number));
                address.free(code);
                return value;
            }
            stored = inRegister(value, 8);
        }
        Address address = address(place);
        Memory operand = address.memory(code);
        code.emit(Operation.MOV, size, operand, register(stored));
        address.free(code);
        return stored;
    }

    /** Copies a structure; the address of the copy. */
    private Address assignStructure(Expression.Assign e) {
        Address from = structure(e.value());
        Address to = address(e.place());
        memory.copy(to, from, Types.size(e.type()));
        from.free(code);
        return to;
    }

    private Value assignBits(BitPlace bits, Value value, boolean wanted) {
        Address address = address(bits.unit());
        storeBits(bits, address, value);
        address.free(code);
        if (!wanted) {
            free(value);
            return Value.NOTHING;
        }
        return new Value.Owned(cut(bits, value));
    }

    /** What a bit-field holds after a value was stored into it. */
    private Temporary cut(BitPlace bits, Value value) {
        int size = width(bits.type());
        Temporary result = own(value, size);
        extract(code.use(result), new BitPlace(bits.type(), bits.unit(), 0, bits.width()));
        return result;
    }

    /** Writes a bit-field: load, clear, insert, store. The value stays as it is. */
    private void storeBits(BitPlace bits, Address address, Value value) {
        int size = width(bits.type());
        int unit = (int) Types.size(bits.type());
        long ones = bits.width() == 64 ? -1L : (1L << bits.width()) - 1;
        long mask = ones << bits.shift();
        if (value instanceof Value.Fixed fixed) {
            moveConstant(Register.RDX, size, (fixed.value() & ones) << bits.shift());
        } else {
            code.emit(Operation.MOV, size, Register.RDX, register(value));
            moveConstant(Register.RCX, size, ones);
            code.emit(Operation.AND, size, Register.RDX, Register.RCX);
            shift(Operation.SHL, size, Register.RDX, bits.shift());
        }
        loadInto(Register.RCX, address.memory(code), bits.type());
        long keep = ~mask;
        if (size == 4) {
            code.emit(Operation.AND, 4, Register.RCX, new Immediate((int) keep));
            code.emit(Operation.OR, 4, Register.RCX, Register.RDX);
        } else {
            // No third register is free: clear the field by exclusive or with itself and the value.
            code.emit(Operation.XOR, 8, Register.RDX, Register.RCX);
            Temporary third = code.take();
            Register register = code.use(third);
            code.emit(Operation.MOV, 8, register, new Immediate(mask));
            code.emit(Operation.AND, 8, Register.RDX, register);
            code.free(third);
            code.emit(Operation.XOR, 8, Register.RCX, Register.RDX);
        }
        code.emit(Operation.MOV, unit, address.memory(code), Register.RCX);
    }

    private void moveConstant(Register register, int size, long value) {
        code.emit(Operation.MOV, size, register, new Immediate(size == 4 ? (int) value : value));
    }

    private Value update(Expression.Update e, boolean wanted) {
        Register home = registerOf(e.place());
        if (home != null) {
            return updateRegister(e, home, wanted);
        }
        if (!wanted && !(e.place() instanceof BitPlace) && updateMemory(e)) {
            return Value.NOTHING;
        }
        Address address = address(e.place());
        Temporary value = code.take();
        loadInto(code.use(value), address.memory(code), e.place().type());
        if (e.place() instanceof BitPlace bits) {
            extract(code.use(value), bits);
        }
        Temporary old = null;
        if (wanted && e.before()) {
            old = code.take();
            Register from = code.use(value);
            code.emit(Operation.MOV, width(e.type()), code.use(old), from);
        }
        value = compute(e, value);
        Value result = new Value.Owned(value);
        if (e.place() instanceof BitPlace bits) {
            storeBits(bits, address, result);
            address.free(code);
            if (wanted && old == null) {
                return new Value.Owned(cut(bits, result));
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
        if (width(e.computed()) == 8 && Types.size(type) < 8) {
            Register register = code.use(value);
            widenRegister(register, register, type);
        }
        Temporary result = apply(e.operator(), e.computed(), value, e.amount());
        if (Types.isBool(type)) {
            int size = width(e.computed());
            Register register = code.use(result);
            code.emit(Operation.TEST, size, register, register);
            code.set(Instruction.NOT_EQUAL, register);
            code.extend(false, 4, 1, register, register);
        } else {
            normalise(code.use(result), type);
        }
        return result;
    }

    private Value updateRegister(Expression.Update e, Register home, boolean wanted) {
        CType type = e.place().type();
        int size = width(type);
        Temporary old = null;
        if (wanted && e.before()) {
            old = code.take();
            code.emit(Operation.MOV, size, code.use(old), home);
        }
        Operation operation = simple(e.operator());
        boolean direct = width(e.computed()) == size && !Types.isBool(type) && operation != null;
        if (direct && operation != null) {
            if (stepsByOne(e)) {
                code.emit(increments(e) ? Operation.INC : Operation.DEC, size, home);
            } else {
                Source source = source(e.amount(), size);
                code.emit(operation, size, home, operand(source));
                done(source);
            }
            normalise(home, type);
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
                Address address = address(e.place());
                code.emit(
                        increments(e) ? Operation.INC : Operation.DEC, size, address.memory(code));
                address.free(code);
                return true;
            }
            Value amount = value(e.amount());
            if (amount instanceof Value.Fixed fixed) {
                long number = size <= 4 ? (int) fixed.value() : fixed.value();
                if (fits(number)) {
                    Address address = address(e.place());
                    code.emit(operation, size, address.memory(code), new Immediate(number));
                    address.free(code);
                    return true;
                }
                amount = inRegister(amount, 8);
            }
            Address address = address(e.place());
            Memory operand = address.memory(code);
            code.emit(operation, size, operand, register(amount));
            address.free(code);
            free(amount);
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
        Address address = address(e.place());
        code.emit(shift, size, address.memory(code), new Immediate(count));
        address.free(code);
        return true;
    }
}
