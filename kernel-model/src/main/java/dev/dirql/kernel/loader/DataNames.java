package dev.dirql.kernel.loader;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.MemberNames;
import dev.dirql.kernel.locks.StorageResolver;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.DebugInformation;
import org.jspecify.annotations.Nullable;

/**
 * Names data in device extensions and in pool as a driver's author knows it: {@code
 * driver.extension.Field}, {@code pool 'Tag1'+0x20}.
 */
public final class DataNames implements StorageResolver {
    private final LoadedImages images;
    private final DeviceExtensions extensions;
    private final Pool pool;

    public DataNames(LoadedImages images, DeviceExtensions extensions, Pool pool) {
        this.images = images;
        this.extensions = extensions;
        this.pool = pool;
    }

    @Override
    public @Nullable Place resolve(Processor processor, long address) {
        DeviceExtensions.Extension extension = extensions.find(address);
        LoadedImage image = extension == null ? null : images.find(extension.image());
        if (extension != null && image != null) {
            return new Place(inExtension(image, extension, address), "device extension");
        }
        PoolKind kind = pool.kindOf(address);
        PoolBlock block = pool.find(address);
        if (kind == null || block == null) {
            return address >= 0 ? new Place("0x%x".formatted(address), "user memory") : null;
        }
        if (block.isFree()) {
            return new Place("0x%x".formatted(address), "freed %s pool".formatted(kind.text()));
        }
        return new Place(
                "pool '%s'%s".formatted(tag(block.tag()), offset(address - block.data())),
                "%s pool '%s'".formatted(kind.text(), tag(block.tag())));
    }

    private static String offset(long bytes) {
        return bytes == 0 ? "" : "+0x%x".formatted(bytes);
    }

    /** A second device object of a driver has its number. */
    private static String inExtension(
            LoadedImage image, DeviceExtensions.Extension extension, long address) {
        DebugInformation debug = image.image().debug();
        String which = extension.number() == 0 ? "" : "[" + extension.number() + "]";
        return image.image().name()
                + ".extension"
                + which
                + MemberNames.of(debug, debug.extensionType(), address - extension.start());
    }

    /** A pool tag in the order in which drivers spell it, unprintable bytes as dots. */
    public static String tag(int tag) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            char letter = (char) (tag >>> shift & 0xFF);
            text.append(letter >= ' ' && letter < 0x7F ? letter : '.');
        }
        return text.toString();
    }
}
