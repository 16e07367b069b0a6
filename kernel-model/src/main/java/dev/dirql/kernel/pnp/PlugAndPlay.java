package dev.dirql.kernel.pnp;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.interrupts.InterruptObjects;
import dev.dirql.kernel.interrupts.MsixTableInterface;
import dev.dirql.kernel.io.DriverUnloading;
import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;

/** The parts of Plug and Play, put together. */
public final class PlugAndPlay {
    private final PnpDevices devices = new PnpDevices();
    private final PnpActions actions;
    private final PnpNotifications notifications;
    private final List<Object> services;
    private final List<StatePart> parts;

    /** Makes the parts and tells the I/O manager of them. */
    public PlugAndPlay(
            ServiceEngine engine,
            IoManager io,
            LoadedImages images,
            InterruptObjects interrupts,
            Rules rules,
            Pool pool,
            DeviceKeys keys,
            Crash crash) {
        MsixTableInterface msix = new MsixTableInterface(engine, interrupts);
        BusInterfaces interfaces = new BusInterfaces(engine, devices, io.references(), msix);
        BusDriver bus =
                new BusDriver(engine, pool, io.devices(), io.references(), devices, interfaces);
        PnpRules pnpRules = new PnpRules(images, rules);
        PnpRequests requests = new PnpRequests(engine, io.calls(), io.packets(), devices, pnpRules);
        actions = new PnpActions(engine, devices, io.systemThreads());
        PnpServices manager =
                new PnpServices(
                        engine, images, io.drivers(), io.calls(), devices, bus, actions, pnpRules);
        DeviceInterfaces deviceInterfaces = new DeviceInterfaces(engine, pool, devices, io.names());
        PnpListeners listeners = new PnpListeners();
        notifications =
                new PnpNotifications(
                        engine,
                        pool,
                        images,
                        devices,
                        deviceInterfaces,
                        listeners,
                        io.packets(),
                        io.references(),
                        io.systemThreads(),
                        pnpRules);
        deviceInterfaces.onChange((processor, enabled, guid, name) ->
                notifications.interfaceChanged(
                        processor,
                        enabled ? PnpNotifications.ARRIVAL : PnpNotifications.REMOVAL,
                        guid,
                        name));
        io.setStacks(manager);
        services =
                List.of(
                        manager,
                        actions,
                        requests,
                        new PnpTransitions(
                                engine, pool, devices, requests, pnpRules, notifications),
                        new PnpRelations(engine, pool, devices, requests, io.objects()),
                        new DevicePropertyServices(devices, actions, io.names(), crash),
                        deviceInterfaces,
                        notifications,
                        new DeviceKeyServices(keys, devices, deviceInterfaces),
                        bus,
                        interfaces,
                        msix,
                        new PowerServices(engine, pool, io.packets()));
        parts = List.of(devices, bus, deviceInterfaces, listeners);
    }

    /** The devices; they are added before the first driver is loaded. */
    public PnpDevices devices() {
        return devices;
    }

    /**
     * Lets something happen to a device: a system thread does it.
     *
     * @param nanoseconds how long a stop lasts
     */
    public void start(Processor processor, PnpActions.Kind kind, int device, long nanoseconds) {
        actions.start(processor, kind, device, nanoseconds);
    }

    /** What an image that is unloaded has registered for and did not take back. */
    public List<DriverUnloading.Leftover> leftovers(LoadedImage image) {
        return notifications.leftovers(image);
    }

    /** Objects with the exports. */
    public List<Object> services() {
        return services;
    }

    /** Machine state. */
    public List<StatePart> parts() {
        return parts;
    }
}
