package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;

/** Makes reads of places, and assignments to them. */
final class AccessCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final StructureCompiler structures;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;
    private final BitFieldCode bitFields;

    AccessCompiler(
            CodeBuffer code,
            AddressCompiler addresses,
            StructureCompiler structures,
            Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.structures = structures;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
        this.bitFields = new BitFieldCode(code);
    }

    Value read(Read read) {
        Register register = AddressCompiler.registerOf(read.place());
        if (register != null) {
            return new Value.Kept(register);
        }
        return new Value.Owned(load(read.place()));
    }

    /** Loads the value of a place. */
    private Temporary load(Place place) {
        Address address = addresses.address(place);
        Memory operand = address.memory(code);
        address.free(code);
        Temporary result = code.take();
        loads.load(code.use(result), operand, place.type());
        if (place instanceof BitPlace bits) {
            bitFields.extract(code.use(result), bits);
        }
        return result;
    }

    Value assign(Expression.Assign e, boolean wanted) {
        if (Types.isStructure(e.type())) {
            structures.assign(e).free(code);
            return Value.NOTHING;
        }
        Register home = AddressCompiler.registerOf(e.place());
        if (home != null) {
            Value value = evaluator.value(e.value());
            values.moveTo(home, value, ValueCode.width(e.type()));
            values.free(value);
            return new Value.Kept(home);
        }
        Value value = evaluator.value(e.value());
        if (e.place() instanceof BitPlace bits) {
            return assignBits(bits, value, wanted);
        }
        Value result = store(e.place(), value);
        if (!wanted) {
            values.free(result);
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
            if (Immediate.fits(number)) {
                Address address = addresses.address(place);
                code.emit(Operation.MOV, size, address.memory(code), new Immediate(number));
                address.free(code);
                return value;
            }
            stored = values.inRegister(value, 8);
        }
        Address address = addresses.address(place);
        Memory operand = address.memory(code);
        code.emit(Operation.MOV, size, operand, values.register(stored));
        address.free(code);
        return stored;
    }

    private Value assignBits(BitPlace bits, Value value, boolean wanted) {
        Address address = addresses.address(bits.unit());
        bitFields.store(bits, address, value);
        address.free(code);
        if (!wanted) {
            values.free(value);
            return Value.NOTHING;
        }
        return new Value.Owned(bitFields.cut(bits, value));
    }
}
