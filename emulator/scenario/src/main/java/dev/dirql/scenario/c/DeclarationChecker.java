package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declarations: specifiers and declarators become types, names get their meaning. */
final class DeclarationChecker {
    private final Unit unit;
    private final SpecifierChecker specifiers;
    private final DeclaratorChecker declarators;
    private final FunctionChecker functions;
    private final VariableChecker variables;

    DeclarationChecker(Unit unit) {
        this.unit = unit;
        DeclspecChecker declspecs = new DeclspecChecker(unit);
        specifiers =
                new SpecifierChecker(
                        unit,
                        declspecs,
                        new StructureChecker(unit, declspecs),
                        new EnumerationChecker(unit));
        declarators = new DeclaratorChecker(unit);
        Linkage linkage = new Linkage(unit);
        functions = new FunctionChecker(unit, linkage);
        variables = new VariableChecker(unit, linkage);
    }

    /** A declaration at file scope. */
    void external(CParser.ExternalContext context) {
        if (context.staticAssert() != null) {
            staticAssert(context.staticAssert());
            return;
        }
        if (context.specifiers() == null) {
            return;
        }
        Specifiers specifiers = specifiers(context.specifiers());
        List<CParser.InitDeclaratorContext> declarators = context.initDeclarator();
        if (context.compound() != null) {
            functions.definition(specifiers, declarators.getFirst(), context.compound());
            return;
        }
        for (CParser.InitDeclaratorContext declarator : declarators) {
            declare(specifiers, declarator);
        }
    }

    /** A declaration in a block; what its initialisers do is appended. */
    void block(CParser.DeclarationContext context, List<Statement> statements) {
        Specifiers specifiers = specifiers(context.specifiers());
        for (CParser.InitDeclaratorContext declarator : context.initDeclarator()) {
            Statement initialisation = declare(specifiers, declarator);
            if (initialisation != null) {
                statements.add(initialisation);
            }
        }
    }

    private @Nullable Statement declare(
            Specifiers specifiers, CParser.InitDeclaratorContext context) {
        Declared declared = declarator(context.declarator(), specifiers.type);
        CToken name = declared.name();
        if (name == null) {
            unit.messages.error(Unit.at(context), "a declaration needs a name", "");
            return null;
        }
        String text = name.getText();
        if (specifiers.storage.equals("typedef")) {
            typedef(name, declared.type());
            return null;
        }
        if (Types.bare(declared.type()) instanceof CType.Function function) {
            if (context.initializer() != null) {
                unit.messages.error(name, "function " + text + " cannot have an initialiser", "");
            }
            Symbol symbol = functions.declaration(specifiers, name, function);
            symbol.type = declared.type();
            unit.scope.put(text, new Scope.Linked(symbol));
            return null;
        }
        if (Types.isVoid(declared.type())) {
            unit.messages.error(name, "variable " + text + " cannot have type void", "");
            return null;
        }
        boolean automatic =
                unit.function != null
                        && !specifiers.storage.equals("static")
                        && !specifiers.storage.equals("extern");
        return automatic
                ? variables.automatic(specifiers, name, declared.type(), context.initializer())
                : variables.permanent(specifiers, name, declared.type(), context.initializer());
    }

    private void typedef(CToken name, CType type) {
        String text = name.getText();
        Scope.Meaning old = unit.scope.here(text);
        if (old != null
                && !(old instanceof Scope.TypeName known && Types.same(known.type(), type))) {
            unit.messages.error(
                    name,
                    "%s is already defined%s"
                            .formatted(
                                    text,
                                    old instanceof Scope.TypeName known
                                            ? " as " + Types.spell(Types.bare(known.type()))
                                            : " as something that is no type"),
                    "");
            return;
        }
        if (type instanceof Structure structure) {
            if (structure.typedefName.isEmpty()) {
                structure.typedefName = text;
            }
            unit.structure(text, structure);
        }
        if (old == null) {
            unit.scope.put(text, new Scope.TypeName(new CType.Alias(text, type)));
        }
    }

    void staticAssert(CParser.StaticAssertContext context) {
        Long value = unit.expressions.constant(context.e());
        if (value != null && value == 0) {
            String text =
                    context.STRING().isEmpty() ? "" : ": " + context.STRING().getFirst().getText();
            unit.messages.error(Unit.at(context), "the static assertion does not hold" + text, "");
        }
    }

    /** The type that a cast or sizeof names. */
    CType typeName(CParser.TypeNameContext context) {
        CType base = specifiers(context.specifiers()).type;
        return context.declarator() == null ? base : abstractType(context.declarator(), base);
    }

    private CType abstractType(CParser.DeclaratorContext context, CType base) {
        Declared declared = declarator(context, base);
        if (declared.name() != null) {
            unit.messages.error(declared.name(), "a type name declares nothing", "");
        }
        return declared.type();
    }

    Specifiers specifiers(CParser.SpecifiersContext context) {
        return specifiers.specifiers(context);
    }

    Declared declarator(CParser.DeclaratorContext context, CType base) {
        return declarators.declarator(context, base);
    }
}
