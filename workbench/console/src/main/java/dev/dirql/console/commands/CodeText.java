package dev.dirql.console.commands;

import dev.dirql.debugger.Inspection;
import dev.dirql.kernel.KernelModel;
import dev.dirql.simulation.view.EventText;
import dev.dirql.store.SymbolTable;
import dev.dirql.x86.Disassembler;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Instructions as lines. */
final class CodeText {
    private static final int INSTRUCTION_MAXIMUM = 15;

    private CodeText() {}

    /** An instruction, and where the next one begins. */
    record Instruction(String line, String bytes, String text, long next) {}

    /** What is at an address: an instruction, or a step of a service of the kernel. */
    static Optional<Instruction> at(Call call, long address) {
        if (isService(call.run().kernel(), address)) {
            return Optional.of(
                    new Instruction(
                            Address.text(address) + "                  (step of a kernel service)",
                            "",
                            "(step of a kernel service)",
                            address + 1));
        }
        Inspection inspection = call.inspection();
        byte[] bytes = inspection.memory(call.view().processor, address, INSTRUCTION_MAXIMUM);
        if (bytes.length == 0) {
            return Optional.empty();
        }
        Disassembler.Line decoded = Disassembler.at(bytes, address);
        int length = Math.min(decoded.length(), bytes.length);
        String hex = HexFormat.of().formatHex(bytes, 0, length);
        String text = decoded.text();
        int blank = text.indexOf(' ');
        String aligned =
                blank < 0 || text.startsWith("(")
                        ? text
                        : String.format(
                                Locale.ROOT,
                                "%-7s %s",
                                text.substring(0, blank),
                                text.substring(blank + 1));
        return Optional.of(
                new Instruction(
                        String.format(
                                        Locale.ROOT,
                                        "%s %-16s %s%s",
                                        Address.text(address),
                                        hex,
                                        aligned,
                                        target(call, text))
                                .stripTrailing(),
                        hex,
                        text,
                        address + length));
    }

    private static boolean isService(KernelModel kernel, long address) {
        return Long.compareUnsigned(address - kernel.serviceWindow(), kernel.serviceWindowSize())
                < 0;
    }

    /** The name of an address that stands at the end of an instruction. */
    private static String target(Call call, String text) {
        int mark = text.lastIndexOf("0x");
        if (mark < 0) {
            return "";
        }
        int end = mark + 2;
        while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0) {
            end++;
        }
        if (end - mark < 10 || end - mark > 18) {
            return "";
        }
        String name = call.known(Long.parseUnsignedLong(text.substring(mark + 2, end), 16));
        return name.isEmpty() ? "" : "  ; " + name;
    }

    /** {@code driver!Routine+0x12 (file:line):}, a label before an instruction. */
    static String label(Call call, long address) {
        Optional<SymbolTable.Location> location = call.inspection().locate(address);
        return location.map(EventText::place).orElse(Address.text(address)) + ":";
    }
}
