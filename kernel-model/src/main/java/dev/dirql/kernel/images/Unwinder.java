package dev.dirql.kernel.images;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Walks call stacks by the unwind data of images. It looks at memory without touching it, so it may
 * be used at any moment, on any stack, however corrupt.
 *
 * <p>Source: Microsoft, "x64 exception handling": RUNTIME_FUNCTION, UNWIND_INFO version 1 and its
 * unwind codes; "x64 prolog and epilog" for the instructions of an epilogue.
 */
public final class Unwinder {
    private static final int DEPTH_MAXIMUM = 64;
    private static final int RUNTIME_FUNCTION_SIZE = 12;
    private static final int CHAINED = 4;
    private static final int CHAIN_MAXIMUM = 8;

    private static final int PUSH_NONVOL = 0;
    private static final int ALLOC_LARGE = 1;
    private static final int ALLOC_SMALL = 2;
    private static final int SET_FPREG = 3;
    private static final int SAVE_NONVOL = 4;
    private static final int SAVE_NONVOL_FAR = 5;
    private static final int SAVE_XMM128 = 8;
    private static final int SAVE_XMM128_FAR = 9;
    private static final int PUSH_MACHFRAME = 10;

    private final Machine machine;
    private final LoadedImages images;

    public Unwinder(Machine machine, LoadedImages images) {
        this.machine = machine;
        this.images = images;
    }

    /** The stack of what a processor is doing now. */
    public CallStack stackOf(Processor processor) {
        return walk(processor.rip, processor.registers);
    }

    /**
     * The stack of a context that is not running.
     *
     * @param registers the general registers by number, of which RSP and the nonvolatile ones count
     */
    public CallStack walk(long ip, long[] registers) {
        Context context = new Context(ip, registers.clone());
        List<StackFrame> frames = new ArrayList<>();
        boolean going = true;
        while (going && frames.size() < DEPTH_MAXIMUM) {
            long stackPointer = context.registers[Processor.RSP];
            frames.add(new StackFrame(context.ip, stackPointer, images.name(context.ip)));
            going = step(context) && context.ip != 0;
            // Only an interrupt frame may lead to another stack; every other step goes up.
            going &= context.switched || context.registers[Processor.RSP] > stackPointer;
        }
        return new CallStack(frames, context.ip == 0);
    }

    private static final class Context {
        long ip;
        final long[] registers;
        boolean switched;

        /** Whether the frame below was an interrupt or fault, so that IP is not behind a call. */
        boolean exact = true;

        Context(long ip, long[] registers) {
            this.ip = ip;
            this.registers = registers;
        }
    }

    /** Goes to the caller; false where that is impossible. */
    private boolean step(Context context) {
        context.switched = false;
        LoadedImage image = images.find(context.ip);
        if (image == null) {
            return popReturnAddress(context);
        }
        long rva = context.ip - image.base() - (context.exact ? 0 : 1);
        long function = findFunction(image, rva);
        if (function == 0) {
            return popReturnAddress(context);
        }
        if (context.exact && leaveEpilogue(context)) {
            return true;
        }
        long info = image.base() + load32(function + 8);
        int offset = (int) (rva - load32(function));
        for (int links = 0; links < CHAIN_MAXIMUM; links++) {
            int version = (int) load8(info) & 7;
            int flags = (int) load8(info) >>> 3;
            if (version != 1) {
                return false;
            }
            int count = (int) load8(info + 2);
            if (!undo(context, info, links == 0 ? offset : Integer.MAX_VALUE, count)) {
                return false;
            }
            if (context.switched) {
                return true;
            }
            if ((flags & CHAINED) == 0) {
                return popReturnAddress(context);
            }
            long parent = info + 4 + 2L * ((count + 1) & ~1);
            info = image.base() + load32(parent + 8);
        }
        return false;
    }

    /** The RUNTIME_FUNCTION that covers an RVA, or 0: then the code there is a leaf. */
    private long findFunction(LoadedImage image, long rva) {
        long table = image.base() + image.image().exceptionTable();
        int low = 0;
        int high = image.image().exceptionTableSize() / RUNTIME_FUNCTION_SIZE - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long entry = table + (long) middle * RUNTIME_FUNCTION_SIZE;
            if (rva < load32(entry)) {
                high = middle - 1;
            } else if (rva >= load32(entry + 4)) {
                low = middle + 1;
            } else {
                return entry;
            }
        }
        return 0;
    }

    /** Undoes the prologue operations that were done when the code got to {@code offset}. */
    private boolean undo(Context context, long info, int offset, int count) {
        long[] registers = context.registers;
        int frameRegister = (int) load8(info + 3) & 15;
        long frameOffset = (load8(info + 3) >>> 4) * 16;
        for (int i = 0; i < count; ) {
            long code = info + 4 + 2L * i;
            int codeOffset = (int) load8(code);
            int operation = (int) load8(code + 1) & 15;
            int operand = (int) load8(code + 1) >>> 4;
            int slots = slots(operation, operand);
            boolean done = codeOffset <= offset;
            if (done) {
                switch (operation) {
                    case PUSH_NONVOL -> {
                        registers[operand] = load64(registers[Processor.RSP]);
                        registers[Processor.RSP] += 8;
                    }
                    case ALLOC_LARGE ->
                            registers[Processor.RSP] +=
                                    operand == 0 ? 8 * load16(code + 2) : load32(code + 2);
                    case ALLOC_SMALL -> registers[Processor.RSP] += 8L * operand + 8;
                    case SET_FPREG ->
                            registers[Processor.RSP] = registers[frameRegister] - frameOffset;
                    case SAVE_NONVOL ->
                            registers[operand] =
                                    load64(registers[Processor.RSP] + 8 * load16(code + 2));
                    case SAVE_NONVOL_FAR ->
                            registers[operand] =
                                    load64(registers[Processor.RSP] + load32(code + 2));
                    case SAVE_XMM128, SAVE_XMM128_FAR -> {}
                    case PUSH_MACHFRAME -> {
                        long frame = registers[Processor.RSP] + 8L * operand;
                        context.ip = load64(frame);
                        registers[Processor.RSP] = load64(frame + 24);
                        context.switched = true;
                        context.exact = true;
                    }
                    default -> {
                        return false;
                    }
                }
            }
            i += slots;
        }
        return true;
    }

    private static int slots(int operation, int operand) {
        return switch (operation) {
            case ALLOC_LARGE -> operand == 0 ? 2 : 3;
            case SAVE_NONVOL, SAVE_XMM128 -> 2;
            case SAVE_NONVOL_FAR, SAVE_XMM128_FAR -> 3;
            default -> 1;
        };
    }

    /**
     * If the code from here to the next return only releases the frame, does what it would do: the
     * unwind codes describe the body of the function, not its epilogue.
     */
    private boolean leaveEpilogue(Context context) {
        long ip = context.ip;
        long stackPointer = context.registers[Processor.RSP];
        if (load8(ip) == 0x48 && load8(ip + 1) == 0x83 && load8(ip + 2) == 0xC4) {
            stackPointer += (byte) load8(ip + 3);
            ip += 4;
        } else if (load8(ip) == 0x48 && load8(ip + 1) == 0x81 && load8(ip + 2) == 0xC4) {
            stackPointer += (int) load32(ip + 3);
            ip += 7;
        }
        long[] popped = context.registers.clone();
        for (int pops = 0; pops < 16; pops++) {
            int opcode = (int) load8(ip);
            boolean extended = opcode == 0x41;
            int register = (int) (extended ? load8(ip + 1) : opcode) - 0x58;
            if (register < 0 || register > 7) {
                break;
            }
            popped[register + (extended ? 8 : 0)] = load64(stackPointer);
            stackPointer += 8;
            ip += extended ? 2 : 1;
        }
        boolean returns = load8(ip) == 0xC3 || (load8(ip) == 0xF3 && load8(ip + 1) == 0xC3);
        if (!returns) {
            return false;
        }
        popped[Processor.RSP] = stackPointer;
        System.arraycopy(popped, 0, context.registers, 0, popped.length);
        return popReturnAddress(context);
    }

    private boolean popReturnAddress(Context context) {
        OptionalLong address = peek(context.registers[Processor.RSP], 8);
        if (address.isEmpty()) {
            return false;
        }
        context.ip = address.getAsLong();
        context.registers[Processor.RSP] += 8;
        // The first instruction of a continuation is what a return goes to; it needs its own slot.
        context.exact = images.all().isEmpty() || images.all().get(0).contains(context.ip);
        return true;
    }

    private OptionalLong peek(long address, int size) {
        return machine.peek(machine.kernelSpace(), address, size);
    }

    private long load8(long address) {
        return peek(address, 1).orElse(0);
    }

    private long load16(long address) {
        return peek(address, 2).orElse(0);
    }

    private long load32(long address) {
        return peek(address, 4).orElse(0);
    }

    private long load64(long address) {
        return peek(address, 8).orElse(0);
    }
}
