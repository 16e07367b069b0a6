package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Found;
import dev.dirql.scenario.c.CType.Member;
import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/**
 * An initialiser and the type it is for, walked through side by side (ISO C11, 6.7.9): braces,
 * designators, strings. What comes of it is what goes to which place of the variable.
 */
final class InitializerWalk {
    /** One scalar, structure or string that goes to an offset of the variable. */
    record Element(
            long offset,
            CType type,
            int shift,
            int width,
            @Nullable Expression value,
            int @Nullable [] string,
            CToken at) {}

    private static final ParserRuleContext NOWHERE = new ParserRuleContext();

    private final Unit unit;
    private final List<Element> elements = new ArrayList<>();
    private long elementsOfTop;

    private InitializerWalk(Unit unit) {
        this.unit = unit;
    }

    /** Walks through the initialiser of a variable of a type. */
    static InitializerWalk through(Unit unit, CType type, CParser.InitializerContext context) {
        InitializerWalk walk = new InitializerWalk(unit);
        walk.whole(type, 0, context);
        return walk;
    }

    /** What it gives the variable, in the order in which it is written. */
    List<Element> elements() {
        return elements;
    }

    /** Elements that it gives to an array whose declaration does not say. */
    long elementsOfTop() {
        return elementsOfTop;
    }

    /** Positions within one pair of braces. */
    private final class Items {
        final List<CParser.InitializerItemContext> list;
        int at;
        @Nullable Expression value;

        Items(List<CParser.InitializerItemContext> list) {
            this.list = list;
        }

        boolean more() {
            return at < list.size();
        }

        CParser.InitializerItemContext item() {
            return list.get(at);
        }

        void next() {
            at++;
            value = null;
        }

        /** The value of the present item, checked once. */
        Expression value() {
            if (value == null) {
                value = unit.expressions.value(item().initializer().e());
            }
            return value;
        }
    }

    private void whole(CType type, long offset, CParser.InitializerContext context) {
        if (context.e() != null) {
            int[] string = stringFor(type, context.e());
            if (string != null) {
                string(type, offset, string, Unit.at(context));
            } else if (Types.isArray(type)) {
                unit.messages.error(
                        Unit.at(context), "an array is initialised with { … } or a string", "");
            } else {
                scalar(type, offset, 0, 0, unit.expressions.value(context.e()), Unit.at(context));
            }
            return;
        }
        Items items = new Items(context.initializerItem());
        if (Types.isScalar(type)) {
            if (!items.more()) {
                unit.messages.error(Unit.at(context), "an initialiser is missing", "");
                return;
            }
            CParser.InitializerItemContext item = items.item();
            if (!item.designator().isEmpty() || items.list.size() > 1) {
                unit.messages.error(Unit.at(item), "too many initialisers for one value", "");
            }
            unit.deeper(context);
            whole(type, offset, item.initializer());
            unit.shallower();
            return;
        }
        boolean onlyString =
                items.list.size() == 1
                        && items.item().designator().isEmpty()
                        && items.item().initializer().e() != null;
        if (onlyString) {
            int[] string = stringFor(type, items.item().initializer().e());
            if (string != null) {
                string(type, offset, string, Unit.at(context));
                return;
            }
        }
        unit.deeper(context);
        aggregate(type, offset, items, true);
        unit.shallower();
    }

    private void aggregate(CType type, long offset, Items items, boolean top) {
        unit.deeper(items.list.isEmpty() ? NOWHERE : items.list.getFirst());
        if (Types.bare(type) instanceof CType.Array array) {
            array(array, offset, items, top);
        } else if (Types.bare(type) instanceof Structure structure) {
            structure(structure, offset, items, top);
        } else if (items.more()) {
            unit.messages.error(
                    Unit.at(items.item()), Types.spell(type) + " cannot be initialised", "");
            items.at = items.list.size();
        }
        unit.shallower();
    }

    private void array(CType.Array array, long offset, Items items, boolean top) {
        long index = 0;
        long size = Types.size(array.element());
        while (items.more()) {
            List<CParser.DesignatorContext> designators = items.item().designator();
            if (!designators.isEmpty()) {
                if (!top) {
                    return;
                }
                CParser.DesignatorContext first = designators.getFirst();
                Long chosen = first.e() == null ? null : unit.expressions.constant(first.e());
                if (chosen == null
                        || chosen < 0
                        || (array.count() >= 0 && chosen >= array.count())) {
                    unit.messages.error(Unit.at(first), "no element of the array is meant", "");
                    items.next();
                    continue;
                }
                index = chosen;
                designated(array.element(), offset + index * size, items, 1);
            } else if (array.count() >= 0 && index >= array.count()) {
                if (top) {
                    tooMany(items);
                }
                return;
            } else {
                part(array.element(), offset + index * size, 0, 0, items);
            }
            index++;
            if (array.count() < 0) {
                elementsOfTop = Math.max(elementsOfTop, index);
            }
        }
    }

    private void structure(Structure structure, long offset, Items items, boolean top) {
        int index = 0;
        while (items.more()) {
            List<CParser.DesignatorContext> designators = items.item().designator();
            if (!designators.isEmpty()) {
                if (!top) {
                    return;
                }
                index = chosen(structure, designators.getFirst());
                if (index < 0) {
                    items.next();
                    index = 0;
                    continue;
                }
                String name = designators.getFirst().IDENTIFIER().getText();
                Found found = Objects.requireNonNull(structure.find(name));
                Member member = found.member();
                if (member.width() > 0) {
                    bits(member, offset + found.offset(), items);
                } else {
                    designated(member.type(), offset + found.offset(), items, 1);
                }
            } else if (index >= (structure.union ? 1 : structure.members.size())) {
                if (top) {
                    tooMany(items);
                }
                return;
            } else {
                Member member = structure.members.get(index);
                part(
                        member.type(),
                        offset + member.offset(),
                        member.shift(),
                        member.width(),
                        items);
            }
            index = structure.union ? structure.members.size() : index + 1;
        }
    }

    private void bits(Member member, long offset, Items items) {
        if (items.item().initializer().e() == null) {
            unit.messages.error(Unit.at(items.item()), "a bit-field takes one value", "");
        } else {
            part(member.type(), offset, member.shift(), member.width(), items);
            return;
        }
        items.next();
    }

    /** Which member a designator names, possibly one inside an anonymous member; -1 if none. */
    private int chosen(Structure structure, CParser.DesignatorContext designator) {
        if (designator.IDENTIFIER() == null) {
            unit.messages.error(Unit.at(designator), Types.spell(structure) + " is no array", "");
            return -1;
        }
        String name = designator.IDENTIFIER().getText();
        for (int i = 0; i < structure.members.size(); i++) {
            Member member = structure.members.get(i);
            if (member.name().equals(name)
                    || (member.name().isEmpty()
                            && Types.bare(member.type()) instanceof Structure inner
                            && inner.find(name) != null)) {
                return i;
            }
        }
        unit.messages.error(
                (CToken) designator.IDENTIFIER().getSymbol(),
                "%s has no member %s".formatted(Types.spell(structure), name),
                CGrammar.nearest(name, structure.names()));
        return -1;
    }

    /** Follows the designators after the first one. */
    private void designated(CType start, long startOffset, Items items, int from) {
        CType type = start;
        long offset = startOffset;
        int shift = 0;
        int width = 0;
        List<CParser.DesignatorContext> designators = items.item().designator();
        for (CParser.DesignatorContext designator : designators.subList(from, designators.size())) {
            if (Types.bare(type) instanceof CType.Array array && designator.e() != null) {
                Long index = unit.expressions.constant(designator.e());
                if (index == null || index < 0 || index >= array.count()) {
                    unit.messages.error(
                            Unit.at(designator), "no element of the array is meant", "");
                    items.next();
                    return;
                }
                type = array.element();
                offset += index * Types.size(type);
            } else if (Types.bare(type) instanceof Structure structure
                    && chosen(structure, designator) >= 0) {
                Found found =
                        Objects.requireNonNull(structure.find(designator.IDENTIFIER().getText()));
                type = found.member().type();
                offset += found.offset();
                shift = found.member().shift();
                width = found.member().width();
            } else {
                unit.messages.error(
                        Unit.at(designator), "this names no part of " + Types.spell(type), "");
                items.next();
                return;
            }
        }
        part(type, offset, shift, width, items);
    }

    private void part(CType type, long offset, int shift, int width, Items items) {
        CParser.InitializerContext initializer = items.item().initializer();
        CToken at = Unit.at(initializer);
        if (initializer.e() == null) {
            whole(type, offset, initializer);
            items.next();
            return;
        }
        int[] string = stringFor(type, initializer.e());
        if (string != null) {
            string(type, offset, string, at);
            items.next();
        } else if (Types.isScalar(type)) {
            scalar(type, offset, shift, width, items.value(), at);
            items.next();
        } else if (Types.isStructure(type) && Types.same(type, items.value().type())) {
            scalar(type, offset, 0, 0, items.value(), at);
            items.next();
        } else {
            int before = items.at;
            aggregate(type, offset, items, false);
            if (items.at == before) {
                // An empty aggregate takes nothing, but the walk must go on.
                unit.messages.error(at, Types.spell(type) + " takes no initialiser here", "");
                items.next();
            }
        }
    }

    private void tooMany(Items items) {
        unit.messages.error(Unit.at(items.item()), "too many initialisers", "");
        items.at = items.list.size();
    }

    private void scalar(
            CType type, long offset, int shift, int width, Expression value, CToken at) {
        Expression converted = unit.conversions.assign(value, type, at, "initialiser");
        elements.add(new Element(offset, type, shift, width, converted, null, at));
    }

    private void string(CType type, long offset, int[] units, CToken at) {
        CType.Array array = (CType.Array) Types.bare(type);
        if (array.count() >= 0 && units.length > array.count()) {
            unit.messages.warning(
                    at,
                    "a string of %d characters in an array of %d"
                            .formatted(units.length, array.count()),
                    "");
        }
        if (array.count() < 0) {
            elementsOfTop = units.length + 1L;
        }
        elements.add(new Element(offset, type, 0, 0, null, units, at));
    }

    /** The characters, if the expression is a string literal and the type an array for it. */
    private int @Nullable [] stringFor(CType type, CParser.EContext context) {
        if (!(Types.bare(type) instanceof CType.Array array)
                || !(context instanceof CParser.StringContext string)
                || !Types.isInteger(array.element())
                || Types.size(array.element()) != (PrimaryChecker.isWide(string) ? 2 : 1)) {
            return null;
        }
        return PrimaryChecker.units(string, unit.messages);
    }
}
