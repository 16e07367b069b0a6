package dev.dirql.kernel.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.structures.GeneralLookaside;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class LookasideServicesTest {
    private static final int TAG = 'L' | 'i' << 8 | 's' << 16 | 't' << 24;
    private static final int NON_PAGED_NX = 512;
    private static final long SECOND_NS = 1_000_000_000;

    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();
    private final Pool pool = new Pool(kernel.machine, kernel.crash());
    private final LookasideLists lists;

    LookasideServicesTest() {
        Unwinder unwinder = new Unwinder(kernel.machine, new LoadedImages());
        BugChecks bugChecks = new BugChecks(kernel.machine, unwinder);
        KernelMemory objects = new KernelMemory(kernel.machine);
        lists =
                new LookasideLists(
                        kernel.machine,
                        objects,
                        new Rules(kernel.machine, bugChecks, unwinder, false));
        kernel.machine.addMachinePart(pool);
        kernel.machine.addMachinePart(objects);
        kernel.machine.addMachinePart(lists);
        kernel.export(
                new PoolServices(kernel.engine, pool, kernel.crash()),
                new LookasideServices(kernel.machine, kernel.engine, lists, kernel.crash()));
    }

    @Test
    void aListIsEmptyAndAllocatesFromPoolByDefault() {
        GeneralLookaside list = initialized();

        assertThat(list.head().depth()).isZero();
        assertThat(list.depth()).isEqualTo(4);
        assertThat(list.free()).isEqualTo(kernel.engine.table().address("ExFreePool"));
        assertThat(list.listEntry().isSound()).isTrue();
        assertThat(findings()).isEmpty();
    }

    @Test
    void deletingFreesWhatIsInIt() {
        GeneralLookaside list = initialized();
        long entry = kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 48, TAG);
        list.head().push(entry);

        kernel.call("ExDeleteNPagedLookasideList", list.address());

        assertThat(kernel.events(Event.PoolFreed.class))
                .extracting(Event.PoolFreed::address)
                .containsExactly(entry);
        assertThat(lists.isActive(list.address())).isFalse();
    }

    @Test
    void flushingFreesWhatIsInItAndKeepsTheList() {
        GeneralLookaside list = initialized();
        list.head().push(kernel.call("ExAllocatePoolWithTag", NON_PAGED_NX, 48, TAG));

        kernel.call("ExFlushLookasideListEx", list.address());

        assertThat(kernel.events(Event.PoolFreed.class)).hasSize(1);
        assertThat(lists.isActive(list.address())).isTrue();
    }

    @Test
    void listsAreLinkedByTheKindOfTheirPool() {
        GeneralLookaside first = initialized();
        GeneralLookaside second = initialized();
        GeneralLookaside paged = list();
        kernel.call("ExInitializePagedLookasideList", paged.address(), 0, 0, 0, 48, TAG, 0);

        assertThat(first.listEntry().flink()).isEqualTo(second.listEntry().address());
        assertThat(paged.listEntry().flink()).isEqualTo(paged.listEntry().blink());
    }

    @Test
    void theDepthFollowsTheMissesAndNeverLeavesItsLimits() {
        GeneralLookaside list = initialized();

        assertThat(lists.isDue(SECOND_NS - 1)).isFalse();
        assertThat(lists.isDue(SECOND_NS)).isTrue();
        for (int second = 1; second <= 8; second++) {
            memory.store32(list.address() + 0x14, 100L * second);
            memory.store32(list.address() + 0x18, 50L * second);
            lists.run(kernel.processor, second * SECOND_NS);
        }
        assertThat(list.depth()).isEqualTo(256);
        for (int second = 9; second < 300; second++) {
            lists.run(kernel.processor, second * SECOND_NS);
        }

        assertThat(list.depth()).isEqualTo(4);
        assertThat(lists.isDue(300 * SECOND_NS - 1)).isFalse();
    }

    @Test
    void aFewMissesAreNoDemand() {
        GeneralLookaside list = initialized();
        memory.store32(list.address() + 0x14, 1000);
        memory.store32(list.address() + 0x18, 9);

        lists.run(kernel.processor, SECOND_NS);

        assertThat(list.depth()).isEqualTo(4);
    }

    @Test
    void aMomentHoldsWhichListsThereAre() {
        GeneralLookaside first = initialized();
        Snapshot moment = kernel.machine.snapshot();
        kernel.call("ExDeleteNPagedLookasideList", first.address());
        GeneralLookaside second = initialized();
        lists.run(kernel.processor, SECOND_NS);

        kernel.machine.restore(moment);

        assertThat(lists.isActive(first.address())).isTrue();
        assertThat(lists.isActive(second.address())).isFalse();
        assertThat(lists.isDue(SECOND_NS)).isTrue();
        lists.pops(kernel.processor, first.address(), KernelCalls.CALLER);
        assertThat(findings()).isEmpty();
    }

    @Test
    void whoeverUsesADeletedListIsTold() {
        GeneralLookaside list = initialized();
        kernel.call("ExDeleteNPagedLookasideList", list.address());

        lists.pops(kernel.processor, list.address(), KernelCalls.CALLER);

        assertThat(findings()).containsExactly("LookasideListNotInitialized");
    }

    @Test
    void memoryThatWasFreedIsNoListAnyMore() {
        GeneralLookaside list = initialized();
        kernel.call("ExDeleteNPagedLookasideList", list.address());
        lists.goes(kernel.processor, "pool", list.address(), 0x80, KernelCalls.CALLER);

        lists.pops(kernel.processor, list.address(), KernelCalls.CALLER);

        assertThat(findings()).isEmpty();
    }

    private GeneralLookaside list() {
        return new GeneralLookaside(memory, kernel.data(0x80));
    }

    private GeneralLookaside initialized() {
        GeneralLookaside list = list();
        kernel.call("ExInitializeNPagedLookasideList", list.address(), 0, 0, 512, 48, TAG, 0);
        return list;
    }

    private List<String> findings() {
        return kernel.events(Event.FindingReported.class).stream()
                .map(event -> event.finding().rule())
                .toList();
    }
}
