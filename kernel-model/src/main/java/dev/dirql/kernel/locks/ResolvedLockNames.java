package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.MemberNames;
import dev.dirql.kernel.interrupts.InterruptObjects;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.DebugInformation.Symbol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of locks and of other variables by the memory they are in: interrupt objects, images,
 * kernel stacks, and whatever resolvers are added.
 */
public final class ResolvedLockNames implements LockNames {
    /** What the memory of a stack is called. */
    static final String KERNEL_STACK = "kernel stack";

    private final LoadedImages images;
    private final List<StorageResolver> resolvers = new ArrayList<>();
    private @Nullable InterruptObjects interrupts;

    public ResolvedLockNames(LoadedImages images) {
        this.images = images;
        resolvers.add((_, address) -> inImage(address));
        resolvers.add((_, address) -> onStack(address));
    }

    /** Adds a kind of memory; those added first are asked first, after images and stacks. */
    public void add(StorageResolver resolver) {
        resolvers.add(resolver);
    }

    /** Says where interrupt locks get their names from. */
    public void setInterrupts(InterruptObjects objects) {
        interrupts = objects;
    }

    @Override
    public String name(Processor processor, long address, LockKind kind) {
        InterruptObjects known = interrupts;
        if (kind == LockKind.INTERRUPT_SPIN_LOCK && known != null) {
            String name = known.nameOfLock(processor, address);
            if (!name.isEmpty()) {
                return name;
            }
        }
        return resolve(processor, address).name();
    }

    @Override
    public String storage(Processor processor, long address, LockKind kind) {
        String storage = resolve(processor, address).storage();
        return kind == LockKind.INTERRUPT_SPIN_LOCK && storage.isEmpty()
                ? "interrupt object"
                : storage;
    }

    /** What lies at an address. */
    public StorageResolver.Place resolve(Processor processor, long address) {
        for (StorageResolver resolver : resolvers) {
            StorageResolver.Place place = resolver.resolve(processor, address);
            if (place != null) {
                return place;
            }
        }
        return new StorageResolver.Place("0x%x".formatted(address), "");
    }

    private StorageResolver.@Nullable Place inImage(long address) {
        LoadedImage image = images.find(address);
        if (image == null) {
            return null;
        }
        Symbol symbol = image.symbolAt(address);
        String driver = image.image().name();
        if (symbol == null) {
            return new StorageResolver.Place(
                    "%s+0x%x".formatted(driver, address - image.base()), "image data");
        }
        long offset = address - image.base() - symbol.rva();
        String member =
                MemberNames.ofVariable(image.image().debug(), symbol.type(), symbol.size(), offset);
        return new StorageResolver.Place(driver + "." + symbol.name() + member, "image data");
    }

    private static StorageResolver.@Nullable Place onStack(long address) {
        return KernelMemory.isStack(address)
                ? new StorageResolver.Place("stack 0x%x".formatted(address), KERNEL_STACK)
                : null;
    }
}
