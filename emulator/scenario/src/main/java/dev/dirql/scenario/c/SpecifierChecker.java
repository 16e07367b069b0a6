package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Int;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** Specifiers: the words before a declarator. */
final class SpecifierChecker {
    private final Unit unit;
    private final DeclspecChecker declspecs;
    private final StructureChecker structures;
    private final EnumerationChecker enumerations;

    SpecifierChecker(
            Unit unit,
            DeclspecChecker declspecs,
            StructureChecker structures,
            EnumerationChecker enumerations) {
        this.unit = unit;
        this.declspecs = declspecs;
        this.structures = structures;
        this.enumerations = enumerations;
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
                type = structures.structure(specifier.structure());
            } else if (specifier.enumeration() != null) {
                type = enumerations.enumeration(specifier.enumeration());
            } else if (specifier.declspec() != null) {
                declspecs.declspec(specifier.declspec(), result);
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
}
