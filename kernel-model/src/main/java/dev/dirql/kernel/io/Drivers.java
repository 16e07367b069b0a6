package dev.dirql.kernel.io;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.DriverExtension;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The drivers of this run and their driver objects. */
public final class Drivers implements StatePart {
    private static final int TAG = 'D' | 'r' << 8 | 'i' << 16 | 'v' << 24;
    private static final int DRVO_LEGACY_DRIVER = 2;
    private static final String HARDWARE = "\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM";
    private static final String SERVICES = "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\";

    /** How far the unloading of a driver is. */
    public enum Unloading {
        /** Nobody asked for it. */
        NO,
        /** It has no DriverUnload routine. */
        REFUSED,
        /** Something of it is still open. */
        WAITING,
        /** DriverUnload is called. */
        RUNNING,
        DONE
    }

    /** A driver, from its loading on. */
    public static final class Driver {
        private final LoadedImage image;
        private long object;
        private long registryPath;
        private boolean entered;
        private int status;
        private Unloading unloading = Unloading.NO;

        /** Device objects in the order in which they were created, 0 for deleted ones. */
        private List<Long> devices = new ArrayList<>();

        private Driver(LoadedImage image) {
            this.image = image;
        }

        public LoadedImage image() {
            return image;
        }

        /** Address of the DRIVER_OBJECT, 0 before DriverEntry is called. */
        public long object() {
            return object;
        }

        long registryPath() {
            return registryPath;
        }

        /** Whether DriverEntry returned. */
        public boolean entered() {
            return entered;
        }

        /** What DriverEntry returned. */
        public int status() {
            return status;
        }

        public Unloading unloading() {
            return unloading;
        }

        void setUnloading(Unloading state) {
            unloading = state;
        }

        void returned(int newStatus) {
            entered = true;
            status = newStatus;
        }
    }

    private final Pool pool;
    private final DriverObjectExtensions extensions = new DriverObjectExtensions();
    private List<Driver> drivers = new ArrayList<>();

    public Drivers(Pool pool) {
        this.pool = pool;
    }

    /** The context areas of their driver objects. */
    DriverObjectExtensions extensions() {
        return extensions;
    }

    /** Frees the context areas of a driver object. */
    void freeExtensions(Processor processor, Driver driver) {
        for (long address : extensions.remove(driver.object).values()) {
            pool.free(processor, address, 0);
        }
    }

    /** Adds a driver whose image is loaded; its DriverEntry is called in this order. */
    public void add(LoadedImage image) {
        drivers.add(new Driver(image));
    }

    public List<Driver> all() {
        return List.copyOf(drivers);
    }

    public int count() {
        return drivers.size();
    }

    public Driver get(int index) {
        return drivers.get(index);
    }

    /** The driver whose driver object is at an address, or null. */
    @Nullable Driver ofObject(long object) {
        for (Driver driver : drivers) {
            if (driver.object == object) {
                return driver;
            }
        }
        return null;
    }

    /** The device object that a driver created as its n-th, counted from 0; 0 if there is none. */
    public long device(int driver, int number) {
        if (driver < 0 || driver >= drivers.size()) {
            return 0;
        }
        List<Long> devices = drivers.get(driver).devices;
        return number < 0 || number >= devices.size() ? 0 : devices.get(number);
    }

    /** Remembers a new device object and says how many its driver had created before. */
    int created(long driverObject, long device) {
        Driver driver = ofObject(driverObject);
        if (driver == null) {
            return 0;
        }
        driver.devices.add(device);
        return driver.devices.size() - 1;
    }

    void deleted(long device) {
        for (Driver driver : drivers) {
            driver.devices.replaceAll(known -> known == device ? 0 : known);
        }
    }

    /**
     * Makes the driver object.
     *
     * @param invalidRequest routine that every dispatch entry holds at first
     * @return whether there was memory
     */
    public boolean createObject(GuestMemory memory, Driver driver, long invalidRequest) {
        String name = driver.image.image().name();
        int extension = DriverObject.BYTES;
        int hardware = extension + DriverExtension.BYTES + 8;
        int registry = hardware + UnicodeString.BYTES;
        int texts = registry + UnicodeString.BYTES;
        String driverName = "\\Driver\\" + name;
        String path = SERVICES + name;
        int size =
                texts
                        + textBytes(driverName)
                        + textBytes(HARDWARE)
                        + textBytes(path)
                        + textBytes(name);
        long address = pool.allocate(PoolKind.NONPAGED, size, TAG);
        if (address == 0) {
            return false;
        }
        DriverObject object = new DriverObject(memory, address);
        object.setType(DriverObject.IO_TYPE_DRIVER);
        object.setSize(DriverObject.BYTES);
        object.setFlags(DRVO_LEGACY_DRIVER);
        object.setDriverStart(driver.image.base());
        object.setDriverSize(driver.image.image().size());
        object.setDriverExtension(address + extension);
        object.setHardwareDatabase(address + hardware);
        object.setDriverInit(driver.image.base() + driver.image.image().entryPoint());
        for (int i = 0; i < IrpServices.MAJOR_FUNCTIONS; i++) {
            object.setMajorFunction(i, invalidRequest);
        }
        DriverExtension more = new DriverExtension(memory, address + extension);
        more.setDriverObject(address);
        long at = address + texts;
        at = putText(object.driverName(), at, driverName);
        at = putText(new UnicodeString(memory, address + hardware), at, HARDWARE);
        at = putText(new UnicodeString(memory, address + registry), at, path);
        putText(more.serviceKeyName(), at, name);
        driver.object = address;
        driver.registryPath = address + registry;
        return true;
    }

    private static int textBytes(String text) {
        return 2 * text.length() + 2;
    }

    private static long putText(UnicodeString string, long at, String text) {
        for (int i = 0; i < text.length(); i++) {
            string.memory().store16(at + 2L * i, text.charAt(i));
        }
        string.memory().store16(at + 2L * text.length(), 0);
        string.setLength(2 * text.length());
        string.setMaximumLength(textBytes(text));
        string.setBuffer(at);
        return at + textBytes(text);
    }

    @Override
    public void save(StateWriter out) {
        out.value(drivers.size());
        for (Driver driver : drivers) {
            out.reference(driver);
            out.value(driver.object);
            out.value(driver.registryPath);
            out.value(driver.entered);
            out.value(driver.status);
            out.value(driver.unloading.ordinal());
            out.value(driver.devices.size());
            driver.devices.forEach(out::value);
        }
    }

    @Override
    public void restore(StateReader in) {
        drivers = new ArrayList<>();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            Driver driver = in.reference(Driver.class);
            driver.object = in.value();
            driver.registryPath = in.value();
            driver.entered = in.booleanValue();
            driver.status = in.intValue();
            driver.unloading = Unloading.values()[in.intValue()];
            driver.devices = new ArrayList<>();
            int devices = in.intValue();
            for (int j = 0; j < devices; j++) {
                driver.devices.add(in.value());
            }
            drivers.add(driver);
        }
    }
}
