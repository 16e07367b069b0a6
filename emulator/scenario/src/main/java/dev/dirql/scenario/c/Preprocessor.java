package dev.dirql.scenario.c;

import dev.dirql.scenario.source.Names;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the directives of a text, expands its macros and gives the tokens that remain (ISO
 * C11, 6.10).
 */
final class Preprocessor {
    private static final int MAXIMUM_INCLUDES = 64;
    private static final List<String> DIRECTIVES =
            List.of(
                    "define", "undef", "include", "if", "ifdef", "ifndef", "elif", "else", "endif",
                    "error", "warning", "pragma", "line");

    private final IncludeResolver includes;
    private final Messages messages;
    private final Map<String, Macro> macros = new LinkedHashMap<>();
    private final MacroExpander expander;
    private final Set<String> once = new LinkedHashSet<>();
    private final Map<String, String> sections;
    private final List<PragmaState> pushed = new ArrayList<>();
    private final List<CToken> output = new ArrayList<>();
    private PragmaState pragmas = PragmaState.INITIAL;
    private int includeDepth;

    /**
     * @param sections receives the section of each function that {@code #pragma alloc_text} names
     */
    Preprocessor(IncludeResolver includes, Map<String, String> sections, Messages messages) {
        this.includes = includes;
        this.sections = sections;
        this.messages = messages;
        this.expander = new MacroExpander(macros, messages);
    }

    /** Defines an object-like macro. */
    void define(String name, String replacement) {
        List<CToken> body =
                Scanner.scan(CSource.of(new SourceFile("<" + name + ">", replacement)), messages);
        macros.put(
                name, new Macro(name, false, List.of(), false, body.subList(0, body.size() - 1)));
    }

    /** Includes a header as if the first line of the text said so. */
    void imply(String header, SourceFile from) {
        Optional<SourceFile> file = includes.resolve(header, from);
        if (file.isEmpty()) {
            throw new IllegalArgumentException("no header " + header + " to include");
        }
        process(CSource.of(file.get()));
    }

    /**
     * The tokens of a text after those of the headers that were implied, with an END token last.
     */
    List<CToken> run(CSource source) {
        process(source);
        return output;
    }

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

    private void process(CSource source) {
        if (once.contains(source.file().name())) {
            return;
        }
        List<CToken> tokens = Scanner.scan(source, messages);
        List<CToken> run = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        Renumbering lines = Renumbering.NONE;
        int at = 0;
        while (tokens.get(at).kind != CToken.Kind.END) {
            CToken token = tokens.get(at);
            if (!token.lineStart || !token.is("#")) {
                if (groups.isEmpty() || groups.getLast().active) {
                    run.add(lines.of(token));
                }
                at++;
                continue;
            }
            int end = at + 1;
            while (tokens.get(end).kind != CToken.Kind.END && !tokens.get(end).lineStart) {
                end++;
            }
            List<CToken> line = tokens.subList(at + 1, end);
            at = end;
            // A conditional in the arguments of a macro is common in headers; only others end a run
            // of text.
            boolean conditional = !line.isEmpty() && isConditional(line.getFirst().getText());
            if (!conditional) {
                flush(run);
            }
            boolean active = groups.isEmpty() || groups.getLast().active;
            if (active && !line.isEmpty() && line.getFirst().is("line")) {
                lines = renumbering(line, lines);
                continue;
            }
            directive(token, line, groups);
        }
        flush(run);
        for (Group group : groups) {
            messages.error(group.opened, "this conditional has no #endif", "");
        }
        CToken end = tokens.get(at);
        if (includeDepth == 0) {
            end.pragmas = pragmas;
            if (!output.isEmpty() && output.getLast().kind == CToken.Kind.END) {
                output.removeLast();
            }
            output.add(end);
        }
    }

    /**
     * What {@code #line} says of the places behind it.
     *
     * @param file the text that they are said to be in, null for the one they are in
     * @param difference what is added to their line numbers
     */
    private record Renumbering(@Nullable SourceFile file, int difference) {
        static final Renumbering NONE = new Renumbering(null, 0);

        CToken of(CToken token) {
            if (this == NONE) {
                return token;
            }
            CToken moved =
                    new CToken(
                            token.kind,
                            token.getText(),
                            file == null ? token.file : file,
                            token.getLine() + difference,
                            token.column(),
                            token.length,
                            token.spaceBefore,
                            token.lineStart,
                            token.hidden);
            moved.pragmas = token.pragmas;
            return moved;
        }
    }

    /** {@code #line NUMBER} or {@code #line NUMBER "FILE"}. */
    private Renumbering renumbering(List<CToken> line, Renumbering before) {
        CToken directive = line.getFirst();
        List<CToken> rest = expander.expand(new ArrayList<>(line.subList(1, line.size())));
        boolean named = rest.size() == 2 && rest.get(1).kind == CToken.Kind.STRING;
        boolean numbered =
                !rest.isEmpty()
                        && rest.getFirst().getText().matches("[0-9]{1,9}")
                        && rest.size() <= 2;
        if (!numbered || (rest.size() == 2 && !named)) {
            messages.error(directive, "#line needs a line number and perhaps a file in quotes", "");
            return before;
        }
        int number = Integer.parseInt(rest.getFirst().getText());
        @Nullable SourceFile file = before.file;
        if (named) {
            String quoted = rest.get(1).getText();
            String name = quoted.substring(1, quoted.length() - 1).replace("\\\\", "\\");
            file = includes.resolve(name, directive.file).orElseGet(() -> new SourceFile(name, ""));
        }
        return new Renumbering(file, number - directive.getLine() - 1);
    }

    private static boolean isConditional(String name) {
        return switch (name) {
            case "if", "ifdef", "ifndef", "elif", "else", "endif" -> true;
            default -> false;
        };
    }

    private void flush(List<CToken> run) {
        if (run.isEmpty()) {
            return;
        }
        if (!output.isEmpty() && output.getLast().kind == CToken.Kind.END) {
            output.removeLast();
        }
        List<CToken> expanded = expander.expand(run);
        run.clear();
        for (int i = 0; i < expanded.size(); i++) {
            CToken token = expanded.get(i);
            if ((token.is("__pragma") || token.is("_Pragma"))
                    && i + 1 < expanded.size()
                    && expanded.get(i + 1).is("(")) {
                int close = closing(expanded, i + 1);
                if (token.is("__pragma")) {
                    pragma(token, expanded.subList(i + 2, close));
                }
                i = close;
                continue;
            }
            token.pragmas = pragmas;
            output.add(token);
        }
    }

    private static int closing(List<CToken> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (tokens.get(i).is("(")) {
                depth++;
            } else if (tokens.get(i).is(")") && --depth == 0) {
                return i;
            }
        }
        return tokens.size() - 1;
    }

    private void directive(CToken hash, List<CToken> line, List<Group> groups) {
        if (line.isEmpty()) {
            return;
        }
        CToken name = line.getFirst();
        List<CToken> rest = line.subList(1, line.size());
        boolean active = groups.isEmpty() || groups.getLast().active;
        switch (name.getText()) {
            case "if" -> groups.add(new Group(hash, active, active && condition(name, rest)));
            case "ifdef" -> groups.add(new Group(hash, active, active && isDefined(name, rest)));
            case "ifndef" -> groups.add(new Group(hash, active, active && !isDefined(name, rest)));
            case "elif", "else", "endif" -> {
                if (groups.isEmpty()) {
                    messages.error(name, "#" + name.getText() + " without #if", "");
                } else {
                    branch(name, rest, groups);
                }
            }
            default -> {
                if (active) {
                    command(name, rest);
                }
            }
        }
    }

    private void branch(CToken name, List<CToken> rest, List<Group> groups) {
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
        return macros.containsKey(rest.getFirst().getText());
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
            String value = macros.containsKey(tokens.get(at).getText()) ? "1" : "0";
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

    private void command(CToken name, List<CToken> rest) {
        switch (name.getText()) {
            case "define" -> define(name, rest);
            case "undef" -> {
                if (rest.isEmpty()) {
                    messages.error(name, "#undef needs the name of a macro", "");
                } else {
                    macros.remove(rest.getFirst().getText());
                }
            }
            case "include" -> include(name, rest);
            case "error" -> messages.error(name, "#error " + spelling(rest), "");
            case "warning" -> messages.warning(name, "#warning " + spelling(rest), "");
            case "pragma" -> pragma(name, rest);
            default ->
                    messages.error(
                            name,
                            "unknown directive #" + name.getText(),
                            Names.nearest(name.getText(), DIRECTIVES)
                                    .map(known -> "did you mean #" + known + "?")
                                    .orElse(""));
        }
    }

    private static String spelling(List<CToken> tokens) {
        StringBuilder text = new StringBuilder();
        for (CToken token : tokens) {
            text.append(token.spaceBefore && !text.isEmpty() ? " " : "").append(token.getText());
        }
        return text.toString();
    }

    private void define(CToken directive, List<CToken> rest) {
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

    private void include(CToken directive, List<CToken> tokens) {
        List<CToken> rest = tokens;
        if (!rest.isEmpty() && rest.getFirst().kind == CToken.Kind.IDENTIFIER) {
            rest = expander.expand(rest);
        }
        String name;
        if (!rest.isEmpty() && rest.getFirst().kind == CToken.Kind.STRING) {
            String quoted = rest.getFirst().getText();
            name = quoted.substring(1, quoted.length() - 1);
        } else if (rest.size() > 2 && rest.getFirst().is("<") && rest.getLast().is(">")) {
            name = spelling(rest.subList(1, rest.size() - 1)).replace(" ", "");
        } else {
            messages.error(directive, "#include needs \"name\" or <name>", "");
            return;
        }
        Optional<SourceFile> file = includes.resolve(name, directive.file);
        if (file.isEmpty()) {
            messages.error(
                    rest.getFirst(),
                    "there is no header " + name,
                    "headers are looked for beside the file and among the built-in WDK headers");
            throw new Messages.Abandoned();
        }
        if (++includeDepth > MAXIMUM_INCLUDES) {
            messages.error(
                    directive,
                    "headers include each other " + MAXIMUM_INCLUDES + " deep",
                    "begin a header with #pragma once");
            throw new Messages.Abandoned();
        }
        process(CSource.of(file.get()));
        includeDepth--;
    }

    private void pragma(CToken at, List<CToken> tokens) {
        if (tokens.isEmpty()) {
            return;
        }
        String name = tokens.getFirst().getText();
        List<CToken> expanded = expander.expand(tokens.subList(1, tokens.size()));
        List<String> words = new ArrayList<>();
        for (CToken token : expanded) {
            if (!token.is("(") && !token.is(")") && !token.is(",")) {
                words.add(token.getText().replace("\"", ""));
            }
        }
        switch (name) {
            case "once" -> once.add(at.file.name());
            case "alloc_text" -> {
                if (words.size() < 2) {
                    messages.error(
                            at, "#pragma alloc_text(SECTION, function, …) names no function", "");
                }
                for (int i = 1; i < words.size(); i++) {
                    sections.put(words.get(i), words.getFirst());
                }
            }
            case "pack" -> pack(at, words);
            case "code_seg" ->
                    pragmas =
                            new PragmaState(pragmas.pack(), section(words), pragmas.dataSection());
            case "data_seg" ->
                    pragmas =
                            new PragmaState(pragmas.pack(), pragmas.codeSection(), section(words));
            case "warning",
                    "comment",
                    "region",
                    "endregion",
                    "intrinsic",
                    "function",
                    "optimize",
                    "message",
                    "prefast",
                    "push_macro",
                    "pop_macro",
                    "section",
                    "inline_depth",
                    "auto_inline",
                    "deprecated",
                    "bss_seg",
                    "const_seg",
                    "check_stack",
                    "runtime_checks",
                    "strict_gs_check",
                    "GCC",
                    "STDC",
                    "clang" -> {}
            default ->
                    messages.warning(
                            tokens.getFirst(),
                            "#pragma " + name + " is not known and has no effect",
                            "");
        }
    }

    private static String section(List<String> words) {
        return words.isEmpty() ? "" : words.getLast();
    }

    private void pack(CToken at, List<String> words) {
        int value = words.isEmpty() ? PragmaState.INITIAL.pack() : pragmas.pack();
        for (String word : words) {
            switch (word) {
                case "push" -> pushed.add(pragmas);
                case "pop" -> {
                    if (pushed.isEmpty()) {
                        messages.warning(at, "#pragma pack(pop) without a push", "");
                    } else {
                        value = pushed.removeLast().pack();
                    }
                }
                case "1", "2", "4", "8", "16" -> value = Integer.parseInt(word);
                default -> {
                    if (!word.isEmpty() && Character.isDigit(word.charAt(0))) {
                        messages.error(at, "#pragma pack takes 1, 2, 4, 8 or 16, not " + word, "");
                    }
                }
            }
        }
        pragmas = new PragmaState(value, pragmas.codeSection(), pragmas.dataSection());
    }
}
