package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.grammar.CParser;

/** Enumerations and their constants. */
final class EnumerationChecker {
    private final Unit unit;

    EnumerationChecker(Unit unit) {
        this.unit = unit;
    }

    CType enumeration(CParser.EnumerationContext context) {
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
}
