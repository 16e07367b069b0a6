package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code #line} says of the places behind it.
 *
 * @param file the text that they are said to be in, null for the one they are in
 * @param difference what is added to their line numbers
 */
record Renumbering(@Nullable SourceFile file, int difference) {
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

    /** After {@code #line NUMBER} or {@code #line NUMBER "FILE"}, whose macros are expanded. */
    Renumbering changed(
            CToken directive, List<CToken> rest, IncludeResolver includes, Messages messages) {
        boolean named = rest.size() == 2 && rest.get(1).kind == CToken.Kind.STRING;
        boolean numbered =
                !rest.isEmpty()
                        && rest.getFirst().getText().matches("[0-9]{1,9}")
                        && rest.size() <= 2;
        if (!numbered || (rest.size() == 2 && !named)) {
            messages.error(directive, "#line needs a line number and perhaps a file in quotes", "");
            return this;
        }
        int number = Integer.parseInt(rest.getFirst().getText());
        @Nullable SourceFile said = file;
        if (named) {
            String quoted = rest.get(1).getText();
            String name = quoted.substring(1, quoted.length() - 1).replace("\\\\", "\\");
            said = includes.resolve(name, directive.file).orElseGet(() -> new SourceFile(name, ""));
        }
        return new Renumbering(said, number - directive.getLine() - 1);
    }
}
