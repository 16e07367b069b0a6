package dev.dirql.kernel.io;

import dev.dirql.events.Severity;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;

/**
 * What a driver may not leave behind when its DriverUnload routine returns. Source: WDK, "Unload
 * routine functionality" and "Bug check 0xC4", 0x62.
 */
final class UnloadRules {
    private static final int POOL_LEAKED = 0x62;
    private static final int SHOWN = 4;

    private final Pool pool;
    private final ObjectNames names;
    private final Rules rules;
    private final DriverUnloading kernel;

    UnloadRules(Pool pool, ObjectNames names, Rules rules, DriverUnloading kernel) {
        this.pool = pool;
        this.names = names;
        this.rules = rules;
        this.kernel = kernel;
    }

    /** DriverEntry returned a failure: nothing of the driver will be called. */
    void entryFailed(Processor processor, LoadedImage image, int status) {
        rules.broken(
                processor,
                new Violation(
                        "DriverEntryFailed",
                        "",
                        Severity.WARNING,
                        "DriverEntry of %s returned 0x%08x: the driver is not loaded"
                                .formatted(image.image().name(), status),
                        Verifier.NONE,
                        List.of()),
                image.base() + image.image().entryPoint());
    }

    /**
     * Tells what is left. The run may end.
     *
     * @param routine the DriverUnload routine
     */
    void check(Processor processor, LoadedImage image, DriverObject object, long routine) {
        String driver = image.image().name();
        for (DriverUnloading.Leftover left : kernel.leftovers(processor, image)) {
            tell(processor, left.rule(), driver + " leaves " + left.text(), routine);
        }
        for (String link : names.linksOf(image)) {
            tell(
                    processor,
                    "SymbolicLinkNotDeleted",
                    "%s leaves the symbolic link %s".formatted(driver, link),
                    routine);
        }
        Walk walk = new Walk(Devices.OF_DRIVER);
        for (long at = object.deviceObject(); at != 0; ) {
            walk.at(at);
            tell(
                    processor,
                    "DeviceObjectNotDeleted",
                    "%s leaves the device object 0x%x".formatted(driver, at),
                    routine);
            at = new DeviceObject(processor.memory(), at).nextDevice();
        }
        pool(processor, image, object, routine);
    }

    private void pool(Processor processor, LoadedImage image, DriverObject object, long routine) {
        List<PoolBlock> blocks = pool.allocatedBy(image);
        if (blocks.isEmpty()) {
            return;
        }
        List<String> shown = new ArrayList<>();
        for (PoolBlock block : blocks.subList(0, Math.min(SHOWN, blocks.size()))) {
            shown.add("0x%x of %d bytes".formatted(block.data(), block.requested()));
        }
        if (blocks.size() > SHOWN) {
            shown.add("and more");
        }
        rules.broken(
                processor,
                Violation.error(
                        "PoolNotFreed",
                        Integer.toHexString(POOL_LEAKED),
                        "%s leaves %d pool allocations that it did not free: %s"
                                .formatted(
                                        image.image().name(),
                                        blocks.size(),
                                        String.join(", ", shown)),
                        Verifier.detected(
                                POOL_LEAKED, object.driverName().buffer(), 0, blocks.size())),
                routine);
    }

    private void tell(Processor processor, String rule, String message, long routine) {
        if (processor.machine().ended() == null) {
            rules.broken(processor, Violation.error(rule, "", message, Verifier.NONE), routine);
        }
    }
}
