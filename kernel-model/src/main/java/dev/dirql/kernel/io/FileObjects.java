package dev.dirql.kernel.io;

import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.FileObject;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The file objects of workload threads, one for each thread and device object, and those of
 * drivers.
 */
final class FileObjects implements StatePart {
    private static final int TAG = 'F' | 'i' << 8 | 'l' << 16 | 'e' << 24;
    private static final int EVENT_WORDS = 6;
    private static final int SYNCHRONIZATION_EVENT = 1;

    private final Pool pool;
    private final Devices devices;

    /** By thread, then device object. */
    private final TreeMap<Long, TreeMap<Long, Long>> files = new TreeMap<>();

    private final TreeSet<Long> opened = new TreeSet<>();
    private final TreeSet<Long> ofDrivers = new TreeSet<>();
    private Consumer<Processor> listener = _ -> {};

    FileObjects(Pool pool, Devices devices) {
        this.pool = pool;
        this.devices = devices;
    }

    /** The file object of a thread and a device object, made if there is none; 0 without memory. */
    long of(GuestMemory memory, long thread, DeviceObject device) {
        TreeMap<Long, Long> ofThread = files.computeIfAbsent(thread, _ -> new TreeMap<>());
        Long known = ofThread.get(device.address());
        if (known != null) {
            return known;
        }
        long address = make(memory, device);
        if (address != 0) {
            ofThread.put(device.address(), address);
        }
        return address;
    }

    private long make(GuestMemory memory, DeviceObject device) {
        long address = pool.allocate(PoolKind.NONPAGED, FileObject.BYTES, TAG);
        if (address == 0) {
            return 0;
        }
        FileObject file = new FileObject(memory, address);
        file.setType(FileObject.IO_TYPE_FILE);
        file.setSize(FileObject.BYTES);
        file.setDeviceObject(device.address());
        file.setVpb(device.vpb());
        file.setReadAccess(true);
        file.setWriteAccess(true);
        event(memory, file.lock(), SYNCHRONIZATION_EVENT);
        event(memory, file.event(), 0);
        file.irpList().initializeHead();
        devices.reference(device);
        return address;
    }

    private static void event(GuestMemory memory, long address, int type) {
        memory.store32(address, type | EVENT_WORDS << 16);
        new ListEntry(memory, address + 8).initializeHead();
    }

    /** A file object for a driver, which is referenced once; 0 without memory. */
    long makeForDriver(GuestMemory memory, DeviceObject device) {
        long address = make(memory, device);
        if (address != 0) {
            ofDrivers.add(address);
        }
        return address;
    }

    /** Whether an object is a file object of a driver. */
    boolean isOfDriver(long object) {
        return ofDrivers.contains(object);
    }

    /** The last reference to a file object of a driver is gone, and its driver knows. */
    void closeForDriver(Processor processor, long file, long caller) {
        ofDrivers.remove(file);
        long device = new FileObject(processor.memory(), file).deviceObject();
        pool.free(processor, file, caller);
        devices.dereference(processor, new DeviceObject(processor.memory(), device), caller);
        if (processor.machine().ended() == null) {
            listener.accept(processor);
        }
    }

    /** Whether a thread has a file object of a device object. */
    boolean isOpen(long thread, DeviceObject device) {
        TreeMap<Long, Long> ofThread = files.get(thread);
        return ofThread != null && ofThread.containsKey(device.address());
    }

    /** Says who is told when a file object is gone. */
    void onClosed(Consumer<Processor> newListener) {
        listener = newListener;
    }

    /** The running thread opened the file itself: it stays until it is closed. */
    void opened(Processor processor, DeviceObject device) {
        TreeMap<Long, Long> ofThread = files.get(processor.thread);
        Long file = ofThread == null ? null : ofThread.get(device.address());
        if (file != null) {
            opened.add(file);
        }
    }

    /** Gives up the file objects that the running thread got with its requests and did not open. */
    void closeUnopened(Processor processor, long caller) {
        TreeMap<Long, Long> ofThread = files.getOrDefault(processor.thread, new TreeMap<>());
        for (var entry : new TreeMap<>(ofThread).entrySet()) {
            if (!opened.contains(entry.getValue())) {
                close(processor, new DeviceObject(processor.memory(), entry.getKey()), caller);
            }
        }
    }

    /** Gives up the file object of a thread and a device object. */
    void close(Processor processor, DeviceObject device, long caller) {
        TreeMap<Long, Long> ofThread = files.get(processor.thread);
        Long file = ofThread == null ? null : ofThread.remove(device.address());
        if (file != null) {
            opened.remove(file);
            pool.free(processor, file, caller);
            devices.dereference(processor, device, caller);
            if (processor.machine().ended() == null) {
                listener.accept(processor);
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(files.size());
        files.forEach((thread, ofThread) -> {
            out.value(thread);
            out.value(ofThread.size());
            ofThread.forEach((device, file) -> {
                out.value(device);
                out.value(file);
            });
        });
        out.value(opened.size());
        opened.forEach(out::value);
        out.value(ofDrivers.size());
        ofDrivers.forEach(out::value);
    }

    @Override
    public void restore(StateReader in) {
        files.clear();
        int threads = in.intValue();
        for (int i = 0; i < threads; i++) {
            TreeMap<Long, Long> ofThread = new TreeMap<>();
            files.put(in.value(), ofThread);
            int count = in.intValue();
            for (int j = 0; j < count; j++) {
                long device = in.value();
                ofThread.put(device, in.value());
            }
        }
        opened.clear();
        for (int i = in.intValue(); i > 0; i--) {
            opened.add(in.value());
        }
        ofDrivers.clear();
        for (int i = in.intValue(); i > 0; i--) {
            ofDrivers.add(in.value());
        }
    }
}
