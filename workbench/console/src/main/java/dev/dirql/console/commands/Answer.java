package dev.dirql.console.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.debugger.Debugger;

/** What goes over the line: an answer's text or JSON, and the prompt that ends it. */
public final class Answer {
    /** Begins the last line of an answer. */
    public static final String PROMPT = "> ";

    /** Begins a line of news. */
    public static final String NEWS = "* ";

    private Answer() {}

    static String of(Reply reply, boolean json, Debugger debugger, View view) {
        if (!json) {
            return text(reply.text(), debugger, view);
        }
        String text = reply.data().toString();
        if (text.length() > Reply.LENGTH_MAXIMUM) {
            return text(errorJson("The answer is too long; ask for less of it."), debugger, view);
        }
        return text(text + "\n", debugger, view);
    }

    /** Some lines, and the prompt of where the machine stands. */
    public static String text(String body, Debugger debugger, View view) {
        int processor = Math.min(view.processor, debugger.inspection().processorCount() - 1);
        return withPrompt(
                body,
                debugger.position().hex()
                        + " cpu"
                        + processor
                        + " IRQL "
                        + debugger.inspection().processor(processor).irql());
    }

    /** Some lines, none of which is taken for a prompt or for news, and a prompt. */
    public static String withPrompt(String body, String prompt) {
        StringBuilder out = new StringBuilder();
        for (String line : body.split("\n", -1)) {
            if (line.startsWith(PROMPT) || line.startsWith(NEWS)) {
                out.append(' ');
            }
            out.append(line).append('\n');
        }
        // The text ends with a line feed, behind which nothing comes.
        out.setLength(out.length() - 1);
        return out.append(PROMPT).append(prompt).append('\n').toString();
    }

    /** {@code {"error":"…"}}. */
    public static String errorJson(String why) {
        return JsonNodeFactory.instance.objectNode().put("error", why) + "\n";
    }

    /** Lines as JSON. */
    public static String linesJson(String body) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ArrayNode lines = object.putArray("lines");
        body.lines().forEach(lines::add);
        return object + "\n";
    }
}
