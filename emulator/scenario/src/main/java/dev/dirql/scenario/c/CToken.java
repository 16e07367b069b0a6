package dev.dirql.scenario.c;

import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * A token of C with its place. A token that came out of a macro has the place of the macro's name
 * in the text that the user wrote.
 */
@SuppressWarnings("serial") // CommonToken is serializable; nothing here is ever written.
final class CToken extends CommonToken {
    /** What the scanner saw. */
    enum Kind {
        IDENTIFIER,
        NUMBER,
        CHARACTER,
        STRING,
        PUNCTUATOR,
        /** A character that begins no token. */
        STRAY,
        END
    }

    /** Names of macros that are not expanded here again. */
    record Hidden(String name, Hidden rest) {
        static final Hidden NONE = new Hidden();

        @SuppressWarnings("NullAway") // The end of the list, never looked into.
        private Hidden() {
            this("", null);
        }

        boolean contains(String wanted) {
            for (Hidden at = this; at != NONE; at = at.rest) {
                if (at.name.equals(wanted)) {
                    return true;
                }
            }
            return false;
        }

        Hidden with(String added) {
            return contains(added) ? this : new Hidden(added, this);
        }

        Hidden with(Hidden others) {
            Hidden result = this;
            for (Hidden at = others; at != NONE; at = at.rest) {
                result = result.with(at.name);
            }
            return result;
        }

        Hidden common(Hidden others) {
            Hidden result = NONE;
            for (Hidden at = this; at != NONE; at = at.rest) {
                if (others.contains(at.name)) {
                    result = new Hidden(at.name, result);
                }
            }
            return result;
        }
    }

    final Kind kind;
    final SourceFile file;
    final int length;
    final boolean spaceBefore;
    final boolean lineStart;
    final Hidden hidden;

    /** What {@code #pragma pack}, {@code code_seg} and {@code data_seg} say here. */
    PragmaState pragmas = PragmaState.INITIAL;

    CToken(
            Kind kind,
            String text,
            SourceFile file,
            int line,
            int column,
            int length,
            boolean spaceBefore,
            boolean lineStart,
            Hidden hidden) {
        super(Token.INVALID_TYPE, text);
        this.kind = kind;
        this.file = file;
        this.length = length;
        this.spaceBefore = spaceBefore;
        this.lineStart = lineStart;
        this.hidden = hidden;
        setLine(line);
        setCharPositionInLine(column - 1);
    }

    /** The same token, as if written at another place, and with more macros hidden. */
    CToken at(CToken place, boolean space, Hidden more) {
        return new CToken(
                kind,
                getText(),
                place.file,
                place.getLine(),
                place.column(),
                place.length,
                space,
                false,
                more);
    }

    /** The same token with more macros hidden. */
    CToken hiding(Hidden more, boolean space) {
        return new CToken(
                kind, getText(), file, getLine(), column(), length, space, lineStart, more);
    }

    int column() {
        return getCharPositionInLine() + 1;
    }

    Position position() {
        return new Position(file, getLine(), column());
    }

    boolean is(String punctuatorOrName) {
        return getText().equals(punctuatorOrName) && kind != Kind.STRING && kind != Kind.CHARACTER;
    }
}
