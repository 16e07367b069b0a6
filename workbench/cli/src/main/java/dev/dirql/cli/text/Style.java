package dev.dirql.cli.text;

/**
 * Marks words for a terminal; where colour is off, leaves them alone.
 *
 * @param colour whether to mark
 */
public record Style(boolean colour) {
    public static final Style PLAIN = new Style(false);

    public String heading(String text) {
        return marked("1", text);
    }

    public String good(String text) {
        return marked("32", text);
    }

    public String bad(String text) {
        return marked("1;31", text);
    }

    public String quiet(String text) {
        return marked("2", text);
    }

    private String marked(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
