package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** A translation unit being checked: its scopes, and the checkers that share them. */
final class Unit {
    private static final int MAXIMUM_DEPTH = 600;

    final Program program;
    final Messages messages;

    /** Functions that the system documents, declared or not. */
    final Set<String> unmodelled;

    final IncludeResolver includes;
    final DeviceExtensions extensions;
    final DeclarationChecker declarations = new DeclarationChecker(this);
    final ExpressionChecker expressions = new ExpressionChecker(this);
    final Conversions conversions = new Conversions(this);
    final InitializerChecker initializers = new InitializerChecker(this);
    final StatementChecker statements = new StatementChecker(this);
    Scope scope = new Scope(null);

    /** The function being checked; null at file scope. */
    @Nullable Symbol function;

    final List<Local> locals = new ArrayList<>();
    private int depth;

    Unit(Program program, Messages messages, CProgram source) {
        this.program = program;
        this.messages = messages;
        this.unmodelled = source.unmodelled();
        this.includes = source.includes();
        this.extensions = new DeviceExtensions(program);
    }

    void check(CParser.TranslationUnitContext tree) {
        for (CParser.ExternalContext external : tree.external()) {
            declarations.external(external);
        }
    }

    void enterScope() {
        scope = new Scope(scope);
    }

    void leaveScope() {
        Scope outer = scope.outer;
        if (outer == null) {
            throw new IllegalStateException("left the file scope");
        }
        scope = outer;
    }

    /** Guards recursion: a tree deeper than that was not written by a person. */
    void deeper(ParserRuleContext context) {
        if (++depth > MAXIMUM_DEPTH) {
            messages.error(at(context), "this is nested too deeply", "split it into smaller parts");
            throw new Messages.Abandoned();
        }
    }

    void shallower() {
        depth--;
    }

    static CToken at(ParserRuleContext context) {
        return (CToken) context.getStart();
    }

    void structure(String name, Structure structure) {
        if (!name.isEmpty()) {
            program.structures.putIfAbsent(name, structure);
        }
    }
}
