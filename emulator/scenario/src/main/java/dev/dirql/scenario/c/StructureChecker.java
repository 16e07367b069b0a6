package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.List;

/** Structures and unions, their members and bit-fields. */
final class StructureChecker {
    private final Unit unit;
    private final DeclspecChecker declspecs;

    StructureChecker(Unit unit, DeclspecChecker declspecs) {
        this.unit = unit;
        this.declspecs = declspecs;
    }

    CType structure(CParser.StructureContext context) {
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
            declspecs.declspec(declspec, own);
        }
        List<CParser.MemberContext> list = context.member();
        for (int i = 0; i < list.size(); i++) {
            CParser.MemberContext member = list.get(i);
            if (member.staticAssert() != null) {
                unit.declarations.staticAssert(member.staticAssert());
            }
            if (member.specifiers() == null) {
                continue;
            }
            Specifiers specifiers = unit.declarations.specifiers(member.specifiers());
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
        if (structure.size > DeclaratorChecker.MAXIMUM_SIZE) {
            unit.messages.error(Unit.at(context), Types.spell(structure) + " is too large", "");
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
                        : unit.declarations.declarator(context.declarator(), specifiers.type);
        String name = declared.name() == null ? "" : declared.name().getText();
        CToken at = Unit.at(context);
        duplicate(structure, name, at);
        if (context.e() != null) {
            bitField(layout, declared.type(), name, context.e(), at);
            return;
        }
        if (declared.name() == null) {
            unit.messages.error(at, "a member needs a name", "");
            return;
        }
        boolean flexible =
                last
                        && Types.bare(declared.type()) instanceof CType.Array array
                        && array.count() < 0;
        if (!flexible && !Types.isComplete(declared.type())) {
            unit.messages.error(
                    at,
                    "member %s has the incomplete type %s"
                            .formatted(name, Types.spell(declared.type())),
                    Types.isFunction(declared.type()) ? "make it a pointer to a function" : "");
            return;
        }
        layout.add(name, declared.type(), specifiers.alignment);
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

    private void duplicate(Structure structure, String name, CToken at) {
        if (!name.isEmpty() && structure.find(name) != null) {
            unit.messages.error(at, "there are two members " + name, "");
        }
    }
}
