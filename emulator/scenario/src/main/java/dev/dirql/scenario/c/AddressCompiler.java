package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Arithmetic;
import dev.dirql.scenario.c.Expression.BitPlace;
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
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Operand.Slot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the addresses of places. */
final class AddressCompiler {
    private final CodeBuffer code;
    private final Evaluator evaluator;
    private final ValueCode values;

    AddressCompiler(CodeBuffer code, Evaluator evaluator) {
        this.code = code;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
    }

    /** The register in which a place lives, if it does. */
    static @Nullable Register registerOf(Place place) {
        return place instanceof LocalPlace at ? at.local().register : null;
    }

    /** Whether an instruction can find the scalar that is read in memory. */
    static boolean isInMemory(Read read) {
        return registerOf(read.place()) == null && !(read.place() instanceof BitPlace);
    }

    /** Where a place lies that is in no register. */
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
            case ValuePlace at -> evaluator.structure(at.value()).plus(at.offset());
            case BitPlace at -> address(at.unit());
        };
    }

    static Slot slot(Local local) {
        return Objects.requireNonNull(local.slot, local.name);
    }

    /** What lies a number of bytes behind where a pointer points. */
    Address indirect(Expression pointer, long offset) {
        if (pointer instanceof Convert convert && Types.size(convert.operand().type()) == 8) {
            return indirect(convert.operand(), offset);
        }
        if (pointer instanceof Expression.AddressOf e) {
            return address(e.place()).plus(offset);
        }
        if (pointer instanceof Constant constant && Immediate.fits(constant.value() + offset)) {
            Memory absolute =
                    new Memory(null, null, 1, constant.value() + offset, null, false, null, false);
            return Address.of(absolute);
        }
        if (pointer instanceof Arithmetic sum && sum.operator() == Operator.ADD) {
            if (!(sum.right() instanceof Constant constant)) {
                return indexed(sum, offset);
            }
            if (Immediate.fits(constant.value() + offset) && Immediate.fits(constant.value())) {
                return indirect(sum.left(), constant.value() + offset);
            }
        }
        Value base = values.inRegister(evaluator.value(pointer), 8);
        return switch (base) {
            case Value.Kept kept -> Address.of(Memory.at(kept.register(), offset));
            case Value.Owned owned ->
                    new Address(Memory.at(Register.RAX, offset), owned.temporary(), null);
            case Value.Fixed _, Value.Nothing _ -> throw new IllegalStateException();
        };
    }

    /** Base plus index, the index perhaps scaled. */
    Address indexed(Arithmetic sum, long offset) {
        Expression index = sum.right();
        int scale = 1;
        if (index instanceof Arithmetic product
                && product.operator() == Operator.MULTIPLY
                && product.right() instanceof Constant factor
                && (factor.value() == 2 || factor.value() == 4 || factor.value() == 8)) {
            scale = (int) factor.value();
            index = product.left();
        }
        Value first = values.inRegister(evaluator.value(sum.left()), 8);
        Value second = values.inRegister(evaluator.value(index), 8);
        Register baseRegister = first instanceof Value.Kept kept ? kept.register() : Register.RAX;
        Register indexRegister = second instanceof Value.Kept kept ? kept.register() : Register.RAX;
        return new Address(
                new Memory(baseRegister, indexRegister, scale, offset, null, false, null, false),
                first instanceof Value.Owned owned ? owned.temporary() : null,
                second instanceof Value.Owned owned ? owned.temporary() : null);
    }

    /** The address of a variable or routine. */
    Temporary symbolAddress(Expression.SymbolAddress e) {
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
}
