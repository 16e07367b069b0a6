package dev.dirql.kernel.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.loader.DeviceExtensions;
import dev.dirql.kernel.locks.Deadlocks;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.LockTable;
import dev.dirql.kernel.locks.LockUses;
import dev.dirql.kernel.locks.ResolvedLockNames;
import dev.dirql.kernel.locks.SpinLockServices;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.memory.AddressWindow;
import dev.dirql.kernel.memory.KernelLayout;
import dev.dirql.kernel.memory.MdlMappingServices;
import dev.dirql.kernel.memory.Mdls;
import dev.dirql.kernel.memory.MemoryServices;
import dev.dirql.kernel.memory.PageLocks;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.KDeviceQueueEntry;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class IoManagerTest {
    private static final int PENDING = 0x103;
    private static final int READ = 3;
    private static final int WRITE = 4;
    private static final int BUFFERED = 0x04;
    private static final int DIRECT = 0x10;
    private static final long BASE = 0xFFFFF801_10000000L;

    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();
    private final WaitFakes waits = new WaitFakes();
    private final DeviceExtensions extensions = new DeviceExtensions();
    private final AddressSpace process = kernel.machine.addSpace();
    private final Pool pool = new Pool(kernel.machine, kernel.crash());
    private final List<String> told = new ArrayList<>();
    private final IoManager io;
    private final DriverObject driver;

    IoManagerTest() {
        LoadedImages images = new LoadedImages();
        AddressWindow locked = new AddressWindow(kernel.machine, KernelLayout.LOCKED_PAGES);
        AddressWindow registers = new AddressWindow(kernel.machine, KernelLayout.DEVICE_REGISTERS);
        Unwinder unwinder = new Unwinder(kernel.machine, images);
        BugChecks bugChecks = new BugChecks(kernel.machine, unwinder);
        Rules rules = new Rules(kernel.machine, bugChecks, unwinder, false);
        Irqls irqls = new Irqls(kernel.machine, (_, _, _) -> {});
        LockTable locks =
                new LockTable(kernel.machine, new ResolvedLockNames(images), List.of(), List.of());
        Deadlocks deadlocks =
                new Deadlocks(kernel.machine, locks, rules, images, unwinder, _ -> -1);
        SpinLocks spinLocks =
                new SpinLocks(
                        kernel.machine,
                        locks,
                        deadlocks,
                        bugChecks,
                        rules,
                        new LockUses(rules, KernelSettings.DEFAULT.listLocks()));
        io =
                new IoManager(
                        kernel.machine,
                        kernel.engine,
                        irqls,
                        spinLocks,
                        new HeldLocks(kernel.machine, locks, rules, images),
                        images,
                        rules,
                        pool,
                        locked,
                        new Mdls(
                                pool,
                                new PageLocks(kernel.machine, process),
                                locked,
                                rules,
                                kernel.crash()),
                        extensions,
                        process,
                        kernel.crash(),
                        new FakeUnloading(),
                        _ -> told.add("loaded"));
        List<Object> services = new ArrayList<>(io.services());
        services.add(waits);
        services.add(new SpinLockServices(kernel.machine, kernel.engine, irqls, spinLocks));
        services.add(new MemoryServices(kernel.engine, registers, rules, kernel.crash()));
        services.add(
                new MdlMappingServices(
                        kernel.engine,
                        locked,
                        new AddressWindow(kernel.machine, process, KernelLayout.USER_MAPPINGS),
                        rules,
                        kernel.crash()));
        kernel.export(services.toArray());
        io.parts().forEach(kernel.machine::addMachinePart);
        kernel.machine.addMachinePart(pool);
        kernel.machine.addMachinePart(locked);
        kernel.processor.memory().setSpace(process);
        kernel.processor.thread = 0xFFFF_8000_0000_1000L;
        io.workloadThreads().expect(1);
        io.drivers().add(driverImage());
        kernel.callAddress(io.loadRoutine());
        driver = new DriverObject(memory, io.drivers().get(0).object());
        kernel.events.clear();
    }

    /** An image of which only the entry point is used: a routine of the test. */
    private LoadedImage driverImage() {
        long entry =
                kernel.routine(processor -> {
                    told.add(
                            "entry "
                                    + new UnicodeString(memory, processor.registers[Processor.RDX])
                                            .text());
                    return 0;
                });
        Image image =
                new Image(
                        "disk_driver",
                        0,
                        0x10000,
                        (int) (entry - BASE),
                        List.of(),
                        List.of(),
                        List.of(),
                        0,
                        0,
                        DebugInformation.NONE);
        return new LoadedImage(image, BASE);
    }

    // ---- drivers ----

    @Test
    void driverEntryGetsItsObjectAndItsRegistryPath() {
        assertThat(told)
                .containsExactly(
                        "entry \\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\disk_driver",
                        "loaded");
        assertThat(driver.type()).isEqualTo(4);
        assertThat(driver.size()).isEqualTo(0x150);
        assertThat(driver.driverName().text()).isEqualTo("\\Driver\\disk_driver");
        assertThat(driver.driverStart()).isEqualTo(BASE);
        assertThat(io.drivers().get(0).entered()).isTrue();
        assertThat(io.drivers().get(0).status()).isZero();
    }

    @Test
    void theUnloadRoutineGetsItsDriverObject() {
        driver.setDriverUnload(
                kernel.routine(processor -> {
                    told.add("unload %x".formatted(processor.registers[Processor.RCX]));
                    return 0;
                }));

        assertThat(io.unloads().request(kernel.processor, 0, 0)).isZero();
        kernel.callAddress(threads.get(0)[0], threads.get(0)[1]);

        assertThat(told.get(2)).isEqualTo("unload %x".formatted(driver.address()));
        assertThat(driver.flags() & 1).isEqualTo(1);
        assertThat(told.get(3)).isEqualTo("image unloaded");
        assertThat(io.drivers().get(0).unloading()).isEqualTo(Drivers.Unloading.DONE);
    }

    @Test
    void aDriverWithoutUnloadRoutineIsNotUnloaded() {
        int status = io.unloads().request(kernel.processor, 0, 0);

        assertThat(status).isEqualTo(IoStatus.INVALID_DEVICE_REQUEST);
        assertThat(findings()).containsExactly("DriverCannotUnload");
        assertThat(threads).isEmpty();
    }

    @Test
    void whatADriverLeavesBehindIsTold() {
        driver.setDriverUnload(kernel.routine(_ -> 0));
        createDevice("\\Device\\Disk", 0, 0x22, 0, false);

        io.unloads().request(kernel.processor, 0, 0);
        kernel.callAddress(threads.get(0)[0], threads.get(0)[1]);

        assertThat(findings()).containsExactly("FromKernel", "DeviceObjectNotDeleted");
    }

    private List<String> findings() {
        return kernel.events(Event.FindingReported.class).stream()
                .map(found -> found.finding().rule())
                .toList();
    }

    /** Threads that were asked for: routine and context. */
    private final List<long[]> threads = new ArrayList<>();

    private final class FakeUnloading implements DriverUnloading {
        @Override
        public void startThread(Processor processor, String name, long routine, long context) {
            threads.add(new long[] {routine, context});
        }

        @Override
        public void startThread(
                Processor processor, String name, long routine, long context, int priority) {
            startThread(processor, name, routine, context);
        }

        @Override
        public int apcDisableCounts(Processor processor) {
            return 0;
        }

        @Override
        public boolean ownsMutex(Processor processor) {
            return false;
        }

        @Override
        public List<Leftover> leftovers(Processor processor, LoadedImage image) {
            return driver.deviceObject() == 0
                    ? List.of()
                    : List.of(new Leftover("FromKernel", "something"));
        }

        @Override
        public void unload(Processor processor, LoadedImage image) {
            told.add("image unloaded");
        }
    }

    // ---- device objects ----

    @Test
    void aDeviceObjectHasAZeroedExtensionAndAnEmptyQueue() {
        DeviceObject device = createDevice("\\Device\\Disk", 0x48, 0x22, 0x100, false);

        assertThat(device.type()).isEqualTo(3);
        assertThat(device.size()).isEqualTo(0x150 + 0x48);
        assertThat(device.driverObject()).isEqualTo(driver.address());
        assertThat(driver.deviceObject()).isEqualTo(device.address());
        assertThat(device.deviceExtension()).isEqualTo(device.address() + 0x150);
        assertThat(memory.load64(device.deviceExtension() + 0x40)).isZero();
        assertThat(memory.pageFlags(device.deviceExtension())).isEqualTo(PageFlags.WRITABLE);
        assertThat(device.flags()).isEqualTo(0x80 | 0x40);
        assertThat(device.characteristics()).isEqualTo(0x100);
        assertThat(device.deviceType()).isEqualTo(0x22);
        assertThat(device.stackSize()).isEqualTo(1);
        assertThat(device.deviceQueue().size()).isEqualTo(0x28);
        assertThat(device.vpb()).isZero();
        assertThat(extensions.find(device.deviceExtension() + 8)).isNotNull();
    }

    @Test
    void aDeviceObjectWithoutExtensionHasNone() {
        assertThat(createDevice("", 0, 0x22, 0, false).deviceExtension()).isZero();
    }

    @Test
    void aDiskHasAVolumeParameterBlock() {
        DeviceObject device = createDevice("", 0, 7, 0, true);

        assertThat(memory.load16(device.vpb())).isEqualTo(10);
        assertThat(memory.load64(device.vpb() + 0x10)).isEqualTo(device.address());
        assertThat(device.sectorSize()).isEqualTo(512);
        assertThat(device.flags() & 8).isEqualTo(8);
    }

    @Test
    void aNameCanBeTakenOnlyOnce() {
        createDevice("\\Device\\Disk", 0, 0x22, 0, false);
        long result = kernel.data(8);
        memory.store64(result, 7);

        long status =
                kernel.call(
                        "IoCreateDevice",
                        driver.address(),
                        0,
                        string("\\device\\DISK"),
                        0x22,
                        0,
                        0,
                        result);

        assertThat(status).isEqualTo(0xC000_0035L);
        assertThat(memory.load64(result)).isZero();
    }

    @Test
    void anAutogeneratedNameIsANumber() {
        createDevice("", 0, 0x22, 0x80, false);

        assertThat(link("\\??\\A", "\\Device\\x")).isZero();
        assertThat(tryCreate("\\Device\\00000000")).isEqualTo(0xC000_0035L);
    }

    @Test
    void aDeletedDeviceObjectIsGone() {
        DeviceObject first = createDevice("\\Device\\A", 16, 0x22, 0, false);
        DeviceObject second = createDevice("\\Device\\B", 16, 0x22, 0, false);
        long extension = first.deviceExtension();

        kernel.call("IoDeleteDevice", first.address());

        assertThat(driver.deviceObject()).isEqualTo(second.address());
        assertThat(second.nextDevice()).isZero();
        assertThat(extensions.find(extension)).isNull();
        assertThat(memory.load64(extension)).isEqualTo(0xDFDF_DFDF_DFDF_DFDFL);
        assertThat(tryCreate("\\Device\\A")).isZero();
    }

    @Test
    void aDeviceObjectThatIsOpenStaysUntilItIsClosed() {
        DeviceObject device = createDevice("", 16, 0x22, 0, false);
        dispatchAll(0);
        transfer(READ, 0, false);
        long extension = device.deviceExtension();

        kernel.call("IoDeleteDevice", device.address());
        assertThat(memory.load64(extension)).isZero();
        assertThat(device.referenceCount()).isEqualTo(1);
        assertThat(transfer(READ, 0, false)).isEqualTo(0xC000_000EL);
    }

    @Test
    void symbolicLinksAreMadeAndDeletedByName() {
        assertThat(link("\\DosDevices\\Disk1", "\\Device\\Disk")).isZero();
        assertThat(link("\\??\\disk1", "\\Device\\Disk")).isEqualTo(0xC000_0035L);
        assertThat(link("Disk1", "\\Device\\Disk")).isEqualTo(0xC000_003BL);
        assertThat(link("\\Nowhere\\Disk1", "\\Device\\Disk")).isEqualTo(0xC000_003AL);
        assertThat(unlink("\\??\\DISK1")).isZero();
        assertThat(unlink("\\??\\DISK1")).isEqualTo(0xC000_0034L);
        createDevice("\\Device\\Disk", 0, 0x22, 0, false);
        assertThat(unlink("\\Device\\Disk")).isEqualTo(0xC000_0024L);
    }

    // ---- requests ----

    @Test
    void aBufferedWriteBringsItsBytes() {
        device(BUFFERED);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            told.add(
                    "write %d at %d"
                            .formatted(irp.current().readLength(), irp.current().readByteOffset()));
            assertThat(memory.load8(irp.systemBuffer() + 5)).isEqualTo(5);
            assertThat(irp.requestorMode()).isEqualTo(1);
            assertThat(irp.current().majorFunction()).isEqualTo(WRITE);
            return complete(irp, 0, 100);
        });

        long status = kernel.call("WorkloadTransfer", 0, 0, WRITE, 100, 512, 0);

        assertThat(status).isZero();
        assertThat(told).contains("write 100 at 512");
        assertThat(types(kernel.events))
                .containsSubsequence("IrpCreated", "IrpDispatched", "IrpCompleted");
        assertThat(io.requests().outstandingIrps()).isEmpty();
    }

    @Test
    void aBufferedReadCopiesWhatWasRead() {
        device(BUFFERED);
        long[] user = new long[1];
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            user[0] = irp.userBuffer();
            memory.store64(irp.systemBuffer(), 0x1122_3344_5566_7788L);
            return complete(irp, 0, 4);
        });

        transfer(READ, 64, false);

        long frame = AddressSpace.frame(process.find(user[0]));
        byte[] bytes = new byte[8];
        kernel.machine.readPhysical(frame * 0x1000, bytes);
        assertThat(bytes).startsWith(0x88, 0x77, 0x66, 0x55).endsWith(0, 0, 0, 0);
    }

    @Test
    void aDirectReadHasLockedPagesToMap() {
        device(DIRECT);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            Mdl mdl = new Mdl(memory, irp.mdlAddress());
            assertThat(mdl.byteCount()).isEqualTo(0x1800);
            assertThat(mdl.mdlFlags()).isEqualTo(0x82);
            long user = mdl.startVa() + mdl.byteOffset();
            assertThat(AddressSpace.flags(process.find(user)) & PageFlags.LOCKED).isNotZero();
            long mapped =
                    kernel.call("MmMapLockedPagesSpecifyCache", mdl.address(), 0, 1, 0, 0, 16);
            told.add("mapped %x".formatted(mapped));
            return complete(irp, 0, 0x1800);
        });

        transfer(READ, 0x1800, false);

        long mapped = Long.parseUnsignedLong(told.get(2).substring(7), 16);
        assertThat(memory.pageFlags(mapped)).isEqualTo(PageFlags.FREED);
    }

    @Test
    void aRequestWithoutMethodHasTheUsersAddress() {
        device(0);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            assertThat(irp.systemBuffer()).isZero();
            assertThat(irp.userBuffer()).isPositive();
            assertThat(memory.pageFlags(irp.userBuffer()) & PageFlags.PAGEABLE).isNotZero();
            memory.store8(irp.userBuffer(), 1);
            return complete(irp, 0, 1);
        });

        assertThat(transfer(READ, 16, false)).isZero();
    }

    @Test
    void aDeviceControlBringsInputAndTakesOutput() {
        device(0);
        int code = 0x22 << 16 | 0x800 << 2;
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            IoStackLocation location = irp.current();
            told.add(
                    "%x in %d out %d value %x"
                            .formatted(
                                    location.ioControlCode(),
                                    location.inputBufferLength(),
                                    location.outputBufferLength(),
                                    memory.load32(irp.systemBuffer())));
            return complete(irp, 0xC000_0001, 0);
        });

        long status = kernel.call("WorkloadControl", 0, 0, code, 4, 0xAABBCCDDL, 8, 0);

        assertThat(status).isEqualTo(0xC000_0001L);
        assertThat(told).contains("222000 in 4 out 8 value aabbccdd");
    }

    @Test
    void aPendingRequestIsWaitedFor() {
        device(BUFFERED);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            markPending(irp);
            waits.meanwhile.add(_ -> complete(irp, 0, 10));
            return PENDING;
        });

        assertThat(transfer(READ, 10, false)).isZero();

        assertThat(types(kernel.events))
                .containsSubsequence("IrpDispatched", "IrpPended", "IrpCompleted");
    }

    @Test
    void asynchronousRequestsAreWaitedForTogether() {
        device(BUFFERED);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            markPending(irp);
            waits.meanwhile.add(_ -> complete(irp, 0, 10));
            return PENDING;
        });

        assertThat(transfer(READ, 10, true)).isEqualTo(PENDING);
        assertThat(transfer(READ, 10, true)).isEqualTo(PENDING);
        assertThat(io.requests().outstandingIrps()).hasSize(2);
        kernel.call("WorkloadWait");

        assertThat(io.requests().outstandingIrps()).isEmpty();
    }

    @Test
    void aRequestThatNobodyCompletesStaysOutstanding() {
        device(BUFFERED);
        dispatchAll(0);

        assertThat(transfer(READ, 10, false)).isZero();

        assertThat(io.requests().outstandingIrps()).hasSize(1);
    }

    @Test
    void withoutARoutineARequestIsInvalid() {
        device(BUFFERED);

        assertThat(transfer(READ, 10, false)).isEqualTo(0xC000_0010L);
        assertThat(kernel.events(Event.IrpCompleted.class).get(0).status()).isEqualTo(0xC000_0010);
    }

    @Test
    void withoutADeviceThereIsNoRequest() {
        assertThat(transfer(READ, 10, false)).isEqualTo(0xC000_000EL);
        assertThat(kernel.events).isEmpty();
    }

    @Test
    void openAndCloseSendTheirRequestsOnOneFileObject() {
        DeviceObject device = device(BUFFERED);
        List<Long> files = new ArrayList<>();
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            told.add("major %x".formatted(irp.current().majorFunction()));
            files.add(irp.current().fileObject());
            return complete(irp, 0, 0);
        });

        kernel.call("WorkloadOpen", 0, 0);
        transfer(READ, 4, false);
        kernel.call("WorkloadClose", 0, 0);

        assertThat(told.subList(2, 6)).containsExactly("major 0", "major 3", "major 12", "major 2");
        assertThat(files.stream().distinct()).hasSize(1);
        assertThat(device.referenceCount()).isZero();
    }

    @Test
    void completingTwiceIsABugCheck() {
        device(BUFFERED);
        long[] packet = new long[1];
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            packet[0] = irp.address();
            complete(irp, 0, 0);
            complete(irp, 0, 0);
            return 0;
        });

        transfer(READ, 4, false);

        assertThat(kernel.bugChecks.get(0)).isEqualTo("0x44 %x 0 0 0".formatted(packet[0]));
    }

    @Test
    void completingAPacketThatIsStillQueuedIsABugCheck() {
        DeviceObject device = device(BUFFERED);
        device.deviceQueue().setBusy(true);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            markPending(irp);
            kernel.call("IoStartPacket", device.address(), irp.address(), 0, 0);
            complete(irp, 0, 0);
            return PENDING;
        });

        transfer(READ, 4, true);

        assertThat(kernel.bugChecks.get(0)).startsWith("0x2a ");
    }

    @Test
    void anIrpNeedsAStackLocationForEachDriver() {
        DeviceObject device = device(0);
        long packet = kernel.call("IoAllocateIrp", 1, 0);
        Irp irp = new Irp(memory, packet);
        irp.setCurrentLocation(1);

        kernel.call("IofCallDriver", device.address(), packet);

        assertThat(kernel.bugChecks).containsExactly("0x35 %x 0 0 0".formatted(packet));
    }

    @Test
    void completionRoutinesRunFromTheBottomToTheTop() {
        DeviceObject device = device(0);
        Irp irp = new Irp(memory, kernel.call("IoAllocateIrp", 2, 0));
        assertThat(irp.size()).isEqualTo(0xD0 + 2 * 0x48);
        long lower = completionRoutine("lower", 0);
        long upper = completionRoutine("upper", 0xC000_0016);
        completion(irp.stackLocation(2), upper, 0xE0, 0x77);
        completion(irp.stackLocation(1), lower, 0x40, 0x55);
        irp.stackLocation(2).setDeviceObject(device.address());
        irp.setCurrentLocation(1);
        irp.setCurrentStackLocation(irp.stackLocation(1).address());
        markPending(irp);

        complete(irp, 0, 0);

        assertThat(told.subList(2, 4))
                .containsExactly(
                        "lower %x 55 pending true".formatted(device.address()),
                        "upper 0 77 pending false");
        assertThat(kernel.bugChecks).isEmpty();
        kernel.call("IoFreeIrp", irp.address());
        assertThat(irp.type()).isNotEqualTo(6);
        kernel.call("IoFreeIrp", irp.address());
        assertThat(kernel.bugChecks).hasSize(1);
    }

    @Test
    void completionRoutinesAreCalledForTheOutcomesTheyWant() {
        Irp irp = new Irp(memory, kernel.call("IoAllocateIrp", 2, 0));
        long wanted = completionRoutine("wanted", 0xC000_0016);
        completion(irp.stackLocation(2), wanted, 0x80, 0);
        completion(irp.stackLocation(1), completionRoutine("unwanted", 0), 0x40, 0);
        irp.setCurrentLocation(1);
        irp.setCurrentStackLocation(irp.stackLocation(1).address());

        complete(irp, 0xC000_0001, 0);

        assertThat(told.subList(2, told.size())).containsExactly("wanted 0 0 pending false");
    }

    @Test
    void anIrpCanBeInitializedAnew() {
        long packet = kernel.data(0x200);
        memory.store64(packet + 0x18, 99);

        kernel.call("IoInitializeIrp", packet, 0xD0 + 0x48, 1);

        Irp irp = new Irp(memory, packet);
        assertThat(irp.systemBuffer()).isZero();
        assertThat(irp.currentLocation()).isEqualTo(2);
        assertThat(irp.currentStackLocation()).isEqualTo(packet + 0xD0 + 0x48);
    }

    // ---- StartIo ----

    @Test
    void onePacketIsStartedAndTheOthersWait() {
        DeviceObject device = device(BUFFERED);
        startIo();
        dispatchAll(startPacket(device));

        transfer(READ, 1, true);
        transfer(READ, 2, true);
        transfer(READ, 3, true);

        assertThat(told.subList(2, told.size())).containsExactly("start 1 at 2");
        assertThat(kernel.processor.irql()).isZero();
        assertThat(types(kernel.events)).contains("IrpStarted", "IrpQueued");
        finishCurrent(device);
        finishCurrent(device);
        finishCurrent(device);
        assertThat(told.subList(2, told.size()))
                .containsExactly("start 1 at 2", "start 2 at 2", "start 3 at 2");
        assertThat(device.currentIrp()).isZero();
        assertThat(device.deviceQueue().busy()).isFalse();
    }

    @Test
    void keysOrderTheQueue() {
        DeviceObject device = device(BUFFERED);
        startIo();
        long key = kernel.data(4);
        dispatchAll(processor -> {
            Irp irp = irp(processor);
            markPending(irp);
            memory.store32(key, irp.current().readLength());
            kernel.call("IoStartPacket", device.address(), irp.address(), key, 0);
            return PENDING;
        });

        transfer(READ, 1, true);
        transfer(READ, 30, true);
        transfer(READ, 20, true);
        transfer(READ, 40, true);
        kernel.setIrql(Irql.DISPATCH_LEVEL);
        kernel.call("IoStartNextPacketByKey", device.address(), 0, 25);
        kernel.call("IoStartNextPacket", device.address(), 0);

        assertThat(told.subList(2, told.size()))
                .containsExactly("start 1 at 2", "start 30 at 2", "start 20 at 2");
    }

    @Test
    void deferredStartIoDoesNotRecurse() {
        DeviceObject device = device(BUFFERED);
        int[] depth = new int[2];
        driver.setDriverStartIo(
                kernel.routine(processor -> {
                    depth[0]++;
                    depth[1] = Math.max(depth[1], depth[0]);
                    Irp irp = new Irp(memory, processor.registers[Processor.RDX]);
                    told.add("start " + irp.current().readLength());
                    kernel.call("IoStartNextPacket", device.address(), 0);
                    depth[0]--;
                    return 0;
                }));
        kernel.call("IoSetStartIoAttributes", device.address(), 1, 0);
        device.deviceQueue().setBusy(true);
        dispatchAll(startPacket(device));
        transfer(READ, 1, true);
        transfer(READ, 2, true);

        kernel.setIrql(Irql.DISPATCH_LEVEL);
        kernel.call("IoStartNextPacket", device.address(), 0);

        assertThat(told.subList(2, told.size())).containsExactly("start 1", "start 2");
        assertThat(depth[1]).isEqualTo(1);
        kernel.call("IoSetStartIoAttributes", device.address(), 0, 0);
    }

    // ---- device queues ----

    @Test
    void aDeviceQueueIsBusyFromTheFirstRequestOn() {
        long queue = kernel.data(0x28);
        KDeviceQueueEntry first = new KDeviceQueueEntry(memory, kernel.data(0x18));
        KDeviceQueueEntry second = new KDeviceQueueEntry(memory, kernel.data(0x18));
        kernel.call("KeInitializeDeviceQueue", queue);
        kernel.setIrql(Irql.DISPATCH_LEVEL);

        assertThat(kernel.call("KeInsertDeviceQueue", queue, first.address())).isZero();
        assertThat(kernel.call("KeInsertDeviceQueue", queue, second.address())).isEqualTo(1);

        assertThat(second.inserted()).isTrue();
        assertThat(kernel.call("KeRemoveEntryDeviceQueue", queue, second.address())).isEqualTo(1);
        assertThat(kernel.call("KeRemoveEntryDeviceQueue", queue, second.address())).isZero();
        assertThat(kernel.call("KeRemoveDeviceQueue", queue)).isZero();
        assertThat(kernel.call("KeInsertDeviceQueue", queue, second.address())).isZero();
    }

    @Test
    void aKeyFindsTheNextOrTheFirst() {
        long queue = kernel.data(0x28);
        kernel.call("KeInitializeDeviceQueue", queue);
        kernel.setIrql(Irql.DISPATCH_LEVEL);
        long[] entries = new long[4];
        for (int i = 0; i < 4; i++) {
            entries[i] = kernel.data(0x18);
            kernel.call("KeInsertByKeyDeviceQueue", queue, entries[i], i == 3 ? 10 : 40 - 10 * i);
        }

        assertThat(kernel.call("KeRemoveByKeyDeviceQueue", queue, 25)).isEqualTo(entries[1]);
        assertThat(kernel.call("KeRemoveByKeyDeviceQueue", queue, 25)).isEqualTo(entries[3]);
        assertThat(kernel.call("KeRemoveDeviceQueue", queue)).isEqualTo(entries[2]);
        assertThat(kernel.wrongIrql).isEmpty();
        kernel.setIrql(0);
        kernel.call("KeRemoveDeviceQueue", queue);
        assertThat(kernel.wrongIrql).containsExactly("KeRemoveDeviceQueue at 0");
    }

    // ---- the end, and moments ----

    @Test
    void aFinishedThreadEnds() {
        kernel.call("WorkloadFinished", 0);

        assertThat(waits.ended).isTrue();
        assertThat(io.workloadThreads().areFinished()).isTrue();
    }

    @Test
    void aMomentKeepsRequestsAndDevices() {
        DeviceObject device = device(BUFFERED);
        startIo();
        dispatchAll(startPacket(device));
        transfer(READ, 8, true);
        var moment = kernel.machine.snapshot();
        long hash = kernel.machine.exactHash();

        finishCurrent(device);
        kernel.call("IoDeleteDevice", device.address());
        kernel.machine.restore(moment);

        assertThat(kernel.machine.exactHash()).isEqualTo(hash);
        assertThat(io.requests().outstandingIrps()).containsExactly(device.currentIrp());
        assertThat(io.drivers().device(0, 0)).isEqualTo(device.address());
        finishCurrent(device);
        kernel.call("WorkloadWait");
        assertThat(kernel.bugChecks).isEmpty();
    }

    // ---- words ----

    private DeviceObject device(int flags) {
        DeviceObject device = createDevice("", 16, 0x22, 0, false);
        device.setFlags(flags);
        kernel.events.clear();
        return device;
    }

    private DeviceObject createDevice(
            String name, int extension, int type, int characteristics, boolean exclusive) {
        long result = kernel.data(8);
        long status =
                kernel.call(
                        "IoCreateDevice",
                        driver.address(),
                        extension,
                        name.isEmpty() ? 0 : string(name),
                        type,
                        characteristics,
                        exclusive ? 1 : 0,
                        result);
        assertThat(status).isZero();
        return new DeviceObject(memory, memory.load64(result));
    }

    private long tryCreate(String name) {
        return kernel.call(
                "IoCreateDevice", driver.address(), 0, string(name), 0x22, 0, 0, kernel.data(8));
    }

    private long string(String text) {
        UnicodeString string = new UnicodeString(memory, kernel.data(16));
        string.setLength(2 * text.length());
        string.setMaximumLength(2 * text.length() + 2);
        string.setBuffer(kernel.wide(text));
        return string.address();
    }

    private long link(String name, String target) {
        return kernel.call("IoCreateSymbolicLink", string(name), string(target));
    }

    private long unlink(String name) {
        return kernel.call("IoDeleteSymbolicLink", string(name));
    }

    private void dispatchAll(ToLongFunction<Processor> routine) {
        long address = kernel.routine(routine);
        for (int i = 0; i < 28; i++) {
            driver.setMajorFunction(i, address);
        }
    }

    private void dispatchAll(long status) {
        dispatchAll(_ -> status);
    }

    private ToLongFunction<Processor> startPacket(DeviceObject device) {
        return processor -> {
            Irp irp = irp(processor);
            markPending(irp);
            kernel.call("IoStartPacket", device.address(), irp.address(), 0, 0);
            return PENDING;
        };
    }

    private void startIo() {
        driver.setDriverStartIo(
                kernel.routine(processor -> {
                    Irp irp = new Irp(memory, processor.registers[Processor.RDX]);
                    told.add(
                            "start %d at %d"
                                    .formatted(irp.current().readLength(), processor.irql()));
                    return 0;
                }));
    }

    private void finishCurrent(DeviceObject device) {
        kernel.setIrql(Irql.DISPATCH_LEVEL);
        complete(new Irp(memory, device.currentIrp()), 0, 0);
        kernel.call("IoStartNextPacket", device.address(), 0);
        kernel.setIrql(0);
    }

    private long transfer(int major, int length, boolean asynchronous) {
        return kernel.call("WorkloadTransfer", 0, 0, major, length, 0, asynchronous ? 1 : 0);
    }

    private Irp irp(Processor processor) {
        return new Irp(memory, processor.registers[Processor.RDX]);
    }

    private static void markPending(Irp irp) {
        irp.current().setControl(irp.current().control() | IoStackLocation.SL_PENDING_RETURNED);
    }

    private long complete(Irp irp, int status, long information) {
        irp.setStatus(status);
        irp.setInformation(information);
        kernel.call("IofCompleteRequest", irp.address(), 0);
        return status;
    }

    private long completionRoutine(String name, long status) {
        return kernel.routine(processor -> {
            told.add(
                    "%s %x %x pending %b"
                            .formatted(
                                    name,
                                    processor.registers[Processor.RCX],
                                    processor.registers[Processor.R8],
                                    irp(processor).pendingReturned()));
            return status;
        });
    }

    private static void completion(
            IoStackLocation location, long routine, int control, long context) {
        location.setCompletionRoutine(routine);
        location.setControl(control);
        location.setContext(context);
    }

    private static List<String> types(List<Event> events) {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    // ---- cancelling ----

    /** A packet of a driver, whose cancel routine is called for the device. */
    private Irp cancelable(DeviceObject device, long routine) {
        Irp irp = new Irp(memory, kernel.call("IoAllocateIrp", 1, 0));
        irp.setCurrentLocation(1);
        irp.setCurrentStackLocation(irp.stackLocation(1).address());
        irp.current().setDeviceObject(device.address());
        irp.setCancelRoutine(routine);
        return irp;
    }

    private DeviceObject plainDevice() {
        return createDevice("", 0, 0x22, 0, false);
    }

    @Test
    void theCancelSpinLockIsAcquiredAndReleasedAsAnyOther() {
        long irql = kernel.data(1);

        kernel.call("IoAcquireCancelSpinLock", irql);
        assertThat(kernel.processor.irql()).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(memory.load8(irql)).isZero();
        kernel.call("IoReleaseCancelSpinLock", memory.load8(irql));

        assertThat(kernel.processor.irql()).isZero();
        assertThat(kernel.events(Event.LockAcquired.class))
                .extracting(Event.LockAcquired::caller)
                .containsExactly(KernelCalls.CALLER);
        assertThat(kernel.events(Event.LockReleased.class)).hasSize(1);
    }

    @Test
    void aCancelRoutineGetsTheLockAndReleasesIt() {
        DeviceObject device = plainDevice();
        List<Long> seen = new ArrayList<>();
        long routine =
                kernel.routine(processor -> {
                    Irp irp = new Irp(memory, processor.registers[Processor.RDX]);
                    seen.add(processor.registers[Processor.RCX]);
                    seen.add((long) processor.irql());
                    seen.add(irp.cancelRoutine());
                    seen.add(memory.load64(kernel.engine.table().address(CancelServices.LOCK)));
                    return kernel.call("IoReleaseCancelSpinLock", irp.cancelIrql());
                });
        Irp irp = cancelable(device, routine);

        long cancelled = kernel.call("IoCancelIrp", irp.address());

        assertThat(cancelled).isEqualTo(1);
        assertThat(seen).containsExactly(device.address(), 2L, 0L, 1L);
        assertThat(irp.cancel()).isTrue();
        assertThat(kernel.processor.irql()).isZero();
        assertThat(kernel.events(Event.IrpCancelled.class))
                .containsExactly(
                        new Event.IrpCancelled(irp.address(), routine, KernelCalls.CALLER));
    }

    @Test
    void aPacketWithoutCancelRoutineIsOnlyMarked() {
        Irp irp = cancelable(plainDevice(), 0);

        assertThat(kernel.call("IoCancelIrp", irp.address())).isZero();

        assertThat(irp.cancel()).isTrue();
        assertThat(kernel.processor.irql()).isZero();
        assertThat(memory.load64(kernel.engine.table().address(CancelServices.LOCK))).isZero();
    }

    @Test
    void aCancelRoutineThatKeepsTheLockIsABugCheck() {
        long routine = kernel.routine(_ -> 0);
        Irp irp = cancelable(plainDevice(), routine);

        kernel.call("IoCancelIrp", irp.address());

        assertThat(kernel.bugChecks)
                .containsExactly("0x11b %x %x 0 0".formatted(irp.address(), routine));
    }

    @Test
    void aCompletedPacketThatCanBeCancelledIsABugCheck() {
        long routine = kernel.routine(_ -> 0);
        Irp irp = cancelable(plainDevice(), routine);
        irp.setCurrentLocation(3);

        kernel.call("IoCancelIrp", irp.address());

        assertThat(kernel.bugChecks)
                .containsExactly("0x48 %x %x 0 0".formatted(irp.address(), routine));
    }

    /** What happened to the cancel spin lock, the device queue's lock and the IRQL, in order. */
    private List<String> lockSteps() {
        long cancelLock = kernel.engine.table().address(CancelServices.LOCK);
        List<String> steps = new ArrayList<>();
        for (Event event : kernel.events) {
            switch (event) {
                case Event.LockAcquired acquired ->
                        steps.add(acquired.lock() == cancelLock ? "cancel lock" : "queue lock");
                case Event.LockReleased released ->
                        steps.add(released.lock() == cancelLock ? "cancel free" : "queue free");
                case Event.IrqlChanged changed -> steps.add("IRQL " + changed.to());
                case Event.IrpQueued _ -> steps.add("queued");
                case Event.IrpStarted _ -> steps.add("started");
                default -> {}
            }
        }
        return steps;
    }

    @Test
    void aPacketWithACancelRoutineIsStartedAndQueuedUnderTheCancelSpinLock() {
        DeviceObject device = plainDevice();
        driver.setDriverStartIo(kernel.routine(_ -> 0));
        long routine = kernel.routine(_ -> 0);
        Irp first = cancelable(device, 0);
        Irp second = cancelable(device, 0);
        kernel.events.clear();

        kernel.call("IoStartPacket", device.address(), first.address(), 0, routine);
        kernel.call("IoStartPacket", device.address(), second.address(), 0, routine);

        assertThat(lockSteps())
                .containsExactly(
                        "IRQL 2",
                        "cancel lock",
                        "queue lock",
                        "queue free",
                        "cancel free",
                        "started",
                        "IRQL 0",
                        "IRQL 2",
                        "cancel lock",
                        "queue lock",
                        "queued",
                        "queue free",
                        "cancel free",
                        "IRQL 0");
        assertThat(second.cancelRoutine()).isEqualTo(routine);
    }

    @Test
    void theNextPacketIsTakenUnderTheCancelSpinLockAndStartedWithoutIt() {
        DeviceObject device = plainDevice();
        List<Long> held = new ArrayList<>();
        driver.setDriverStartIo(
                kernel.routine(_ -> {
                    held.add(memory.load64(kernel.engine.table().address(CancelServices.LOCK)));
                    return 0;
                }));
        long routine = kernel.routine(_ -> 0);
        Irp first = cancelable(device, 0);
        Irp second = cancelable(device, 0);
        kernel.call("IoSetStartIoAttributes", device.address(), 0, 1);
        kernel.call("IoStartPacket", device.address(), first.address(), 0, routine);
        kernel.call("IoStartPacket", device.address(), second.address(), 0, routine);
        kernel.setIrql(Irql.DISPATCH_LEVEL);
        kernel.events.clear();

        kernel.call("IoStartNextPacket", device.address(), 1);
        kernel.call("IoStartNextPacket", device.address(), 1);

        assertThat(lockSteps())
                .containsExactly(
                        "cancel lock",
                        "queue lock",
                        "queue free",
                        "cancel free",
                        "started",
                        "cancel lock",
                        "queue lock",
                        "queue free",
                        "cancel free");
        assertThat(held).containsExactly(0L, 0L);
        assertThat(second.cancelRoutine()).isZero();
        assertThat(device.currentIrp()).isZero();
    }

    @Test
    void aDeferredStartIoRunsAtDispatchLevelAfterTheCancelSpinLock() {
        DeviceObject device = plainDevice();
        List<Integer> irqls = new ArrayList<>();
        Irp first = cancelable(device, 0);
        Irp second = cancelable(device, 0);
        long routine = kernel.routine(_ -> 0);
        driver.setDriverStartIo(
                kernel.routine(processor -> {
                    irqls.add(processor.irql());
                    if (irqls.size() == 1) {
                        kernel.call(
                                "IoStartPacket", device.address(), second.address(), 0, routine);
                        kernel.call("IoStartNextPacket", device.address(), 1);
                    }
                    return 0;
                }));
        kernel.call("IoSetStartIoAttributes", device.address(), 1, 0);

        kernel.call("IoStartPacket", device.address(), first.address(), 0, routine);

        assertThat(irqls).containsExactly(2, 2);
        assertThat(device.currentIrp()).isEqualTo(second.address());
        assertThat(kernel.processor.irql()).isZero();
    }

    @Test
    void aPacketThatWasCancelledBeforeItIsQueuedHasItsCancelRoutineCalled() {
        DeviceObject device = plainDevice();
        driver.setDriverStartIo(kernel.routine(_ -> 0));
        List<Long> cancelled = new ArrayList<>();
        long routine =
                kernel.routine(processor -> {
                    Irp irp = new Irp(memory, processor.registers[Processor.RDX]);
                    cancelled.add(irp.address());
                    return kernel.call("IoReleaseCancelSpinLock", irp.cancelIrql());
                });
        Irp first = cancelable(device, 0);
        Irp second = cancelable(device, 0);
        kernel.call("IoStartPacket", device.address(), first.address(), 0, routine);
        kernel.call("IoCancelIrp", second.address());

        kernel.call("IoStartPacket", device.address(), second.address(), 0, routine);

        assertThat(cancelled).containsExactly(second.address());
        assertThat(kernel.processor.irql()).isZero();
    }

    // ---- IRQL on return ----

    @Test
    void startIoReturnsAtDispatchLevel() {
        DeviceObject device = plainDevice();
        driver.setDriverStartIo(
                kernel.routine(_ -> {
                    kernel.setIrql(0);
                    return 0;
                }));

        kernel.call("IoStartPacket", device.address(), cancelable(device, 0).address(), 0, 0);

        assertThat(findings()).containsExactly("IrqlReturn");
        assertThat(kernel.processor.irql()).isZero();
    }

    @Test
    void aCompletionRoutineReturnsAtTheIrqlOfItsCall() {
        DeviceObject device = plainDevice();
        Irp irp = cancelable(device, 0);
        irp.current()
                .setCompletionRoutine(
                        kernel.routine(_ -> {
                            kernel.setIrql(2);
                            return IoStatus.MORE_PROCESSING_REQUIRED;
                        }));
        irp.current()
                .setControl(
                        IoStackLocation.SL_INVOKE_ON_SUCCESS | IoStackLocation.SL_INVOKE_ON_ERROR);

        kernel.call("IofCompleteRequest", irp.address(), 0);

        assertThat(findings()).containsExactly("IrqlReturn");
        assertThat(kernel.processor.irql()).isZero();
    }

    @Test
    void aPacketThatIsCompletedWithACancelRoutineIsTold() {
        DeviceObject device = plainDevice();
        Irp irp = cancelable(device, kernel.routine(_ -> 0));
        irp.current().setCompletionRoutine(kernel.routine(_ -> IoStatus.MORE_PROCESSING_REQUIRED));
        irp.current().setControl(IoStackLocation.SL_INVOKE_ON_SUCCESS);

        kernel.call("IofCompleteRequest", irp.address(), 0);

        assertThat(findings()).containsExactly("CompletedCancelable");
    }
}
