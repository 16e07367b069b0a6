package dev.dirql.kernel.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames as "x64 exception handling" describes them, by the code. */
class UnwinderTest {
    private static final int FUNCTION = 0x100;
    private static final int PARENT = 0x180;
    private static final int INFO = 0x800;
    private static final int PARENT_INFO = 0x880;
    private static final int TABLE = 0x900;
    private static final int PROLOGUE = 0x20;
    private static final long CALLER = 0x1234_5678L;

    private final KernelCalls kernel = new KernelCalls();
    private final Processor processor = kernel.processor;
    private final ProcessorMemory memory = processor.memory();
    private final long base = (kernel.data(0x3000) + 0xFFF) & -0x1000;
    private final long stack = kernel.data(0x8000);
    private final long[] registers = new long[16];

    UnwinderTest() {
        for (int i = 0; i < 16; i++) {
            registers[i] = 0x7000L + i;
        }
        registers[Processor.RSP] = stack;
        entry(0, FUNCTION, INFO);
    }

    private void entry(int number, int function, int info) {
        long at = base + TABLE + 12L * number;
        memory.store32(at, function);
        memory.store32(at + 4, function + 0x80);
        memory.store32(at + 8, info);
    }

    /** An UNWIND_INFO; each slot is a code's offset, operation and information, or a number. */
    private void info(int rva, int flags, int frameRegister, int... slots) {
        memory.store8(base + rva, 1 | flags << 3);
        memory.store8(base + rva + 1, PROLOGUE);
        memory.store8(base + rva + 2, slots.length);
        memory.store8(base + rva + 3, frameRegister);
        for (int i = 0; i < slots.length; i++) {
            memory.store16(base + rva + 4 + 2L * i, slots[i]);
        }
    }

    private static int code(int offset, int operation, int information) {
        return offset | operation << 8 | information << 12;
    }

    private List<StackFrame> walk(int offset) {
        Image image =
                new Image(
                        "driver",
                        base,
                        0x1000,
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        TABLE,
                        24,
                        DebugInformation.NONE);
        LoadedImages images = new LoadedImages();
        images.add(
                new LoadedImage(
                        new Image(
                                "nt",
                                0,
                                0x1000,
                                0,
                                List.of(),
                                List.of(),
                                List.of(),
                                0,
                                0,
                                DebugInformation.NONE),
                        0x1000));
        images.add(new LoadedImage(image, base));
        return new Unwinder(kernel.machine, images)
                .walk(base + FUNCTION + offset, registers)
                .frames();
    }

    /** The caller's address and stack pointer are found behind so many bytes of frame. */
    private void returnsBehind(int offset, long bytes) {
        memory.store64(stack + bytes, CALLER);

        List<StackFrame> frames = walk(offset);

        assertThat(frames.get(1).ip()).isEqualTo(CALLER);
        assertThat(frames.get(1).stackPointer()).isEqualTo(stack + bytes + 8);
    }

    @Test
    void aLargeAllocationOfSixteenBitsCountsInEights() {
        info(INFO, 0, 0, code(7, 1, 0), 0x2A0 / 8);

        returnsBehind(0x30, 0x2A0);
    }

    @Test
    void aLargeAllocationOfThirtyTwoBitsCountsBytes() {
        info(INFO, 0, 0, code(7, 1, 1), 0x1230, 0);

        returnsBehind(0x30, 0x1230);
    }

    @Test
    void aRegisterThatIsSavedFarAwayTakesThreeSlots() {
        // The frame pointer is RBP, which the outer function saved; here it comes from far away.
        info(
                INFO,
                0,
                Processor.RBP,
                code(9, 5, Processor.RBP),
                0x1100,
                0,
                code(4, 1, 0),
                0x1200 / 8);

        returnsBehind(0x30, 0x1200);
    }

    @Test
    void aRegisterThatWasSavedFarAwayIsTheCallersFramePointer() {
        info(INFO, 0, 0, code(9, 5, Processor.RBP), 0x1100, 0, code(4, 1, 0), 0x1200 / 8);
        entry(1, PARENT, PARENT_INFO);
        info(PARENT_INFO, 0, Processor.RBP, code(3, 3, 0));
        memory.store64(stack + 0x1100, stack + 0x3000);
        memory.store64(stack + 0x1200, base + PARENT + 0x40);
        memory.store64(stack + 0x3000, CALLER);

        List<StackFrame> frames = walk(0x30);

        assertThat(frames.get(1).ip()).isEqualTo(base + PARENT + 0x40);
        assertThat(frames.get(2).ip()).isEqualTo(CALLER);
        assertThat(frames.get(2).stackPointer()).isEqualTo(stack + 0x3008);
    }

    @Test
    void savedFloatingPointRegistersOnlyTakeSlots() {
        info(INFO, 0, 0, code(15, 8, 6), 0x10 / 16, code(12, 9, 7), 0x20, 0, code(4, 2, 5));

        returnsBehind(0x30, 0x30);
    }

    @Test
    void aMachineFrameSaysWhereItWasInterrupted() {
        info(INFO, 0, 0, code(0, 10, 1));
        memory.store64(stack + 8, CALLER);
        memory.store64(stack + 8 + 24, stack + 0x400);

        List<StackFrame> frames = walk(0x30);

        assertThat(frames.get(1).ip()).isEqualTo(CALLER);
        assertThat(frames.get(1).stackPointer()).isEqualTo(stack + 0x400);
    }

    @Test
    void chainedInformationIsThatOfTheParentAfterItsPrologue() {
        info(INFO, 4, 0, code(4, 2, 1));
        long parent = base + INFO + 4 + 4;
        memory.store32(parent, PARENT);
        memory.store32(parent + 4, PARENT + 0x80);
        memory.store32(parent + 8, PARENT_INFO);
        info(PARENT_INFO, 0, 0, code(0x19, 2, 3), code(0x10, 0, Processor.RBX));

        returnsBehind(0x05, 0x10 + 0x20 + 8);
    }

    @Test
    void onlyWhatThePrologueDidIsUndone() {
        info(INFO, 0, 0, code(8, 2, 3), code(1, 0, Processor.RBX));

        returnsBehind(0x4, 8);
    }

    @Test
    void anEpilogueIsDoneToItsEnd() {
        info(INFO, 0, 0, code(8, 2, 3), code(2, 0, Processor.RBX), code(1, 0, Processor.R12));
        // add rsp, 0x20; pop rbx; pop r12; ret
        int[] code = {0x48, 0x83, 0xC4, 0x20, 0x5B, 0x41, 0x5C, 0xC3};
        for (int i = 0; i < code.length; i++) {
            memory.store8(base + FUNCTION + 0x40 + i, code[i]);
        }

        returnsBehind(0x40, 0x30);
        returnsBehind(0x44, 0x10);
        returnsBehind(0x45, 0x08);
        returnsBehind(0x47, 0);
    }

    @Test
    void aLongAddIsAnEpilogueToo() {
        info(INFO, 0, 0, code(8, 1, 0), 0x400 / 8);
        // add rsp, 0x400; rep ret
        int[] code = {0x48, 0x81, 0xC4, 0x00, 0x04, 0x00, 0x00, 0xF3, 0xC3};
        for (int i = 0; i < code.length; i++) {
            memory.store8(base + FUNCTION + 0x40 + i, code[i]);
        }

        returnsBehind(0x40, 0x400);
        returnsBehind(0x47, 0);
    }

    @Test
    void aFramePointerLeadsBackFromAnyAllocation() {
        info(INFO, 0, Processor.RBP | 2 << 4, code(5, 3, 0), code(1, 0, Processor.RBP));
        registers[Processor.RBP] = stack + 0x520;

        returnsBehind(0x30, 0x508);
    }
}
