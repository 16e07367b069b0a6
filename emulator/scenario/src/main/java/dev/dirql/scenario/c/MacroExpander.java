package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Replaces macros in a list of tokens (ISO C11, 6.10.3), with hide sets against endless recursion.
 */
final class MacroExpander {
    /**
     * Tokens that the expansion of one program may make: beyond it, somebody wrote a macro bomb.
     */
    private static final int MAXIMUM_TOKENS = 2_000_000;

    private final MacroDefinitions macros;
    private final Messages messages;
    private int made;
    private int counter;

    MacroExpander(MacroDefinitions macros, Messages messages) {
        this.macros = macros;
        this.messages = messages;
    }

    List<CToken> expand(List<CToken> input) {
        return expand(input, 0);
    }

    private List<CToken> expand(List<CToken> input, int depth) {
        ArrayDeque<CToken> work = new ArrayDeque<>(input);
        List<CToken> output = new ArrayList<>(input.size());
        while (!work.isEmpty()) {
            CToken token = work.poll();
            Macro macro =
                    token.kind == CToken.Kind.IDENTIFIER ? macros.find(token.getText()) : null;
            if (macro == null || token.hidden.contains(macro.name())) {
                output.add(builtIn(token));
            } else if (!macro.functionLike()) {
                push(
                        work,
                        replace(macro, token, List.of(), token.hidden.with(macro.name()), depth));
            } else if (!work.isEmpty() && work.peek().is("(")) {
                invoke(macro, token, work, depth);
            } else {
                output.add(token);
            }
        }
        return output;
    }

    private CToken builtIn(CToken token) {
        if (token.kind != CToken.Kind.IDENTIFIER) {
            return token;
        }
        return switch (token.getText()) {
            case "__LINE__" -> make(CToken.Kind.NUMBER, Integer.toString(token.getLine()), token);
            case "__FILE__" -> make(CToken.Kind.STRING, quote(token.file.name()), token);
            case "__COUNTER__" -> make(CToken.Kind.NUMBER, Integer.toString(counter++), token);
            default -> token;
        };
    }

    private static CToken make(CToken.Kind kind, String text, CToken place) {
        return new CToken(
                kind,
                text,
                place.file,
                place.getLine(),
                place.column(),
                place.length,
                place.spaceBefore,
                place.lineStart,
                CToken.Hidden.NONE);
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void push(ArrayDeque<CToken> work, List<CToken> tokens) {
        made += tokens.size();
        if (made > MAXIMUM_TOKENS && !tokens.isEmpty()) {
            messages.error(
                    tokens.getFirst(),
                    "macro expansion makes more than " + MAXIMUM_TOKENS + " tokens",
                    "macros that use each other several times double with each level");
            throw new Messages.Abandoned();
        }
        for (int i = tokens.size() - 1; i >= 0; i--) {
            work.push(tokens.get(i));
        }
    }

    private void invoke(Macro macro, CToken name, ArrayDeque<CToken> work, int depth) {
        CToken open = work.poll();
        List<List<CToken>> arguments = new ArrayList<>();
        List<CToken> argument = new ArrayList<>();
        int parentheses = 0;
        CToken close = open;
        boolean closed = false;
        while (!work.isEmpty()) {
            CToken token = work.poll();
            close = token;
            if (token.is("(")) {
                parentheses++;
            } else if (token.is(")") && parentheses-- == 0) {
                closed = true;
                break;
            }
            boolean rest = macro.variadic() && arguments.size() == macro.parameters().size() - 1;
            if (token.is(",") && parentheses == 0 && !rest) {
                arguments.add(argument);
                argument = new ArrayList<>();
            } else {
                argument.add(token);
            }
        }
        if (!closed) {
            messages.error(
                    name,
                    "the arguments of macro " + macro.name() + " do not end",
                    "a closing parenthesis is missing");
            return;
        }
        if (!(arguments.isEmpty() && argument.isEmpty() && macro.parameters().isEmpty())) {
            arguments.add(argument);
        }
        if (macro.variadic() && arguments.size() == macro.parameters().size() - 1) {
            arguments.add(List.of());
        }
        if (arguments.size() != macro.parameters().size()) {
            messages.error(
                    name,
                    "macro %s takes %d arguments, and here are %d"
                            .formatted(macro.name(), macro.parameters().size(), arguments.size()),
                    "");
            return;
        }
        CToken.Hidden hidden =
                name.hidden.common(close == null ? name.hidden : close.hidden).with(macro.name());
        push(work, replace(macro, name, arguments, hidden, depth));
    }

    private List<CToken> replace(
            Macro macro,
            CToken place,
            List<List<CToken>> arguments,
            CToken.Hidden hidden,
            int depth) {
        if (depth > 100) {
            messages.error(place, "macros are nested too deeply in " + macro.name(), "");
            throw new Messages.Abandoned();
        }
        List<CToken> body = macro.body();
        List<CToken> result = new ArrayList<>();
        for (int i = 0; i < body.size(); i++) {
            CToken token = body.get(i);
            boolean pasteNext = i + 1 < body.size() && body.get(i + 1).is("##");
            if (token.is("##") && i > 0 && i + 1 < body.size()) {
                i++;
                List<CToken> right = unexpanded(macro, arguments, body.get(i), place);
                paste(macro, result, right, place);
            } else if (token.is("#") && macro.functionLike() && i + 1 < body.size()) {
                int parameter = macro.parameters().indexOf(body.get(++i).getText());
                result.add(
                        make(
                                CToken.Kind.STRING,
                                stringOf(parameter < 0 ? List.of() : arguments.get(parameter)),
                                place));
            } else if (pasteNext) {
                result.addAll(unexpanded(macro, arguments, token, place));
            } else {
                int parameter =
                        token.kind == CToken.Kind.IDENTIFIER
                                ? macro.parameters().indexOf(token.getText())
                                : -1;
                if (parameter >= 0) {
                    boolean first = true;
                    for (CToken expanded : expand(arguments.get(parameter), depth + 1)) {
                        result.add(
                                expanded.hiding(
                                        expanded.hidden,
                                        first ? token.spaceBefore : expanded.spaceBefore));
                        first = false;
                    }
                } else {
                    result.add(token.at(place, token.spaceBefore, token.hidden));
                }
            }
        }
        List<CToken> marked = new ArrayList<>(result.size());
        for (CToken token : result) {
            marked.add(token.hiding(token.hidden.with(hidden), token.spaceBefore));
        }
        return marked;
    }

    private static List<CToken> unexpanded(
            Macro macro, List<List<CToken>> arguments, CToken token, CToken place) {
        int parameter =
                token.kind == CToken.Kind.IDENTIFIER
                        ? macro.parameters().indexOf(token.getText())
                        : -1;
        return parameter >= 0
                ? arguments.get(parameter)
                : List.of(token.at(place, token.spaceBefore, token.hidden));
    }

    private void paste(Macro macro, List<CToken> left, List<CToken> right, CToken place) {
        if (right.isEmpty()) {
            // , ## __VA_ARGS__ swallows the comma before an empty list, as the Microsoft compiler
            // does.
            if (macro.variadic() && !left.isEmpty() && left.getLast().is(",")) {
                left.removeLast();
            }
            return;
        }
        if (left.isEmpty() || (left.getLast().is(",") && macro.variadic())) {
            left.addAll(right);
            return;
        }
        CToken first = left.removeLast();
        String text = first.getText() + right.getFirst().getText();
        List<CToken> scanned =
                Scanner.scan(CSource.of(new SourceFile(place.file.name(), text)), messages);
        if (scanned.size() != 2) {
            messages.error(
                    place,
                    "pasting '%s' and '%s' gives no single token"
                            .formatted(first.getText(), right.getFirst().getText()),
                    "");
            return;
        }
        left.add(scanned.getFirst().at(place, first.spaceBefore, first.hidden));
        left.addAll(right.subList(1, right.size()));
    }

    private static String stringOf(List<CToken> tokens) {
        StringBuilder text = new StringBuilder("\"");
        for (CToken token : tokens) {
            if (token.spaceBefore && text.length() > 1) {
                text.append(' ');
            }
            boolean quoted =
                    token.kind == CToken.Kind.STRING || token.kind == CToken.Kind.CHARACTER;
            text.append(
                    quoted
                            ? token.getText().replace("\\", "\\\\").replace("\"", "\\\"")
                            : token.getText());
        }
        return text.append('"').toString();
    }
}
