package dev.dirql.scenario.c;

import dev.dirql.scenario.c.grammar.CParser;
import java.util.Optional;

/** {@code __declspec}. */
final class DeclspecChecker {
    private final Unit unit;

    DeclspecChecker(Unit unit) {
        this.unit = unit;
    }

    void declspec(CParser.DeclspecContext context, Specifiers result) {
        for (CParser.DeclspecItemContext item : context.declspecItem()) {
            String word = item.getStart().getText();
            switch (word) {
                case "align" -> {
                    Long value = item.e().isEmpty() ? null : unit.expressions.constant(item.e(0));
                    if (value == null || value < 1 || value > 4096 || Long.bitCount(value) != 1) {
                        unit.messages.error(
                                Unit.at(item), "align takes a power of two up to 4096", "");
                    } else {
                        result.alignment = Math.max(result.alignment, value.intValue());
                    }
                }
                case "dllimport" ->
                        result.importedFrom = stringOperand(item).orElse("ntoskrnl.exe");
                case "allocate", "code_seg" -> result.section = stringOperand(item).orElse("");
                case "noinline" -> {}
                case ",",
                        "noreturn",
                        "nothrow",
                        "novtable",
                        "restrict",
                        "selectany",
                        "deprecated",
                        "dllexport",
                        "naked",
                        "safebuffers",
                        "noalias",
                        "empty_bases",
                        "uuid",
                        "guard" -> {}
                default ->
                        unit.messages.warning(
                                Unit.at(item), "__declspec(" + word + ") has no effect", "");
            }
        }
    }

    private static Optional<String> stringOperand(CParser.DeclspecItemContext item) {
        String text =
                item.STRING() != null
                        ? item.STRING().getText()
                        : item.e().isEmpty() ? "" : item.e(0).getText();
        return text.length() > 2 && text.startsWith("\"")
                ? Optional.of(text.substring(1, text.length() - 1))
                : Optional.empty();
    }
}
