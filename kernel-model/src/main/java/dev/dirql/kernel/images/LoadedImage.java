package dev.dirql.kernel.images;

import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An image at the address where it was loaded. */
public record LoadedImage(Image image, long base) {
    public boolean contains(long address) {
        return Long.compareUnsigned(address - base, image.size()) < 0;
    }

    /** The function or variable that an address lies in, or null. */
    public @Nullable Symbol symbolAt(long address) {
        int rva = (int) (address - base);
        List<Symbol> symbols = image.debug().symbols();
        int low = 0;
        int high = symbols.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (symbols.get(middle).rva() <= rva) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        // Nested symbols are possible: the nearest one below that reaches this far.
        for (int i = high; i >= 0 && i > high - 8; i--) {
            Symbol symbol = symbols.get(i);
            if (rva - symbol.rva() < Math.max(1, symbol.size())) {
                return symbol;
            }
        }
        return null;
    }
}
