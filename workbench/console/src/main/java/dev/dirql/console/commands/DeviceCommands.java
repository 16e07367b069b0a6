package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.simulation.view.MajorFunctions;
import dev.dirql.simulation.view.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Drivers, their devices, and requests. */
final class DeviceCommands {
    private static final int MAJOR_FUNCTIONS = 28;
    private static final int LINKS_MAXIMUM = 1000;

    private DeviceCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                                "!irp",
                                "[ADDRESS]",
                                "show a request, or list those that are not completed",
                                Command.look(DeviceCommands::irp))
                        .help(
                                """
                                The current stack location is marked with >. A completion routine is
                                called on Success, Error or Cancel, as it says.
                                """),
                Command.of(
                                "!drvobj",
                                "[NAME|ADDRESS] [7]",
                                "show a driver object, or list them",
                                Command.look(DeviceCommands::driver))
                        .help("With 7 its entry points and dispatch routines too."),
                Command.of(
                        "!devobj",
                        "ADDRESS",
                        "show a device object",
                        Command.look(DeviceCommands::device)),
                Command.of(
                                "!devext",
                                "DEVICE",
                                "show the device extension of a device object",
                                Command.look(DeviceCommands::extension))
                        .help("As the type that its driver uses for it, where that is known."));
    }

    // ---- requests ----

    private static void irp(Call call) {
        if (call.arguments().isAtEnd()) {
            outstanding(call);
            return;
        }
        long address = call.argument("An address");
        call.arguments().end();
        Irp irp = irpAt(call, address);
        Reply reply = call.reply();
        boolean completed = irp.currentLocation() > irp.stackCount();
        reply.line(
                "Irp is %s with %d stacks %d is current%s",
                completed ? "completed or not sent," : "active",
                irp.stackCount(),
                irp.currentLocation(),
                completed ? "" : " (= " + Address.text(irp.currentStackLocation()) + ")");
        reply.line(
                " %s: System buffer=%s: Thread %s %s",
                irp.mdlAddress() == 0 ? "No Mdl" : "Mdl=" + Address.text(irp.mdlAddress()),
                Address.text(irp.systemBuffer()),
                Address.text(irp.thread()),
                call.thread(irp.thread()));
        reply.line(
                " IoStatus %s, Information %x%s%s",
                NtStatus.text(irp.status()),
                irp.information(),
                irp.cancel() ? ", cancelled" : "",
                irp.pendingReturned() ? ", pending returned" : "");
        if (irp.cancelRoutine() != 0) {
            reply.line(" Cancel routine %s", call.name(irp.cancelRoutine()));
        }
        reply.put("irp", new Address(address))
                .put("stack_count", irp.stackCount())
                .put("current", irp.currentLocation())
                .put("status", Texts.status(irp.status()))
                .put("information", irp.information())
                .put("cancelled", irp.cancel())
                .put("cancel_routine", call.known(irp.cancelRoutine()));
        reply.line("     cmd  flg cl  Device            Completion-Context");
        var list = reply.data().putArray("locations");
        for (int number = irp.stackCount(); number >= 1; number--) {
            IoStackLocation location = irp.stackLocation(number);
            boolean current = number == irp.currentLocation();
            reply.line(
                    "%s[%3x,%2x] %2x %2x  %s %s%s",
                    current ? ">" : " ",
                    location.majorFunction(),
                    location.minorFunction(),
                    location.flags(),
                    location.control(),
                    Address.text(location.deviceObject()),
                    location.completionRoutine() == 0
                            ? "-"
                            : call.name(location.completionRoutine())
                                    + "-"
                                    + Address.text(location.context()),
                    invoked(location.control()));
            reply.line(
                    "        %s, Args: %016x %016x %016x %016x",
                    MajorFunctions.name(location.majorFunction()),
                    location.argument1(),
                    location.argument2(),
                    location.argument3(),
                    location.argument4());
            list.addObject()
                    .put("number", number)
                    .put("major", location.majorFunction())
                    .put("minor", location.minorFunction())
                    .put("function", MajorFunctions.name(location.majorFunction()))
                    .put("device", Texts.address(location.deviceObject()))
                    .put("completion", call.known(location.completionRoutine()))
                    .put("current", current);
        }
    }

    private static Irp irpAt(Call call, long address) {
        Irp irp = new Irp(call.memory(), address);
        if (irp.type() != Irp.IO_TYPE_IRP
                || irp.stackCount() < 1
                || irp.stackCount() > 127
                || irp.currentLocation() > irp.stackCount() + 2) {
            throw new ConsoleError(
                    "There is no IRP at %s. See which there are with: !irp"
                            .formatted(Address.text(address)));
        }
        return irp;
    }

    private static String invoked(int control) {
        List<String> when = new ArrayList<>();
        if ((control & IoStackLocation.SL_INVOKE_ON_SUCCESS) != 0) {
            when.add("Success");
        }
        if ((control & IoStackLocation.SL_INVOKE_ON_ERROR) != 0) {
            when.add("Error");
        }
        if ((control & IoStackLocation.SL_INVOKE_ON_CANCEL) != 0) {
            when.add("Cancel");
        }
        if ((control & IoStackLocation.SL_PENDING_RETURNED) != 0) {
            when.add("pending");
        }
        return when.isEmpty() ? "" : "  " + String.join(" ", when);
    }

    private static void outstanding(Call call) {
        Reply.Table table =
                call.reply().table("requests", "irp", "function", "device", "driver", "thread");
        for (long address : call.run().io().requests().outstandingIrps()) {
            Irp irp = new Irp(call.memory(), address);
            boolean active =
                    irp.currentLocation() >= 1 && irp.currentLocation() <= irp.stackCount();
            IoStackLocation location =
                    irp.stackLocation(active ? irp.currentLocation() : irp.stackCount());
            table.row(
                    new Address(address),
                    MajorFunctions.name(location.majorFunction()),
                    new Address(location.deviceObject()),
                    ownerOf(call, location.deviceObject()),
                    call.thread(irp.thread()));
        }
        table.end("Every request of the workload is completed.");
    }

    private static String ownerOf(Call call, long device) {
        if (device == 0) {
            return "";
        }
        long object = new DeviceObject(call.memory(), device).driverObject();
        return call.run().io().drivers().all().stream()
                .filter(driver -> driver.object() == object)
                .map(driver -> driver.image().image().name())
                .findFirst()
                .orElse("");
    }

    // ---- drivers ----

    private static void driver(Call call) {
        if (call.arguments().isAtEnd()) {
            Reply.Table table =
                    call.reply().table("drivers", "driver", "object", "state", "DriverEntry");
            for (Drivers.Driver driver : call.run().io().drivers().all()) {
                table.row(
                        driver.image().image().name(),
                        new Address(driver.object()),
                        driver.entered()
                                ? driver.unloading().name().equals("NO")
                                        ? "loaded"
                                        : "unload: "
                                                + driver.unloading()
                                                        .name()
                                                        .toLowerCase(java.util.Locale.ROOT)
                                : "DriverEntry runs or waits",
                        driver.entered() ? NtStatus.text(driver.status()) : "-");
            }
            table.end("There are no drivers.");
            return;
        }
        String rest = call.arguments().rest();
        String first = rest.split("\\s+", 2)[0];
        Optional<Drivers.Driver> named =
                call.run().io().drivers().all().stream()
                        .filter(driver -> isCalled(driver, first))
                        .findFirst();
        long address;
        if (named.isPresent()) {
            Optional<String> _ = call.arguments().word();
            address = named.get().object();
        } else {
            address = call.argument("A driver");
        }
        boolean routines = call.arguments().take("7") || call.arguments().take("2");
        call.arguments().end();
        show(call, address, routines);
    }

    private static boolean isCalled(Drivers.Driver driver, String name) {
        String plain = name.substring(name.lastIndexOf('\\') + 1);
        return driver.image().image().name().equalsIgnoreCase(plain);
    }

    private static void show(Call call, long address, boolean routines) {
        Drivers.Driver driver =
                call.run().io().drivers().all().stream()
                        .filter(one -> one.object() == address)
                        .findFirst()
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "There is no driver object at %s. See: !drvobj"
                                                .formatted(Address.text(address))));
        Reply reply = call.reply();
        DriverObject object = new DriverObject(call.memory(), address);
        reply.line("Driver object (%s) is for:", Address.text(address));
        reply.line(" \\Driver\\%s", driver.image().image().name());
        reply.line("");
        reply.line("Device Object list:");
        reply.put("driver", driver.image().image().name()).put("object", new Address(address));
        var devices = reply.data().putArray("devices");
        long device = object.deviceObject();
        for (int i = 0; device != 0 && i < LINKS_MAXIMUM; i++) {
            reply.line("%s", Address.text(device));
            devices.add(Texts.address(device));
            device = new DeviceObject(call.memory(), device).nextDevice();
        }
        if (!routines) {
            return;
        }
        reply.line("");
        reply.line("DriverEntry:   %s", call.name(object.driverInit()));
        reply.line("DriverStartIo: %s", routine(call, object.driverStartIo()));
        reply.line("DriverUnload:  %s", routine(call, object.driverUnload()));
        reply.line("");
        reply.line("Dispatch routines:");
        var list = reply.data().putArray("dispatch");
        for (int major = 0; major < MAJOR_FUNCTIONS; major++) {
            long at = object.majorFunction(major);
            reply.line("[%02x] %-28s %s", major, MajorFunctions.name(major), routine(call, at));
            list.add(routine(call, at));
        }
    }

    private static String routine(Call call, long address) {
        return address == 0 ? "-" : call.name(address);
    }

    // ---- devices ----

    private static DeviceObject deviceAt(Call call) {
        long address = call.argument("A device object");
        call.arguments().end();
        DeviceObject device = new DeviceObject(call.memory(), address);
        if (device.type() != DeviceObject.IO_TYPE_DEVICE) {
            throw new ConsoleError(
                    "There is no device object at %s. See: !drvobj NAME"
                            .formatted(Address.text(address)));
        }
        return device;
    }

    private static void device(Call call) {
        DeviceObject device = deviceAt(call);
        String driver = ownerOf(call, device.address());
        Reply reply = call.reply();
        reply.line("Device object (%s) is for:", Address.text(device.address()));
        reply.line(
                " DriverObject %s %s",
                Address.text(device.driverObject()), driver.isEmpty() ? "" : "\\Driver\\" + driver);
        reply.line(
                "Current Irp %s RefCount %d Type %08x Flags %08x",
                Address.text(device.currentIrp()),
                device.referenceCount(),
                device.deviceType(),
                device.flags());
        reply.line(
                "DevExt %s StackSize %d",
                Address.text(device.deviceExtension()), device.stackSize());
        reply.line(
                "AttachedDevice (Upper) %s %s",
                Address.text(device.attachedDevice()), ownerOf(call, device.attachedDevice()));
        reply.line(
                "Device queue is %sbusy%s",
                device.deviceQueue().busy() ? "" : "not ", queued(device));
        reply.put("device", new Address(device.address()))
                .put("driver", driver)
                .put("current_irp", new Address(device.currentIrp()))
                .put("reference_count", device.referenceCount())
                .put("flags", new Address(device.flags() & 0xFFFF_FFFFL))
                .put("extension", new Address(device.deviceExtension()))
                .put("attached", new Address(device.attachedDevice()))
                .put("busy", device.deviceQueue().busy());
    }

    private static String queued(DeviceObject device) {
        long head = device.deviceQueue().deviceListHead().address();
        long at = device.deviceQueue().deviceListHead().flink();
        int count = 0;
        while (at != head && at != 0 && count < LINKS_MAXIMUM) {
            count++;
            at = device.memory().load64(at);
        }
        return count == 0 ? "" : ", " + Texts.plural(count, "request") + " in it";
    }

    private static void extension(Call call) {
        DeviceObject device = deviceAt(call);
        long at = device.deviceExtension();
        if (at == 0) {
            throw new ConsoleError("The device has no extension.");
        }
        for (Drivers.Driver driver : call.run().io().drivers().all()) {
            String type = driver.image().image().debug().extensionType();
            if (driver.object() == device.driverObject() && !type.isEmpty()) {
                TypeCommands.structure(call, driver.image(), type, at);
                return;
            }
        }
        call.reply()
                .line(
                        "The type of the extension is not known; its bytes are at %s.",
                        Address.text(at))
                .put("extension", new Address(at));
    }
}
