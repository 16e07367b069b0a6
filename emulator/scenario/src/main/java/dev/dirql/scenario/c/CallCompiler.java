package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Operand.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes calls (Microsoft, "x64 calling convention"). */
final class CallCompiler {
    private static final List<Register> ARGUMENTS =
            List.of(Register.RCX, Register.RDX, Register.R8, Register.R9);
    private static final List<Register> CALLEES = List.of(Register.RAX, Register.R10, Register.R11);

    /** An argument: evaluated already, or so simple that it is loaded last. */
    private record Argument(
            @Nullable Value value, @Nullable Expression later, @Nullable Slot copy, int size) {}

    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;
    private final MemoryCode memory;

    CallCompiler(CodeBuffer code, AddressCompiler addresses, Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
        this.memory = new MemoryCode(code);
    }

    /** Whether a structure travels in a register. */
    static boolean inRegister(CType structure) {
        long size = Types.size(structure);
        return size == 1 || size == 2 || size == 4 || size == 8;
    }

    /** Calls a function that returns a scalar or nothing, or whose structure is not wanted. */
    Value call(Expression.Call call) {
        if (Types.isStructure(call.type())) {
            structure(call).free(code);
            return Value.NOTHING;
        }
        emit(call, null);
        if (Types.isVoid(call.type())) {
            return Value.NOTHING;
        }
        Temporary result = code.takeRax();
        int size = (int) Types.size(call.type());
        if (size < 4) {
            // The callee leaves the upper bits of the register undefined.
            code.extend(Types.isSigned(call.type()), 4, size, Register.RAX, Register.RAX);
        }
        return new Value.Owned(result);
    }

    /** Calls a function that returns a structure; its address. */
    Address structure(Expression.Call call) {
        Slot slot = code.newSlot(Math.max(8, Types.size(call.type())), 16);
        if (inRegister(call.type())) {
            emit(call, null);
            int size = (int) Types.size(call.type());
            code.emit(Operation.MOV, size, Memory.of(slot, 0), Register.RAX);
        } else {
            emit(call, slot);
        }
        return Address.of(Memory.of(slot, 0));
    }

    private void emit(Expression.Call call, @Nullable Slot result) {
        code.saveAll();
        Value callee = callee(call.function());
        List<Argument> arguments = new ArrayList<>();
        if (result != null) {
            arguments.add(new Argument(null, null, result, 8));
        }
        for (Expression argument : call.arguments()) {
            arguments.add(argument(argument, arguments.size() >= ARGUMENTS.size()));
        }
        code.callWith(arguments.size());
        for (int i = ARGUMENTS.size(); i < arguments.size(); i++) {
            onStack(i, arguments.get(i));
        }
        Operand target = target(call.function(), callee);
        inRegisters(arguments.subList(0, Math.min(ARGUMENTS.size(), arguments.size())));
        code.emit(Operation.CALL, 8, target);
        values.free(callee);
    }

    /** The address to call, if it must be computed before the arguments. */
    private Value callee(Expression function) {
        boolean direct =
                function instanceof Expression.SymbolAddress address && address.offset() == 0;
        return direct ? Value.NOTHING : values.inRegister(evaluator.value(function), 8);
    }

    private Operand target(Expression function, Value callee) {
        if (function instanceof Expression.SymbolAddress address
                && callee instanceof Value.Nothing) {
            Symbol symbol = address.symbol();
            return symbol.importedFrom.isEmpty()
                    ? new Operand.Target(symbol)
                    : Memory.importOf(symbol);
        }
        if (!(callee instanceof Value.Owned owned)) {
            return values.register(callee);
        }
        Register register = code.use(owned.temporary());
        if (CALLEES.contains(register)) {
            return register;
        }
        for (Register other : CALLEES) {
            if (!code.occupied(other, null)) {
                code.emit(Operation.MOV, 8, other, register);
                owned.temporary().register = other;
                return other;
            }
        }
        return Memory.of(code.saved(owned.temporary()), 0);
    }

    private Argument argument(Expression argument, boolean onStack) {
        CType type = argument.type();
        if (Types.isStructure(type)) {
            int size = (int) Types.size(type);
            Address from = evaluator.structure(argument);
            if (inRegister(type)) {
                Memory source = from.memory(code);
                Temporary value = code.take();
                Register register = code.use(value);
                if (size >= 4) {
                    code.emit(Operation.MOV, size, register, source);
                } else {
                    code.extend(false, 4, size, register, source);
                }
                from.free(code);
                return new Argument(new Value.Owned(value), null, null, 8);
            }
            Slot copy = code.newSlot(size, 16);
            memory.copy(Address.of(Memory.of(copy, 0)), from, size);
            from.free(code);
            return new Argument(null, null, copy, 8);
        }
        int width = ValueCode.width(type);
        if (!onStack && isSimple(argument)) {
            return new Argument(null, argument, null, width);
        }
        return new Argument(evaluator.value(argument), null, null, width);
    }

    /** Whether an argument can be loaded into its register without any other. */
    private boolean isSimple(Expression argument) {
        return switch (argument) {
            case Expression.Constant _, Expression.SymbolAddress _ -> true;
            case Expression.AddressOf e -> e.place() instanceof Expression.LocalPlace;
            case Expression.Read e ->
                    switch (e.place()) {
                        case Expression.LocalPlace _ -> true;
                        case Expression.SymbolPlace at -> at.symbol().importedFrom.isEmpty();
                        case Expression.Indirect at ->
                                at.address() instanceof Expression.Read base
                                        && AddressCompiler.registerOf(base.place()) != null;
                        case Expression.ValuePlace _, Expression.BitPlace _ -> false;
                    };
            default -> false;
        };
    }

    private void onStack(int index, Argument argument) {
        Memory place = Memory.at(Register.RSP, 8L * index);
        if (argument.copy != null) {
            code.emit(Operation.LEA, 8, Register.RCX, Memory.of(argument.copy, 0));
            code.emit(Operation.MOV, 8, place, Register.RCX);
            return;
        }
        Value value = argument.value == null ? Value.NOTHING : argument.value;
        if (value instanceof Value.Fixed fixed) {
            long number = argument.size == 4 ? (int) fixed.value() : fixed.value();
            if (Immediate.fits(number)) {
                code.emit(Operation.MOV, 8, place, CodeBuffer.immediate(number));
                return;
            }
            value = values.inRegister(value, 8);
        }
        code.emit(Operation.MOV, 8, place, values.register(value));
        values.free(value);
    }

    private void inRegisters(List<Argument> arguments) {
        for (int i = 0; i < arguments.size() && i < 2; i++) {
            move(arguments.get(i), ARGUMENTS.get(i));
        }
        // R8 and R9 can hold temporaries, even each other's.
        Temporary third = temporary(arguments, 2);
        Temporary fourth = temporary(arguments, 3);
        boolean fourthFirst = fourth != null && fourth.register == Register.R8;
        if (fourthFirst && third != null && fourth != null && third.register == Register.R9) {
            code.emit(Operation.XCHG, 8, Register.R8, Register.R9);
            code.free(third);
            code.free(fourth);
        } else if (fourthFirst) {
            move(arguments.get(3), Register.R9);
            move(arguments.get(2), Register.R8);
        } else {
            if (arguments.size() > 2) {
                move(arguments.get(2), Register.R8);
            }
            if (arguments.size() > 3) {
                move(arguments.get(3), Register.R9);
            }
        }
        for (int i = 0; i < arguments.size(); i++) {
            Argument argument = arguments.get(i);
            if (argument.later != null) {
                load(argument.later, ARGUMENTS.get(i), argument.size);
            } else if (argument.copy != null) {
                code.emit(Operation.LEA, 8, ARGUMENTS.get(i), Memory.of(argument.copy, 0));
            }
        }
    }

    private static @Nullable Temporary temporary(List<Argument> arguments, int index) {
        return index < arguments.size() && arguments.get(index).value instanceof Value.Owned owned
                ? owned.temporary()
                : null;
    }

    private void move(Argument argument, Register register) {
        Value value = argument.value;
        if (value instanceof Value.Owned owned) {
            code.moveOut(argument.size, register, owned.temporary());
        } else if (value != null) {
            values.moveTo(register, value, argument.size);
        }
    }

    private void load(Expression argument, Register register, int size) {
        switch (argument) {
            case Expression.Constant constant ->
                    values.moveTo(register, new Value.Fixed(constant.value()), size);
            case Expression.SymbolAddress e -> addresses.symbolAddress(e, register);
            case Expression.AddressOf e ->
                    code.emit(
                            Operation.LEA, 8, register, addresses.address(e.place()).memory(code));
            case Expression.Read e -> {
                Register home = AddressCompiler.registerOf(e.place());
                if (home != null) {
                    values.moveTo(register, new Value.Kept(home), size);
                } else {
                    Memory source = addresses.address(e.place()).memory(code);
                    loads.load(register, source, e.type());
                }
            }
            default -> throw new IllegalStateException(argument.getClass().getName());
        }
    }
}
