package dev.dirql.kernel.images;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import dev.dirql.machine.image.DebugInformation.Symbol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The images that are loaded now: the kernel's own first, then drivers in order of loading. */
public final class LoadedImages implements StatePart {
    private List<LoadedImage> images = List.of();

    /** Makes an image known. Its sections are mapped by whoever loads it. */
    public void add(LoadedImage image) {
        List<LoadedImage> more = new ArrayList<>(images);
        more.add(image);
        images = List.copyOf(more);
    }

    /** Forgets an image that was unloaded. */
    public void remove(long base) {
        images = images.stream().filter(i -> i.base() != base).toList();
    }

    public List<LoadedImage> all() {
        return images;
    }

    /** The image that an address lies in, or null. */
    public @Nullable LoadedImage find(long address) {
        for (LoadedImage image : images) {
            if (image.contains(address)) {
                return image;
            }
        }
        return null;
    }

    /** Whether an address lies in the image of a driver. */
    public boolean isDriver(long address) {
        for (int i = 1; i < images.size(); i++) {
            if (images.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * An address in words: {@code disk_driver!OnDpc+0x12}, {@code nt!KeSetEvent}, {@code
     * disk_driver+0x2040} without symbol, else the number.
     */
    public String name(long address) {
        LoadedImage image = find(address);
        if (image == null) {
            return "0x" + Long.toHexString(address);
        }
        Symbol symbol = image.symbolAt(address);
        long offset = address - image.base() - (symbol == null ? 0 : symbol.rva());
        String suffix = offset == 0 ? "" : "+0x" + Long.toHexString(offset);
        return image.image().name() + (symbol == null ? "" : "!" + symbol.name()) + suffix;
    }

    @Override
    public void save(StateWriter out) {
        out.value(images.size());
        images.forEach(image -> out.value(image.base()));
        out.reference(images);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            in.value();
        }
        images = in.reference(List.class);
    }
}
