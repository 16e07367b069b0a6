package dev.dirql.kernel.loader;

import dev.dirql.events.RunEnd;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.services.Arguments;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.Trap;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Addresses for what drivers import and the kernel does not export. Nothing is mapped there: a
 * driver that never uses the import runs, and one that does ends the run with its name, unless the
 * settings have an answer for it.
 */
public final class UnmodelledImports implements StatePart {
    /** First address. */
    public static final long START = 0xFFFFF800_40000000L;

    private static final int SLOT = 16;

    private final LoadedImages images;
    private final KernelSettings settings;
    private List<String> names = new ArrayList<>();

    public UnmodelledImports(LoadedImages images, KernelSettings settings) {
        this.images = images;
        this.settings = settings;
    }

    /** The address that stands for an import, as in {@code ntoskrnl.exe!KeFoo}. */
    long addressOf(String module, String name) {
        String full = module + "!" + name;
        int index = names.indexOf(full);
        if (index < 0) {
            index = names.size();
            names.add(full);
        }
        return START + (long) SLOT * index;
    }

    /** Whether an address stands for an import that is not modelled. */
    public boolean contains(long address) {
        return address >= START && address < START + (long) SLOT * names.size();
    }

    /** The import that an address stands for. */
    public String name(long address) {
        return names.get((int) ((address - START) / SLOT));
    }

    /**
     * If the exception of a processor is the use of such an import, returns the answer that the
     * settings have for it, or ends the run and says so.
     */
    public boolean isUsed(Processor processor) {
        if (contains(processor.rip)) {
            OptionalLong answer = settings.answer(routine(processor.rip));
            if (answer.isPresent()) {
                answer(processor, answer.getAsLong());
            } else {
                called(processor);
            }
            return true;
        }
        return processor.trap.vector == Trap.PAGE_FAULT
                && isTouched(processor, processor.trap.address);
    }

    /** Ends the run if an address that could not be accessed is such an import, and says so. */
    public boolean isTouched(Processor processor, long address) {
        if (contains(address)) {
            touched(processor, address);
            return true;
        }
        return false;
    }

    private String routine(long address) {
        String full = name(address);
        return full.substring(full.indexOf('!') + 1);
    }

    private static void answer(Processor processor, long result) {
        long stackPointer = processor.registers[Processor.RSP];
        processor.rip = processor.memory().load64(stackPointer);
        processor.registers[Processor.RSP] = stackPointer + 8;
        processor.registers[Processor.RAX] = result;
    }

    private void called(Processor processor) {
        String caller;
        try {
            caller = images.name(processor.memory().load64(processor.registers[Processor.RSP]));
        } catch (MemoryFault _) {
            caller = "an unreadable stack";
        }
        processor
                .machine()
                .end(
                        RunEnd.NOT_MODELLED,
                        ("%s is not modelled; called from %s with 0x%x, 0x%x, 0x%x, 0x%x;"
                                        + " machine { answer %s 0 } lets it return 0 instead")
                                .formatted(
                                        name(processor.rip),
                                        caller,
                                        Arguments.argument(processor, 0),
                                        Arguments.argument(processor, 1),
                                        Arguments.argument(processor, 2),
                                        Arguments.argument(processor, 3),
                                        routine(processor.rip)));
    }

    private void touched(Processor processor, long address) {
        processor
                .machine()
                .end(
                        RunEnd.NOT_MODELLED,
                        "%s is not modelled; touched by %s"
                                .formatted(name(address), images.name(processor.rip)));
    }

    @Override
    public void save(StateWriter out) {
        out.reference(List.copyOf(names));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        names = new ArrayList<>((List<String>) in.reference(List.class));
    }
}
