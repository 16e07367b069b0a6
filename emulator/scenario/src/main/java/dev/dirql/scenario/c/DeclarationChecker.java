package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Int;
import dev.dirql.scenario.c.CType.Parameter;
import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Declarations: specifiers and declarators become types, names get their meaning. */
final class DeclarationChecker {
    private static final long MAXIMUM_SIZE = 0x1000_0000L;

    /** What the specifiers of a declaration say. */
    static final class Specifiers {
        CType type = CType.INT;
        String storage = "";
        boolean inline;
        int alignment = 1;
        String importedFrom = "";
        String section = "";
    }

    /** A declarator applied to a type. */
    private record Declared(
            @Nullable CToken name,
            CType type,
            @Nullable List<CParser.ParameterContext> parameters) {}

    private final Unit unit;

    DeclarationChecker(Unit unit) {
        this.unit = unit;
    }

    // File scope.

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
            functionDefinition(specifiers, declarators.getFirst(), context.compound());
            return;
        }
        for (CParser.InitDeclaratorContext declarator : declarators) {
            declare(specifiers, declarator);
        }
    }

    private void functionDefinition(
            Specifiers specifiers,
            CParser.InitDeclaratorContext declarator,
            CParser.CompoundContext body) {
        Declared declared = declarator(declarator.declarator(), specifiers.type);
        CToken name = declared.name;
        if (name == null
                || !(declared.type instanceof CType.Function function)
                || declared.parameters == null
                || declarator.initializer() != null
                || specifiers.storage.equals("typedef")) {
            unit.messages.error(
                    Unit.at(body),
                    "a body stands only behind a function with its parameters",
                    "write: TYPE Name(TYPE parameter, …) { … }");
            return;
        }
        Symbol symbol = function(specifiers, name, function);
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
        symbol.section = name.pragmas.codeSection();
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
            CToken at = Unit.at(declared.parameters.get(i));
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

    private Symbol function(Specifiers specifiers, CToken name, CType.Function type) {
        boolean internal = specifiers.storage.equals("static");
        Symbol symbol = linked(name, type, internal);
        symbol.inline |= specifiers.inline;
        if (!symbol.defined && !specifiers.importedFrom.isEmpty()) {
            symbol.importedFrom = specifiers.importedFrom;
        }
        return symbol;
    }

    /** The symbol of a name with linkage, new or declared before. */
    private Symbol linked(CToken name, CType type, boolean internal) {
        String text = name.getText();
        Scope fileScope = unit.scope;
        while (fileScope.outer != null) {
            fileScope = fileScope.outer;
        }
        Scope.Meaning meaning = fileScope.here(text);
        Symbol symbol = meaning instanceof Scope.Linked known ? known.symbol() : null;
        if (meaning != null && symbol == null) {
            unit.messages.error(name, text + " is already the name of something else", "");
        }
        if (symbol == null && !internal) {
            symbol = unit.program.externals.get(text);
        }
        if (symbol == null) {
            symbol = new Symbol(text, type, name, internal);
            unit.program.symbols.add(symbol);
            if (!internal) {
                unit.program.externals.put(text, symbol);
            }
        } else if (!Types.same(symbol.type, type)) {
            unit.messages.error(
                    name,
                    "%s is declared here as %s and before as %s"
                            .formatted(text, Types.spell(type), Types.spell(symbol.type)),
                    "the first declaration is at " + symbol.declared.position());
        } else if (betterType(symbol.type, type)) {
            symbol.type = type;
        }
        fileScope.put(text, new Scope.Linked(symbol));
        return symbol;
    }

    private static boolean betterType(CType old, CType type) {
        return (Types.bare(old) instanceof CType.Array array && array.count() < 0)
                || (Types.bare(old) instanceof CType.Function function && !function.prototyped())
                || Types.bare(type) instanceof CType.Function;
    }

    // Declarations of both scopes.

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
        CToken name = declared.name;
        if (name == null) {
            unit.messages.error(Unit.at(context), "a declaration needs a name", "");
            return null;
        }
        String text = name.getText();
        if (specifiers.storage.equals("typedef")) {
            typedef(name, declared.type);
            return null;
        }
        if (Types.bare(declared.type) instanceof CType.Function function) {
            if (context.initializer() != null) {
                unit.messages.error(name, "function " + text + " cannot have an initialiser", "");
            }
            Symbol symbol = function(specifiers, name, function);
            symbol.type = declared.type;
            unit.scope.put(text, new Scope.Linked(symbol));
            return null;
        }
        if (Types.isVoid(declared.type)) {
            unit.messages.error(name, "variable " + text + " cannot have type void", "");
            return null;
        }
        boolean automatic =
                unit.function != null
                        && !specifiers.storage.equals("static")
                        && !specifiers.storage.equals("extern");
        return automatic
                ? automatic(specifiers, name, declared.type, context.initializer())
                : permanent(specifiers, name, declared.type, context.initializer());
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

    private @Nullable Statement automatic(
            Specifiers specifiers,
            CToken name,
            CType declaredType,
            CParser.@Nullable InitializerContext initializer) {
        String text = name.getText();
        if (unit.scope.here(text) != null) {
            unit.messages.error(name, text + " is declared twice in this block", "");
        }
        CType type = declaredType;
        if (initializer != null
                && Types.bare(type) instanceof CType.Array array
                && array.count() < 0) {
            type = new CType.Array(array.element(), unit.initializers.count(array, initializer));
        }
        if (!complete(name, type)) {
            return null;
        }
        if (Math.max(specifiers.alignment, Types.alignment(type)) > 16) {
            unit.messages.error(
                    name,
                    "a variable on the stack cannot be aligned to more than 16 bytes",
                    "make it static, or part of the device extension");
        }
        Local local = new Local(text, type, name, -1);
        unit.locals.add(local);
        unit.scope.put(text, new Scope.Variable(local));
        if (initializer == null) {
            return null;
        }
        return unit.initializers.automatic(local, initializer);
    }

    private boolean complete(CToken name, CType type) {
        if (!Types.isComplete(type)) {
            unit.messages.error(
                    name,
                    "%s has the incomplete type %s".formatted(name.getText(), Types.spell(type)),
                    Types.isArray(type) ? "say how many elements it has" : "");
            return false;
        }
        return true;
    }

    private @Nullable Statement permanent(
            Specifiers specifiers,
            CToken name,
            CType declaredType,
            CParser.@Nullable InitializerContext initializer) {
        String text = name.getText();
        CType type = declaredType;
        if (initializer != null
                && Types.bare(type) instanceof CType.Array array
                && array.count() < 0) {
            type =
                    Types.qualify(
                            new CType.Array(
                                    array.element(), unit.initializers.count(array, initializer)),
                            false,
                            false);
        }
        Symbol function = unit.function;
        Symbol symbol;
        boolean isExtern = specifiers.storage.equals("extern") && initializer == null;
        if (function != null && specifiers.storage.equals("static")) {
            symbol = new Symbol(function.name + "." + text, type, name, true);
            unit.program.symbols.add(symbol);
            if (unit.scope.here(text) != null) {
                unit.messages.error(name, text + " is declared twice in this block", "");
            }
        } else {
            symbol = linked(name, type, specifiers.storage.equals("static"));
        }
        unit.scope.put(text, new Scope.Linked(symbol));
        symbol.alignment =
                Math.max(symbol.alignment, Math.max(specifiers.alignment, Types.alignment(type)));
        if (isExtern || !specifiers.importedFrom.isEmpty()) {
            if (!symbol.defined) {
                symbol.importedFrom = specifiers.importedFrom;
            }
            return null;
        }
        if (!complete(name, type)) {
            return null;
        }
        if (symbol.defined && initializer != null && symbol.contents.length > 0) {
            unit.messages.error(
                    name,
                    text + " is initialised twice",
                    "the first time at " + symbol.declared.position());
            return null;
        }
        symbol.defined = true;
        symbol.importedFrom = "";
        symbol.type = type;
        String chosen =
                specifiers.section.isEmpty() ? name.pragmas.dataSection() : specifiers.section;
        if (!chosen.isEmpty()) {
            symbol.section = chosen;
        } else if (symbol.section.isEmpty() || initializer != null) {
            symbol.section = Types.isConst(type) && initializer != null ? ".rdata" : ".data";
        }
        if (initializer != null) {
            unit.initializers.permanent(symbol, initializer);
        }
        return null;
    }

    void staticAssert(CParser.StaticAssertContext context) {
        Long value = unit.expressions.constant(context.e());
        if (value != null && value == 0) {
            String text =
                    context.STRING().isEmpty() ? "" : ": " + context.STRING().getFirst().getText();
            unit.messages.error(Unit.at(context), "the static assertion does not hold" + text, "");
        }
    }

    // Types.

    CType typeName(CParser.TypeNameContext context) {
        CType base = specifiers(context.specifiers()).type;
        return context.declarator() == null ? base : abstractType(context.declarator(), base);
    }

    private CType abstractType(CParser.DeclaratorContext context, CType base) {
        Declared declared = declarator(context, base);
        if (declared.name != null) {
            unit.messages.error(declared.name, "a type name declares nothing", "");
        }
        return declared.type;
    }

    Specifiers specifiers(CParser.SpecifiersContext context) {
        Specifiers result = new Specifiers();
        List<Token> words = new ArrayList<>();
        CType named = null;
        boolean isConst = false;
        boolean isVolatile = false;
        for (CParser.SpecifierContext specifier : context.specifier()) {
            CType type = null;
            if (specifier.storage != null) {
                String word = specifier.storage.getText();
                if (!result.storage.isEmpty() && !result.storage.equals(word)) {
                    unit.messages.error(
                            (CToken) specifier.storage,
                            "both '%s' and '%s'".formatted(result.storage, word),
                            "");
                }
                result.storage = word;
            } else if (specifier.function != null) {
                result.inline |= !specifier.function.getText().equals("_Noreturn");
            } else if (specifier.qualifier() != null) {
                isConst |= specifier.getText().equals("const");
                isVolatile |= specifier.getText().equals("volatile");
            } else if (specifier.word != null) {
                words.add(specifier.word);
            } else if (specifier.name != null) {
                type =
                        unit.scope.find(specifier.name.getText()) instanceof Scope.TypeName known
                                ? known.type()
                                : CType.INT;
            } else if (specifier.structure() != null) {
                type = structure(specifier.structure());
            } else if (specifier.enumeration() != null) {
                type = enumeration(specifier.enumeration());
            } else if (specifier.declspec() != null) {
                declspec(specifier.declspec(), result);
            }
            if (type != null) {
                if (named != null) {
                    unit.messages.error(Unit.at(specifier), "two types in one declaration", "");
                }
                named = type;
            }
        }
        if (named != null && !words.isEmpty()) {
            unit.messages.error((CToken) words.getFirst(), "two types in one declaration", "");
        }
        if (named == null && words.isEmpty()) {
            unit.messages.error(
                    Unit.at(context), "the declaration has no type", "C does not assume int");
        }
        result.type = Types.qualify(named != null ? named : basic(words), isConst, isVolatile);
        return result;
    }

    private CType basic(List<Token> words) {
        int longs = 0;
        boolean isSigned = false;
        boolean isUnsigned = false;
        String base = "";
        for (Token word : words) {
            String text = word.getText();
            switch (text) {
                case "long" -> longs++;
                case "signed" -> isSigned = true;
                case "unsigned" -> isUnsigned = true;
                default -> {
                    boolean joins =
                            base.isEmpty()
                                    || (base.equals("int") && text.equals("short"))
                                    || (base.equals("short") && text.equals("int"));
                    if (!joins) {
                        unit.messages.error(
                                (CToken) word,
                                "'%s' and '%s' in one type".formatted(base, text),
                                "");
                    }
                    base = base.equals("short") ? base : text;
                }
            }
        }
        boolean plain = base.isEmpty() || base.equals("int");
        boolean wrong =
                longs > 2
                        || (isSigned && isUnsigned)
                        || (longs > 0 && !plain)
                        || ((isSigned || isUnsigned)
                                && (base.equals("void") || base.equals("_Bool")));
        if (wrong) {
            unit.messages.error((CToken) words.getFirst(), "these words make no type", "");
            return CType.INT;
        }
        if (longs == 1) {
            return isUnsigned ? CType.ULONG : CType.LONG;
        }
        if (longs == 2) {
            return isUnsigned ? CType.ULONGLONG : CType.LONGLONG;
        }
        return switch (base) {
            case "void" -> CType.VOID;
            case "_Bool" -> new Int(Int.Kind.BOOL);
            case "char" ->
                    isUnsigned ? CType.UCHAR : isSigned ? new Int(Int.Kind.SCHAR) : CType.CHAR;
            case "__int8" -> isUnsigned ? CType.UCHAR : CType.CHAR;
            case "short", "__int16" -> isUnsigned ? CType.USHORT : CType.SHORT;
            case "__int64" -> isUnsigned ? CType.ULONGLONG : CType.LONGLONG;
            default -> isUnsigned ? CType.UINT : CType.INT;
        };
    }

    private void declspec(CParser.DeclspecContext context, Specifiers result) {
        for (CParser.DeclspecItemContext item : context.declspecItem()) {
            String word = item.getStart().getText();
            switch (word) {
                case "align" -> {
                    Long value = item.e().isEmpty() ? null : unit.expressions.constant(item.e(0));
                    if (value == null || value < 1 || value > 4096 || Long.bitCount(value) != 1) {
                        unit.messages.error(
                                Unit.at(item), "align takes a power of two up to 4096", "");
                    } else {
                        result.alignment = Math.max(result.alignment, value.intValue());
                    }
                }
                case "dllimport" ->
                        result.importedFrom = stringOperand(item).orElse("ntoskrnl.exe");
                case "allocate", "code_seg" -> result.section = stringOperand(item).orElse("");
                case "noinline" -> {}
                case ",",
                        "noreturn",
                        "nothrow",
                        "novtable",
                        "restrict",
                        "selectany",
                        "deprecated",
                        "dllexport",
                        "naked",
                        "safebuffers",
                        "noalias",
                        "empty_bases",
                        "uuid",
                        "guard" -> {}
                default ->
                        unit.messages.warning(
                                Unit.at(item), "__declspec(" + word + ") has no effect", "");
            }
        }
    }

    private static java.util.Optional<String> stringOperand(CParser.DeclspecItemContext item) {
        String text =
                item.STRING() != null
                        ? item.STRING().getText()
                        : item.e().isEmpty() ? "" : item.e(0).getText();
        return text.length() > 2 && text.startsWith("\"")
                ? java.util.Optional.of(text.substring(1, text.length() - 1))
                : java.util.Optional.empty();
    }

    private CType structure(CParser.StructureContext context) {
        boolean union = context.kind.getText().equals("union");
        boolean defines = context.getStop().getText().equals("}");
        String tag = context.tag() == null ? "" : context.tag().getText();
        if (tag.isEmpty() && !defines) {
            unit.messages.error(
                    Unit.at(context),
                    "'" + context.kind.getText() + "' needs a name or members",
                    "");
            return CType.INT;
        }
        CType known =
                tag.isEmpty() ? null : defines ? unit.scope.tagHere(tag) : unit.scope.findTag(tag);
        Structure structure;
        if (known == null) {
            structure = new Structure(tag, union);
            if (!tag.isEmpty()) {
                unit.scope.putTag(tag, structure);
            }
        } else if (known instanceof Structure old && old.union == union) {
            structure = old;
        } else {
            unit.messages.error(
                    Unit.at(context),
                    "%s was declared as %s".formatted(tag, Types.spell(known)),
                    "");
            return known;
        }
        if (defines) {
            if (structure.complete) {
                unit.messages.error(
                        Unit.at(context), Types.spell(structure) + " is defined twice", "");
                return structure;
            }
            members(context, structure);
            unit.structure(tag, structure);
        }
        return structure;
    }

    private void members(CParser.StructureContext context, Structure structure) {
        int pack = ((CToken) context.kind).pragmas.pack();
        StructureLayout layout = new StructureLayout(structure, pack);
        Specifiers own = new Specifiers();
        for (CParser.DeclspecContext declspec : context.declspec()) {
            declspec(declspec, own);
        }
        List<CParser.MemberContext> list = context.member();
        for (int i = 0; i < list.size(); i++) {
            CParser.MemberContext member = list.get(i);
            if (member.staticAssert() != null) {
                staticAssert(member.staticAssert());
            }
            if (member.specifiers() == null) {
                continue;
            }
            Specifiers specifiers = specifiers(member.specifiers());
            if (!specifiers.storage.isEmpty()) {
                unit.messages.error(
                        Unit.at(member), "a member has no storage class " + specifiers.storage, "");
            }
            if (member.memberDeclarator().isEmpty()) {
                if (Types.bare(specifiers.type) instanceof Structure inner && inner.complete) {
                    for (String name : inner.names()) {
                        duplicate(structure, name, Unit.at(member));
                    }
                    layout.add("", specifiers.type, specifiers.alignment);
                }
                continue;
            }
            for (CParser.MemberDeclaratorContext declarator : member.memberDeclarator()) {
                boolean last =
                        i == list.size() - 1 && declarator == member.memberDeclarator().getLast();
                member(structure, layout, specifiers, declarator, last);
            }
        }
        layout.finish(own.alignment);
        if (structure.size > MAXIMUM_SIZE) {
            unit.messages.error(Unit.at(context), Types.spell(structure) + " is too large", "");
        }
    }

    private void duplicate(Structure structure, String name, CToken at) {
        if (!name.isEmpty() && structure.find(name) != null) {
            unit.messages.error(at, "there are two members " + name, "");
        }
    }

    private void member(
            Structure structure,
            StructureLayout layout,
            Specifiers specifiers,
            CParser.MemberDeclaratorContext context,
            boolean last) {
        Declared declared =
                context.declarator() == null
                        ? new Declared(null, specifiers.type, null)
                        : declarator(context.declarator(), specifiers.type);
        String name = declared.name == null ? "" : declared.name.getText();
        CToken at = Unit.at(context);
        duplicate(structure, name, at);
        if (context.e() != null) {
            bitField(layout, declared.type, name, context.e(), at);
            return;
        }
        if (declared.name == null) {
            unit.messages.error(at, "a member needs a name", "");
            return;
        }
        boolean flexible =
                last && Types.bare(declared.type) instanceof CType.Array array && array.count() < 0;
        if (!flexible && !Types.isComplete(declared.type)) {
            unit.messages.error(
                    at,
                    "member %s has the incomplete type %s"
                            .formatted(name, Types.spell(declared.type)),
                    Types.isFunction(declared.type) ? "make it a pointer to a function" : "");
            return;
        }
        layout.add(name, declared.type, specifiers.alignment);
    }

    private void bitField(
            StructureLayout layout, CType type, String name, CParser.EContext width, CToken at) {
        Long value = unit.expressions.constant(width);
        if (value == null) {
            return;
        }
        if (!Types.isInteger(type)) {
            unit.messages.error(
                    at, "a bit-field has an integer type, not " + Types.spell(type), "");
        } else if (value < 0 || value > Types.size(type) * 8) {
            unit.messages.error(
                    at, "%d bits do not fit into %s".formatted(value, Types.spell(type)), "");
        } else if (value == 0 && !name.isEmpty()) {
            unit.messages.error(at, "a bit-field of no bits has no name", "");
        } else {
            layout.addBits(name, type, value.intValue());
        }
    }

    private CType enumeration(CParser.EnumerationContext context) {
        String tag = context.tag() == null ? "" : context.tag().getText();
        boolean defines = !context.enumerator().isEmpty();
        CType known = tag.isEmpty() ? null : unit.scope.findTag(tag);
        if (!defines && known != null) {
            return known;
        }
        CType.Enumeration type = new CType.Enumeration(tag);
        if (!tag.isEmpty()) {
            if (defines && known != null && unit.scope.tagHere(tag) instanceof Structure) {
                unit.messages.error(Unit.at(context), tag + " is not an enumeration", "");
            }
            unit.scope.putTag(tag, type);
        }
        long next = 0;
        for (CParser.EnumeratorContext enumerator : context.enumerator()) {
            if (enumerator.e() != null) {
                Long value = unit.expressions.constant(enumerator.e());
                next = value == null ? next : value;
            }
            String name = enumerator.IDENTIFIER().getText();
            if (unit.scope.here(name) != null) {
                unit.messages.error(Unit.at(enumerator), name + " is declared twice", "");
            }
            unit.scope.put(name, new Scope.EnumerationConstant((int) next));
            next++;
        }
        return type;
    }

    // Declarators are read from the inside out: the suffixes of a core bind before its prefixes.

    private Declared declarator(CParser.DeclaratorContext context, CType base) {
        unit.deeper(context);
        CType type = base;
        for (CParser.PrefixContext prefix : context.prefix()) {
            switch (prefix.getStart().getText()) {
                case "*" -> type = new CType.Pointer(type);
                case "const" -> type = Types.qualify(type, true, false);
                case "volatile" -> type = Types.qualify(type, false, true);
                default -> {}
            }
        }
        List<CParser.ParameterContext> parameters = null;
        List<CParser.SuffixContext> suffixes = context.suffix();
        for (int i = suffixes.size() - 1; i >= 0; i--) {
            CParser.SuffixContext suffix = suffixes.get(i);
            if (suffix.getStart().getText().equals("[")) {
                type = array(suffix, type);
            } else {
                type = function(suffix, type);
                parameters =
                        i > 0
                                ? null
                                : suffix.parameters() == null
                                        ? List.of()
                                        : suffix.parameters().parameter();
            }
        }
        Declared result;
        CParser.CoreContext core = context.core();
        if (core == null) {
            result = new Declared(null, type, parameters);
        } else if (core.declarator() != null) {
            Declared inner = declarator(core.declarator(), type);
            boolean plain =
                    core.declarator().prefix().isEmpty() && core.declarator().suffix().isEmpty();
            result = plain ? new Declared(inner.name, inner.type, parameters) : inner;
        } else {
            result = new Declared((CToken) core.getStart(), type, parameters);
        }
        unit.shallower();
        return result;
    }

    private CType array(CParser.SuffixContext suffix, CType element) {
        if (!Types.isComplete(element)) {
            unit.messages.error(
                    Unit.at(suffix),
                    "an array cannot have elements of type " + Types.spell(element),
                    "");
            return new CType.Array(CType.INT, 1);
        }
        if (suffix.e() == null) {
            return new CType.Array(element, -1);
        }
        Long count = unit.expressions.constant(suffix.e());
        if (count == null) {
            return new CType.Array(element, 1);
        }
        if (count < 0 || count > MAXIMUM_SIZE / Math.max(1, Types.size(element))) {
            unit.messages.error(
                    Unit.at(suffix.e()), "an array cannot have %d elements".formatted(count), "");
            return new CType.Array(element, 1);
        }
        return new CType.Array(element, count);
    }

    private CType function(CParser.SuffixContext suffix, CType result) {
        if (Types.isFunction(result) || Types.isArray(result)) {
            unit.messages.error(
                    Unit.at(suffix), "a function cannot return " + Types.spell(result), "");
        }
        CParser.ParametersContext list = suffix.parameters();
        if (list == null) {
            return new CType.Function(result, List.of(), false, false);
        }
        List<Parameter> parameters = new ArrayList<>();
        boolean variadic = list.getStop().getText().equals("...");
        for (CParser.ParameterContext parameter : list.parameter()) {
            CType base = specifiers(parameter.specifiers()).type;
            Declared declared =
                    parameter.declarator() == null
                            ? new Declared(null, base, null)
                            : declarator(parameter.declarator(), base);
            if (Types.isVoid(declared.type)) {
                if (list.parameter().size() == 1 && declared.name == null && !variadic) {
                    return new CType.Function(result, List.of(), false, true);
                }
                unit.messages.error(Unit.at(parameter), "a parameter cannot have type void", "");
                continue;
            }
            String name = declared.name == null ? "" : declared.name.getText();
            parameters.add(new Parameter(name, Types.decay(declared.type)));
        }
        return new CType.Function(result, parameters, variadic, true);
    }
}
