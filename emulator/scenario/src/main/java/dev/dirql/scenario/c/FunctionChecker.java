package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Parameter;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;

/** Declarations and definitions of functions. */
final class FunctionChecker {
    private final Unit unit;
    private final Linkage linkage;

    FunctionChecker(Unit unit, Linkage linkage) {
        this.unit = unit;
        this.linkage = linkage;
    }

    void definition(
            Specifiers specifiers,
            CParser.InitDeclaratorContext declarator,
            CParser.CompoundContext body) {
        Declared declared = unit.declarations.declarator(declarator.declarator(), specifiers.type);
        CToken name = declared.name();
        if (name == null
                || !(declared.type() instanceof CType.Function function)
                || declared.parameters() == null
                || declarator.initializer() != null
                || specifiers.storage.equals("typedef")) {
            unit.messages.error(
                    Unit.at(body),
                    "a body stands only behind a function with its parameters",
                    "write: TYPE Name(TYPE parameter, …) { … }");
            return;
        }
        Symbol symbol = declaration(specifiers, name, function);
        if (symbol.defined) {
            unit.messages.error(
                    name,
                    "function " + name.getText() + " is defined twice",
                    "the first definition is at " + symbol.declared.position());
            return;
        }
        symbol.defined = true;
        symbol.declared = name;
        symbol.inline |= specifiers.inline;
        symbol.importedFrom = "";
        symbol.section =
                specifiers.section.isEmpty() ? name.pragmas.codeSection() : specifiers.section;
        if (!Types.isVoid(function.result()) && !Types.isComplete(function.result())) {
            unit.messages.error(
                    name,
                    "the result type " + Types.spell(function.result()) + " is not complete",
                    "");
        }
        unit.function = symbol;
        unit.locals.clear();
        unit.enterScope();
        List<Local> parameters = new ArrayList<>();
        for (int i = 0; i < function.parameters().size(); i++) {
            Parameter parameter = function.parameters().get(i);
            CToken at = Unit.at(declared.parameters().get(i));
            if (!Types.isComplete(parameter.type())) {
                unit.messages.error(
                        at,
                        "parameter %s has the incomplete type %s"
                                .formatted(parameter.name(), Types.spell(parameter.type())),
                        "");
            }
            Local local = new Local(parameter.name(), parameter.type(), at, i);
            parameters.add(local);
            if (!parameter.name().isEmpty()) {
                if (unit.scope.here(parameter.name()) != null) {
                    unit.messages.error(at, "two parameters are named " + parameter.name(), "");
                }
                unit.scope.put(parameter.name(), new Scope.Variable(local));
            }
        }
        Statement statement = unit.statements.body(body, function.result());
        unit.leaveScope();
        symbol.body =
                new FunctionBody(
                        symbol,
                        parameters,
                        List.copyOf(unit.locals),
                        statement,
                        (CToken) body.getStop());
        unit.function = null;
    }

    Symbol declaration(Specifiers specifiers, CToken name, CType.Function type) {
        boolean internal = specifiers.storage.equals("static");
        Symbol symbol = linkage.linked(name, type, internal);
        symbol.inline |= specifiers.inline;
        if (!symbol.defined && !specifiers.importedFrom.isEmpty()) {
            symbol.importedFrom = specifiers.importedFrom;
        }
        return symbol;
    }
}
