package dev.dirql.simulation.hardware;

import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;
import java.util.Arrays;

/** Carries out the functions that the C of a device calls. */
final class HardwareCalls {
    private static final int TEXT_MAXIMUM = 400;
    private static final long TRANSFER_MAXIMUM = 1L << 30;

    private final HardwareFunctions functions;
    private final HardwareMemory memory;
    private final HardwareFaults faults;
    private final Trap trap = new Trap();

    HardwareCalls(HardwareFunctions functions, HardwareMemory memory, HardwareFaults faults) {
        this.functions = functions;
        this.memory = memory;
        this.faults = faults;
    }

    /**
     * Carries out a function with the arguments in the processor's registers.
     *
     * @param caller where it returns to
     * @throws HardwareFault if what it is asked for cannot be
     */
    long call(String function, Processor processor, long caller) {
        long first = processor.registers[Processor.RCX];
        long second = processor.registers[Processor.RDX];
        long third = processor.registers[Processor.R8];
        return switch (function) {
            case "dma_read" -> dmaRead(first, second, third, caller);
            case "dma_write" -> dmaWrite(first, second, third, caller);
            case "dma_reaches" -> functions.dmaReaches(first, second) ? 1 : 0;
            case "now" -> functions.nowNs();
            case "start" -> {
                if (second <= 0) {
                    throw faults.ofCall(
                            "starts a timer with %d ns, not at least 1".formatted(second), caller);
                }
                functions.start((int) first, second);
                yield 0;
            }
            case "cancel" -> {
                functions.cancel((int) first);
                yield 0;
            }
            case "is_running" -> functions.isRunning((int) first) ? 1 : 0;
            case "reset_registers" -> {
                functions.resetRegisters();
                yield 0;
            }
            case "send_message" -> {
                sendMessage(first & 0xFFFF_FFFFL, caller);
                yield 0;
            }
            case "enabled_messages" -> functions.enabledMessages();
            case "fail" -> throw faults.ofCall(text(first, caller), caller);
            case "memmove" -> {
                write(first, bytes(second, third, caller), caller);
                yield first;
            }
            case "memcmp" ->
                    Arrays.compareUnsigned(
                            bytes(first, third, caller), bytes(second, third, caller));
            default -> throw new IllegalStateException("hardware function " + function);
        };
    }

    private long dmaRead(long address, long target, long length, long caller) {
        check(target, length, true, caller);
        byte[] bytes = new byte[(int) length];
        if (!functions.dmaRead(address, bytes)) {
            return 0;
        }
        memory.write(target, bytes);
        return 1;
    }

    private long dmaWrite(long address, long source, long length, long caller) {
        return functions.dmaWrite(address, bytes(source, length, caller)) ? 1 : 0;
    }

    private void sendMessage(long number, long caller) {
        int messages = functions.messages();
        if (number < 0 || number >= messages) {
            throw faults.ofCall(
                    "sends message %d, and has %s"
                            .formatted(
                                    number,
                                    messages == 1 ? "message 0 only" : "0 to " + (messages - 1)),
                    caller);
        }
        functions.sendMessage((int) number);
    }

    private byte[] bytes(long address, long length, long caller) {
        check(address, length, false, caller);
        byte[] bytes = new byte[(int) length];
        memory.read(address, bytes);
        return bytes;
    }

    private void write(long address, byte[] bytes, long caller) {
        check(address, bytes.length, true, caller);
        memory.write(address, bytes);
    }

    /** Asks whether the C may access its own memory there. */
    private void check(long address, long length, boolean write, long caller) {
        if (length < 0 || length > TRANSFER_MAXIMUM) {
            throw faults.ofCall("moves %s bytes".formatted(Long.toUnsignedString(length)), caller);
        }
        try {
            memory.probe(address, length, write);
        } catch (MemoryFault e) {
            trap.pageFault(e);
            throw faults.ofCall(HardwareFaults.text(trap), caller);
        }
    }

    private String text(long address, long caller) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < TEXT_MAXIMUM; i++) {
            byte one = bytes(address + i, 1, caller)[0];
            if (one == 0) {
                break;
            }
            text.append((char) (one & 0xFF));
        }
        return text.toString();
    }
}
