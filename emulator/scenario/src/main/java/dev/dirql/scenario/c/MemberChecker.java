package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Found;
import dev.dirql.scenario.c.CType.Member;
import dev.dirql.scenario.c.CType.Pointer;
import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Indirect;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.ValuePlace;
import dev.dirql.scenario.c.grammar.CParser;
import org.jspecify.annotations.Nullable;

/** Members of structures and unions, and their offsets. */
final class MemberChecker {
    private final Unit unit;

    MemberChecker(Unit unit) {
        this.unit = unit;
    }

    CheckedExpression select(CParser.SelectContext context) {
        CToken nameToken = (CToken) context.IDENTIFIER().getSymbol();
        String name = nameToken.getText();
        boolean arrow = context.operator.getText().equals("->");
        CheckedExpression base = unit.expressions.operand(context.e());
        if (base.place() == null && base.value() == CheckedExpression.POISON) {
            return base;
        }
        CType type = arrow ? Types.target(base.type()) : base.type();
        boolean pointer = Types.isPointer(base.type()) || Types.isArray(base.type());
        if (!(Types.bare(type) instanceof Structure structure) || (arrow && !pointer)) {
            boolean other =
                    arrow
                            ? Types.isStructure(base.type())
                            : Types.isStructure(Types.target(base.type()));
            unit.messages.error(
                    (CToken) context.operator,
                    "the left side of %s is %s"
                            .formatted(context.operator.getText(), Types.spell(base.type())),
                    other
                            ? "write " + (arrow ? "." : "->") + " here"
                            : "it must be "
                                    + (arrow ? "a pointer to " : "")
                                    + "a structure or union");
            return CheckedExpression.of(CheckedExpression.POISON);
        }
        if (!structure.complete) {
            unit.messages.error(
                    nameToken,
                    "the members of %s are not known here".formatted(Types.spell(type)),
                    "");
            return CheckedExpression.of(CheckedExpression.POISON);
        }
        Found found = structure.find(name);
        if (found == null) {
            unit.messages.error(
                    nameToken,
                    "%s has no member %s".formatted(Types.spell(type), name),
                    CGrammar.nearest(name, structure.names()));
            return CheckedExpression.of(CheckedExpression.POISON);
        }
        Place whole;
        if (arrow) {
            whole = Fold.indirect(type, unit.expressions.read(base));
        } else {
            whole = base.place() != null ? base.place() : new ValuePlace(type, base.value(), 0);
        }
        Place part = member(whole, type, found);
        if (structure.tag.equals("_DEVICE_OBJECT") && name.equals("DeviceExtension")) {
            Expression read = unit.expressions.read(CheckedExpression.of(part));
            unit.extensions.read(read);
            return new CheckedExpression(part, read);
        }
        return CheckedExpression.of(part);
    }

    private static Place member(Place whole, CType wholeType, Found found) {
        Member member = found.member();
        CType type =
                Types.qualify(member.type(), Types.isConst(wholeType), Types.isVolatile(wholeType));
        Place place = Fold.offset(whole, type, found.offset());
        return member.width() == 0
                ? place
                : new BitPlace(type, place, member.shift(), member.width());
    }

    Expression offsetOf(CParser.OffsetofContext context) {
        CType type = unit.declarations.typeName(context.typeName());
        Long offset = offset(type, context.e());
        return offset == null ? CheckedExpression.POISON : new Constant(CType.ULONGLONG, offset);
    }

    /** The second operand of offsetof is a member, a member of it, or an element of it. */
    private @Nullable Long offset(CType type, CParser.EContext context) {
        Place origin = new Indirect(type, new Constant(new Pointer(type), 0), 0);
        Place place = designated(origin, context);
        return place instanceof Indirect at && at.address() instanceof Constant
                ? at.offset()
                : null;
    }

    private @Nullable Place designated(Place origin, CParser.EContext context) {
        return switch (context) {
            case CParser.IdentifierContext e -> named(origin, Unit.at(e));
            case CParser.SelectContext e -> {
                Place base = designated(origin, e.e());
                yield base == null ? null : named(base, (CToken) e.IDENTIFIER().getSymbol());
            }
            case CParser.IndexContext e -> {
                Place base = designated(origin, e.e());
                if (base == null || e.expression().e().size() != 1) {
                    yield null;
                }
                Long index = unit.expressions.constant(e.expression().e(0));
                CType element = Types.target(base.type());
                yield index == null
                        ? null
                        : Fold.offset(base, element, index * Types.size(element));
            }
            default -> {
                unit.messages.error(Unit.at(context), "a member is expected", "");
                yield null;
            }
        };
    }

    private @Nullable Place named(Place base, CToken name) {
        Found found =
                Types.bare(base.type()) instanceof Structure structure
                        ? structure.find(name.getText())
                        : null;
        if (found == null || found.member().width() != 0) {
            unit.messages.error(
                    name,
                    "%s has no member %s with an address"
                            .formatted(Types.spell(base.type()), name.getText()),
                    Types.bare(base.type()) instanceof Structure structure
                            ? CGrammar.nearest(name.getText(), structure.names())
                            : "");
            return null;
        }
        return member(base, base.type(), found);
    }
}
