package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The macros that are defined at a place of the text. */
final class MacroDefinitions {
    private final Messages messages;
    private final Map<String, Macro> macros = new LinkedHashMap<>();

    MacroDefinitions(Messages messages) {
        this.messages = messages;
    }

    boolean contains(String name) {
        return macros.containsKey(name);
    }

    @Nullable Macro find(String name) {
        return macros.get(name);
    }

    /** Defines an object-like macro. */
    void define(String name, String replacement) {
        List<CToken> body =
                Scanner.scan(CSource.of(new SourceFile("<" + name + ">", replacement)), messages);
        macros.put(
                name, new Macro(name, false, List.of(), false, body.subList(0, body.size() - 1)));
    }

    /** {@code #define}. */
    void define(CToken directive, List<CToken> rest) {
        if (rest.isEmpty() || rest.getFirst().kind != CToken.Kind.IDENTIFIER) {
            messages.error(directive, "#define needs the name of a macro", "");
            return;
        }
        CToken name = rest.getFirst();
        if (name.is("defined")) {
            messages.error(name, "'defined' cannot be a macro", "");
            return;
        }
        List<String> parameters = new ArrayList<>();
        boolean functionLike = rest.size() > 1 && rest.get(1).is("(") && !rest.get(1).spaceBefore;
        boolean variadic = false;
        int at = 1;
        if (functionLike) {
            at = 2;
            while (at < rest.size() && !rest.get(at).is(")")) {
                CToken parameter = rest.get(at++);
                if (parameter.is("...")) {
                    variadic = true;
                    parameters.add("__VA_ARGS__");
                } else if (parameter.kind == CToken.Kind.IDENTIFIER && !variadic) {
                    parameters.add(parameter.getText());
                } else {
                    messages.error(parameter, "a macro parameter is a name", "");
                    return;
                }
                if (at < rest.size() && rest.get(at).is(",")) {
                    at++;
                } else if (at >= rest.size() || !rest.get(at).is(")")) {
                    break;
                }
            }
            if (at >= rest.size() || !rest.get(at).is(")")) {
                messages.error(
                        name, "the parameters of macro " + name.getText() + " do not end", "");
                return;
            }
            at++;
        }
        List<CToken> body = List.copyOf(rest.subList(at, rest.size()));
        if (!body.isEmpty() && (body.getFirst().is("##") || body.getLast().is("##"))) {
            messages.error(name, "## stands between two tokens", "");
            return;
        }
        Macro macro = new Macro(name.getText(), functionLike, parameters, variadic, body);
        Macro old = macros.put(name.getText(), macro);
        if (old != null && !old.same(macro)) {
            messages.warning(
                    name, "macro " + name.getText() + " was defined differently before", "");
        }
    }

    /** {@code #undef}. */
    void undefine(CToken directive, List<CToken> rest) {
        if (rest.isEmpty()) {
            messages.error(directive, "#undef needs the name of a macro", "");
        } else {
            macros.remove(rest.getFirst().getText());
        }
    }
}
