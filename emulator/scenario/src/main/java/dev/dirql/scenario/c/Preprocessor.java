package dev.dirql.scenario.c;

import dev.dirql.scenario.source.Names;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    private final MacroDefinitions macros;
    private final MacroExpander expander;
    private final Pragmas pragmas;
    private final List<CToken> output = new ArrayList<>();
    private int includeDepth;

    /**
     * @param sections receives the section of each function that {@code #pragma alloc_text} names
     */
    Preprocessor(IncludeResolver includes, Map<String, String> sections, Messages messages) {
        this.includes = includes;
        this.messages = messages;
        this.macros = new MacroDefinitions(messages);
        this.expander = new MacroExpander(macros, messages);
        this.pragmas = new Pragmas(expander, sections, messages);
    }

    /**
     * Defines a macro.
     *
     * @param name its name, and behind it without space its parameters if it takes some, as in
     *     {@code MAXIMUM(a,b)}
     */
    void define(String name, String replacement) {
        if (name.endsWith(")")) {
            String line = "#define " + name + " " + replacement;
            process(CSource.of(new SourceFile("<" + name + ">", line)));
        } else {
            macros.define(name, replacement);
        }
    }

    /** Includes a header as if the first line of the text said so. */
    void imply(String header, SourceFile from) {
        Optional<SourceFile> file = includes.resolve(header, from);
        if (file.isEmpty()) {
            throw new IllegalArgumentException("no header " + header + " to include");
        }
        process(CSource.of(file.get()));
    }

    /** The tokens of texts after those of the headers that were implied, with an END token last. */
    List<CToken> run(List<CSource> sources) {
        sources.forEach(this::process);
        return output;
    }

    private void process(CSource source) {
        if (pragmas.wasRead(source.file())) {
            return;
        }
        List<CToken> tokens = Scanner.scan(source, messages);
        List<CToken> run = new ArrayList<>();
        ConditionalGroups groups = new ConditionalGroups(macros, expander, messages);
        Renumbering lines = Renumbering.NONE;
        int at = 0;
        while (tokens.get(at).kind != CToken.Kind.END) {
            CToken token = tokens.get(at);
            if (!token.lineStart || !token.is("#")) {
                if (groups.isActive()) {
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
            boolean conditional =
                    !line.isEmpty() && ConditionalGroups.isConditional(line.getFirst().getText());
            if (!conditional) {
                flush(run);
            }
            if (conditional) {
                groups.directive(token, line.getFirst(), line.subList(1, line.size()));
            } else if (groups.isActive() && !line.isEmpty()) {
                CToken name = line.getFirst();
                List<CToken> rest = line.subList(1, line.size());
                if (name.is("line")) {
                    List<CToken> said = expander.expand(new ArrayList<>(rest));
                    lines = lines.changed(name, said, includes, messages);
                } else {
                    command(name, rest);
                }
            }
        }
        flush(run);
        groups.end();
        CToken end = tokens.get(at);
        if (includeDepth == 0) {
            end.pragmas = pragmas.state();
            if (!output.isEmpty() && output.getLast().kind == CToken.Kind.END) {
                output.removeLast();
            }
            output.add(end);
        }
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
                    pragmas.carryOut(token, expanded.subList(i + 2, close));
                }
                i = close;
                continue;
            }
            token.pragmas = pragmas.state();
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

    private void command(CToken name, List<CToken> rest) {
        switch (name.getText()) {
            case "define" -> macros.define(name, rest);
            case "undef" -> macros.undefine(name, rest);
            case "include" -> include(name, rest);
            case "error" -> messages.error(name, "#error " + spelling(rest), "");
            case "warning" -> messages.warning(name, "#warning " + spelling(rest), "");
            case "pragma" -> pragmas.carryOut(name, rest);
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
            String absence = includes.absence(name).map(why -> ": " + why).orElse("");
            messages.error(
                    rest.getFirst(),
                    "there is no header " + name + absence,
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
}
