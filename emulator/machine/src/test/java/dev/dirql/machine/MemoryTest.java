package dev.dirql.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dirql.machine.MemoryFault.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final long PAGE = 0xFFFF_8000_0000_0000L;

    /** As far from {@link #PAGE} as a processor remembers pages without mixing them up. */
    private static final long ALIAS = PAGE + 512 * 0x1000L;

    private final Machine machine =
            new Machine(MachineSettings.of(2), DecisionSource.defaultPolicy());
    private final ToySoftware software = new ToySoftware(machine);

    MemoryTest() {
        machine.attach(_ -> InterruptController.none());
        machine.attach(new ToyEngine());
        machine.attach(software);
    }

    private void map(long address, int flags) {
        machine.map(machine.kernelSpace(), address, machine.memory().allocateFrame(), flags);
    }

    private byte[] bytesOfPage() {
        return machine.memory().forRead((int) AddressSpace.frame(machine.kernelSpace().find(PAGE)));
    }

    private ProcessorMemory memory(int processor) {
        return machine.processor(processor).memory();
    }

    private Reason refusal(Runnable access) {
        MemoryFault fault = catchThrowableOfType(MemoryFault.class, access::run);
        return fault.reason();
    }

    @Test
    void everyWidthIsLittleEndianAndMayCrossAPage() {
        map(PAGE, PageFlags.WRITABLE);
        map(PAGE + 0x1000, PageFlags.WRITABLE);

        for (int size : new int[] {1, 2, 4, 8}) {
            for (long at = PAGE + 0xff0; at < PAGE + 0x1010; at++) {
                long value = 0x8877_6655_4433_2211L & (size == 8 ? -1L : (1L << (8 * size)) - 1);
                memory(0).store(at, size, 0x8877_6655_4433_2211L);
                assertThat(memory(1).load(at, size)).isEqualTo(value);
                assertThat(memory(1).load8(at)).isEqualTo(0x11);
            }
        }
    }

    @Test
    void whereNoRamIsABusGivesOnesAndKeepsNothing() {
        long end = (long) machine.memory().frameCount() << PhysicalMemory.FRAME_SHIFT;
        byte[] bytes = {1, 2, 3, 4};

        for (long physical : new long[] {end, end - 2, 1L << 40, 0xF_FFFF_FFFF_F000L, -16}) {
            byte[] read = new byte[4];
            machine.writePhysical(physical, bytes);
            machine.readPhysical(physical, read);
            assertThat(read)
                    .as("0x%x", physical)
                    .isEqualTo(
                            physical == end - 2
                                    ? new byte[] {1, 2, -1, -1}
                                    : new byte[] {-1, -1, -1, -1});
        }
        machine.map(machine.kernelSpace(), PAGE, 1L << 26, PageFlags.WRITABLE);
        assertThat(AddressSpace.flags(machine.kernelSpace().find(PAGE)) & PageFlags.DEVICE)
                .isNotZero();
    }

    @Test
    void bytesThatAreNotThereAreRefusedBeforeAnyAreKept() {
        map(PAGE, PageFlags.WRITABLE);

        for (int size : new int[] {0x1001, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            assertThat(refusal(() -> memory(0).loadBytes(PAGE, size))).isEqualTo(Reason.NOT_MAPPED);
        }
        assertThat(memory(0).loadBytes(PAGE, 0x1000)).hasSize(0x1000);
    }

    @Test
    void aPageSaysWhyItRefuses() {
        map(PAGE, 0);
        map(PAGE + 0x1000, PageFlags.WRITABLE | PageFlags.FREED);
        map(PAGE + 0x2000, PageFlags.WRITABLE | PageFlags.GUARD);
        map(PAGE + 0x3000, PageFlags.WRITABLE | PageFlags.PAGEABLE | PageFlags.ABSENT);

        assertThat(refusal(() -> memory(0).store8(PAGE, 1))).isEqualTo(Reason.READ_ONLY);
        assertThat(refusal(() -> memory(0).load8(PAGE + 0x1000))).isEqualTo(Reason.FREED);
        assertThat(refusal(() -> memory(0).load8(PAGE + 0x2000))).isEqualTo(Reason.GUARD);
        assertThat(refusal(() -> memory(0).load8(PAGE + 0x3000))).isEqualTo(Reason.NOT_RESIDENT);
        assertThat(refusal(() -> memory(0).load8(PAGE + 0x4000))).isEqualTo(Reason.NOT_MAPPED);
        assertThat(refusal(() -> memory(0).load8(0x8000_0000_0000L)))
                .isEqualTo(Reason.NOT_CANONICAL);
        assertThat(refusal(() -> memory(0).probeExecute(PAGE))).isEqualTo(Reason.NOT_EXECUTABLE);
    }

    @Test
    void aStoreAcrossTwoPagesChangesNothingWhenTheSecondRefuses() {
        map(PAGE, PageFlags.WRITABLE);

        assertThat(refusal(() -> memory(0).store64(PAGE + 0xffc, -1))).isEqualTo(Reason.NOT_MAPPED);
        assertThat(memory(0).load32(PAGE + 0xffc)).isZero();
    }

    @Test
    void residencyOfAPageablePageIsAskedAtEachAccess() {
        map(PAGE, PageFlags.WRITABLE | PageFlags.PAGEABLE);
        memory(0).store8(PAGE, 7);
        assertThat(memory(0).load8(PAGE)).isEqualTo(7);

        software.resident = false;

        assertThat(refusal(() -> memory(0).load8(PAGE))).isEqualTo(Reason.NOT_RESIDENT);
        assertThat(refusal(() -> memory(0).store8(PAGE, 1))).isEqualTo(Reason.NOT_RESIDENT);
    }

    @Test
    void anAccessAcrossTwoPageablePagesAsksForEachOnce() {
        map(PAGE, PageFlags.WRITABLE | PageFlags.PAGEABLE);
        map(PAGE + 0x1000, PageFlags.WRITABLE | PageFlags.PAGEABLE);

        memory(0).store64(PAGE + 0xffc, 0x1122_3344_5566_7788L);
        assertThat(software.residencyAsked).isEqualTo(2);
        assertThat(memory(0).load64(PAGE + 0xffc)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(software.residencyAsked).isEqualTo(4);
    }

    @Test
    void aRemappedPageIsSeenByEveryProcessor() {
        map(PAGE, PageFlags.WRITABLE);
        memory(1).store8(PAGE, 1);
        assertThat(memory(0).load8(PAGE)).isEqualTo(1);

        map(PAGE, 0);

        assertThat(memory(0).load8(PAGE)).isZero();
        assertThat(refusal(() -> memory(1).store8(PAGE, 1))).isEqualTo(Reason.READ_ONLY);
    }

    @Test
    void anObserverSeesNothingOfFramesThatItDoesNotObserve() {
        map(PAGE, PageFlags.WRITABLE);
        map(PAGE + PhysicalMemory.FRAME_SIZE, PageFlags.WRITABLE);
        long physical = memory(0).physical(PAGE);
        List<String> seen = new ArrayList<>();
        machine.observeMemory(
                new MemoryObserver() {
                    @Override
                    public void accessed(
                            Processor processor,
                            long address,
                            long at,
                            int size,
                            boolean write,
                            long value) {
                        seen.add("processor 0x%x".formatted(at - physical));
                    }

                    @Override
                    public void transferred(
                            @Nullable Processor processor, long at, int size, boolean write) {
                        String kind = write ? "write" : "read";
                        seen.add("%s 0x%x, %d".formatted(kind, at - physical, size));
                    }

                    @Override
                    public boolean observes(int frame) {
                        return frame == physical / PhysicalMemory.FRAME_SIZE;
                    }
                });

        memory(0).store8(PAGE + PhysicalMemory.FRAME_SIZE, 1);
        memory(0).store8(PAGE + 5, 1);
        memory(1).load8(PAGE + PhysicalMemory.FRAME_SIZE + 7);
        machine.writePhysical(physical + 16, new byte[8]);
        machine.readPhysical(memory(0).physical(PAGE + PhysicalMemory.FRAME_SIZE), new byte[8]);
        machine.readPhysical(physical, new byte[2]);

        assertThat(seen).containsExactly("processor 0x5", "write 0x10, 8", "read 0x0, 2");
    }

    @Test
    void anObserverSeesEveryAccessAndNoneAfterItLeft() {
        map(PAGE, PageFlags.WRITABLE);
        memory(0).store8(PAGE, 1);
        List<String> seen = new ArrayList<>();
        machine.observeMemory((p, address, physical, size, write, value) ->
                seen.add("%s %d of 0x%x: 0x%x".formatted(write ? "w" : "r", size, address, value)));
        memory(0).store32(PAGE + 4, 0x1_2345_6789L);
        memory(1).load16(PAGE + 4);

        machine.observeMemory(null);
        memory(0).store8(PAGE, 2);

        assertThat(seen)
                .containsExactly(
                        "w 4 of 0xffff800000000004: 0x23456789",
                        "r 2 of 0xffff800000000004: 0x6789");
    }

    @Test
    void noRangeBeyondTheEndIsMemoryHoweverLarge() {
        PhysicalMemory memory = machine.memory();
        long end = (long) memory.frameCount() << PhysicalMemory.FRAME_SHIFT;

        assertThat(memory.contains(0, end)).isTrue();
        assertThat(memory.contains(end, 0)).isTrue();
        assertThat(memory.contains(end - 8, 9)).isFalse();
        assertThat(memory.contains(Long.MAX_VALUE, 1)).isFalse();
        assertThat(memory.contains(Long.MAX_VALUE - 7, 16)).isFalse();
        assertThat(memory.contains(8, Long.MAX_VALUE)).isFalse();
        assertThat(memory.contains(-1, 1)).isFalse();
    }

    /**
     * A seeded walk over stores, snapshots, restores and moments given back, against plain arrays.
     * Each frame is mapped twice, at addresses that displace each other from what a processor
     * remembers.
     */
    @Test
    void snapshotsKeepMemoryAsItWas() {
        long seed = 20261123;
        Random random = new Random(seed);
        int pages = 90;
        for (int i = 0; i < pages; i++) {
            int frame = machine.memory().allocateFrame();
            machine.map(machine.kernelSpace(), PAGE + 0x1000L * i, frame, PageFlags.WRITABLE);
            machine.map(machine.kernelSpace(), ALIAS + 0x1000L * i, frame, PageFlags.WRITABLE);
        }
        long[] model = new long[pages];
        List<Snapshot> moments = new ArrayList<>();
        List<long[]> models = new ArrayList<>();
        List<Long> hashes = new ArrayList<>();
        int kept = 0;

        for (int i = 0; i < 4_000; i++) {
            int page = random.nextInt(pages);
            long address = (random.nextBoolean() ? PAGE : ALIAS) + 0x1000L * page + 8;
            switch (random.nextInt(40)) {
                case 0 -> {
                    kept++;
                    moments.add(machine.snapshot());
                    models.add(model.clone());
                    hashes.add(machine.exactHash());
                }
                case 1 -> {
                    if (!moments.isEmpty()) {
                        int which = random.nextInt(moments.size());
                        machine.restore(moments.get(which));
                        model = models.get(which).clone();
                        assertThat(machine.exactHash()).isEqualTo(hashes.get(which));
                    }
                }
                case 2 -> {
                    // Often the last one, whose pages are used again.
                    if (moments.size() > 3) {
                        int last = moments.size() - 1;
                        int which = random.nextBoolean() ? last : random.nextInt(last);
                        machine.giveBack(moments.remove(which));
                        models.remove(which);
                        hashes.remove(which);
                    }
                }
                case 3, 4, 5, 6, 7, 8, 9 ->
                        assertThat(memory(random.nextInt(2)).load64(address))
                                .describedAs("seed %d, turn %d", seed, i)
                                .isEqualTo(model[page]);
                default -> {
                    model[page] = random.nextLong();
                    memory(random.nextInt(2)).store64(address, model[page]);
                }
            }
        }
        assertThat(kept).isGreaterThan(50);
        assertThat(moments).hasSizeLessThan(kept - 20);
    }

    @Test
    void pagesOfTheLastMomentAreUsedAgainOnceItIsGivenBackFromAnOlderOne() {
        map(PAGE, PageFlags.WRITABLE);
        Snapshot before = machine.snapshot();
        memory(0).store64(PAGE, 1);
        byte[] page = bytesOfPage();
        Snapshot after = machine.snapshot();

        machine.restore(before);
        machine.giveBack(after);
        memory(0).store64(PAGE, 2);

        assertThat(bytesOfPage()).isSameAs(page);
        assertThat(memory(1).load64(PAGE)).isEqualTo(2);
    }

    @Test
    void pagesOfAMomentAreNotUsedAgainWhileTheMachineOrALaterMomentHasThem() {
        map(PAGE, PageFlags.WRITABLE);
        Snapshot before = machine.snapshot();
        memory(0).store64(PAGE, 1);
        byte[] page = bytesOfPage();
        Snapshot after = machine.snapshot();
        Snapshot later = machine.snapshot();

        machine.restore(before);
        machine.giveBack(after);
        memory(0).store64(PAGE, 2);
        machine.restore(later);

        assertThat(memory(0).load64(PAGE)).isEqualTo(1);

        machine.giveBack(later);
        memory(0).store64(PAGE, 3);

        assertThat(bytesOfPage()).isNotSameAs(page);
    }

    @Test
    void aMomentThatWasGivenBackCannotBeGoneBackTo() {
        Snapshot moment = machine.snapshot();
        machine.giveBack(moment);

        assertThatIllegalStateException().isThrownBy(() -> machine.restore(moment));
        assertThatIllegalStateException().isThrownBy(() -> machine.giveBack(moment));
    }

    @Test
    void memoryMappedInASpaceOfAProcessIsItsOwn() {
        AddressSpace process = machine.addSpace();
        map(PAGE, PageFlags.WRITABLE);
        machine.map(process, 0x10000, machine.memory().allocateFrame(), PageFlags.WRITABLE);
        memory(0).setSpace(process);
        memory(0).store8(0x10000, 5);
        memory(0).store8(PAGE, 6);

        assertThat(memory(0).load8(0x10000)).isEqualTo(5);
        assertThat(memory(1).load8(PAGE)).isEqualTo(6);
        assertThat(refusal(() -> memory(1).load8(0x10000))).isEqualTo(Reason.NOT_MAPPED);
    }
}
