package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.expressions.ExpressionReader;
import dev.dirql.debugger.Edit;
import dev.dirql.simulation.view.Texts;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Commands that show and change memory. */
final class MemoryCommands {
    private static final int BYTES_MAXIMUM = 0x10000;

    private MemoryCommands() {}

    static List<Command> all() {
        return List.of(
                show("db", "show memory as bytes and characters", 1, 0x80),
                show("dd", "show memory as 32-bit values", 4, 0x20),
                show("dq", "show memory as 64-bit values", 8, 0x10),
                Command.of(
                                "dps",
                                "[ADDRESS] [L COUNT]",
                                "show memory as pointers, with symbols",
                                Command.look(MemoryCommands::pointers))
                        .with(Command.Completion.SYMBOLS)
                        .help("COUNT pointers, 10 (hex) without it."),
                edit("eb", "change bytes", 1),
                edit("ed", "change 32-bit values", 4),
                edit("eq", "change 64-bit values", 8));
    }

    private static Command show(String name, String summary, int size, int count) {
        return Command.of(
                        name,
                        "[ADDRESS] [L COUNT]",
                        summary,
                        Command.look(call -> values(call, size, count)))
                .with(Command.Completion.SYMBOLS)
                .help(
                        ("%x values without a COUNT, which is hex, as in %s @rsp L10. Without an"
                                        + " address it goes on where the last one ended.")
                                .formatted(count, name));
    }

    private static Command edit(String name, String summary, int size) {
        return Command.of(
                        name, "ADDRESS VALUE …", summary, Command.change(call -> store(call, size)))
                .with(Command.Completion.SYMBOLS)
                .help(
                        "The run goes on from here as a branch: see .branch. Put a value with"
                                + " operators in parentheses.");
    }

    private record Range(long address, int count) {}

    private static Range range(Call call, int size, int otherwise) {
        long address =
                call.arguments().isAtEnd() ? call.view().displayNext : call.argument("An address");
        OptionalLong given = call.arguments().count();
        call.arguments().end();
        long count = given.orElse(otherwise);
        if (count < 1 || count > BYTES_MAXIMUM / size) {
            throw new ConsoleError(
                    "The count is from 1 to %x, not %x.".formatted(BYTES_MAXIMUM / size, count));
        }
        call.view().displayNext = address + count * size;
        return new Range(address, (int) count);
    }

    private static void values(Call call, int size, int otherwise) {
        Range range = range(call, size, otherwise);
        byte[] bytes =
                call.inspection().memory(call.view().processor, range.address, range.count * size);
        var list =
                call.reply().put("address", new Address(range.address)).data().putArray("values");
        int perLine = 16 / size;
        for (int first = 0; first < range.count; first += perLine) {
            StringBuilder line = new StringBuilder();
            StringBuilder characters = new StringBuilder();
            for (int i = first; i < Math.min(range.count, first + perLine); i++) {
                boolean known = (i + 1) * size <= bytes.length;
                String text =
                        known
                                ? text(number(bytes, i * size, size), size)
                                : size == 8 ? "????????`????????" : "?".repeat(size * 2);
                line.append(size == 1 && i - first == 8 ? "-" : " ").append(text);
                if (known) {
                    list.add(Texts.address(number(bytes, i * size, size)));
                } else {
                    list.addNull();
                }
                characters.append(known && size == 1 ? character(bytes[i]) : '?');
            }
            String shown =
                    size == 1
                            ? String.format(Locale.ROOT, "%-48s  ", line) + characters
                            : line.toString();
            call.reply().line(Address.text(range.address + (long) first * size) + " " + shown);
        }
    }

    private static String text(long value, int size) {
        return size == 8
                ? Address.text(value)
                : String.format(Locale.ROOT, "%0" + size * 2 + "x", value);
    }

    private static char character(byte value) {
        return value >= ' ' && value < 0x7F ? (char) value : '.';
    }

    private static long number(byte[] bytes, int at, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[at + i] & 0xFFL) << (8 * i);
        }
        return value;
    }

    private static void pointers(Call call) {
        Range range = range(call, 8, 0x10);
        var list = call.reply().data().putArray("pointers");
        for (int i = 0; i < range.count; i++) {
            long at = range.address + 8L * i;
            OptionalLong value = call.inspection().number(call.view().processor, at, 8);
            if (value.isEmpty()) {
                call.reply().line("%s  ????????`????????", Address.text(at));
                continue;
            }
            String name = call.known(value.getAsLong());
            call.reply().line("%s  %s %s", Address.text(at), Address.text(value.getAsLong()), name);
            list.addObject()
                    .put("address", Texts.address(at))
                    .put("value", Texts.address(value.getAsLong()))
                    .put("symbol", name);
        }
    }

    private static void store(Call call, int size) {
        long address = call.argument("An address");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!call.arguments().isAtEnd()) {
            String word = call.arguments().quoted("a value");
            long value = call.value(ExpressionReader.read(word));
            if (size < 8 && value >>> (8 * size) != 0 && value >> (8 * size - 1) != -1) {
                throw new ConsoleError("0x%x does not fit into %d bytes.".formatted(value, size));
            }
            for (int i = 0; i < size; i++) {
                bytes.write((int) (value >>> (8 * i)));
            }
            if (bytes.size() > BYTES_MAXIMUM) {
                throw new ConsoleError("That is too much at once.");
            }
        }
        if (bytes.size() == 0) {
            throw new ConsoleError("A value is missing.");
        }
        if (call.inspection().memory(call.view().processor, address, bytes.size()).length
                < bytes.size()) {
            throw new ConsoleError("There is no memory at " + Address.text(address) + ".");
        }
        call.debugger().edit(new Edit.Memory(call.view().processor, address, bytes.toByteArray()));
        call.reply()
                .line("The run goes on from here as a branch; .drop forgets it.")
                .put("bytes", bytes.size());
    }
}
