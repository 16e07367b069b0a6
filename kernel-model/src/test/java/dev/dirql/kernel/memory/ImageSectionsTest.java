package dev.dirql.kernel.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Snapshot;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageSectionsTest {
    private static final long BASE = 0xFFFFF801_00100000L;
    private static final long RARE = BASE + 0x1000;
    private static final long COMMON = BASE + 0x3000;

    private final KernelCalls kernel = new KernelCalls();
    private final LoadedImages images = new LoadedImages();
    private final LoadedImage image =
            new LoadedImage(
                    new Image(
                            "driver",
                            BASE,
                            0x4000,
                            0,
                            List.of(
                                    section("PAGEDATA", 0x1000, 0x1800, true),
                                    section(".data", 0x3000, 8, false)),
                            List.of(),
                            List.of(),
                            0,
                            0,
                            DebugInformation.NONE),
                    BASE);
    private final ImageSections sections =
            new ImageSections(
                    kernel.machine,
                    images,
                    new PageLocks(kernel.machine, kernel.machine.addSpace()));

    ImageSectionsTest() {
        images.add(image);
        map(RARE, PageFlags.WRITABLE | PageFlags.PAGEABLE);
        map(RARE + 0x1000, PageFlags.WRITABLE | PageFlags.PAGEABLE);
        map(COMMON, PageFlags.WRITABLE);
        kernel.machine.addMachinePart(sections);
    }

    private static Image.Section section(String name, int rva, int size, boolean pageable) {
        return new Image.Section(name, rva, size, new byte[0], true, false, pageable);
    }

    private void map(long page, int flags) {
        kernel.machine.map(
                kernel.machine.kernelSpace(), page, kernel.machine.memory().allocateFrame(), flags);
    }

    @Test
    void aHandleIsThatOfTheWholeSection() {
        assertThat(sections.handle(RARE + 0x17FF)).isEqualTo(RARE);
        assertThat(sections.handle(RARE + 0x1800)).isZero();
        assertThat(sections.handle(COMMON + 4)).isEqualTo(COMMON);
        assertThat(sections.handle(BASE + 0x10_0000)).isZero();
    }

    @Test
    void allPagesOfASectionAreLockedUntilTheLastUnlock() {
        sections.lock(kernel.processor, RARE);
        sections.lock(kernel.processor, RARE);
        sections.unlock(kernel.processor, RARE);

        assertThat(isLocked(RARE)).isTrue();
        assertThat(isLocked(RARE + 0x1000)).isTrue();
        assertThat(isLocked(COMMON)).isFalse();
        sections.unlock(kernel.processor, RARE);
        assertThat(isLocked(RARE)).isFalse();
        assertThat(isLocked(RARE + 0x1000)).isFalse();
        assertThat(sections.isHandle(RARE)).isTrue();
        assertThat(sections.isHandle(COMMON)).isFalse();
    }

    @Test
    void aDriverIsPageableAsAWholeUntilItIsReset() {
        sections.page(image);

        assertThat(isPageable(COMMON)).isTrue();
        sections.reset(image);
        assertThat(isPageable(COMMON)).isFalse();
        assertThat(isPageable(RARE)).isTrue();
    }

    @Test
    void aSectionThatIsLockedStaysWhenItsDriverBecomesPageable() {
        sections.lock(kernel.processor, COMMON);

        sections.page(image);

        assertThat(isLocked(COMMON)).isTrue();
        sections.unlock(kernel.processor, COMMON);
        assertThat(isPageable(COMMON)).isTrue();
        assertThat(isLocked(COMMON)).isFalse();
    }

    @Test
    void whatIsLockedIsLeftBehind() {
        sections.lock(kernel.processor, RARE);

        assertThat(sections.leftovers(image)).hasSize(1);
        sections.unlock(kernel.processor, RARE);
        assertThat(sections.leftovers(image)).isEmpty();
    }

    @Test
    void aMomentHoldsTheCounts() {
        sections.lock(kernel.processor, RARE);
        sections.page(image);
        Snapshot moment = kernel.machine.snapshot();
        sections.unlock(kernel.processor, RARE);
        sections.lock(kernel.processor, COMMON);
        sections.reset(image);

        kernel.machine.restore(moment);

        assertThat(sections.count(RARE)).isEqualTo(1);
        assertThat(sections.isHandle(COMMON)).isFalse();
        sections.reset(image);
        assertThat(isPageable(COMMON)).isFalse();
    }

    private boolean isLocked(long address) {
        return (kernel.processor.memory().pageFlags(address) & PageFlags.LOCKED) != 0;
    }

    private boolean isPageable(long address) {
        return (kernel.processor.memory().pageFlags(address) & PageFlags.PAGEABLE) != 0;
    }
}
