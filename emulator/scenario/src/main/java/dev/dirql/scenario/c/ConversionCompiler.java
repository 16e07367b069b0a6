package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Convert;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;

/** Makes conversions between scalar types. */
final class ConversionCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final ConditionCompiler conditions;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;

    ConversionCompiler(
            CodeBuffer code,
            AddressCompiler addresses,
            ConditionCompiler conditions,
            Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.conditions = conditions;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
    }

    Value convert(Convert e) {
        CType from = e.operand().type();
        CType to = e.type();
        if (Types.isVoid(to)) {
            evaluator.effect(e.operand());
            return Value.NOTHING;
        }
        if (Types.isBool(to) && !Types.isBool(from)) {
            return conditions.truthValue(e.operand());
        }
        int size = (int) Types.size(to);
        int fromSize = (int) Types.size(from);
        if (size < 8 && ConditionCompiler.isTruth(e.operand())) {
            return evaluator.value(e.operand());
        }
        if (e.operand() instanceof Read read && AddressCompiler.isInMemory(read)) {
            boolean extends8 = size == 8 && fromSize < 8;
            boolean shortens = size < fromSize && !Types.isVolatile(read.place().type());
            if (extends8 || shortens) {
                Address address = addresses.address(read.place());
                Memory operand = address.memory(code);
                address.free(code);
                Temporary result = code.take();
                if (shortens) {
                    loads.load(code.use(result), operand, to);
                } else {
                    loads.widen(code.use(result), operand, from);
                }
                return new Value.Owned(result);
            }
        }
        Value value = evaluator.value(e.operand());
        if (size == 8) {
            if (fromSize == 8) {
                return value;
            }
            if (value instanceof Value.Fixed fixed) {
                return new Value.Fixed(Types.convert(from, fixed.value()));
            }
            Register source = values.register(value);
            if (value instanceof Value.Kept) {
                Temporary result = code.take();
                loads.widen(code.use(result), source, from);
                return new Value.Owned(result);
            }
            loads.widen(source, source, from);
            return value;
        }
        if (size == 4 || subset(from, to)) {
            return value;
        }
        if (value instanceof Value.Fixed fixed) {
            return new Value.Fixed(Types.convert(to, fixed.value()));
        }
        Register source = values.register(value);
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
}
