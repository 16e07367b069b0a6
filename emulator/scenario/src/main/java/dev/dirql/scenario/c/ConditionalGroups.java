package dev.dirql.scenario.c;

import java.util.ArrayList;
import java.util.List;

/** The conditionals of one text: {@code #if} to {@code #endif}, and which lines they take. */
final class ConditionalGroups {
    /**
     * One group of a conditional: whether its lines are taken, and whether one of its branches was.
     */
    private static final class Group {
        final CToken opened;
        final boolean outer;
        boolean taken;
        boolean active;
        boolean sawElse;

        Group(CToken opened, boolean outer, boolean active) {
            this.opened = opened;
            this.outer = outer;
            this.active = outer && active;
            this.taken = active;
        }
    }

    private final MacroDefinitions macros;
    private final MacroExpander expander;
    private final Messages messages;
    private final List<Group> groups = new ArrayList<>();

    ConditionalGroups(MacroDefinitions macros, MacroExpander expander, Messages messages) {
        this.macros = macros;
        this.expander = expander;
        this.messages = messages;
    }

    /** Whether the lines here are taken. */
    boolean isActive() {
        return groups.isEmpty() || groups.getLast().active;
    }

    /** Whether a directive is one of conditionals. */
    static boolean isConditional(String name) {
        return switch (name) {
            case "if", "ifdef", "ifndef", "elif", "else", "endif" -> true;
            default -> false;
        };
    }

    /** Carries out a directive of conditionals. */
    void directive(CToken hash, CToken name, List<CToken> rest) {
        boolean active = isActive();
        switch (name.getText()) {
            case "if" -> groups.add(new Group(hash, active, active && condition(name, rest)));
            case "ifdef" -> groups.add(new Group(hash, active, active && isDefined(name, rest)));
            case "ifndef" -> groups.add(new Group(hash, active, active && !isDefined(name, rest)));
            default -> {
                if (groups.isEmpty()) {
                    messages.error(name, "#" + name.getText() + " without #if", "");
                } else {
                    branch(name, rest);
                }
            }
        }
    }

    private void branch(CToken name, List<CToken> rest) {
        Group group = groups.getLast();
        if (name.is("endif")) {
            groups.removeLast();
            return;
        }
        if (group.sawElse) {
            messages.error(name, "#" + name.getText() + " after #else", "");
            return;
        }
        if (name.is("else")) {
            group.sawElse = true;
            group.active = group.outer && !group.taken;
        } else {
            group.active = group.outer && !group.taken && condition(name, rest);
        }
        group.taken |= group.active;
    }

    private boolean isDefined(CToken directive, List<CToken> rest) {
        if (rest.isEmpty() || rest.getFirst().kind != CToken.Kind.IDENTIFIER) {
            messages.error(directive, "#" + directive.getText() + " needs the name of a macro", "");
            return false;
        }
        return macros.contains(rest.getFirst().getText());
    }

    private boolean condition(CToken directive, List<CToken> tokens) {
        List<CToken> replaced = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            CToken token = tokens.get(i);
            if (!token.is("defined")) {
                replaced.add(token);
                continue;
            }
            boolean parenthesis = i + 1 < tokens.size() && tokens.get(i + 1).is("(");
            int at = parenthesis ? i + 2 : i + 1;
            boolean complete =
                    at < tokens.size()
                            && tokens.get(at).kind == CToken.Kind.IDENTIFIER
                            && (!parenthesis
                                    || (at + 1 < tokens.size() && tokens.get(at + 1).is(")")));
            if (!complete) {
                messages.error(token, "'defined' needs the name of a macro", "");
                return false;
            }
            String value = macros.contains(tokens.get(at).getText()) ? "1" : "0";
            replaced.add(
                    new CToken(
                            CToken.Kind.NUMBER,
                            value,
                            token.file,
                            token.getLine(),
                            token.column(),
                            token.length,
                            true,
                            false,
                            CToken.Hidden.NONE));
            i = parenthesis ? at + 1 : at;
        }
        return new ConditionExpression(expander.expand(replaced), directive, messages).value();
    }

    /** Reports what is still open at the end of the text. */
    void end() {
        for (Group group : groups) {
            messages.error(group.opened, "this conditional has no #endif", "");
        }
    }
}
