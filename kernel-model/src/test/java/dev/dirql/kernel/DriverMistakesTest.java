package dev.dirql.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a driver does wrong with its requests is told, and is the driver's fault. */
class DriverMistakesTest {
    private static final int CREATE = 0;
    private static final int READ = 3;
    private static final int WRITE = 4;
    private static final int PENDING = 0x103;

    private final List<Event> events = new ArrayList<>();
    private final Machine machine =
            new Machine(
                    new MachineSettings(2, 256L << 20, 1, 500, 10_000_000_000L, 2_000_000),
                    DecisionSource.defaultPolicy());
    private DriverEnvironment environment;
    private KernelModel kernel;
    private GuestCode code;
    private Consumer<GuestCode.Routine> before = _ -> {};

    DriverMistakesTest() {
        machine.attach(FakeInterruptController::new);
        machine.addSink((_, event) -> events.add(event));
        boot(KernelSettings.DEFAULT);
    }

    private void boot(KernelSettings settings) {
        DriverEnvironment[] made = new DriverEnvironment[1];
        kernel =
                new KernelModel(
                        machine,
                        settings,
                        k -> {
                            made[0] = new DriverEnvironment(k);
                            return made[0].services();
                        });
        environment = made[0];
        environment.attach();
        code = new GuestCode(name -> kernel.table().address(name));
        machine.attach(code);
        machine.attach(kernel);
    }

    // ---- memory of requests ----

    @Test
    void aSystemBufferThatTheDriverFreedIsABadPoolCallOfTheOneWhoCompletes() {
        GuestCode.Routine dispatch = dispatch();
        dispatch.calls("ExFreePool", p -> irp(p).systemBuffer());
        long completes = dispatch.here();
        completes(dispatch, 0).returns(0);

        run(dispatch, WRITE);

        assertThat(machine.ended()).isEqualTo(RunEnd.BUG_CHECK);
        assertThat(machine.endDetail()).startsWith("BAD_POOL_CALLER (0xC2: 0x7, ");
        assertThat(bugCheck().address()).isEqualTo(completes + 4);
    }

    @Test
    void aDeviceObjectThatTheDriverFreedIsABadPoolCall() {
        GuestCode.Routine dispatch = dispatch();
        dispatch.calls(
                "IoCreateDevice",
                p -> new DeviceObject(p.memory(), device()).driverObject(),
                _ -> 0,
                _ -> 0,
                _ -> 0x22,
                _ -> 0,
                _ -> 0,
                p -> p.registers[Processor.RSP] + 0x48);
        dispatch.calls("ExFreePool", p -> p.memory().load64(p.registers[Processor.RSP] + 0x48));
        dispatch.calls("IoDeleteDevice", p -> p.memory().load64(p.registers[Processor.RSP] + 0x48));
        dispatch.returns(0);

        run(dispatch, WRITE);

        assertThat(machine.ended()).isEqualTo(RunEnd.BUG_CHECK);
    }

    @Test
    void aPacketOfTheIoManagerIsNotTheDriversToFree() {
        GuestCode.Routine dispatch = dispatch();
        long frees = dispatch.here();
        dispatch.calls("IoFreeIrp", p -> irp(p).address()).returns(0);

        run(dispatch, WRITE);

        assertThat(findings()).hasSize(1);
        assertThat(findings().getFirst().rule()).isEqualTo("IoAllocateFree");
        assertThat(findings().getFirst().places().getFirst().address()).isEqualTo(frees + 4);
        assertThat(machine.ended()).isEqualTo(RunEnd.STUCK);
    }

    @Test
    void aPacketThatIsFreedAsPoolIsTold() {
        GuestCode.Routine dispatch = dispatch();
        dispatch.calls("ExFreePool", p -> irp(p).address()).returns(0);

        run(dispatch, WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("RequestMemoryFreed");
        assertThat(findings().getFirst().id()).isEqualTo("105");
    }

    @Test
    void aPacketAtTheAddressOfAFreedOneIsAnotherRequest() {
        GuestCode.Routine dispatch = dispatch();
        int[] calls = new int[1];
        dispatch.callsAt(
                p -> kernel.table().address(calls[0]++ == 0 ? "IoFreeIrp" : "IofCompleteRequest"),
                p -> irp(p).address(),
                _ -> 0);
        dispatch.returns(0);

        run(dispatch, WRITE, WRITE);

        List<Event.IrpCreated> created = all(Event.IrpCreated.class);
        assertThat(created.get(1).irp()).isEqualTo(created.get(0).irp());
        assertThat(all(Event.IrpCompleted.class)).hasSize(1);
        assertThat(environment.outstanding()).hasSize(1);
    }

    @Test
    void moreInformationThanTheBufferHoldsIsTold() {
        GuestCode.Routine dispatch = dispatch();
        completes(dispatch, 513).returns(0);

        run(dispatch, READ, WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("InformationBeyondBuffer");
        assertThat(findings().getFirst().message()).contains("513 bytes in a buffer of 512");
        assertThat(machine.ended()).isEqualTo(RunEnd.DONE);
    }

    // ---- pending ----

    @Test
    void aMarkedPacketAsksForStatusPending() {
        GuestCode.Routine dispatch = dispatch().does(p -> irp(p).current().setControl(1));
        completes(dispatch, 0).returns(0);

        run(dispatch, WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("MarkIrpPending");
        assertThat(findings().getFirst().message()).startsWith("driver!Dispatch marked the IRP");
        assertThat(findings().getFirst().places().getFirst().address())
                .isEqualTo(dispatch.address());
    }

    @Test
    void statusPendingAsksForAMark() {
        run(dispatch().returns(PENDING), WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("MarkIrpPending2");
    }

    @Test
    void aPacketThatIsCompletedIsNotPendingWithoutMark() {
        GuestCode.Routine dispatch = dispatch();
        completes(dispatch, 0).returns(PENDING);

        run(dispatch, WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("PendedCompletedRequest");
    }

    @Test
    void aMarkedPacketMayBeCompletedBeforeStatusPendingIsReturned() {
        GuestCode.Routine dispatch = dispatch().does(p -> irp(p).current().setControl(1));
        completes(dispatch, 0).returns(PENDING);

        run(dispatch, WRITE);

        assertThat(findings()).isEmpty();
        assertThat(machine.ended()).isEqualTo(RunEnd.DONE);
    }

    // ---- IRQLs ----

    @Test
    void aDispatchRoutineReturnsAtTheIrqlOfItsCall() {
        GuestCode.Routine dispatch = dispatch().calls("KfRaiseIrql", _ -> 2);
        completes(dispatch, 0).returns(0);

        run(dispatch, WRITE, WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("IrqlReturn");
        assertThat(findings().getFirst().message())
                .isEqualTo(
                        "driver!Dispatch was called at PASSIVE_LEVEL and returned at"
                                + " DISPATCH_LEVEL");
        assertThat(machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void theVerifierEndsTheRunWhenADispatchRoutineChangesTheIrql() {
        boot(KernelSettings.DEFAULT.withVerifier(true));
        GuestCode.Routine dispatch = dispatch().calls("KfRaiseIrql", _ -> 2);
        completes(dispatch, 0).returns(0);

        run(dispatch, WRITE);

        assertThat(bugCheck().code()).isEqualTo(0xC9);
        assertThat(bugCheck().parameter1()).isEqualTo(5);
        assertThat(bugCheck().parameter2()).isEqualTo(device());
        assertThat(bugCheck().parameter4()).isEqualTo(2);
    }

    @Test
    void aRoutineThatTheWorkloadCallsReturnsAtPassiveLevel() {
        GuestCode.Routine poke = code.routine("Poke").calls("KfRaiseIrql", _ -> 2).returns(0);
        before =
                thread -> {
                    thread.callsAt(_ -> poke.address());
                    thread.calls("WorkloadReturned", _ -> poke.address());
                };
        GuestCode.Routine dispatch = dispatch();
        completes(dispatch, 0).returns(0);

        run(dispatch, WRITE);

        assertThat(findings()).extracting(Finding::rule).containsExactly("IrqlReturn");
        assertThat(findings().getFirst().message()).startsWith("driver!Poke was called at PASSIVE");
    }

    @Test
    void evenAWaitThatCannotBlockIsNotForDeviceLevels() {
        GuestCode.Routine dispatch = dispatch();
        for (int irql : new int[] {2, 12}) {
            dispatch.calls("KfRaiseIrql", _ -> irql);
            dispatch.calls(
                    "KeWaitForSingleObject",
                    p -> {
                        p.memory().store64(p.registers[Processor.RSP] + 0x48, 0);
                        return new DeviceObject(p.memory(), device()).deviceLock();
                    },
                    _ -> 0,
                    _ -> 0,
                    _ -> 0,
                    p -> p.registers[Processor.RSP] + 0x48);
        }
        dispatch.calls("KfLowerIrql", _ -> 0);
        completes(dispatch, 0).returns(0);

        run(dispatch, WRITE);

        assertThat(findings())
                .extracting(Finding::rule)
                .containsExactly("IrqlKeWaitForSingleObject");
        assertThat(findings().getFirst().message()).endsWith("above DISPATCH_LEVEL");
    }

    // ---- unloading ----

    /** A driver whose DriverUnload routine forgets its device and its pool. */
    private void runForgetful(boolean keepsOpen) {
        GuestCode.Routine unload = code.routine("Unload").returns(0);
        GuestCode.Routine dispatch = dispatch();
        dispatch.calls("ExAllocatePool2", _ -> 0x40, _ -> 32, _ -> 0x31313131);
        completes(dispatch, 0).returns(0);
        before =
                thread -> {
                    thread.does(p -> {
                        DriverObject driver =
                                new DriverObject(
                                        p.memory(),
                                        new DeviceObject(p.memory(), device()).driverObject());
                        driver.setDriverUnload(unload.address());
                        driver.setMajorFunction(CREATE, dispatch.address());
                    });
                    if (keepsOpen) {
                        thread.calls("WorkloadOpen", _ -> 0, _ -> 0);
                    }
                    thread.calls(
                            "WorkloadTransfer",
                            _ -> 0,
                            _ -> 0,
                            _ -> WRITE,
                            _ -> 512,
                            _ -> 0,
                            _ -> 0);
                    thread.calls("WorkloadUnload", _ -> 0);
                };
        run(dispatch);
    }

    @Test
    void whatDriverUnloadLeavesIsTold() {
        runForgetful(false);

        assertThat(findings())
                .extracting(Finding::rule)
                .containsExactly("DeviceObjectNotDeleted", "PoolNotFreed");
        assertThat(all(Event.ImageUnloaded.class)).hasSize(1);
        assertThat(machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void theVerifierEndsTheRunWhenPoolIsLeftAtUnload() {
        boot(KernelSettings.DEFAULT.withVerifier(true));

        runForgetful(false);

        assertThat(bugCheck().code()).isEqualTo(0xC4);
        assertThat(bugCheck().parameter1()).isEqualTo(0x62);
        assertThat(bugCheck().parameter2()).as("name of the driver").isNegative();
        assertThat(bugCheck().parameter4()).isEqualTo(1);
    }

    @Test
    void aDriverStaysWhileAFileIsOpen() {
        runForgetful(true);

        assertThat(all(Event.ImageUnloaded.class)).isEmpty();
        assertThat(environment.outstanding()).containsExactly("driver is not unloaded");
        assertThat(machine.ended()).isEqualTo(RunEnd.STUCK);
    }

    // ---- words ----

    /** A dispatch routine that keeps its packet in a register for {@link #irp}. */
    private GuestCode.Routine dispatch() {
        GuestCode.Routine dispatch = code.routine("Dispatch");
        return dispatch.does(p -> p.registers[Processor.RBX] = p.registers[Processor.RDX]);
    }

    private static GuestCode.Routine completes(GuestCode.Routine routine, long information) {
        return routine.calls(
                "IofCompleteRequest",
                p -> {
                    irp(p).setStatus(0);
                    irp(p).setInformation(information);
                    return irp(p).address();
                },
                _ -> 0);
    }

    private static Irp irp(Processor processor) {
        return new Irp(processor.memory(), processor.registers[Processor.RBX]);
    }

    private long device() {
        return environment.drivers().device(0, 0);
    }

    /** A thread sends requests of 512 bytes to a device with buffered I/O. */
    private void run(GuestCode.Routine dispatch, int... majors) {
        GuestCode.Routine entry = code.routine("DriverEntry");
        entry.does(p -> {
            DriverObject driver = new DriverObject(p.memory(), p.registers[Processor.RCX]);
            driver.setMajorFunction(READ, dispatch.address());
            driver.setMajorFunction(WRITE, dispatch.address());
        });
        entry.calls(
                "IoCreateDevice",
                p -> p.registers[Processor.RCX],
                _ -> 16,
                _ -> 0,
                _ -> 0x22,
                _ -> 0,
                _ -> 0,
                p -> p.registers[Processor.RSP] + 0x48);
        entry.does(p -> new DeviceObject(p.memory(), device()).setFlags(4)).returns(0);
        GuestCode.Routine thread = code.routine("Thread");
        before.accept(thread);
        for (int major : majors) {
            thread.calls("WorkloadTransfer", _ -> 0, _ -> 0, _ -> major, _ -> 512, _ -> 0, _ -> 0);
        }
        thread.calls("WorkloadFinished", _ -> 0);
        Image plain = code.image();
        environment.addDriver(
                new Image(
                        plain.name(),
                        GuestCode.BASE,
                        plain.size(),
                        (int) (entry.address() - GuestCode.BASE),
                        List.of(),
                        List.of(),
                        List.of(),
                        0,
                        0,
                        new DebugInformation(
                                List.of(), plain.debug().symbols(), List.of(), List.of(), "")));
        environment.addWorkloadThread("thread 1", thread.address(), 1);
        environment.start();
        machine.run();
    }

    private Event.BugChecked bugCheck() {
        return all(Event.BugChecked.class).getFirst();
    }

    private List<Finding> findings() {
        return all(Event.FindingReported.class).stream()
                .map(Event.FindingReported::finding)
                .toList();
    }

    private <T extends Event> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
