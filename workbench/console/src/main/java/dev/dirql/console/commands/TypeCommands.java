package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.machine.image.DebugInformation.Field;
import dev.dirql.machine.image.DebugInformation.StructureType;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@code dt}: structures of drivers, and what memory holds of them. */
final class TypeCommands {
    private static final int DEPTH_MAXIMUM = 8;

    private TypeCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "dt",
                                "[-r] [IMAGE!]TYPE|VARIABLE [ADDRESS]",
                                "display a type, or memory as one",
                                Command.look(TypeCommands::display))
                        .with(Command.Completion.TYPES)
                        .help(
                                """
                                Types that drivers use: their own and the kernel's. With an address
                                what memory holds there; a variable is shown with its own type. -r
                                shows the structures inside. Without an ADDRESS a pattern with *
                                lists types.
                                """));
    }

    private record Known(LoadedImage image, StructureType type) {}

    private static void display(Call call) {
        boolean inside = call.arguments().take("-r");
        String name =
                call.arguments().word().orElseThrow(() -> new ConsoleError("A type is missing."));
        int mark = name.indexOf('!');
        String module = mark < 0 ? "" : name.substring(0, mark);
        String plain = name.substring(mark + 1);
        if (plain.contains("*")) {
            call.arguments().end();
            list(call, module, plain);
            return;
        }
        for (LoadedImage image : images(call, module)) {
            StructureType type = find(image, plain);
            if (type != null) {
                OptionalLong at =
                        call.arguments().isAtEnd()
                                ? OptionalLong.empty()
                                : OptionalLong.of(call.argument("An address"));
                call.arguments().end();
                heading(call, image, type);
                show(call, new Known(image, type), at, inside, 0);
                return;
            }
            for (Symbol symbol : image.image().debug().symbols()) {
                if (symbol.name().equals(plain) && !symbol.function()) {
                    call.arguments().end();
                    variable(call, image, symbol, inside);
                    return;
                }
            }
        }
        throw new ConsoleError(
                "No driver uses a type or has a variable %s. See which there are with: dt *"
                        .formatted(name));
    }

    private static List<LoadedImage> images(Call call, String module) {
        return call.run().kernel().images().known().stream()
                .filter(image -> module.isEmpty() || image.image().name().equalsIgnoreCase(module))
                .toList();
    }

    /** Shows memory as a structure of an image. */
    static void structure(Call call, LoadedImage image, String name, long at) {
        StructureType type = find(image, bare(name));
        if (type == null) {
            throw new ConsoleError("The type " + name + " is not known.");
        }
        heading(call, image, type);
        show(call, new Known(image, type), OptionalLong.of(at), false, 0);
    }

    private static void heading(Call call, LoadedImage image, StructureType type) {
        call.reply()
                .line("%s!%s  (0x%x bytes)", image.image().name(), type.name(), type.size())
                .put("type", type.name())
                .put("size", type.size());
    }

    private static void list(Call call, String module, String pattern) {
        Reply.Table table = call.reply().table("types", "image", "type", ">size");
        for (LoadedImage image : images(call, module)) {
            for (StructureType type : image.image().debug().types()) {
                if (!type.name().isEmpty() && SymbolCommands.matches(type.name(), pattern)) {
                    table.row(
                            image.image().name(),
                            type.name(),
                            "0x" + Integer.toHexString(type.size()));
                }
            }
        }
        table.end("No type is like " + pattern + ".");
    }

    /** A structure by its name, with or without the underscore that its tag begins with. */
    private static @Nullable StructureType find(LoadedImage image, String name) {
        String wanted = name.startsWith("struct ") ? name.substring(7) : name;
        for (StructureType type : image.image().debug().types()) {
            if (type.name().equals(wanted) || type.name().equals("_" + wanted)) {
                return type;
            }
        }
        return null;
    }

    private static void variable(Call call, LoadedImage image, Symbol symbol, boolean inside) {
        long at = image.base() + symbol.rva();
        StructureType type = find(image, bare(symbol.type()));
        call.reply()
                .line(
                        "%s!%s @ %s, %s",
                        image.image().name(),
                        symbol.name(),
                        Address.text(at),
                        symbol.type().isEmpty() ? "type unknown" : symbol.type())
                .put("address", new Address(at))
                .put("type", symbol.type());
        boolean pointer = symbol.type().endsWith("*");
        if (type != null && !pointer && symbol.size() == type.size()) {
            show(call, new Known(image, type), OptionalLong.of(at), inside, 0);
            return;
        }
        int size = symbol.size();
        String value = value(call, at, size, 1);
        call.reply().line("   %s", value).put("value", value);
    }

    private static String bare(String type) {
        return type.replaceAll("\\b(volatile|const|struct|union)\\b", "")
                .replaceAll("\\[.*", "")
                .replace("*", "")
                .strip();
    }

    private static void show(Call call, Known known, OptionalLong at, boolean inside, int depth) {
        List<Row> rows = new ArrayList<>();
        rows(call, known, 0, at, inside, depth, "", rows);
        int width = rows.stream().mapToInt(row -> row.name.length()).max().orElse(0);
        var fields = call.reply().data().putArray("fields");
        for (Row row : rows) {
            call.reply()
                    .line(
                            "   +0x%03x %-" + Math.min(Math.max(width, 1), 40) + "s : %s",
                            row.offset,
                            row.name,
                            row.value.isEmpty() ? row.type : row.value);
            var field = fields.addObject();
            field.put("name", row.name).put("offset", row.offset).put("type", row.type);
            if (!row.value.isEmpty()) {
                field.put("value", row.value);
            }
        }
    }

    private record Row(int offset, String name, String type, String value) {}

    private static void rows(
            Call call,
            Known known,
            int base,
            OptionalLong at,
            boolean inside,
            int depth,
            String prefix,
            List<Row> rows) {
        for (Field field : known.type.fields()) {
            int offset = base + field.offset();
            String name = prefix + field.name();
            String type =
                    field.count() > 1
                            ? "[" + field.count() + "] " + field.type()
                            : field.bitWidth() > 0
                                    ? "Pos %d, %d bits"
                                            .formatted(field.bitOffset(), field.bitWidth())
                                    : field.type();
            StructureType nested =
                    field.type().endsWith("*") ? null : find(known.image, bare(field.type()));
            if (nested != null
                    && field.count() <= 1
                    && (inside || field.name().isEmpty())
                    && depth < DEPTH_MAXIMUM
                    && rows.size() < 1000) {
                if (!field.name().isEmpty()) {
                    rows.add(new Row(offset, name, type, ""));
                }
                rows(
                        call,
                        new Known(known.image, nested),
                        offset,
                        at,
                        inside,
                        depth + 1,
                        field.name().isEmpty() ? prefix : name + ".",
                        rows);
                continue;
            }
            String value = "";
            if (at.isPresent() && nested == null) {
                value = fieldValue(call, at.getAsLong() + offset, field);
            }
            rows.add(new Row(offset, name, type, value));
        }
    }

    private static String fieldValue(Call call, long at, Field field) {
        if (field.bitWidth() > 0) {
            OptionalLong whole =
                    call.inspection().number(call.view().processor, at, Math.min(field.size(), 8));
            if (whole.isEmpty()) {
                return "??";
            }
            long mask = field.bitWidth() >= 64 ? -1L : (1L << field.bitWidth()) - 1;
            return "0x" + Long.toHexString((whole.getAsLong() >>> field.bitOffset()) & mask);
        }
        return value(call, at, field.size(), Math.max(1, field.count()));
    }

    /** A number with a name if it is an address that has one; of more than one the first few. */
    private static String value(Call call, long at, int size, int count) {
        int each = count > 1 ? size / count : size;
        if (each != 1 && each != 2 && each != 4 && each != 8) {
            return "(%d bytes)".formatted(size);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(count, 8); i++) {
            OptionalLong value =
                    call.inspection().number(call.view().processor, at + (long) each * i, each);
            text.append(i == 0 ? "" : " ");
            if (value.isEmpty()) {
                text.append("??");
                continue;
            }
            String name = each == 8 ? call.known(value.getAsLong()) : "";
            text.append(
                    each == 8
                            ? Address.text(value.getAsLong())
                            : Texts.address(value.getAsLong()).toLowerCase(Locale.ROOT));
            if (!name.isEmpty()) {
                text.append(' ').append(name);
            }
        }
        return count > 8 ? text + " …" : text.toString();
    }
}
