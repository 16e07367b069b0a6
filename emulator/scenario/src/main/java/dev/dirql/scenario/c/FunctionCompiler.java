package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import dev.dirql.scenario.c.Operand.Slot;
import dev.dirql.scenario.c.Statement.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles one function: where its variables live, its statements, its prologue and epilogue. */
final class FunctionCompiler {
    private static final List<Register> INCOMING =
            List.of(Register.RCX, Register.RDX, Register.R8, Register.R9);
    private static final List<Register> PRESERVED =
            List.of(
                    Register.RBX,
                    Register.RSI,
                    Register.RDI,
                    Register.RBP,
                    Register.R12,
                    Register.R13,
                    Register.R14,
                    Register.R15);

    private final FunctionBody body;
    private final Usage usage;
    private final CodeBuffer code;
    private final ExpressionCompiler expressions;
    private final ValueCode values;
    private final List<Register> saved = new ArrayList<>();
    private final Map<Target, Label> labels = new LinkedHashMap<>();

    /** Where a return goes: out of the function, or of the function that is inlined. */
    private record Exit(Label label, @Nullable Local result) {}

    private Exit exit = new Exit(new Label(), null);
    private int inlineDepth;
    private @Nullable Slot resultAddress;

    private FunctionCompiler(FunctionBody body) {
        this.body = body;
        this.usage = Usage.of(body);
        this.code = new CodeBuffer(body.symbol().declared);
        this.expressions = new ExpressionCompiler(code, this::inlined);
        this.values = new ValueCode(code);
    }

    static CompiledFunction compile(FunctionBody body) {
        return new FunctionCompiler(body).run();
    }

    private CompiledFunction run() {
        assignRegisters();
        parameters();
        statement(body.statement());
        code.at = body.end();
        code.place(exit.label);
        if (resultAddress != null) {
            code.emit(Operation.MOV, 8, Register.RAX, Memory.of(resultAddress, 0));
        }
        FrameLayout frame = new FrameLayout(code.slots, saved, code.outgoing);
        return CompiledFunction.assemble(body.symbol(), frame, code.instructions, body.end());
    }

    // Variables.

    private void assignRegisters() {
        List<Local> candidates = new ArrayList<>();
        for (Local local : usage.locals) {
            if (Types.isScalar(local.type)
                    && !local.addressed
                    && !Types.isVolatile(local.type)
                    && local.weight > (local.parameter >= 0 ? 1 : 0)) {
                candidates.add(local);
            }
        }
        candidates.sort(Comparator.comparingInt((Local local) -> -local.weight));
        List<Register> free = new ArrayList<>(PRESERVED);
        if (usage.strings) {
            free.remove(Register.RSI);
            free.remove(Register.RDI);
            saved.add(Register.RSI);
            saved.add(Register.RDI);
        }
        for (Local local : candidates) {
            if (free.isEmpty()) {
                break;
            }
            local.register = free.removeFirst();
            saved.add(local.register);
        }
        saved.sort(Comparator.naturalOrder());
        for (Local local : usage.locals) {
            if (local.register == null && local.parameter < 0 && local.weight > 0) {
                giveSlot(local);
            }
        }
    }

    private void giveSlot(Local local) {
        local.slot =
                code.newSlot(
                        Math.max(1, Types.size(local.type)),
                        Math.max(Types.alignment(local.type), 1));
    }

    private Slot home(int index) {
        Slot slot = new Slot(8, 8, index);
        code.slots.add(slot);
        return slot;
    }

    private void parameters() {
        CType.Function type = (CType.Function) Types.bare(body.symbol().type);
        int index = 0;
        if (Types.isStructure(type.result()) && !CallCompiler.inRegister(type.result())) {
            resultAddress = home(index++);
            code.emit(Operation.MOV, 8, Memory.of(resultAddress, 0), Register.RCX);
        }
        List<Local> copied = new ArrayList<>();
        for (Local parameter : body.parameters()) {
            int position = index++;
            Register incoming = position < INCOMING.size() ? INCOMING.get(position) : null;
            if (parameter.weight == 0) {
                continue;
            }
            Slot home = home(position);
            Register register = parameter.register;
            if (register != null) {
                CType parameterType = parameter.type;
                int size = (int) Types.size(parameterType);
                Operand source = incoming != null ? incoming : Memory.of(home, 0);
                if (size >= 4) {
                    code.emit(Operation.MOV, size, register, source);
                } else {
                    code.extend(Types.isSigned(parameterType), 4, size, register, source);
                }
                continue;
            }
            if (incoming != null) {
                code.emit(Operation.MOV, 8, Memory.of(home, 0), incoming);
            }
            parameter.slot = home;
            boolean byReference =
                    Types.isStructure(parameter.type) && !CallCompiler.inRegister(parameter.type);
            if (byReference) {
                copied.add(parameter);
            }
        }
        for (Local parameter : copied) {
            Slot pointer = java.util.Objects.requireNonNull(parameter.slot);
            giveSlot(parameter);
            Slot copy = java.util.Objects.requireNonNull(parameter.slot);
            Temporary address = code.take();
            code.emit(Operation.MOV, 8, code.use(address), Memory.of(pointer, 0));
            new MemoryCode(code)
                    .copy(
                            Address.of(Memory.of(copy, 0)),
                            new Address(Memory.at(Register.RAX, 0), address, null),
                            Types.size(parameter.type));
            code.free(address);
        }
    }

    // Statements.

    private Label label(Target target) {
        return labels.computeIfAbsent(target, _ -> new Label());
    }

    private void at(CToken token) {
        // What is inlined belongs to the line of the call.
        if (inlineDepth == 0) {
            code.at = token;
        }
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Block block -> block.statements().forEach(this::statement);
            case Statement.Evaluate e -> {
                at(e.at());
                expressions.effect(e.expression());
            }
            case Statement.If e -> ifStatement(e);
            case Statement.Loop loop -> loop(loop);
            case Statement.Switch e ->
                    new SwitchCompiler(code, expressions)
                            .compile(e, this::label, this::at, this::statement);
            case Statement.Label e -> code.place(label(e.target()));
            case Statement.Jump e -> {
                at(e.at());
                code.jump(label(e.target()));
            }
            case Statement.Return e -> {
                at(e.at());
                returnStatement(e);
            }
        }
        if (!code.nothingLives() && inlineDepth == 0) {
            throw new IllegalStateException(
                    body.symbol().name
                            + ": a temporary outlives the statement at "
                            + code.at.position());
        }
    }

    private void ifStatement(Statement.If e) {
        at(e.at());
        Label no = new Label();
        expressions.branch(e.condition(), no, false);
        statement(e.yes());
        if (e.no() instanceof Statement.Block block && block.statements().isEmpty()) {
            code.place(no);
            return;
        }
        Label end = new Label();
        code.jump(end);
        code.place(no);
        statement(e.no());
        code.place(end);
    }

    private void loop(Statement.Loop loop) {
        Label again = new Label();
        Label test = new Label();
        Expression condition = loop.condition();
        if (condition != null && loop.testFirst()) {
            at(loop.at());
            code.jump(test);
        }
        code.place(again);
        statement(loop.body());
        code.place(label(loop.proceed()));
        at(loop.at());
        if (loop.step() != null) {
            expressions.effect(loop.step());
        }
        code.place(test);
        if (condition == null) {
            code.jump(again);
        } else {
            expressions.branch(condition, again, true);
        }
        code.place(label(loop.leave()));
    }

    private void returnStatement(Statement.Return e) {
        Expression value = e.value();
        if (value == null) {
            code.jump(exit.label);
            return;
        }
        Local result = exit.result;
        if (result != null) {
            expressions.effect(
                    new Expression.Assign(
                            result.type, new Expression.LocalPlace(result.type, result, 0), value));
        } else if (!Types.isStructure(value.type())) {
            Value made = expressions.value(value);
            values.moveTo(Register.RAX, made, ValueCode.width(value.type()));
            values.free(made);
        } else if (CallCompiler.inRegister(value.type())) {
            Address from = expressions.structure(value);
            int size = (int) Types.size(value.type());
            code.emit(Operation.MOV, size, Register.RCX, from.memory(code));
            code.emit(Operation.MOV, 8, Register.RAX, Register.RCX);
            from.free(code);
        } else {
            Temporary to = code.take();
            Slot pointer = java.util.Objects.requireNonNull(resultAddress);
            code.emit(Operation.MOV, 8, code.use(to), Memory.of(pointer, 0));
            expressions.copyStructure(new Address(Memory.at(Register.RAX, 0), to, null), value);
            code.free(to);
        }
        code.jump(exit.label);
    }

    /** Puts the body of a function in the place of its call. */
    private Value inlined(Expression.Inlined e, boolean wanted) {
        for (int i = 0; i < e.parameters().size(); i++) {
            Local parameter = e.parameters().get(i);
            Expression argument = e.arguments().get(i);
            if (parameter.register == null && parameter.slot == null) {
                expressions.effect(argument);
                continue;
            }
            expressions.effect(
                    new Expression.Assign(
                            parameter.type,
                            new Expression.LocalPlace(parameter.type, parameter, 0),
                            argument));
        }
        code.saveAll();
        Exit outer = exit;
        boolean isVoid = Types.isVoid(e.type());
        exit = new Exit(new Label(), isVoid ? null : e.result());
        inlineDepth++;
        statement(e.body());
        inlineDepth--;
        code.place(exit.label);
        exit = outer;
        if (isVoid || !wanted || Types.isStructure(e.type())) {
            return Value.NOTHING;
        }
        return expressions.value(
                new Expression.Read(
                        e.type(), new Expression.LocalPlace(e.result().type, e.result(), 0)));
    }
}
