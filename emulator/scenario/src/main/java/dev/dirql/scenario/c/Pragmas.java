package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Carries out pragmas. */
final class Pragmas {
    private final MacroExpander expander;
    private final Map<String, String> sections;
    private final Messages messages;
    private final Set<String> once = new LinkedHashSet<>();
    private final List<PragmaState> pushed = new ArrayList<>();
    private PragmaState pragmas = PragmaState.INITIAL;

    /**
     * @param sections receives the section of each function that {@code #pragma alloc_text} names
     */
    Pragmas(MacroExpander expander, Map<String, String> sections, Messages messages) {
        this.expander = expander;
        this.sections = sections;
        this.messages = messages;
    }

    /** What they say here. */
    PragmaState state() {
        return pragmas;
    }

    /** Whether a text that said {@code #pragma once} was read. */
    boolean wasRead(SourceFile file) {
        return once.contains(file.name());
    }

    /** {@code #pragma} or {@code __pragma}. */
    void carryOut(CToken at, List<CToken> tokens) {
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
