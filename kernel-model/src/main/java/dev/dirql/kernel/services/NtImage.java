package dev.dirql.kernel.services;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;
import dev.dirql.machine.image.Image.Section;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kernel's image: a slot of harmless bytes for every service, unwind data that tells what each
 * slot has on the stack, and exported variables. PE format, "Exception handling data"; x64
 * exception handling, "Unwind data".
 */
final class NtImage {
    private static final int PAGE = 0x1000;
    private static final byte RET = (byte) 0xC3;
    private static final byte INT3 = (byte) 0xCC;

    private static final int UWOP_ALLOC_LARGE = 1;
    private static final int UWOP_PUSH_MACHFRAME = 10;

    /** Offset of the RIP that a KTRAP_FRAME holds. */
    private static final int TRAP_FRAME_RIP = 0x168;

    private static final int RUNTIME_FUNCTION_SIZE = 12;
    private static final int UNWIND_INFO_SIZE = 16;

    private final int textSize;
    private final Map<String, Long> variables = new TreeMap<>();
    private final Image image;

    NtImage(List<ServiceSlot> slots, Map<String, Integer> variableSizes) {
        textSize = pages(Math.max(1, slots.size()) * ServiceSlot.SIZE);
        int readOnly = ServiceTable.TEXT + textSize;
        byte[] unwind = unwindData(slots, readOnly);
        int data = readOnly + pages(unwind.length);
        int dataSize = 0;
        List<Symbol> symbols = new ArrayList<>();
        for (ServiceSlot slot : slots) {
            int rva = (int) (slot.address() - ServiceTable.IMAGE_BASE);
            symbols.add(new Symbol(slot.name(), rva, ServiceSlot.SIZE, true, ""));
        }
        for (Map.Entry<String, Integer> variable : variableSizes.entrySet()) {
            int rva = data + dataSize;
            variables.put(variable.getKey(), ServiceTable.IMAGE_BASE + rva);
            symbols.add(new Symbol(variable.getKey(), rva, variable.getValue(), false, ""));
            dataSize += (variable.getValue() + 15) & ~15;
        }
        symbols.sort(Comparator.comparingInt(Symbol::rva));
        byte[] text = new byte[textSize];
        Arrays.fill(text, INT3);
        for (int i = 0; i < slots.size(); i++) {
            // A return in a slot with a frame would look like the end of an epilogue.
            if (isLeaf(slots.get(i).frame())) {
                text[i * ServiceSlot.SIZE] = RET;
            }
        }
        int infos = UNWIND_INFO_SIZE * 3;
        image =
                new Image(
                        ServiceTable.MODULE,
                        ServiceTable.IMAGE_BASE,
                        data + pages(Math.max(1, dataSize)),
                        0,
                        List.of(
                                section(".text", ServiceTable.TEXT, textSize, text, false, true),
                                section(".rdata", readOnly, unwind.length, unwind, false, false),
                                section(
                                        ".data",
                                        data,
                                        Math.max(1, dataSize),
                                        new byte[0],
                                        true,
                                        false)),
                        List.of(),
                        List.of(),
                        readOnly + infos,
                        unwind.length - infos,
                        new DebugInformation(List.of(), symbols, List.of(), List.of(), ""));
    }

    private static Section section(
            String name, int rva, int size, byte[] content, boolean writable, boolean code) {
        return new Section(name, rva, size, content, writable, code, false);
    }

    private static int pages(int size) {
        return (size + PAGE - 1) & -PAGE;
    }

    /** Three UNWIND_INFO, then a RUNTIME_FUNCTION for every slot that is not a leaf. */
    private static byte[] unwindData(List<ServiceSlot> slots, int rva) {
        List<ServiceSlot> framed = slots.stream().filter(s -> !isLeaf(s.frame())).toList();
        ByteBuffer out =
                ByteBuffer.allocate(3 * UNWIND_INFO_SIZE + framed.size() * RUNTIME_FUNCTION_SIZE)
                        .order(ByteOrder.LITTLE_ENDIAN);
        putInfo(out, 0, allocation(PendingFrame.SIZE));
        putInfo(out, 1, new int[] {UWOP_ALLOC_LARGE << 8, TRAP_FRAME_RIP / 8, machineFrame()});
        putInfo(out, 2, new int[] {machineFrame()});
        out.position(3 * UNWIND_INFO_SIZE);
        for (ServiceSlot slot : framed) {
            int begin = (int) (slot.address() - ServiceTable.IMAGE_BASE);
            int info =
                    switch (slot.frame()) {
                        case PENDING -> 0;
                        case TRAP_FRAME -> 1;
                        case MACHINE_FRAME -> 2;
                        case RETURN_ADDRESS, BOTTOM -> throw new IllegalStateException(slot.name());
                    };
            out.putInt(begin).putInt(begin + ServiceSlot.SIZE);
            out.putInt(rva + info * UNWIND_INFO_SIZE);
        }
        return out.array();
    }

    private static boolean isLeaf(FrameShape frame) {
        return frame == FrameShape.RETURN_ADDRESS || frame == FrameShape.BOTTOM;
    }

    private static int[] allocation(int size) {
        return new int[] {UWOP_ALLOC_LARGE << 8, size / 8};
    }

    private static int machineFrame() {
        return UWOP_PUSH_MACHFRAME << 8;
    }

    /** Version 1, no flags, no prologue: the codes hold at every address of the slot. */
    private static void putInfo(ByteBuffer out, int index, int[] codes) {
        out.position(index * UNWIND_INFO_SIZE);
        out.put((byte) 1).put((byte) 0).put((byte) codes.length).put((byte) 0);
        for (int code : codes) {
            out.putShort((short) code);
        }
    }

    int textSize() {
        return textSize;
    }

    Map<String, Long> variables() {
        return variables;
    }

    Image image() {
        return image;
    }
}
