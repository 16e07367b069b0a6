package dev.dirql.simulation.hardware;

import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Trap;
import dev.dirql.machine.image.DebugInformation.Line;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;

/** Says what went wrong in the C of a device, and where. */
final class HardwareFaults {
    private final Image image;

    HardwareFaults(Image image) {
        this.image = image;
    }

    /** A fault at an instruction. */
    HardwareFault at(String what, long rip) {
        return new HardwareFault(what + place(rip));
    }

    /** A fault in a function that the C calls. */
    HardwareFault ofCall(String what, long returnAddress) {
        return at(what, returnAddress - 1);
    }

    static String text(Trap trap) {
        if (trap.software && trap.vector != Trap.BREAKPOINT) {
            return "executes int 0x%x".formatted(trap.vector);
        }
        return switch (trap.vector) {
            case Trap.DIVIDE_ERROR -> "divides by zero";
            case Trap.BREAKPOINT -> "executes a breakpoint";
            case Trap.PAGE_FAULT ->
                    "%s address 0x%x, where it has no %smemory"
                            .formatted(
                                    switch (trap.access) {
                                        case READ -> "reads";
                                        case WRITE -> "writes";
                                        case EXECUTE -> "jumps to";
                                    },
                                    trap.address,
                                    trap.reason == MemoryFault.Reason.READ_ONLY ? "writable " : "");
            default -> "has exception %d".formatted(trap.vector);
        };
    }

    /** {@code , in start_transfer at disk.scn:17}. */
    private String place(long rip) {
        long rva = rip - HardwareMemory.IMAGE;
        Line found = null;
        for (Line line : image.debug().lines()) {
            if (line.rva() <= rva && rva < image.size()) {
                found = line;
            }
        }
        Symbol function = null;
        for (Symbol symbol : image.debug().symbols()) {
            if (symbol.function() && symbol.rva() <= rva && rva < symbol.rva() + symbol.size()) {
                function = symbol;
            }
        }
        String name =
                function == null || function.name().startsWith("__")
                        ? ""
                        : ", in " + function.name();
        return found == null
                ? name
                : "%s at %s:%d"
                        .formatted(name, image.debug().files().get(found.file()), found.line());
    }
}
