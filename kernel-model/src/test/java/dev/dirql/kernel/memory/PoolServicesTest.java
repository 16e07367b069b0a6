package dev.dirql.kernel.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.structures.PoolHeader;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolServicesTest {
    private static final int TAG = 'T' | 'a' << 8 | 'g' << 16 | '1' << 24;
    private static final long NON_PAGED = 0x40;
    private static final long PAGED = 0x100;
    private static final int NON_PAGED_NX = 512;

    private boolean fails;
    private final KernelCalls kernel = new KernelCalls(_ -> fails ? 1 : 0);
    private final ProcessorMemory memory = kernel.processor.memory();
    private final Pool pool = new Pool(kernel.machine, kernel.crash());

    PoolServicesTest() {
        kernel.machine.addMachinePart(pool);
        kernel.export(new PoolServices(kernel.engine, pool, kernel.crash()));
    }

    @Test
    void aBlockIsAlignedAndItsHeaderIsBeforeIt() {
        long block = allocate(NON_PAGED, 20);

        PoolHeader header = new PoolHeader(memory, block - 16);
        assertThat(block & 15).isZero();
        assertThat(header.blockSize()).isEqualTo(3);
        assertThat(header.previousSize()).isZero();
        assertThat(header.poolType()).isEqualTo(3);
        assertThat(header.poolTag()).isEqualTo(TAG);
        assertThat(kernel.events)
                .containsExactly(
                        new Event.PoolAllocated(block, 20, TAG, "nonpaged", KernelCalls.CALLER));
    }

    @Test
    void allocatePool2ZeroesUnlessToldNotTo() {
        long zeroed = allocate(NON_PAGED, 64);
        long uninitialized = allocate(NON_PAGED | 2, 64);

        assertThat(memory.load64(zeroed + 56)).isZero();
        assertThat(memory.load64(uninitialized)).isEqualTo(0xCDCD_CDCD_CDCD_CDCDL);
    }

    @Test
    void theOlderRoutineZeroesOnlyOnRequest() {
        long uninitialized = kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 64, TAG);
        long zeroed = kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX | 1024, 64, TAG);

        assertThat(memory.load64(uninitialized)).isEqualTo(0xCDCD_CDCD_CDCD_CDCDL);
        assertThat(memory.load64(zeroed)).isZero();
    }

    @Test
    void eachPoolHasItsPages() {
        long nonpaged = kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 8, TAG);
        long executable = kernel.call("ExAllocatePoolWithTag", 0, 8, TAG);
        long paged = allocate(PAGED, 8);

        assertThat(memory.pageFlags(nonpaged)).isEqualTo(PageFlags.WRITABLE);
        assertThat(memory.pageFlags(executable))
                .isEqualTo(PageFlags.WRITABLE | PageFlags.EXECUTABLE);
        assertThat(memory.pageFlags(paged)).isEqualTo(PageFlags.WRITABLE | PageFlags.PAGEABLE);
        assertThat(pool.kindOf(paged)).isEqualTo(PoolKind.PAGED);
    }

    @Test
    void aPageOrMoreIsAlignedToAPage() {
        long page = allocate(NON_PAGED, 0x1000);
        long more = allocate(NON_PAGED, 0x1001);

        assertThat(page & 0xFFF).isZero();
        assertThat(more & 0xFFF).isZero();
        assertThat(memory.physical(more + 0x1000)).isEqualTo(memory.physical(more) + 0x1000);
    }

    @Test
    void cacheAlignedBlocksBeginOnALine() {
        allocate(NON_PAGED, 8);

        assertThat(allocate(NON_PAGED | 8, 40) & 63).isZero();
        assertThat(kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX | 4, 40, TAG) & 63).isZero();
    }

    @Test
    void aFreedBlockIsFilledAndItsPlaceIsUsedAgain() {
        long first = allocate(NON_PAGED, 32);
        long second = allocate(NON_PAGED, 32);

        kernel.call("ExFreePoolWithTag", first, TAG);

        assertThat(memory.load64(first)).isEqualTo(0xDFDF_DFDF_DFDF_DFDFL);
        assertThat(allocate(NON_PAGED, 32)).isEqualTo(first);
        assertThat(second).isNotEqualTo(first);
        assertThat(kernel.events(Event.PoolFreed.class))
                .containsExactly(new Event.PoolFreed(first, 32, TAG, KernelCalls.CALLER));
    }

    @Test
    void freedPagesFaultUntilTheyAreUsedAgain() {
        long pages = allocate(NON_PAGED, 0x2000);
        kernel.call("ExFreePool", pages);

        assertThat(memory.pageFlags(pages + 0x1000)).isEqualTo(PageFlags.FREED);
        assertThat(fault(pages)).isEqualTo(MemoryFault.Reason.FREED);
        assertThat(allocate(NON_PAGED, 0x2000)).isEqualTo(pages);
        assertThat(memory.load64(pages)).isZero();
    }

    @Test
    void neighboursThatAreFreeBecomeOne() {
        long first = allocate(NON_PAGED, 1000);
        long second = allocate(NON_PAGED, 1000);
        allocate(NON_PAGED, 16);

        kernel.call("ExFreePool", first);
        kernel.call("ExFreePool", second);

        assertThat(allocate(NON_PAGED, 2030)).isEqualTo(first);
    }

    @Test
    void noTagAndUnknownFlagsGiveNothing() {
        assertThat(kernel.call("ExAllocatePool2", NON_PAGED, 8, 0)).isZero();
        assertThat(allocate(NON_PAGED | PAGED, 8)).isZero();
        assertThat(allocate(0, 8)).isZero();
        assertThat(allocate(NON_PAGED | 0x10, 8)).isZero();
        assertThat(kernel.bugChecks).isEmpty();
    }

    @Test
    void badTagsAndMustSucceedAreBugChecksOfTheOlderRoutine() {
        kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 8, 0);
        kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 8, 0x20474942);
        kernel.call("ExAllocatePoolWithTag", 2, 8, TAG);

        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0xc2 9b 200 8 fffff80100001234",
                        "0xc2 9c 200 8 fffff80100001234",
                        "0xc2 9a 2 8 31676154");
    }

    @Test
    void pagedPoolAtDispatchLevelIsABugCheck() {
        long paged = allocate(PAGED, 8);
        kernel.setIrql(Irql.DISPATCH_LEVEL);

        allocate(PAGED, 24);
        kernel.call("ExFreePool", paged);

        assertThat(kernel.bugChecks)
                .containsExactly("0xc2 8 2 1 18", "0xc2 9 2 1 %x".formatted(paged));
    }

    @Test
    void poolAboveDispatchLevelIsABugCheck() {
        kernel.setIrql(5);

        allocate(NON_PAGED, 24);

        assertThat(kernel.bugChecks).containsExactly("0xc2 8 5 200 18");
        assertThat(kernel.wrongIrql).containsExactly("ExAllocatePool2 at 5");
    }

    @Test
    void freeingTwiceIsABugCheck() {
        long block = allocate(NON_PAGED, 32);
        allocate(NON_PAGED, 32);
        kernel.call("ExFreePool", block);

        kernel.call("ExFreePool", block);

        long header = memory.load64(block - 16);
        assertThat(header >>> 32).isEqualTo(TAG);
        assertThat(kernel.bugChecks).containsExactly("0xc2 7 0 %x %x".formatted(header, block));
    }

    @Test
    void freeingTheMiddleOfPagedPoolTellsThePageOfThePool() {
        allocate(PAGED, 0x3000);
        long block = allocate(PAGED, 64);
        allocate(PAGED, 0x3000);

        kernel.call("ExFreePool", block + 16);
        kernel.call("ExFreePool", block - 0x1000);

        long page = (block - PoolKind.PAGED.start()) >>> 12;
        assertThat(page).isGreaterThan(1);
        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0xc2 41286 0 0 %x".formatted(page),
                        "0xc2 41286 0 0 %x".formatted(page - 1));
    }

    @Test
    void freeingAboveDispatchLevelTellsTheKindOfPool() {
        long nonpaged = allocate(NON_PAGED, 8);
        long executable = kernel.call("ExAllocatePoolWithTag", 0, 8, TAG);
        kernel.setIrql(5);

        kernel.call("ExFreePool", nonpaged);
        kernel.call("ExFreePoolWithTag", executable, TAG);

        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0xc2 9 5 200 %x".formatted(nonpaged),
                        "0xc2 9 5 0 %x".formatted(executable));
    }

    @Test
    void aTagWithoutALetterOrDigitIsABugCheckOfTheOlderRoutine() {
        int tag = '-' | '_' << 8 | ' ' << 16 | '!' << 24;
        kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 8, tag);
        kernel.call("ExAllocatePoolWithTag", 1, 8, '@' | '[' << 8 | '`' << 16 | '{' << 24);
        kernel.call("ExAllocatePoolWithTag", 1, 8, '/' | ':' << 8);

        assertThat(kernel.call("ExAllocatePoolWithTag", 1, 8, '-' | '_' << 8 | '7' << 16))
                .isNotZero();
        assertThat(kernel.call("ExAllocatePoolWithTag", 1, 8, 'z' << 24)).isNotZero();
        assertThat(kernel.call("ExAllocatePoolWithTag", 1, 8, 'A' << 8)).isNotZero();
        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0xc2 9d 21205f2d 200 fffff80100001234",
                        "0xc2 9d 7b605b40 1 fffff80100001234",
                        "0xc2 9d 3a2f 1 fffff80100001234");
    }

    @Test
    void freeingPagesTwiceFindsNoTrackingEntry() {
        long pages = allocate(NON_PAGED, 0x1000);
        kernel.call("ExFreePool", pages);

        kernel.call("ExFreePool", pages);

        assertThat(kernel.bugChecks).containsExactly("0x19 22 %x 0 0".formatted(pages));
    }

    @Test
    void theWrongTagIsABugCheck() {
        long block = allocate(NON_PAGED, 32);

        kernel.call("ExFreePoolWithTag", block, 0x41414141);

        assertThat(kernel.bugChecks).containsExactly("0xc2 a %x %x 41414141".formatted(block, TAG));
    }

    @Test
    void whatWasNeverPoolIsABugCheck() {
        long block = allocate(NON_PAGED, 64);
        long paged = allocate(PAGED, 64);

        kernel.call("ExFreePool", 0x1000);
        kernel.call("ExFreePool", KernelCalls.CALLER);
        kernel.call("ExFreePool", block + 16);
        kernel.call("ExFreePool", paged + 16);

        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0xc2 40 1000 ffff800000000000 0",
                        "0xc2 42 fffff80100001234 0 0",
                        "0xc2 46 %x 0 0".formatted(block + 16),
                        "0xc2 41286 0 0 0");
    }

    @Test
    void aBlockThatWasOverrunIsFoundWhenItIsFreed() {
        long block = allocate(NON_PAGED, 32);
        long next = allocate(NON_PAGED, 32);
        memory.store64(block + 32, 0);

        kernel.call("ExFreePool", block);

        assertThat(kernel.bugChecks).hasSize(1);
        assertThat(kernel.bugChecks.get(0))
                .startsWith("0x19 20 %x %x ".formatted(block - 16, next - 16));
    }

    @Test
    void anAllocationFailsByDecisionOrStimulus() {
        fails = true;
        assertThat(allocate(NON_PAGED, 32)).isZero();
        fails = false;
        pool.failAllocation(2);

        assertThat(allocate(NON_PAGED, 32)).isNotZero();
        assertThat(allocate(NON_PAGED, 32)).isZero();
        assertThat(allocate(NON_PAGED, 32)).isNotZero();
    }

    @Test
    void anAllocationOfOneDriverFails() {
        pool.failAllocation(1, image(0xFFFFF801_20000000L));
        pool.failAllocation(2, image(KernelCalls.CALLER & -0x10000L));

        assertThat(allocate(NON_PAGED, 32)).isNotZero();
        assertThat(allocate(NON_PAGED, 32)).isZero();
        assertThat(allocate(NON_PAGED, 32)).isNotZero();
    }

    @Test
    void theBlocksOfAnImageAreThoseItDidNotFree() {
        long kept = allocate(NON_PAGED, 32);
        kernel.call("ExFreePool", allocate(NON_PAGED, 48));

        assertThat(pool.allocatedBy(image(KernelCalls.CALLER & -0x10000L)))
                .extracting(PoolBlock::data)
                .containsExactly(kept);
        assertThat(pool.allocatedBy(image(0xFFFFF801_20000000L))).isEmpty();
    }

    private static LoadedImage image(long base) {
        return new LoadedImage(
                new Image(
                        "driver",
                        0,
                        0x10000,
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        0,
                        0,
                        DebugInformation.NONE),
                base);
    }

    @Test
    void raiseOnFailureEndsTheRunWithTheException() {
        fails = true;

        allocate(NON_PAGED | 0x20, 32);

        assertThat(kernel.bugChecks).containsExactly("0x1e ffffffffc000009a fffff80100001234 0 0");
    }

    @Test
    void moreThanThereIsGivesNothing() {
        assertThat(allocate(NON_PAGED, 1L << 32)).isZero();
        assertThat(allocate(NON_PAGED, -1)).isZero();
    }

    @Test
    void aMomentKeepsThePool() {
        long kept = allocate(NON_PAGED, 32);
        var moment = kernel.machine.snapshot();
        long hash = kernel.machine.exactHash();
        long later = allocate(NON_PAGED, 32);
        kernel.call("ExFreePool", kept);

        kernel.machine.restore(moment);

        assertThat(kernel.machine.exactHash()).isEqualTo(hash);
        assertThat(allocate(NON_PAGED, 32)).isEqualTo(later);
        kernel.call("ExFreePool", kept);
        assertThat(kernel.bugChecks).isEmpty();
    }

    /** Blocks of all sizes, in any order: none overlaps, contents stay, headers stay sound. */
    @Test
    void manyBlocksStayApart() {
        long seed = 42;
        Random random = new Random(seed);
        List<long[]> live = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            if (live.isEmpty() || random.nextInt(5) < 3) {
                long bytes = 8L + random.nextInt(random.nextInt(10) == 0 ? 9000 : 600);
                long flags = random.nextBoolean() ? NON_PAGED : PAGED;
                long block = allocate(flags | (random.nextInt(8) == 0 ? 8 : 0), bytes);
                long mark = random.nextLong();
                memory.store64(block, mark);
                memory.store64(block + bytes - 8, mark);
                live.add(new long[] {block, bytes, mark});
            } else {
                long[] block = live.remove(random.nextInt(live.size()));
                if (block[1] >= 16) {
                    assertThat(memory.load64(block[0])).as("seed %d", seed).isEqualTo(block[2]);
                }
                assertThat(memory.load64(block[0] + block[1] - 8))
                        .as("seed %d", seed)
                        .isEqualTo(block[2]);
                kernel.call("ExFreePoolWithTag", block[0], TAG);
            }
        }

        assertThat(kernel.bugChecks).isEmpty();
    }

    private long allocate(long flags, long bytes) {
        return kernel.call("ExAllocatePool2", flags, bytes, TAG);
    }

    private MemoryFault.Reason fault(long address) {
        try {
            memory.load8(address);
        } catch (MemoryFault fault) {
            return fault.reason();
        }
        throw new AssertionError("no fault");
    }
}
