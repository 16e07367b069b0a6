package dev.dirql.kernel.loader;

import dev.dirql.kernel.dma.Dma;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.MemberNames;
import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.locks.StorageResolver;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.memory.SystemPoolMember;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.DebugInformation;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names data in device objects, in their extensions and in pool as a driver's author knows it:
 * {@code driver.DEVICE_OBJECT.DeviceQueue.Lock}, {@code driver.extension.Field}, {@code pool
 * 'Tag1'+0x20}.
 */
public final class DataNames implements StorageResolver {
    private static final String OBJECT = "DEVICE_OBJECT";
    private static final String EXTENSION = "extension";

    /** What may stand where the name of a variable does, behind the name of a driver. */
    public static final Set<String> PARTS = Set.of(OBJECT, EXTENSION);

    private static final List<SystemPoolMember> SYSTEM_MEMBERS =
            List.of(IoManager.CONTROLLER_QUEUE_LOCK, Dma.CHANNEL_QUEUE_LOCK);

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
            return extension.isObject(address)
                    ? new Place(inObject(image, extension, address), "device object")
                    : new Place(inExtension(image, extension, address), "device extension");
        }
        PoolKind kind = pool.kindOf(address);
        PoolBlock block = pool.find(address);
        if (kind == null || block == null) {
            return address >= 0 ? new Place("0x%x".formatted(address), "user memory") : null;
        }
        if (block.isFree()) {
            return new Place("0x%x".formatted(address), "freed %s pool".formatted(kind.text()));
        }
        String storage = "%s pool '%s'".formatted(kind.text(), tag(block.tag()));
        for (SystemPoolMember member : SYSTEM_MEMBERS) {
            if (member.isAt(block, address)) {
                return new Place(member.name(), storage);
            }
        }
        return new Place(
                "pool '%s'%s".formatted(tag(block.tag()), offset(address - block.data())), storage);
    }

    private static String offset(long bytes) {
        return bytes == 0 ? "" : "+0x%x".formatted(bytes);
    }

    /** A second device object of a driver has its number. */
    private static String inExtension(
            LoadedImage image, DeviceExtensions.Extension extension, long address) {
        DebugInformation debug = image.image().debug();
        return image.image().name()
                + "."
                + EXTENSION
                + which(extension)
                + MemberNames.of(debug, debug.extensionType(), address - extension.start());
    }

    /** A driver need not bring a description of the system's structure, nor its own extension. */
    private static String inObject(
            LoadedImage image, DeviceExtensions.Extension extension, long address) {
        long offset = address - extension.object();
        String member =
                DeviceObject.isQueueLock(offset)
                        ? ".DeviceQueue.Lock"
                        : MemberNames.of(image.image().debug(), OBJECT, offset);
        return image.image().name() + "." + OBJECT + which(extension) + member;
    }

    private static String which(DeviceExtensions.Extension extension) {
        return extension.number() == 0 ? "" : "[" + extension.number() + "]";
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
