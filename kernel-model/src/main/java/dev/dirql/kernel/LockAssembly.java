package dev.dirql.kernel;

import dev.dirql.kernel.irql.IrqlServices;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.Deadlocks;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.InterlockedServices;
import dev.dirql.kernel.locks.LockInPageableStorage;
import dev.dirql.kernel.locks.LockTable;
import dev.dirql.kernel.locks.LockUses;
import dev.dirql.kernel.locks.QueuedSpinLockServices;
import dev.dirql.kernel.locks.ReaderWriterSpinLockServices;
import dev.dirql.kernel.locks.ResolvedLockNames;
import dev.dirql.kernel.locks.SListServices;
import dev.dirql.kernel.locks.SpinLockAboveDispatchLevel;
import dev.dirql.kernel.locks.SpinLockHeldTooLong;
import dev.dirql.kernel.locks.SpinLockLeavesIrqlRaised;
import dev.dirql.kernel.locks.SpinLockServices;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.traps.CrashDump;
import dev.dirql.machine.StatePart;
import java.util.List;

/** IRQLs, the locks whose waiters spin, and the IRQL and locks at which a crash dump is made. */
final class LockAssembly implements Assembly {
    private final Foundation base;
    private final Deadlocks deadlocks;
    private final LockUses uses;
    final ResolvedLockNames names;
    final LockTable table;
    final HeldLocks held;
    final Irqls irqls;
    final SpinLocks spinLocks;
    private final CrashDump crashDump;

    /**
     * @param owners where threads that own locks may run
     */
    LockAssembly(Foundation base, Deadlocks.OwnerThreads owners) {
        this.base = base;
        KernelSettings settings = base.settings;
        names = new ResolvedLockNames(base.images);
        table =
                new LockTable(
                        base.machine,
                        names,
                        List.of(
                                new LockInPageableStorage(base.engine, base.rules),
                                new SpinLockAboveDispatchLevel(base.rules)),
                        List.of(
                                new SpinLockHeldTooLong(
                                        base.rules, new Budget(settings.spinLockTimeNs())),
                                new SpinLockLeavesIrqlRaised(base.rules)));
        held = new HeldLocks(base.machine, table, base.rules, base.images);
        irqls = new Irqls(base.machine, held::lowered);
        deadlocks =
                new Deadlocks(base.machine, table, base.rules, base.images, base.unwinder, owners);
        uses = new LockUses(base.rules, settings.listLocks());
        spinLocks = new SpinLocks(base.machine, table, deadlocks, base.bugChecks, base.rules, uses);
        base.machine.offerWritesInOrder(settings.longestSpinnerWins());
        crashDump =
                new CrashDump(
                        base.machine,
                        base.engine,
                        irqls,
                        base.memory,
                        base.bugChecks,
                        base.bugCheckCallbacks,
                        base.rules,
                        settings.bugCheckTimeNs());
        base.bugChecks.set(crashDump);
    }

    @Override
    public List<Object> services() {
        return List.of(
                new IrqlServices(base.machine, base.engine, irqls, base.rules),
                crashDump,
                new SpinLockServices(base.machine, base.engine, irqls, spinLocks),
                new QueuedSpinLockServices(
                        base.machine, base.engine, irqls, table, deadlocks, base.rules, uses),
                new ReaderWriterSpinLockServices(
                        base.machine, base.engine, irqls, table, deadlocks, base.rules),
                new InterlockedServices(
                        base.machine, base.engine, spinLocks, base.bugChecks, base.rules),
                new SListServices(
                        base.machine, base.engine, base.bugChecks, base.rules, base.lookasides));
    }

    @Override
    public List<StatePart> parts() {
        return List.of(crashDump);
    }

    @Override
    public List<StatePart> observers() {
        return List.of(table, held);
    }
}
