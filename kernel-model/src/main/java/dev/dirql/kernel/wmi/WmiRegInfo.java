package dev.dirql.kernel.wmi;

import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.wmi.WmiProvider.Block;
import dev.dirql.machine.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * WMIREGINFO, in which a driver says what it provides. Windows SDK, wmistr.h. Strings are counted:
 * their length in bytes, in two, and their characters.
 *
 * <pre>
 * +0x000  BufferSize
 * +0x004  NextWmiRegInfo
 * +0x008  RegistryPath
 * +0x00C  MofResourceName
 * +0x010  GuidCount
 * +0x018  WmiRegGuid, 0x20 bytes each:
 *         +0x00 Guid  +0x10 Flags  +0x14 InstanceCount
 *         +0x18 InstanceNameList, BaseNameOffset or Pdo
 * </pre>
 */
record WmiRegInfo(GuestMemory memory, long address) {
    static final int INSTANCE_LIST = 0x4;
    static final int INSTANCE_BASENAME = 0x8;
    static final int INSTANCE_PDO = 0x20;
    static final int REMOVE_GUID = 0x1_0000;

    /** A driver that provides more does so by mistake. */
    private static final int INSTANCES_MAXIMUM = 0x1000;

    private static final int NEXT = 0x04;
    private static final int REGISTRY_PATH = 0x08;
    private static final int RESOURCE_NAME = 0x0C;
    private static final int GUID_COUNT = 0x10;
    private static final int GUIDS = 0x18;
    private static final int GUID_BYTES = 0x20;
    private static final int FLAGS = 0x10;
    private static final int INSTANCE_COUNT = 0x14;
    private static final int NAMES = 0x18;

    long bytes() {
        return memory.load32(address);
    }

    /**
     * Fills it in for the blocks of a WMILIB_CONTEXT.
     *
     * @param room bytes of the buffer
     * @param path address of a UNICODE_STRING, or 0
     * @return STATUS_BUFFER_TOO_SMALL if the buffer got nothing but the size that it must have
     */
    int write(
            long room, long context, int flags, long baseName, long path, long resource, long pdo) {
        long count = memory.load32(context);
        long list = memory.load64(context + 8);
        String pathText = path == 0 ? "" : new UnicodeString(memory, path).text();
        String resourceText = text(resource);
        boolean based = (flags & INSTANCE_BASENAME) != 0;
        String baseText = based ? text(baseName) : "";
        long pathAt = GUIDS + GUID_BYTES * count;
        long resourceAt = pathAt + 2 + 2L * pathText.length();
        long baseAt = resourceAt + 2 + 2L * resourceText.length();
        long needed = baseAt + (based ? 2 + 2L * baseText.length() : 0);
        if (needed > room) {
            if (room >= Integer.BYTES) {
                memory.store32(address, needed);
            }
            return IoStatus.BUFFER_TOO_SMALL;
        }
        memory.probe(address, needed, true);
        memory.store32(address, needed);
        memory.store32(address + NEXT, 0);
        memory.store32(address + REGISTRY_PATH, pathAt);
        memory.store32(address + RESOURCE_NAME, resourceText.isEmpty() ? 0 : resourceAt);
        memory.store32(address + GUID_COUNT, count);
        store(pathAt, pathText);
        store(resourceAt, resourceText);
        if (based) {
            store(baseAt, baseText);
        }
        for (int i = 0; i < count; i++) {
            long from = list + 0x10L * i;
            long to = address + GUIDS + (long) GUID_BYTES * i;
            WmiGuid.load(memory, memory.load64(from)).store(memory, to);
            memory.store32(to + FLAGS, memory.load32(from + 12) | flags);
            memory.store32(to + INSTANCE_COUNT, memory.load32(from + 8));
            memory.store64(to + NAMES, based ? baseAt : pdo);
        }
        return IoStatus.SUCCESS;
    }

    private String text(long string) {
        UnicodeString view = new UnicodeString(memory, string);
        return view.buffer() == 0 ? "" : view.text();
    }

    private void store(long offset, String text) {
        memory.store16(address + offset, 2L * text.length());
        for (int i = 0; i < text.length(); i++) {
            memory.store16(address + offset + 2 + 2L * i, text.charAt(i));
        }
    }

    /** What a driver said: the blocks that it provides, those that it takes back, and its PDOs. */
    record Contents(List<Block> blocks, List<WmiGuid> removed, List<Long> pdos) {}

    /**
     * Reads it, as far as it lies in a buffer.
     *
     * @param instancePath gives the device instance path of a PDO
     */
    Contents read(long room, LongFunction<String> instancePath) {
        Contents contents = new Contents(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long at = 0;
        do {
            new WmiRegInfo(memory, address + at).read(room - at, instancePath, contents);
            long next = memory.load32(address + at + NEXT);
            at = next == 0 ? room : at + next;
        } while (at + GUIDS <= room);
        return contents;
    }

    private void read(long room, LongFunction<String> instancePath, Contents contents) {
        long count = Math.min(memory.load32(address + GUID_COUNT), (room - GUIDS) / GUID_BYTES);
        for (int i = 0; i < count; i++) {
            long at = address + GUIDS + (long) GUID_BYTES * i;
            WmiGuid guid = WmiGuid.load(memory, at);
            int flags = (int) memory.load32(at + FLAGS);
            if ((flags & INSTANCE_PDO) != 0) {
                contents.pdos.add(memory.load64(at + NAMES));
            }
            if ((flags & REMOVE_GUID) != 0) {
                contents.removed.add(guid);
            } else {
                contents.blocks.add(new Block(guid, flags, names(at, room, flags, instancePath)));
            }
        }
    }

    private List<String> names(long at, long room, int flags, LongFunction<String> instancePath) {
        long count = Math.min(memory.load32(at + INSTANCE_COUNT), INSTANCES_MAXIMUM);
        long where = memory.load64(at + NAMES);
        List<String> names = new ArrayList<>();
        if ((flags & INSTANCE_LIST) != 0) {
            long next = where;
            for (int i = 0; i < count && next + 2 <= room; i++) {
                String name = load(next);
                names.add(name);
                next += 2 + 2L * name.length();
            }
        } else if ((flags & (INSTANCE_BASENAME | INSTANCE_PDO)) != 0) {
            boolean pdo = (flags & INSTANCE_PDO) != 0;
            String base =
                    pdo ? instancePath.apply(where) + "_" : where + 2 <= room ? load(where) : "";
            for (int i = 0; i < count; i++) {
                names.add(base + i);
            }
        }
        return names;
    }

    private String load(long offset) {
        int length = (int) memory.load16(address + offset) / 2;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) memory.load16(address + offset + 2 + 2L * i));
        }
        return text.toString();
    }
}
