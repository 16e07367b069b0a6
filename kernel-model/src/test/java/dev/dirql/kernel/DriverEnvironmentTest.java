package dev.dirql.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.services.DdiTable;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Field;
import dev.dirql.machine.image.DebugInformation.StructureType;
import dev.dirql.machine.image.DebugInformation.Symbol;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Drivers and workloads of instructions that are lambdas, on two processors. */
class DriverEnvironmentTest {
    /** Headers that declare routines. */
    private static final List<String> HEADERS =
            List.of(
                    "ctype.h",
                    "ntddk.h",
                    "ntifs.h",
                    "stdio.h",
                    "stdlib.h",
                    "string.h",
                    "wchar.h",
                    "wdm.h",
                    "wmilib.h");

    private static final int PENDING = 0x103;

    private final List<Event> events = new ArrayList<>();
    private final Machine machine =
            new Machine(
                    new MachineSettings(2, 256L << 20, 1, 500, 10_000_000_000L, 2_000_000),
                    DecisionSource.defaultPolicy());
    private final DriverEnvironment environment;
    private final KernelModel kernel;
    private final GuestCode code;

    DriverEnvironmentTest() {
        machine.attach(FakeInterruptController::new);
        machine.addSink((_, event) -> events.add(event));
        DriverEnvironment[] made = new DriverEnvironment[1];
        kernel =
                new KernelModel(
                        machine,
                        KernelSettings.DEFAULT,
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

    @Test
    void aRequestGoesThroughTheDriverAndItsDpcToTheWaitingThread() {
        GuestCode.Routine dpc = code.routine("OnDpc");
        dpc.calls("IofCompleteRequest", p -> complete(p, device(p).currentIrp(), 0, 512), _ -> 0);
        dpc.calls("IoStartNextPacket", p -> device(p).address(), _ -> 0).returns(0);
        GuestCode.Routine startIo = code.routine("StartIo");
        startIo.calls("KeInsertQueueDpc", p -> device(p).dpc(), _ -> 0, _ -> 0).returns(0);
        GuestCode.Routine dispatch = code.routine("Dispatch");
        dispatch.does(p -> {
            Irp irp = new Irp(p.memory(), p.registers[Processor.RDX]);
            IoStackLocation location = irp.current();
            location.setControl(location.control() | 1);
        });
        dispatch.calls(
                        "IoStartPacket",
                        p -> p.registers[Processor.RCX],
                        p -> p.registers[Processor.RDX],
                        _ -> 0,
                        _ -> 0)
                .returns(PENDING);
        LoadedImage driver = driver(startIo.address(), dispatch.address(), dpc.address());
        for (int i = 0; i < 2; i++) {
            int number = i;
            GuestCode.Routine thread = code.routine("Thread" + i);
            for (int j = 0; j < 3; j++) {
                thread.calls("WorkloadTransfer", _ -> 0, _ -> 0, _ -> 4, _ -> 512, _ -> 0, _ -> 0);
            }
            thread.calls("WorkloadFinished", _ -> number);
            environment.addWorkloadThread("thread " + i, thread.address(), 1L << i);
        }

        run();

        assertThat(machine.ended()).as(machine.endDetail()).isEqualTo(RunEnd.DONE);
        assertThat(all(Event.IrpCompleted.class)).hasSize(6);
        assertThat(all(Event.IrpStarted.class)).hasSize(6);
        assertThat(all(Event.IrpQueued.class)).isNotEmpty();
        assertThat(driver.base()).isEqualTo(GuestCode.BASE);
        assertThat(environment.outstanding()).isEmpty();
    }

    @Test
    void aRequestThatIsNeverCompletedIsWhatTheRunIsStuckOn() {
        GuestCode.Routine dispatch = code.routine("Dispatch");
        dispatch.does(p -> {
            Irp irp = new Irp(p.memory(), p.registers[Processor.RDX]);
            irp.current().setControl(1);
        });
        dispatch.returns(PENDING);
        driver(0, dispatch.address(), 0);
        GuestCode.Routine thread = code.routine("Thread");
        thread.calls("WorkloadTransfer", _ -> 0, _ -> 0, _ -> 4, _ -> 512, _ -> 0, _ -> 0);
        thread.calls("WorkloadFinished", _ -> 0);
        environment.addWorkloadThread("thread 1", thread.address(), 1);

        run();

        assertThat(machine.ended()).isEqualTo(RunEnd.STUCK);
        assertThat(machine.endDetail()).contains("thread 1 is not done").contains("IRP 0x");
    }

    @Test
    void aWorkloadDelayEndsExactly() {
        driver(0, 0, 0);
        long[] times = new long[2];
        GuestCode.Routine thread = code.routine("Thread");
        thread.does(p -> times[0] = p.clockNs);
        thread.calls("WorkloadDelay", _ -> 1_234_567);
        thread.does(p -> times[1] = p.clockNs);
        thread.calls("WorkloadFinished", _ -> 0);
        environment.addWorkloadThread("thread 1", thread.address(), 2);

        run();

        assertThat(machine.ended()).as(machine.endDetail()).isEqualTo(RunEnd.DONE);
        assertThat(times[1] - times[0]).isBetween(1_234_567L, 1_234_700L);
    }

    @Test
    void aCallOfWhatIsNotModelledEndsTheRunWithItsName() {
        GuestCode.Routine entry = code.routine("DriverEntry");
        long[] slot = new long[1];
        entry.callsAt(p -> p.memory().load64(slot[0]), _ -> 7).returns(0);
        Image image = image(entry.address(), List.of(new Image.Import("ntoskrnl.exe", "IoFoo", 8)));
        slot[0] = environment.addDriver(image).base() + 0xF008;

        run();

        assertThat(machine.ended()).isEqualTo(RunEnd.NOT_MODELLED);
        assertThat(machine.endDetail())
                .startsWith("ntoskrnl.exe!IoFoo is not modelled; called from driver!DriverEntry+")
                .contains("with 0x7, ")
                .endsWith("; machine { answer IoFoo 0 } lets it return 0 instead");
    }

    @Test
    void importsAreBoundAndWorkloadServicesAreForWorkloads() {
        Image image =
                image(
                        GuestCode.BASE,
                        List.of(
                                new Image.Import("NTOSKRNL.exe", "IoCreateDevice", 0),
                                new Image.Import("hal.dll", "KeStallExecutionProcessor", 8),
                                new Image.Import("ntoskrnl.exe", "KeNumberProcessors", 16),
                                new Image.Import("ntoskrnl.exe", "WorkloadWait", 24),
                                new Image.Import("dirql.workload", "WorkloadWait", 32)));

        long slots = environment.loadWorkload(image).base() + 0xF000;

        assertThat(load(slots)).isEqualTo(kernel.table().address("IoCreateDevice"));
        assertThat(load(slots + 8)).isEqualTo(kernel.table().address("KeStallExecutionProcessor"));
        assertThat(machine.processor(0).memory().load8(load(slots + 16))).isEqualTo(2);
        assertThat(kernel.unmodelledImports().contains(load(slots + 24))).isTrue();
        assertThat(load(slots + 32)).isEqualTo(kernel.table().address("WorkloadWait"));
    }

    @Test
    void anImageIsRelocatedToWhereItIsLoaded() {
        byte[] content = new byte[0x1000];
        content[1] = 0x20;
        Image image =
                new Image(
                        "second",
                        0,
                        0x2000,
                        0,
                        List.of(
                                new Image.Section(
                                        "PAGEDATA", 0x1000, 0x1000, content, true, false, true)),
                        List.of(0x1000),
                        List.of(),
                        0,
                        0,
                        DebugInformation.NONE);
        environment.loadWorkload(image);

        LoadedImage loaded = environment.loadWorkload(image);

        assertThat(loaded.base()).isEqualTo(GuestCode.BASE + 0x10000);
        assertThat(load(loaded.base() + 0x1000)).isEqualTo(loaded.base() + 0x2000);
    }

    @Test
    void dataHasTheNamesOfTheDriver() {
        GuestCode.Routine entry = code.routine("DriverEntry");
        long[] device = new long[1];
        entry.calls(
                "IoCreateDevice",
                p -> p.registers[Processor.RCX],
                _ -> 0x40,
                _ -> 0,
                _ -> 0x22,
                _ -> 0,
                _ -> 0,
                p -> p.registers[Processor.RSP] + 0x48);
        entry.does(p -> device[0] = p.memory().load64(p.registers[Processor.RSP] + 0x48));
        entry.returns(0);
        long base = environment.addDriver(image(entry.address(), List.of())).base();
        run();
        DeviceObject object = new DeviceObject(machine.processor(0).memory(), device[0]);
        long extension = object.deviceExtension();

        assertThat(name(extension)).isEqualTo("driver.extension.Interrupt");
        assertThat(name(extension + 0x10)).isEqualTo("driver.extension.Inner[0].Lock");
        assertThat(name(extension + 0x28)).isEqualTo("driver.extension.Inner[1].Other");
        assertThat(name(extension + 0x2C)).isEqualTo("driver.extension.Inner[1].Other+0x4");
        assertThat(storage(extension)).isEqualTo("device extension");
        assertThat(name(object.deviceQueue().lock()))
                .isEqualTo("driver.DEVICE_OBJECT.DeviceQueue.Lock");
        assertThat(storage(object.deviceQueue().lock())).isEqualTo("device object");
        assertThat(name(base + 0xF100)).isEqualTo("driver.Global.Lock");
        long pool =
                environment.pool().allocate(dev.dirql.kernel.memory.PoolKind.PAGED, 32, 0x31676154);
        assertThat(name(pool + 8)).isEqualTo("pool 'Tag1'+0x8");
        assertThat(storage(pool)).isEqualTo("paged pool 'Tag1'");
    }

    @Test
    void everyRoutineOfTheHeadersIsExported() {
        Set<String> exported = new TreeSet<>();
        DdiTable.of(kernel.table()).forEach(row -> exported.add(row.name()));
        Set<String> declared = new TreeSet<>();
        Pattern prototype =
                Pattern.compile("(?:NTKERNELAPI|NTHALAPI|NTSYSAPI|__cdecl)[^;{}]*?(\\w+)\\(");
        for (String header : HEADERS) {
            Matcher matcher = prototype.matcher(Headers.text(header).orElseThrow());
            while (matcher.find()) {
                declared.add(matcher.group(1));
            }
        }

        declared.removeAll(exported);

        assertThat(declared).isEmpty();
    }

    @Test
    void everyExportIsInTheHeaders() {
        StringBuilder headers = new StringBuilder();
        HEADERS.forEach(header -> headers.append(Headers.text(header).orElseThrow()));
        Set<String> exported = new TreeSet<>();
        DdiTable.of(kernel.table()).forEach(row -> exported.add(row.name()));

        exported.removeIf(name -> headers.toString().matches("(?s).*\\b" + name + "\\b.*"));

        // No WDK header for x64 declares these; drivers declare them by themselves.
        assertThat(exported)
                .isSubsetOf(
                        "KeAcquireInStackQueuedSpinLockRaiseToSynch",
                        "KeAlertThread",
                        "KeInitializeApc",
                        "KeInsertQueueApc",
                        "KeIsExecutingDpc",
                        "KeTestAlertThread",
                        "KfLowerIrql");
    }

    @Test
    void theTableOfRoutinesComesFromTheirDeclarations() {
        List<DdiTable.Row> rows = DdiTable.of(kernel.table());

        assertThat(rows)
                .contains(
                        new DdiTable.Row(
                                "KeRemoveDeviceQueue",
                                "wdm.h",
                                "ntoskrnl.exe",
                                "modelled",
                                "",
                                OptionalInt.of(2),
                                OptionalInt.of(2)))
                .noneMatch(row -> row.name().startsWith("Workload"))
                .isSortedAccordingTo(java.util.Comparator.comparing(DdiTable.Row::name));
    }

    @Test
    void headersAreFoundByName() {
        assertThat(Headers.text("ntddk.h").map(t -> t.contains("wdm.h")))
                .isEqualTo(Optional.of(true));
        assertThat(Headers.text("windows.h")).isEmpty();
        assertThat(Headers.text("../bugchecks.txt")).isEmpty();
    }

    // ---- words ----

    /** A driver with one device object; routines that are 0 are left out. */
    private LoadedImage driver(long startIo, long dispatch, long dpc) {
        GuestCode.Routine entry = code.routine("DriverEntry");
        entry.does(p -> {
            DriverObject driver = new DriverObject(p.memory(), p.registers[Processor.RCX]);
            driver.setDriverStartIo(startIo);
            if (dispatch != 0) {
                driver.setMajorFunction(4, dispatch);
            }
            p.registers[Processor.RBX] = driver.address();
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
        if (dpc != 0) {
            entry.calls("KeInitializeDpc", p -> device(p).dpc(), _ -> dpc, _ -> 0);
        }
        entry.does(p -> device(p).setFlags(4)).returns(0);
        return environment.addDriver(image(entry.address(), List.of()));
    }

    /** The device object of the only driver. */
    private DeviceObject device(Processor processor) {
        return new DeviceObject(processor.memory(), environment.drivers().device(0, 0));
    }

    private static long complete(Processor processor, long packet, int status, long bytes) {
        Irp irp = new Irp(processor.memory(), packet);
        irp.setStatus(status);
        irp.setInformation(bytes);
        return packet;
    }

    /** The image of the code, with import slots and data behind it. */
    private Image image(long entry, List<Image.Import> imports) {
        Image plain = code.image();
        List<Image.Import> placed =
                imports.stream()
                        .map(i -> new Image.Import(i.module(), i.name(), i.slot() + 0xF000))
                        .toList();
        List<Symbol> symbols = new ArrayList<>(plain.debug().symbols());
        symbols.add(new Symbol("Global", 0xF100, 0x10, false, "struct INNER"));
        StructureType inner =
                new StructureType(
                        "INNER",
                        0x10,
                        List.of(
                                new Field("Lock", 0, 8, 0, 0, 1, "ULONG_PTR"),
                                new Field("Other", 8, 8, 0, 0, 1, "ULONG_PTR")));
        StructureType extension =
                new StructureType(
                        "_EXTENSION",
                        0x40,
                        List.of(
                                new Field("Interrupt", 0, 8, 0, 0, 1, "PKINTERRUPT"),
                                new Field("Inner", 0x10, 0x20, 0, 0, 2, "INNER")));
        return new Image(
                plain.name(),
                GuestCode.BASE,
                plain.size(),
                (int) (entry - GuestCode.BASE),
                List.of(
                        new Image.Section(
                                ".data", 0xF000, 0x1000, new byte[8], true, false, false)),
                List.of(),
                placed,
                0,
                0,
                new DebugInformation(
                        List.of(), symbols, List.of(), List.of(inner, extension), "EXTENSION"));
    }

    private void run() {
        environment.start();
        machine.run();
    }

    private long load(long address) {
        return machine.processor(0).memory().load64(address);
    }

    private String name(long address) {
        return kernel.names().resolve(machine.processor(0), address).name();
    }

    private String storage(long address) {
        return kernel.names().resolve(machine.processor(0), address).storage();
    }

    private <T extends Event> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
