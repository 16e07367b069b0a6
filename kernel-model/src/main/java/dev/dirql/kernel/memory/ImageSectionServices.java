package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.interrupts.InterruptObjects;
import dev.dirql.kernel.interrupts.KInterrupt;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/**
 * Locking sections of drivers in memory, and making whole drivers pageable. Source: WDK, the page
 * of each routine and "Bug check 0x1A", 0x1010 and 0x1234.
 */
public final class ImageSectionServices {
    private static final int MEMORY_MANAGEMENT = 0x1A;
    private static final int SECTION_NOT_LOCKED = 0x1010;
    private static final int NO_SUCH_SECTION = 0x1234;

    private final ServiceEngine engine;
    private final LoadedImages images;
    private final ImageSections sections;
    private final InterruptObjects interrupts;
    private final Rules rules;
    private final Crash crash;

    public ImageSectionServices(
            ServiceEngine engine,
            LoadedImages images,
            ImageSections sections,
            InterruptObjects interrupts,
            Rules rules,
            Crash crash) {
        this.engine = engine;
        this.images = images;
        this.sections = sections;
        this.interrupts = interrupts;
        this.rules = rules;
        this.crash = crash;
    }

    /** Also MmLockPagableCodeSection, which is a macro for it. */
    @Ddi(value = "MmLockPagableDataSection", maximum = Irql.APC_LEVEL, rule = "IrqlMmApcLte")
    Outcome lockSection(Processor processor, long address) {
        long handle = sections.handle(address);
        if (handle == 0) {
            return bad(processor, NO_SUCH_SECTION, address);
        }
        sections.lock(processor, handle);
        return Outcome.of(handle);
    }

    @Ddi(
            value = "MmLockPagableSectionByHandle",
            header = "ntddk.h",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlMmApcLte")
    Outcome lockByHandle(Processor processor, long handle) {
        if (!sections.isHandle(handle)) {
            return bad(processor, NO_SUCH_SECTION, handle);
        }
        sections.lock(processor, handle);
        return Outcome.done();
    }

    @Ddi(value = "MmUnlockPagableImageSection", maximum = Irql.APC_LEVEL, rule = "IrqlMmApcLte")
    Outcome unlockSection(Processor processor, long handle) {
        if (!sections.isHandle(handle) || sections.count(handle) == 0) {
            return bad(processor, SECTION_NOT_LOCKED, handle);
        }
        sections.unlock(processor, handle);
        return Outcome.done();
    }

    /** An address in no driver has no effect. */
    @Ddi(value = "MmPageEntireDriver", maximum = Irql.APC_LEVEL, rule = "IrqlMmApcLte")
    Outcome pageDriver(Processor processor, long address) {
        LoadedImage image = images.find(address);
        if (image == null || !images.isDriver(address)) {
            return Outcome.done();
        }
        for (KInterrupt interrupt : interrupts.connected(processor)) {
            if (image.contains(interrupt.serviceRoutine()) && processor.machine().ended() == null) {
                rules.broken(
                        processor,
                        Violation.error(
                                "InterruptInPagedDriver",
                                "",
                                "%s is made pageable, and %s is connected to its ISR %s"
                                        .formatted(
                                                image.image().name(),
                                                interrupts.name(interrupt.address()),
                                                images.name(interrupt.serviceRoutine())),
                                Verifier.NONE),
                        engine.caller(processor));
            }
        }
        sections.page(image);
        return Outcome.of(image.base());
    }

    @Ddi(value = "MmResetDriverPaging", maximum = Irql.APC_LEVEL, rule = "IrqlMmApcLte")
    void resetPaging(Processor processor, long address) {
        LoadedImage image = images.find(address);
        if (image != null) {
            sections.reset(image);
        }
    }

    private Outcome bad(Processor processor, int kind, long what) {
        crash.bugCheck(processor, MEMORY_MANAGEMENT, kind, what, 0, 0);
        return Outcome.stay();
    }
}
