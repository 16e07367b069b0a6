package dev.dirql.kernel.rules;

import static dev.dirql.kernel.TestKernel.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.TestKernel;
import org.junit.jupiter.api.Test;

class FindingStackTest {
    @Test
    void aPlaceOfAFindingSaysWhoCalledWhom() {
        TestKernel test = new TestKernel(1);
        Routine inner =
                test.code
                        .routine("Inner")
                        .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                        .calls("KeReleaseSpinLock", _ -> DATA, _ -> 0)
                        .returns(0);
        Routine main = test.code.routine("Main").callsAt(_ -> inner.address()).returns(0);
        test.thread(0, main.address());

        test.run();

        Finding finding = test.all(Event.FindingReported.class).getFirst().finding();
        Finding.Place place = finding.places().getFirst();
        assertThat(place.stack().get(1)).isEqualTo(place.address());
        assertThat(place.stack().stream().map(test.kernel.images()::name))
                .containsExactly(
                        "nt!KeReleaseSpinLock",
                        "driver!Inner+0xc",
                        "driver!Main+0x8",
                        "nt!PspSystemThreadStartup");
    }

    @Test
    void aPlaceInThePastHasNoStack() {
        TestKernel test = new TestKernel(1);
        Routine main =
                test.code
                        .routine("Main")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> DATA)
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> DATA)
                        .returns(0);
        test.thread(0, main.address());

        test.run();

        Finding finding = test.all(Event.FindingReported.class).getFirst().finding();
        assertThat(finding.places())
                .extracting(Finding.Place::role)
                .containsExactly("noticed", "acquired");
        assertThat(finding.places().get(0).stack()).isNotEmpty();
        assertThat(finding.places().get(1).stack()).isEmpty();
    }
}
