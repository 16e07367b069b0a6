package dev.dirql.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of docs/devices.md. */
final class DevicesPage {
    private DevicesPage() {}

    /**
     * The blocks of a language, in their order.
     *
     * @param info what stands behind the opening fence
     */
    static List<String> blocks(String info) throws IOException {
        String text = Files.readString(Repository.root().resolve("docs/devices.md"));
        Matcher matcher =
                Pattern.compile(
                                "^```" + Pattern.quote(info) + "\\n(.*?)^```$",
                                Pattern.DOTALL | Pattern.MULTILINE)
                        .matcher(text);
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** The only block of a language. */
    static String block(String info) throws IOException {
        List<String> blocks = blocks(info);
        if (blocks.size() != 1) {
            throw new AssertionError(blocks.size() + " blocks of " + info);
        }
        return blocks.getFirst();
    }
}
