package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.memory.Mdls;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The packets that the I/O manager made for the system or for drivers, and that it frees when they
 * are completed: their status goes to IRP.UserIosb, and IRP.UserEvent is set.
 */
public final class SystemPackets implements StatePart {
    /** IRP.Flags. */
    static final int IRP_BUFFERED_IO = 0x010;

    static final int IRP_DEALLOCATE_BUFFER = 0x020;
    static final int IRP_INPUT_OPERATION = 0x040;

    private static final int TAG = 'I' | 'r' << 8 | 'p' << 16 | ' ' << 24;
    private static final int TAG_EVENT = 'I' | 'o' << 8 | 'E' << 16 | 'v' << 24;
    private static final int STATUS_BLOCK_BYTES = 0x10;
    private static final int EVENT_BYTES = 0x18;
    private static final int EVENT_WORDS = 6;
    private static final int SIGNAL_STATE = 4;
    private static final long NOBODY = 0L;

    private final Pool pool;
    private final Mdls mdls;
    private final TreeSet<Long> packets = new TreeSet<>();

    /** The threads of those that are completed by an APC in the thread that made them. */
    private final TreeMap<Long, Long> threadPackets = new TreeMap<>();

    /** Those that belong to the drivers which had them made. */
    private final TreeSet<Long> left = new TreeSet<>();

    SystemPackets(Pool pool, Mdls mdls) {
        this.pool = pool;
        this.mdls = mdls;
    }

    /** An event and, behind it, a status block in nonpaged pool, for whoever waits for a packet. */
    public record Answer(GuestMemory memory, long address) {
        /** Address of the KEVENT. */
        public long event() {
            return address;
        }

        long statusBlock() {
            return address + EVENT_BYTES;
        }

        public boolean isThere() {
            return memory.load32(address + SIGNAL_STATE) != 0;
        }

        public int status() {
            return (int) memory.load32(statusBlock());
        }

        public long information() {
            return memory.load64(statusBlock() + 8);
        }
    }

    /** Makes an event that is not set; its address is 0 without memory. */
    public Answer answer(Processor processor) {
        long address =
                pool.allocate(PoolKind.NONPAGED, EVENT_BYTES + STATUS_BLOCK_BYTES, TAG_EVENT);
        if (address != 0) {
            processor.memory().store32(address, (long) EVENT_WORDS << 16);
            new ListEntry(processor.memory(), address + 8).initializeHead();
        }
        return new Answer(processor.memory(), address);
    }

    /** Nobody needs an answer any more. */
    public void release(Processor processor, Answer answer) {
        pool.free(processor, answer.address(), 0);
    }

    /**
     * Makes a packet of the running thread for a device stack; its first stack location has a major
     * and minor function.
     *
     * @return its address, 0 without memory
     */
    public long make(Processor processor, int stackSize, int major, int minor) {
        long address = pool.allocate(PoolKind.NONPAGED, Irp.size(stackSize), TAG);
        if (address == 0) {
            return 0;
        }
        Irp irp = new Irp(processor.memory(), address);
        IrpServices.initialize(irp, Irp.size(stackSize), stackSize);
        irp.setThread(processor.thread);
        IoStackLocation first = irp.stackLocation(stackSize);
        first.setMajorFunction(major);
        first.setMinorFunction(minor);
        packets.add(address);
        return address;
    }

    /** As {@link #make}, with an answer for who waits. */
    public long make(Processor processor, int stackSize, int major, int minor, Answer answer) {
        long address = make(processor, stackSize, major, minor);
        if (address != 0) {
            Irp irp = new Irp(processor.memory(), address);
            irp.setUserEvent(answer.event());
            irp.setUserIosb(answer.statusBlock());
        }
        return address;
    }

    /** Tells of a packet that is about to be sent to a device object. */
    public void tell(Processor processor, long irp, int major, long device, long length) {
        processor.machine().emit(processor, new Event.IrpCreated(irp, major, device, length));
    }

    boolean contains(long irp) {
        return packets.contains(irp);
    }

    /** A packet is completed in the thread that made it. */
    void completeInThread(Irp irp) {
        threadPackets.put(irp.address(), irp.thread());
    }

    boolean isCompletedInThread(long irp) {
        return threadPackets.containsKey(irp);
    }

    /** The packet of a thread behind another one, or the first for 0; 0 if there is none. */
    long nextOfThread(long thread, long packet) {
        long from = packet == 0 ? Long.MIN_VALUE : packet;
        for (var entry : threadPackets.tailMap(from, false).entrySet()) {
            if (entry.getValue() == thread) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** The packets of a thread are nobody's: it ends before they are completed. */
    void abandon(long thread) {
        threadPackets.replaceAll((_, owner) -> owner == thread ? NOBODY : owner);
    }

    /**
     * A packet that was made for a driver is the driver's now, and not freed when it is completed.
     */
    void leave(long irp) {
        forget(irp);
        left.add(irp);
    }

    /** Whether a packet was made, and not only allocated, for somebody. */
    boolean wasBuilt(long irp) {
        return packets.contains(irp) || left.contains(irp);
    }

    /** A driver takes a packet away from the I/O manager by freeing it. */
    void forget(long irp) {
        packets.remove(irp);
        threadPackets.remove(irp);
        left.remove(irp);
    }

    /**
     * All drivers are done with a packet: it is freed.
     *
     * @return address of the event to set, 0 for none
     */
    long finish(Processor processor, Irp irp, long caller) {
        GuestMemory memory = processor.memory();
        long event = irp.userEvent();
        long block = irp.userIosb();
        if (event != 0) {
            processor.memory().probe(event, EVENT_BYTES, true);
        }
        if (block != 0) {
            processor.memory().probe(block, STATUS_BLOCK_BYTES, true);
        }
        copyBack(processor, irp);
        if (block != 0) {
            memory.store32(block, irp.status());
            memory.store64(block + 8, irp.information());
        }
        forget(irp.address());
        mdls.release(processor, irp.mdlAddress(), caller);
        if ((irp.flags() & IRP_DEALLOCATE_BUFFER) != 0 && irp.systemBuffer() != 0) {
            pool.free(processor, irp.systemBuffer(), caller);
        }
        pool.free(processor, irp.address(), caller);
        return event;
    }

    /** The pages of a packet's buffer are not needed any more, and can be unlocked anywhere. */
    void releasePages(Processor processor, Irp irp, long caller) {
        mdls.release(processor, irp.mdlAddress(), caller);
        irp.setMdlAddress(0);
    }

    /** A packet whose thread has ended: it is freed, and nobody is told. */
    void drop(Processor processor, Irp irp, long caller) {
        irp.setUserEvent(0);
        irp.setUserIosb(0);
        irp.setFlags(irp.flags() & ~IRP_INPUT_OPERATION);
        finish(processor, irp, caller);
    }

    private static void copyBack(Processor processor, Irp irp) {
        int copies = IRP_BUFFERED_IO | IRP_INPUT_OPERATION;
        long bytes = irp.information();
        if ((irp.flags() & copies) != copies
                || IoStatus.isError(irp.status())
                || bytes <= 0
                || bytes > Integer.MAX_VALUE) {
            return;
        }
        processor.memory().probe(irp.userBuffer(), bytes, true);
        byte[] content = processor.memory().loadBytes(irp.systemBuffer(), (int) bytes);
        processor.memory().storeBytes(irp.userBuffer(), content);
    }

    /** Packets that are not completed. */
    public List<Long> outstanding() {
        return new ArrayList<>(packets);
    }

    @Override
    public void save(StateWriter out) {
        out.value(packets.size());
        packets.forEach(out::value);
        out.value(threadPackets.size());
        threadPackets.forEach((irp, thread) -> {
            out.value(irp);
            out.value(thread);
        });
        out.value(left.size());
        left.forEach(out::value);
    }

    @Override
    public void restore(StateReader in) {
        packets.clear();
        for (int i = in.intValue(); i > 0; i--) {
            packets.add(in.value());
        }
        threadPackets.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long irp = in.value();
            threadPackets.put(irp, in.value());
        }
        left.clear();
        for (int i = in.intValue(); i > 0; i--) {
            left.add(in.value());
        }
    }
}
