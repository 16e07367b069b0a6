package dev.dirql.console.commands;

import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.memory.PoolKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pool. */
final class PoolCommands {
    private PoolCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!pool",
                                "ADDRESS",
                                "show the pool allocation that an address lies in",
                                Command.look(PoolCommands::show))
                        .with(Command.Completion.SYMBOLS)
                        .help("Its size, tag, and who allocated it; whether it is free again."));
    }

    private static void show(Call call) {
        long address = call.argument("An address");
        call.arguments().end();
        @Nullable PoolKind kind = call.run().pool().kindOf(address);
        @Nullable PoolBlock block = call.run().pool().find(address);
        Reply reply = call.reply();
        reply.put("pool", kind == null ? "" : kind.text());
        if (kind == null || block == null) {
            reply.line(
                    kind == null
                            ? "%s does not lie in a pool."
                            : "%s lies in a pool, where nothing was ever allocated.",
                    Address.text(address));
            return;
        }
        String tag = tag(block.tag());
        reply.line("Pool page %s region is %s pool", Address.text(address & -0x1000L), kind.text());
        reply.line(
                "*%s size: %4x  (%s) *%s",
                Address.text(block.address()),
                block.size(),
                block.isFree() ? "Free" : "Allocated",
                tag);
        if (block.isFree()) {
            reply.line(
                    "    Freed; the memory was allocated before by %s",
                    call.place(block.allocator()));
        } else {
            reply.line(
                    "    The driver has %x bytes from %s on; allocated by %s",
                    block.requested(), Address.text(block.data()), call.place(block.allocator()));
            reply.line("    The address is byte %x of it", address - block.data());
        }
        reply.put("block", new Address(block.address()))
                .put("size", block.size())
                .put("free", block.isFree())
                .put("tag", tag)
                .put("data", new Address(block.data()))
                .put("allocator", call.place(block.allocator()));
    }

    private static String tag(int tag) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            int c = (tag >>> shift) & 0xFF;
            text.append(c >= ' ' && c < 0x7F ? (char) c : '.');
        }
        return text.toString();
    }
}
