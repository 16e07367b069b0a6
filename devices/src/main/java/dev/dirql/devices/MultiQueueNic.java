package dev.dirql.devices;

import dev.dirql.devices.pci.PciIdentity;
import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A network adapter on the PCI bus with N receive and N transmit queues. Each queue is a ring of
 * descriptors in memory, has a cause of interrupts of its own, and belongs to the message that its
 * MESSAGE register names.
 *
 * <table>
 * <caption>Registers, 32 bits each; q is the number of a queue, from 0</caption>
 * <tr><th>offset</th><th>name</th><th>bits</th></tr>
 * <tr><td>0x00</td><td>CONTROL</td><td>0 RESET: write-only; 1 LOOPBACK, 8 INTERRUPT_ENABLE:
 *     read/write</td></tr>
 * <tr><td>0x04</td><td>STATUS</td><td>0 LINK_UP: read-only</td></tr>
 * <tr><td>0x08</td><td>RX_CAUSE</td><td>q: a packet was stored by receive queue q, write 1 to
 *     clear</td></tr>
 * <tr><td>0x0C</td><td>TX_CAUSE</td><td>q: transmit queue q sent what was to be reported, write 1
 *     to clear</td></tr>
 * <tr><td>0x10</td><td>OTHER_CAUSE</td><td>0 LINK_CHANGED, 1 RX_MISSED, 2 DMA_FAILED, 3 BAD_RING:
 *     write 1 to clear</td></tr>
 * <tr><td>0x14</td><td>RX_INTERRUPTS</td><td>bits of RX_CAUSE that interrupt, read/write</td></tr>
 * <tr><td>0x18</td><td>TX_INTERRUPTS</td><td>bits of TX_CAUSE that interrupt, read/write</td></tr>
 * <tr><td>0x1C</td><td>OTHER_INTERRUPTS</td><td>bits of OTHER_CAUSE that interrupt,
 *     read/write</td></tr>
 * <tr><td>0x20</td><td>OTHER_MESSAGE</td><td>message of OTHER_CAUSE, read/write</td></tr>
 * <tr><td>0x24</td><td>QUEUES</td><td>N, read-only</td></tr>
 * <tr><td>0x28</td><td>MISSED_PACKETS</td><td>packets that found no descriptor, read to
 *     clear</td></tr>
 * <tr><td>0x2C</td><td>MAC_LOW</td><td>first four bytes of its address, read-only</td></tr>
 * <tr><td>0x30</td><td>MAC_HIGH</td><td>the last two, read-only</td></tr>
 * <tr><td>0x1000 + 0x20q</td><td>RX_BASE_LOW[q]</td><td>physical address of the ring, a multiple of
 *     16, read/write</td></tr>
 * <tr><td>+0x04</td><td>RX_BASE_HIGH[q]</td><td>its upper half, read/write</td></tr>
 * <tr><td>+0x08</td><td>RX_COUNT[q]</td><td>descriptors of the ring, 2 to 4096,
 *     read/write</td></tr>
 * <tr><td>+0x0C</td><td>RX_CONTROL[q]</td><td>0 RX_ENABLE, read/write</td></tr>
 * <tr><td>+0x10</td><td>RX_HEAD[q]</td><td>next descriptor that the adapter uses, read-only</td></tr>
 * <tr><td>+0x14</td><td>RX_TAIL[q]</td><td>first descriptor that it must not use,
 *     read/write</td></tr>
 * <tr><td>+0x18</td><td>RX_MESSAGE[q]</td><td>message of the queue, read/write</td></tr>
 * <tr><td>+0x1C</td><td>RX_MODERATION[q]</td><td>least time between two interrupts of the queue in
 *     nanoseconds, read/write</td></tr>
 * <tr><td>0x2000 + 0x20q</td><td>TX_…[q]</td><td>the same for transmit queues</td></tr>
 * </table>
 *
 * <table>
 * <caption>Descriptors, 16 bytes each</caption>
 * <tr><th>offset</th><th>receive</th><th>transmit</th></tr>
 * <tr><td>0</td><td>physical address of the buffer, 64 bits</td><td>the same</td></tr>
 * <tr><td>8</td><td>bytes of the buffer; then bytes stored, 32 bits</td><td>bytes of the packet, 1
 *     to 9216, 32 bits</td></tr>
 * <tr><td>12</td><td>status, 32 bits, written by the adapter: 0 DONE, 1 TRUNCATED</td><td>8
 *     REPORT, written by the driver: the queue's cause comes to hold when the packet was sent; the
 *     adapter replaces all of it: 0 DONE, 1 FAILED</td></tr>
 * </table>
 *
 * <ul>
 *   <li>A ring's descriptors from HEAD up to TAIL, TAIL left out, are the adapter's. ENABLE sets
 *       HEAD and TAIL to 0. A ring with a wrong COUNT or address cannot be enabled, and a TAIL
 *       beyond its descriptors disables it: BAD_RING is set. BASE and COUNT count at the moment of
 *       ENABLE.
 *   <li>A packet that is received while the link is up is stored at once: descriptor read, buffer
 *       written, length and status written, HEAD moved, cause set. More than the buffer holds is
 *       cut off, and TRUNCATED. Without descriptor, or with the ring disabled, it is lost:
 *       MISSED_PACKETS counts it, RX_MISSED is set.
 *   <li>A transmit queue sends its packets one after the other while the link is up, each taking
 *       the packet time. A packet of a wrong length is not sent and FAILED. With LOOPBACK it is
 *       received by the receive queue of the same number, whatever the link is.
 *   <li>Where a descriptor cannot be read or written, or a buffer not reached, the queue is
 *       disabled, and DMA_FAILED set.
 *   <li>RESET, with whatever else is written, puts back every register, forgets what is being sent,
 *       and leaves the link as it is.
 * </ul>
 *
 * <p>A cause interrupts while its bit is set in CAUSE and INTERRUPTS, and INTERRUPT_ENABLE is; but
 * after it began to, it does so again only after its moderation time. The causes are numbered:
 * receive queues, transmit queues, other; the messages of power-on are those numbers. Of the data
 * of a packet that comes from outside the first eight bytes are its number, from 1, and byte i is
 * number + i.
 *
 * <p>{@code raise} sets a cause of the message that is meant, without a packet; the first receive
 * queue's if none is.
 */
public final class MultiQueueNic extends PciDevice {
    private static final int QUEUES_MAXIMUM = 32;
    private static final int PACKET_MAXIMUM = 9216;
    private static final int RING_MAXIMUM = 4096;
    private static final int DESCRIPTOR = 16;

    private static final Property QUEUES_PROPERTY =
            Property.of(
                    "queues",
                    new PropertyKind.Whole(1, QUEUES_MAXIMUM),
                    new PropertyValue.Quantity(4),
                    "Receive queues, and as many transmit queues.");
    private static final Property PACKET_TIME =
            Property.of(
                    "packet_time",
                    new PropertyKind.Time(1, 3_600_000_000_000L),
                    new PropertyValue.Quantity(1_000),
                    "Time that a packet takes on the wire.");

    private static final String RECEIVE = "receive";
    private static final String LINK = "link";
    private static final Property QUEUE =
            Property.of(
                    "queue",
                    new PropertyKind.Whole(0, QUEUES_MAXIMUM - 1),
                    new PropertyValue.Quantity(0),
                    "The receive queue they come to.");
    private static final Property LENGTH =
            Property.of(
                    "length",
                    new PropertyKind.Whole(1, PACKET_MAXIMUM),
                    new PropertyValue.Quantity(64),
                    "Bytes of each packet.");
    private static final Property TIMES =
            Property.of(
                    "times",
                    new PropertyKind.Whole(1, 1_000_000),
                    new PropertyValue.Quantity(1),
                    "How many packets, a packet time apart.");
    private static final String LINK_IS_DOWN = "down";
    private static final String LINK_IS_UP = "up";
    private static final Property TO =
            Property.positional(
                    "to",
                    new PropertyKind.Choice(List.of(LINK_IS_DOWN, LINK_IS_UP)),
                    "How it is from now on.");

    public static final DeviceType TYPE =
            new DeviceType(
                    "MultiQueueNic",
                    "A network adapter on the PCI bus with receive and transmit rings in memory, a"
                            + " message each.",
                    PciInterrupts.with(QUEUES_PROPERTY, PACKET_TIME),
                    List.of(
                            new StimulusType(
                                    RECEIVE,
                                    List.of(QUEUE, LENGTH, TIMES),
                                    "Packets arrive: receive queue Q length L times N."),
                            new StimulusType(LINK, List.of(TO), "The link changes.")),
                    MultiQueueNic::new,
                    new PciType(
                            new PciIdentity(PciIdentity.VENDOR, 0x4E1C, 0x02_00_00, 1, 1),
                            values -> 2 * (int) values.number(QUEUES_PROPERTY.name()) + 1));

    private static final long RESET = 1;
    private static final long LOOPBACK = 1 << 1;
    private static final long INTERRUPT_ENABLE = 1 << 8;
    private static final long LINK_UP = 1;
    private static final long LINK_CHANGED = 1;
    private static final long RX_MISSED = 1 << 1;
    private static final long DMA_FAILED = 1 << 2;
    private static final long BAD_RING = 1 << 3;
    private static final long OTHER_CAUSES = LINK_CHANGED | RX_MISSED | DMA_FAILED | BAD_RING;
    private static final long ENABLE = 1;

    private static final int DONE = 1;
    private static final int TRUNCATED = 1 << 1;
    private static final int FAILED = 1 << 1;
    private static final int REPORT = 1 << 8;

    /** 02 means that nobody assigned it. */
    private static final long MAC_LOW_BYTES = 0x51_49_44_02L;

    private static final long MAC_HIGH_BYTES = 0x01_4C;

    private static final int RX_BLOCK = 0x1000;
    private static final int TX_BLOCK = 0x2000;

    // spotless:off
    private final Register control =
            Register.named("CONTROL")
                    .at(0x00)
                    .describedAs("What the adapter does.")
                    .flag(RESET, "RESET", Access.WRITE_ONLY, "Puts the registers back.")
                    .flag(
                            LOOPBACK,
                            "LOOPBACK",
                            Access.READ_WRITE,
                            "What is sent is received by the queue of the same number.")
                    .flag(
                            INTERRUPT_ENABLE,
                            "INTERRUPT_ENABLE",
                            Access.READ_WRITE,
                            "Causes interrupt.")
                    .afterWrite(this::controlWritten);
    private final Register status =
            Register.named("STATUS")
                    .at(0x04)
                    .describedAs("The link.")
                    .flag(LINK_UP, "LINK_UP", Access.READ_ONLY, "The link is there.")
                    .resetsTo(LINK_UP);
    private final Register otherCause =
            Register.named("OTHER_CAUSE")
                    .at(0x10)
                    .describedAs("What else happened.")
                    .flag(
                            LINK_CHANGED,
                            "LINK_CHANGED",
                            Access.WRITE_ONE_TO_CLEAR,
                            "LINK_UP changed.")
                    .flag(
                            RX_MISSED,
                            "RX_MISSED",
                            Access.WRITE_ONE_TO_CLEAR,
                            "A packet found no descriptor.")
                    .flag(
                            DMA_FAILED,
                            "DMA_FAILED",
                            Access.WRITE_ONE_TO_CLEAR,
                            "A ring or buffer could not be reached; the queue is disabled.")
                    .flag(
                            BAD_RING,
                            "BAD_RING",
                            Access.WRITE_ONE_TO_CLEAR,
                            "A ring was set up wrong; the queue is disabled.")
                    .afterWrite(_ -> update());
    private final Register otherInterrupts =
            Register.named("OTHER_INTERRUPTS")
                    .at(0x1C)
                    .describedAs("Bits of OTHER_CAUSE that interrupt.")
                    .field(
                            OTHER_CAUSES,
                            "OTHER_INTERRUPT_BITS",
                            Access.READ_WRITE,
                            "The bits of OTHER_CAUSE.")
                    .afterWrite(_ -> update());
    private final Register otherMessage =
            Register.named("OTHER_MESSAGE")
                    .at(0x20)
                    .describedAs("Message of OTHER_CAUSE.")
                    .field(
                            0x7FF,
                            "OTHER_MESSAGE_NUMBER",
                            Access.READ_WRITE,
                            "Taken modulo the enabled messages.")
                    .afterWrite(_ -> update());
    private final Register queueCount =
            Register.named("QUEUES")
                    .at(0x24)
                    .access(Access.READ_ONLY)
                    .describedAs("Receive queues, and as many transmit queues.");
    private final Register missedPackets =
            Register.named("MISSED_PACKETS")
                    .at(0x28)
                    .access(Access.READ_TO_CLEAR)
                    .describedAs("Packets that found no descriptor.");
    private final Register macLow =
            Register.named("MAC_LOW")
                    .at(0x2C)
                    .access(Access.READ_ONLY)
                    .describedAs("First four bytes of its address.")
                    .resetsTo(MAC_LOW_BYTES);
    private final Register macHigh =
            Register.named("MAC_HIGH")
                    .at(0x30)
                    .access(Access.READ_ONLY)
                    .describedAs("Last two bytes of its address.")
                    .resetsTo(MAC_HIGH_BYTES);
    // spotless:on

    private final int queues;
    private final long packetTimeNs;
    private final Direction receive;
    private final Direction transmit;

    /** Of each cause, whether it interrupts now, and when it may begin to again. */
    private final boolean[] interrupting;

    private final long[] notBeforeNs;
    private final boolean[] waiting;

    private final int sentHandler;
    private final int moderationHandler;
    private final int arrivalHandler;

    /** Packets that are still to arrive, by the argument of their entry in the event queue. */
    private final TreeMap<Long, Burst> bursts = new TreeMap<>();

    private boolean linkUp = true;
    private long packets;

    private record Burst(int queue, int length, long left) {}

    private MultiQueueNic(DeviceSetup setup) {
        super(TYPE, setup);
        queues = (int) setup.properties().number(QUEUES_PROPERTY.name());
        packetTimeNs = setup.properties().number(PACKET_TIME.name());
        queueCount.resetsTo(queues);
        otherMessage.resetsTo(2L * queues);
        receive = new Direction("RX", 0x08, 0x14, RX_BLOCK, 0);
        transmit = new Direction("TX", 0x0C, 0x18, TX_BLOCK, queues);
        interrupting = new boolean[2 * queues + 1];
        notBeforeNs = new long[interrupting.length];
        waiting = new boolean[interrupting.length];
        sentHandler = machine().queue().register((_, queue) -> sent((int) queue));
        moderationHandler = machine().queue().register((_, cause) -> moderated((int) cause));
        arrivalHandler = machine().queue().register(this::arrive);
        List<Register> all = new ArrayList<>();
        all.add(control);
        all.add(status);
        all.add(otherCause);
        all.add(otherInterrupts);
        all.add(otherMessage);
        all.add(queueCount);
        all.add(missedPackets);
        all.add(macLow);
        all.add(macHigh);
        receive.addTo(all);
        transmit.addTo(all);
        install(all.toArray(Register[]::new));
    }

    /** The receive or the transmit queues. */
    private final class Direction {
        final Register cause;
        final Register interrupts;
        final List<Ring> rings = new ArrayList<>();

        Direction(String prefix, int causeAt, int interruptsAt, int block, int firstCause) {
            long all = queues == QUEUES_MAXIMUM ? 0xFFFF_FFFFL : (1L << queues) - 1;
            // spotless:off
            cause =
                    Register.named(prefix + "_CAUSE")
                            .at(causeAt)
                            .describedAs("Queues with something new, a bit each.")
                            .field(
                                    all,
                                    prefix + "_CAUSE_BITS",
                                    Access.WRITE_ONE_TO_CLEAR,
                                    "Bit q is for queue q.")
                            .afterWrite(_ -> update());
            interrupts =
                    Register.named(prefix + "_INTERRUPTS")
                            .at(interruptsAt)
                            .describedAs("Queues that interrupt, a bit each.")
                            .field(
                                    all,
                                    prefix + "_INTERRUPT_BITS",
                                    Access.READ_WRITE,
                                    "Bit q is for queue q.")
                            .afterWrite(_ -> update());
            // spotless:on
            for (int i = 0; i < queues; i++) {
                rings.add(new Ring(prefix, i, block, firstCause + i));
            }
        }

        void addTo(List<Register> all) {
            all.add(cause);
            all.add(interrupts);
            rings.forEach(ring -> all.addAll(ring.registers()));
        }
    }

    /** One queue and its ring. */
    private final class Ring {
        static final int STRIDE = 0x20;

        final int number;
        final Register baseLow;
        final Register baseHigh;
        final Register count;
        final Register control;
        final Register head;
        final Register tail;
        final Register message;
        final Register moderation;

        /** What BASE and COUNT were when the ring was enabled. */
        long base;

        long descriptors;
        boolean sending;

        Ring(String prefix, int number, int block, int firstMessage) {
            this.number = number;
            int at = block + STRIDE * number;
            // spotless:off
            baseLow =
                    Register.named(prefix + "_BASE_LOW")
                            .at(at)
                            .describedAs("Physical address of the ring, lower half.");
            baseHigh =
                    Register.named(prefix + "_BASE_HIGH")
                            .at(at + 0x04)
                            .describedAs("Physical address of the ring, upper half.");
            count =
                    Register.named(prefix + "_COUNT")
                            .at(at + 0x08)
                            .describedAs("Descriptors of the ring, 2 to 4096.");
            control =
                    Register.named(prefix + "_CONTROL")
                            .at(at + 0x0C)
                            .describedAs("Whether the queue works.")
                            .flag(
                                    ENABLE,
                                    prefix + "_ENABLE",
                                    Access.READ_WRITE,
                                    "It uses its ring.")
                            .afterWrite(written -> controlWritten(written));
            head =
                    Register.named(prefix + "_HEAD")
                            .at(at + 0x10)
                            .access(Access.READ_ONLY)
                            .describedAs("Next descriptor that the adapter uses.");
            tail =
                    Register.named(prefix + "_TAIL")
                            .at(at + 0x14)
                            .describedAs("First descriptor that the adapter must not use.")
                            .afterWrite(_ -> tailWritten());
            message =
                    Register.named(prefix + "_MESSAGE")
                            .at(at + 0x18)
                            .describedAs("Message of the queue.")
                            .field(
                                    0x7FF,
                                    prefix + "_MESSAGE_NUMBER",
                                    Access.READ_WRITE,
                                    "Taken modulo the enabled messages.")
                            .resetsTo(firstMessage)
                            .afterWrite(_ -> update());
            moderation =
                    Register.named(prefix + "_MODERATION")
                            .at(at + 0x1C)
                            .describedAs("Least nanoseconds between two interrupts of the queue.");
            // spotless:on
        }

        List<Register> registers() {
            List<Register> all =
                    List.of(baseLow, baseHigh, count, control, head, tail, message, moderation);
            all.forEach(register -> register.element(number, STRIDE));
            return all;
        }

        boolean isEnabled() {
            return control.isSet(ENABLE);
        }

        boolean isEmpty() {
            return head.value() == tail.value();
        }

        private void controlWritten(long written) {
            if ((written & ENABLE) == 0) {
                return;
            }
            base = baseLow.value() | baseHigh.value() << 32;
            descriptors = count.value();
            head.set(0);
            tail.set(0);
            if (descriptors < 2 || descriptors > RING_MAXIMUM || base % DESCRIPTOR != 0) {
                fail(this, BAD_RING);
            }
        }

        private void tailWritten() {
            if (isEnabled() && tail.value() >= descriptors) {
                fail(this, BAD_RING);
            } else {
                startSending();
            }
        }

        long descriptor() {
            return base + DESCRIPTOR * head.value();
        }

        void advance() {
            head.set((head.value() + 1) % descriptors);
        }
    }

    // ---- registers ----

    private void controlWritten(long written) {
        if ((written & RESET) != 0) {
            reset();
        }
        update();
    }

    private void reset() {
        registers().reset();
        status.set(linkUp ? LINK_UP : 0);
        for (Ring ring : transmit.rings) {
            machine().queue().cancel(sentHandler, ring.number);
            ring.sending = false;
        }
        for (int i = 0; i < waiting.length; i++) {
            machine().queue().cancel(moderationHandler, i);
            waiting[i] = false;
            notBeforeNs[i] = 0;
        }
    }

    private void fail(Ring ring, long why) {
        ring.control.clear(ENABLE);
        raiseOther(why);
        update();
    }

    // ---- receiving ----

    private void arrive(long timeNs, long slot) {
        Burst burst = bursts.remove(slot);
        if (burst == null) {
            throw new IllegalStateException("%s: no burst %d".formatted(name(), slot));
        }
        if (burst.left > 1) {
            bursts.put(slot, new Burst(burst.queue, burst.length, burst.left - 1));
            machine().queue().set(arrivalHandler, timeNs + packetTimeNs, slot);
        }
        packets++;
        if (linkUp) {
            store(receive.rings.get(burst.queue), packet(burst.length));
            update();
        }
    }

    private byte[] packet(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i < 8 ? packets >>> (8 * i) : packets + i);
        }
        return bytes;
    }

    private void store(Ring ring, byte[] packet) {
        if (!ring.isEnabled() || ring.isEmpty()) {
            missedPackets.set(missedPackets.value() + 1);
            raiseOther(RX_MISSED);
            return;
        }
        byte[] descriptor = new byte[DESCRIPTOR];
        long at = ring.descriptor();
        if (!function().readMemory(at, descriptor)) {
            fail(ring, DMA_FAILED);
            return;
        }
        long room = LittleEndian.get32(descriptor, 8);
        int stored = (int) Math.min(packet.length, room);
        byte[] bytes = stored == packet.length ? packet : Arrays.copyOf(packet, stored);
        byte[] result = new byte[8];
        LittleEndian.put32(result, 0, stored);
        LittleEndian.put32(result, 4, stored == packet.length ? DONE : DONE | TRUNCATED);
        boolean written =
                (stored == 0 || function().writeMemory(LittleEndian.get64(descriptor, 0), bytes))
                        && function().writeMemory(at + 8, result);
        if (!written) {
            fail(ring, DMA_FAILED);
            return;
        }
        ring.advance();
        raise(receive, ring.number);
    }

    // ---- sending ----

    /** Every transmit queue that has something to send, and may, sends. */
    private void startSending() {
        for (Ring ring : transmit.rings) {
            boolean may = linkUp || control.isSet(LOOPBACK);
            if (may && ring.isEnabled() && !ring.isEmpty() && !ring.sending) {
                ring.sending = true;
                machine().queue().set(sentHandler, machine().nowNs() + packetTimeNs, ring.number);
            }
        }
    }

    private void sent(int queue) {
        Ring ring = transmit.rings.get(queue);
        ring.sending = false;
        if (ring.isEnabled() && !ring.isEmpty() && (linkUp || control.isSet(LOOPBACK))) {
            send(ring);
        }
        startSending();
        update();
    }

    private void send(Ring ring) {
        byte[] descriptor = new byte[DESCRIPTOR];
        long at = ring.descriptor();
        if (!function().readMemory(at, descriptor)) {
            fail(ring, DMA_FAILED);
            return;
        }
        long length = LittleEndian.get32(descriptor, 8);
        boolean right = length >= 1 && length <= PACKET_MAXIMUM;
        byte[] packet = new byte[right ? (int) length : 0];
        byte[] result = new byte[4];
        LittleEndian.put32(result, 0, right ? DONE : DONE | FAILED);
        boolean done =
                (!right || function().readMemory(LittleEndian.get64(descriptor, 0), packet))
                        && function().writeMemory(at + 12, result);
        if (!done) {
            fail(ring, DMA_FAILED);
            return;
        }
        ring.advance();
        if ((LittleEndian.get32(descriptor, 12) & REPORT) != 0) {
            raise(transmit, ring.number);
        }
        if (right && control.isSet(LOOPBACK)) {
            store(receive.rings.get(ring.number), packet);
        }
    }

    // ---- interrupts ----

    private void raise(Direction direction, int queue) {
        long bit = 1L << queue;
        if (control.isSet(INTERRUPT_ENABLE) && direction.interrupts.isSet(bit)) {
            causeArises(direction == receive ? queue : queues + queue);
        }
        direction.cause.raise(bit);
    }

    private void raiseOther(long bits) {
        if (control.isSet(INTERRUPT_ENABLE) && otherInterrupts.isSet(bits)) {
            causeArises(2 * queues);
        }
        otherCause.raise(bits);
    }

    /** Lets causes begin and end to interrupt; every change of state ends here. */
    private void update() {
        startSending();
        for (int i = 0; i < interrupting.length; i++) {
            if (!isSet(i)) {
                interrupting[i] = false;
            } else if (!interrupting[i]) {
                begin(i);
            }
        }
        updateLine();
    }

    private void begin(int cause) {
        long now = machine().nowNs();
        if (now >= notBeforeNs[cause]) {
            interrupting[cause] = true;
            notBeforeNs[cause] = now + moderationNs(cause);
        } else if (!waiting[cause]) {
            waiting[cause] = true;
            machine().queue().set(moderationHandler, notBeforeNs[cause], cause);
        }
    }

    private void moderated(int cause) {
        waiting[cause] = false;
        update();
    }

    private long moderationNs(int cause) {
        if (cause < queues) {
            return receive.rings.get(cause).moderation.value();
        }
        return cause < 2 * queues ? transmit.rings.get(cause - queues).moderation.value() : 0;
    }

    private boolean isSet(int cause) {
        if (!control.isSet(INTERRUPT_ENABLE)) {
            return false;
        }
        if (cause == 2 * queues) {
            return otherCause.isSet(otherInterrupts.value());
        }
        Direction direction = cause < queues ? receive : transmit;
        long bit = 1L << cause % queues;
        return direction.cause.isSet(bit) && direction.interrupts.isSet(bit);
    }

    @Override
    protected int causes() {
        return interrupting.length;
    }

    @Override
    protected boolean holds(int cause) {
        return interrupting[cause];
    }

    @Override
    protected int messageOf(int cause) {
        if (cause < queues) {
            return (int) receive.rings.get(cause).message.value();
        }
        return (int)
                (cause < 2 * queues
                        ? transmit.rings.get(cause - queues).message.value()
                        : otherMessage.value());
    }

    // ---- what a scenario does to it ----

    @Override
    protected void raise(int message) {
        int cause = causeOf(message);
        if (cause < 0) {
            requestWithoutCause(message);
        } else if (cause < queues) {
            raise(receive, cause);
        } else if (cause < 2 * queues) {
            raise(transmit, cause - queues);
        } else {
            raiseOther(LINK_CHANGED);
        }
        update();
    }

    @Override
    protected void checkStimulus(StimulusType stimulus, PropertyValues arguments) {
        if (stimulus.name().equals(RECEIVE) && arguments.number(QUEUE.name()) >= queues) {
            throw new IllegalArgumentException(
                    "%s has queues 0 to %d, not %d"
                            .formatted(name(), queues - 1, arguments.number(QUEUE.name())));
        }
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        if (stimulus.name().equals(LINK)) {
            setLink(arguments.word(TO.name()).equals(LINK_IS_UP));
            update();
            return;
        }
        long slot = 0;
        while (bursts.containsKey(slot)) {
            slot++;
        }
        bursts.put(
                slot,
                new Burst(
                        (int) arguments.number(QUEUE.name()),
                        (int) arguments.number(LENGTH.name()),
                        arguments.number(TIMES.name())));
        arrive(machine().nowNs(), slot);
    }

    private void setLink(boolean up) {
        if (linkUp != up) {
            linkUp = up;
            status.set(up ? LINK_UP : 0);
            raiseOther(LINK_CHANGED);
        }
    }

    // ---- moments ----

    @Override
    protected void saveDevice(StateWriter out) {
        out.value(linkUp);
        out.value(packets);
        for (int i = 0; i < interrupting.length; i++) {
            out.value(interrupting[i]);
            out.value(waiting[i]);
            out.timeFromNowOn(notBeforeNs[i]);
        }
        for (Direction direction : List.of(receive, transmit)) {
            for (Ring ring : direction.rings) {
                out.value(ring.base);
                out.value(ring.descriptors);
                out.value(ring.sending);
            }
        }
        out.value(bursts.size());
        for (Map.Entry<Long, Burst> entry : bursts.entrySet()) {
            out.value(entry.getKey());
            out.value(entry.getValue().queue);
            out.value(entry.getValue().length);
            out.value(entry.getValue().left);
        }
    }

    @Override
    protected void restoreDevice(StateReader in) {
        linkUp = in.booleanValue();
        packets = in.value();
        for (int i = 0; i < interrupting.length; i++) {
            interrupting[i] = in.booleanValue();
            waiting[i] = in.booleanValue();
            notBeforeNs[i] = in.time();
        }
        for (Direction direction : List.of(receive, transmit)) {
            for (Ring ring : direction.rings) {
                ring.base = in.value();
                ring.descriptors = in.value();
                ring.sending = in.booleanValue();
            }
        }
        bursts.clear();
        int count = in.intValue();
        for (int i = 0; i < count; i++) {
            long slot = in.value();
            int queue = in.intValue();
            int length = in.intValue();
            bursts.put(slot, new Burst(queue, length, in.value()));
        }
    }
}
