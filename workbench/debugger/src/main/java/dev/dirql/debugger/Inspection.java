package dev.dirql.debugger;

import dev.dirql.kernel.images.CallStack;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.simulation.OpenRun;
import dev.dirql.store.SymbolTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Looks at the machine where it stands, and changes nothing by it. What it gives is either
 * immutable or, behind {@link #run}, the machine itself, which is only true until it goes on.
 */
public final class Inspection {
    private final OpenRun run;
    private final Machine machine;

    Inspection(OpenRun run) {
        this.run = run;
        machine = run.machine();
    }

    /** The run with the machine, the kernel and its parts, for reading only. */
    public OpenRun run() {
        return run;
    }

    // ---- processors ----

    public int processorCount() {
        return machine.processorCount();
    }

    public ProcessorState processor(int number) {
        Processor processor = machine.processor(number);
        List<Long> general = new ArrayList<>();
        for (long register : processor.registers) {
            general.add(register);
        }
        List<Long> xmm = new ArrayList<>();
        for (long half : processor.xmm) {
            xmm.add(half);
        }
        return new ProcessorState(
                number,
                general,
                xmm,
                processor.rip,
                processor.flags.rflags(),
                processor.fsBase,
                processor.gsBase,
                processor.cr2,
                processor.irql(),
                processor.thread,
                run.figures().threadName(processor.thread),
                run.context(number),
                processor.waiting(),
                processor.halfDone.pending,
                processor.clockNs,
                processor.steps);
    }

    public long register(int number, RegisterName register) {
        return register.read(machine.processor(number));
    }

    // ---- memory ----

    /** Physical address behind a virtual one of a processor's address space. */
    public OptionalLong physical(int processor, long address) {
        long entry = machine.processor(processor).memory().space().find(address);
        return entry == AddressSpace.NONE || (AddressSpace.flags(entry) & PageFlags.DEVICE) != 0
                ? OptionalLong.empty()
                : OptionalLong.of(
                        AddressSpace.frame(entry) * PhysicalMemory.FRAME_SIZE
                                + (address & (PhysicalMemory.FRAME_SIZE - 1)));
    }

    /**
     * Memory as a processor's address space has it, paged out or not. Where a byte is not memory,
     * the answer ends before it; it may be empty.
     */
    public byte[] memory(int processor, long address, int size) {
        byte[] bytes = new byte[size];
        int done = 0;
        while (done < size) {
            OptionalLong from = physical(processor, address + done);
            if (from.isEmpty()) {
                return Arrays.copyOf(bytes, done);
            }
            int count = inFrame(from.getAsLong(), size - done);
            byte[] part = new byte[count];
            machine.memory().read(from.getAsLong(), part);
            System.arraycopy(part, 0, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** A little-endian number of up to 8 bytes; empty if it is not all memory. */
    public OptionalLong number(int processor, long address, int size) {
        byte[] bytes = memory(processor, address, size);
        if (bytes.length < size) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[i] & 0xFFL) << (8 * i);
        }
        return OptionalLong.of(value);
    }

    /** Physical memory; ends before what is none. */
    public byte[] physicalMemory(long address, int size) {
        long end = (long) machine.memory().frameCount() * PhysicalMemory.FRAME_SIZE;
        if (address < 0 || address >= end) {
            return new byte[0];
        }
        byte[] bytes = new byte[(int) Math.min(size, end - address)];
        for (int done = 0; done < bytes.length; ) {
            int count = inFrame(address + done, bytes.length - done);
            byte[] part = new byte[count];
            machine.memory().read(address + done, part);
            System.arraycopy(part, 0, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** How many of the bytes lie in the frame of the first. */
    private static int inFrame(long physical, int size) {
        int offset = (int) physical & (PhysicalMemory.FRAME_SIZE - 1);
        return Math.min(size, PhysicalMemory.FRAME_SIZE - offset);
    }

    /** Where a range of virtual memory lies; empty if not all of it is memory. */
    public List<Trigger.PhysicalRange> ranges(int processor, long address, int size) {
        List<Trigger.PhysicalRange> ranges = new ArrayList<>();
        for (int done = 0; done < size; ) {
            OptionalLong from = physical(processor, address + done);
            if (from.isEmpty()) {
                return List.of();
            }
            int count = inFrame(from.getAsLong(), size - done);
            ranges.add(new Trigger.PhysicalRange(from.getAsLong(), count));
            done += count;
        }
        return ranges;
    }

    /** What a watchpoint waits for; empty if not all of the range is memory. */
    public Optional<Trigger.Memory> watch(int processor, long address, int size, Access access) {
        List<Trigger.PhysicalRange> ranges = ranges(processor, address, size);
        return ranges.isEmpty()
                ? Optional.empty()
                : Optional.of(new Trigger.Memory(address, size, access, ranges));
    }

    // ---- symbols ----

    public Optional<SymbolTable.Location> locate(long address) {
        return run.symbols().locate(address);
    }

    /** Address of {@code driver!Routine}, or of a symbol of any image that has it. */
    public OptionalLong address(String name) {
        int mark = name.indexOf('!');
        String module = mark < 0 ? "" : name.substring(0, mark);
        String symbol = name.substring(mark + 1);
        for (SymbolTable.LoadedImage image : run.symbols().images()) {
            if (!module.isEmpty() && !module.equalsIgnoreCase(image.name())) {
                continue;
            }
            for (SymbolTable.Symbol found : image.symbols()) {
                if (found.name().equals(symbol)) {
                    return OptionalLong.of(image.base() + found.rva());
                }
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Where the code of a source line begins, once a piece. Where a line has none, that of the next
     * one that has.
     *
     * @param file its name, with as many folders as tell it from others
     */
    public List<Long> addressesOf(String file, int line) {
        int nearest = Integer.MAX_VALUE;
        List<Long> addresses = new ArrayList<>();
        for (SymbolTable.LoadedImage image : run.symbols().images()) {
            int before = -1;
            for (SymbolTable.Line entry : image.lines()) {
                boolean other = entry.line() != before;
                before = entry.line();
                if (entry.line() < line
                        || entry.line() > nearest
                        || !isFile(image.files(), entry.file(), file)) {
                    continue;
                }
                if (entry.line() < nearest) {
                    nearest = entry.line();
                    addresses.clear();
                    other = true;
                }
                if (other) {
                    addresses.add(image.base() + entry.rva());
                }
            }
        }
        return addresses;
    }

    private static boolean isFile(List<String> files, int index, String name) {
        if (index < 0 || index >= files.size()) {
            return false;
        }
        String file = files.get(index);
        return file.equals(name) || file.endsWith("/" + name);
    }

    /** Whether an instruction is the first of an entry of a line table. */
    boolean isLineStart(long address) {
        for (SymbolTable.LoadedImage image : run.symbols().images()) {
            if (image.contains(address)) {
                long rva = address - image.base();
                return image.lines().stream().anyMatch(entry -> entry.rva() == rva);
            }
        }
        return false;
    }

    // ---- stacks ----

    /** The call stack of what a processor does. */
    public CallStack stack(int processor) {
        return run.kernel().unwinder().stackOf(machine.processor(processor));
    }

    /** The call stack of a thread, which runs or not. */
    public CallStack stack(KernelThread thread) {
        for (int i = 0; i < machine.processorCount(); i++) {
            if (machine.processor(i).thread == thread.address()) {
                return stack(i);
            }
        }
        return run.kernel().scheduler().stackOf(thread, run.kernel().unwinder());
    }
}
