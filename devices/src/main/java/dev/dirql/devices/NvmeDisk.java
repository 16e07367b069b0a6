package dev.dirql.devices;

import dev.dirql.devices.NvmeQueues.Completion;
import dev.dirql.devices.NvmeQueues.CompletionQueue;
import dev.dirql.devices.NvmeQueues.Submission;
import dev.dirql.devices.pci.PciIdentity;
import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A disk behind an NVMe controller with one namespace of blocks of 512 bytes. NVM Express Base
 * Specification 1.4.
 *
 * <table>
 * <caption>Registers</caption>
 * <tr><th>offset</th><th>name</th><th>bits</th></tr>
 * <tr><td>0x00</td><td>CAP</td><td>64 bits, read-only: 0 MQES, 16 CQR, 24 TO, 32 DSTRD, 37
 *     CSS</td></tr>
 * <tr><td>0x08</td><td>VS</td><td>version 1.4, read-only</td></tr>
 * <tr><td>0x0C</td><td>INTMS</td><td>a one masks that vector; not for MSI-X</td></tr>
 * <tr><td>0x10</td><td>INTMC</td><td>a one unmasks that vector</td></tr>
 * <tr><td>0x14</td><td>CC</td><td>0 EN, 4 CC_CSS, 7 MPS, 11 CC_AMS, 14 SHN, 16 IOSQES, 20 IOCQES:
 *     read/write</td></tr>
 * <tr><td>0x1C</td><td>CSTS</td><td>0 RDY, 1 CFS, 2 SHST: read-only</td></tr>
 * <tr><td>0x24</td><td>AQA</td><td>0 ASQS, 16 ACQS: entries of the admin queues, less one</td></tr>
 * <tr><td>0x28</td><td>ASQ</td><td>64 bits: physical address of the admin submission
 *     queue</td></tr>
 * <tr><td>0x30</td><td>ACQ</td><td>64 bits: of the admin completion queue</td></tr>
 * <tr><td>0x1000 + 2y * stride</td><td>SQ_TAIL[y]</td><td>doorbell of submission queue y,
 *     write-only</td></tr>
 * <tr><td>0x1000 + (2y + 1) * stride</td><td>CQ_HEAD[y]</td><td>doorbell of completion queue y,
 *     write-only</td></tr>
 * </table>
 *
 * <ul>
 *   <li>Admin commands: Delete and Create I/O Submission and Completion Queue, Get Log Page (error
 *       information, health, firmware slots), Identify (namespace, controller, active namespaces,
 *       namespace descriptors), Abort, Set and Get Features, Asynchronous Event Request. I/O
 *       commands: Flush, Write, Read, with physical region pages. Everything else, SGLs and fused
 *       commands included, is absent and answered with the status that says so.
 *   <li>A doorbell lets commands be fetched at once, at most 128 of a submission queue being under
 *       way; each takes effect and completes after its latency, in the order fetched.
 *   <li>A completion queue interrupts by the message that Create I/O Completion Queue names, when
 *       an entry is posted, and again when the driver has taken some entries and not all. By line,
 *       it interrupts while it has entries. Coalescing holds back those of I/O queues.
 *   <li>What cannot be fetched or posted, because the ring is not in memory or bus mastering is
 *       off, is fatal: CFS is set, and nothing more happens until the controller is reset. So are
 *       wrong settings of CC and AQA. EN and SHN take effect after 10 µs.
 *   <li>A wrong doorbell is kept in the error log and told by an asynchronous event.
 * </ul>
 *
 * <p>{@code raise} is a transient internal error: an asynchronous event if a request for one waits
 * and the message is that of the admin queue, else just the message. {@code medium_error} lets the
 * next reads or writes fail.
 */
public final class NvmeDisk extends PciDevice {
    private static final String MEDIUM_ERROR_STIMULUS = "medium_error";
    private static final byte[] ZERO_SECTOR = new byte[SectorStorage.SECTOR_SIZE];

    private static final Property QUEUES =
            Property.of(
                    "queues",
                    new PropertyKind.Whole(1, 64),
                    new PropertyValue.Quantity(4),
                    "I/O submission queues, and as many completion queues.");
    private static final Property ENTRIES =
            Property.of(
                    "entries",
                    new PropertyKind.Whole(2, 4096),
                    new PropertyValue.Quantity(1024),
                    "Entries that an I/O queue may have.");
    private static final Property STRIDE =
            Property.of(
                    "doorbell_stride",
                    new PropertyKind.Whole(0, 4),
                    new PropertyValue.Quantity(0),
                    "DSTRD: doorbells are 4 bytes, shifted left by this, apart.");
    private static final Property LATENCY =
            Property.of(
                    "latency",
                    new PropertyKind.Time(1, 3_600_000_000_000L),
                    new PropertyValue.Quantity(20_000),
                    "Time that an I/O command takes.");
    private static final Property ADMIN_LATENCY =
            Property.of(
                    "admin_latency",
                    new PropertyKind.Time(1, 3_600_000_000_000L),
                    new PropertyValue.Quantity(5_000),
                    "Time that an admin command takes.");
    private static final Property SIZE =
            Property.of(
                    "size",
                    new PropertyKind.Size(SectorStorage.SECTOR_SIZE, 1L << 30),
                    new PropertyValue.Quantity(1L << 20),
                    "Size of the medium, rounded down to blocks of 512 bytes.");
    private static final Property TIMES =
            Property.of(
                    "times",
                    new PropertyKind.Whole(1, 1_000_000),
                    new PropertyValue.Quantity(1),
                    "How many commands.");

    public static final DeviceType TYPE =
            new DeviceType(
                    "NvmeDisk",
                    "A disk behind an NVMe controller, with a message for each completion queue.",
                    PciInterrupts.with(QUEUES, ENTRIES, STRIDE, LATENCY, ADMIN_LATENCY, SIZE),
                    List.of(
                            new StimulusType(
                                    MEDIUM_ERROR_STIMULUS,
                                    List.of(TIMES),
                                    "The next reads or writes fail.")),
                    NvmeDisk::new,
                    new PciType(
                            new PciIdentity(PciIdentity.VENDOR, 0x4E5D, 0x01_08_02, 1, 1),
                            values -> (int) values.number(QUEUES.name()) + 1));

    private static final int DOORBELLS = 0x1000;
    private static final int IN_FLIGHT_MAXIMUM = 128;
    private static final long CHANGE_NS = 10_000;
    private static final int ADMIN = 0;
    private static final long ALL_NAMESPACES = 0xFFFF_FFFFL;
    private static final int PAGE_SHIFT_MINIMUM = 12;
    private static final int ENTRY_SIZES = 0x46;

    private static final long CQR = 1L << 16;
    private static final long TIMEOUT = 1L << 24;
    private static final int DSTRD_SHIFT = 32;
    private static final long NVM_COMMANDS = 1L << 37;
    private static final long EN = 1;
    private static final long MPS = 0xF << 7;
    private static final long UNSUPPORTED_CC = 0x7 << 4 | 0x7 << 11;
    private static final long SHN = 0x3 << 14;
    private static final long RDY = 1;
    private static final long CFS = 1 << 1;
    private static final long SHST = 0x3 << 2;
    private static final long SHUT_DOWN = 0x2 << 2;

    /** Completion status bits: more is in the error log; trying again does not help. */
    private static final int MORE = 1 << 13;

    private static final int DO_NOT_RETRY = 1 << 14;
    private static final int NOT_YET = -1;

    private static final int INVALID_DOORBELL = 0x00;
    private static final int INVALID_DOORBELL_VALUE = 0x01;
    private static final int TRANSIENT_ERROR = 0x04;

    // spotless:off
    private final Register capabilities =
            Register.named("CAP")
                    .at(0x00)
                    .width(8)
                    .describedAs("What the controller can.")
                    .field(0xFFFF, "MQES", Access.READ_ONLY, "Entries of an I/O queue, less one.")
                    .flag(CQR, "CQR", Access.READ_ONLY, "Queues must be contiguous.")
                    .field(
                            0xFFL << 24,
                            "TO",
                            Access.READ_ONLY,
                            "Longest time until RDY changes, in 500 ms.")
                    .field(0xFL << 32, "DSTRD", Access.READ_ONLY, "Stride of the doorbells.")
                    .field(0xFFL << 37, "CSS", Access.READ_ONLY, "Command sets: NVM.")
                    .field(0xFL << 48, "MPSMIN", Access.READ_ONLY, "Smallest page: 4 KiB.")
                    .field(0xFL << 52, "MPSMAX", Access.READ_ONLY, "Largest page: 4 KiB.");
    private final Register version =
            Register.named("VS")
                    .at(0x08)
                    .access(Access.READ_ONLY)
                    .describedAs("Version of the specification.")
                    .resetsTo(NvmePages.VERSION);
    private final Register maskSet =
            Register.named("INTMS")
                    .at(0x0C)
                    .describedAs("A one masks the vector.")
                    .afterWrite(this::maskVectors);
    private final Register maskClear =
            Register.named("INTMC")
                    .at(0x10)
                    .describedAs("A one unmasks the vector.")
                    .afterWrite(this::unmaskVectors);
    private final Register configuration =
            Register.named("CC")
                    .at(0x14)
                    .describedAs("What the controller does.")
                    .flag(EN, "EN", Access.READ_WRITE, "It works.")
                    .field(0x7 << 4, "CC_CSS", Access.READ_WRITE, "Command set: 0 is NVM.")
                    .field(MPS, "MPS", Access.READ_WRITE, "Page size: 0 is 4 KiB.")
                    .field(0x7 << 11, "CC_AMS", Access.READ_WRITE, "Arbitration: 0.")
                    .field(SHN, "SHN", Access.READ_WRITE, "It is to shut down.")
                    .field(
                            0xF << 16,
                            "IOSQES",
                            Access.READ_WRITE,
                            "Logarithm of the size of a command: 6.")
                    .field(
                            0xF << 20,
                            "IOCQES",
                            Access.READ_WRITE,
                            "Logarithm of the size of a completion: 4.")
                    .afterWrite(_ -> configured());
    private final Register status =
            Register.named("CSTS")
                    .at(0x1C)
                    .describedAs("How the controller is.")
                    .flag(RDY, "RDY", Access.READ_ONLY, "It takes commands.")
                    .flag(CFS, "CFS", Access.READ_ONLY, "It failed and must be reset.")
                    .field(SHST, "SHST", Access.READ_ONLY, "2: it is shut down.");
    private final Register adminSizes =
            Register.named("AQA")
                    .at(0x24)
                    .describedAs("Sizes of the admin queues.")
                    .field(0xFFF, "ASQS", Access.READ_WRITE, "Commands, less one.")
                    .field(0xFFF << 16, "ACQS", Access.READ_WRITE, "Completions, less one.");
    private final Register adminSubmission =
            Register.named("ASQ")
                    .at(0x28)
                    .width(8)
                    .describedAs("The admin submission queue.")
                    .field(-1L << 12, "ASQB", Access.READ_WRITE, "Its physical address.");
    private final Register adminCompletion =
            Register.named("ACQ")
                    .at(0x30)
                    .width(8)
                    .describedAs("The admin completion queue.")
                    .field(-1L << 12, "ACQB", Access.READ_WRITE, "Its physical address.");
    // spotless:on

    private final int queues;
    private final int entries;
    private final long latencyNs;
    private final long adminLatencyNs;
    private final SectorStorage storage;
    private final NvmeLogs logs = new NvmeLogs();
    private final NvmeFeatures features;
    private final Submission[] submissions;
    private final CompletionQueue[] completions;
    private final Register[] tails;
    private final Register[] heads;
    private final int commandHandler;
    private final int changeHandler;
    private final int coalescingHandler;

    private long vectorMask;
    private boolean enabled;
    private long mediumErrors;

    /** Result of the command that takes effect, for Dword 0 of its completion. */
    private long result;

    /** Commands that were fetched, by the argument of their entry in the event queue. */
    private final TreeMap<Long, NvmeCommand> underWay = new TreeMap<>();

    private final List<NvmeCommand> eventRequests = new ArrayList<>();

    /**
     * An error event that waits for a request, or -1; and whether its log page must be read first.
     */
    private int errorEvent = -1;

    private boolean errorEventsMasked;

    private NvmeDisk(DeviceSetup setup) {
        super(TYPE, setup);
        PropertyValues values = setup.properties();
        queues = (int) values.number(QUEUES.name());
        entries = (int) values.number(ENTRIES.name());
        latencyNs = values.number(LATENCY.name());
        adminLatencyNs = values.number(ADMIN_LATENCY.name());
        int blocks = (int) (values.number(SIZE.name()) / SectorStorage.SECTOR_SIZE);
        storage = new SectorStorage(blocks, _ -> ZERO_SECTOR);
        features = new NvmeFeatures(queues, messages());
        submissions = new Submission[queues + 1];
        completions = new CompletionQueue[queues + 1];
        tails = new Register[queues + 1];
        heads = new Register[queues + 1];
        long stride = values.number(STRIDE.name());
        capabilities.resetsTo((entries - 1) | CQR | TIMEOUT | stride << DSTRD_SHIFT | NVM_COMMANDS);
        List<Register> all =
                new ArrayList<>(
                        List.of(
                                capabilities,
                                version,
                                maskSet,
                                maskClear,
                                configuration,
                                status,
                                adminSizes,
                                adminSubmission,
                                adminCompletion));
        for (int i = 0; i <= queues; i++) {
            submissions[i] = new Submission(i);
            completions[i] = new CompletionQueue(i);
            doorbells(i, 4 << (int) stride);
            all.add(tails[i]);
            all.add(heads[i]);
        }
        commandHandler = machine().queue().register((_, slot) -> takeEffect(slot));
        changeHandler = machine().queue().register((_, to) -> change(to));
        coalescingHandler = machine().queue().register((_, queue) -> coalesced((int) queue));
        install(all.toArray(Register[]::new));
    }

    private void doorbells(int queue, int stride) {
        // spotless:off
        tails[queue] =
                Register.named("SQ_TAIL")
                        .at(DOORBELLS + 2 * queue * stride)
                        .access(Access.WRITE_ONLY)
                        .element(queue, 2 * stride)
                        .describedAs("Doorbell of a submission queue: where the next command goes.")
                        .afterWrite(_ -> tailWritten(queue));
        heads[queue] =
                Register.named("CQ_HEAD")
                        .at(DOORBELLS + (2 * queue + 1) * stride)
                        .access(Access.WRITE_ONLY)
                        .element(queue, 2 * stride)
                        .describedAs(
                                "Doorbell of a completion queue: the first that was not taken.")
                        .afterWrite(_ -> headWritten(queue));
        // spotless:on
    }

    // ---- the controller ----

    private void maskVectors(long written) {
        mask(vectorMask | written);
    }

    private void unmaskVectors(long written) {
        mask(vectorMask & ~written);
    }

    private void mask(long newMask) {
        vectorMask = newMask;
        maskSet.set(newMask);
        maskClear.set(newMask);
        updateLine();
    }

    private void configured() {
        boolean on = configuration.isSet(EN);
        if (on != enabled) {
            enabled = on;
            machine().queue().cancel(changeHandler, 0);
            machine().queue().cancel(changeHandler, RDY);
            if (on && !canStart()) {
                status.raise(CFS);
                return;
            }
            if (on) {
                status.clear(RDY);
            } else {
                stop();
            }
            machine().queue().set(changeHandler, machine().nowNs() + CHANGE_NS, on ? RDY : 0);
        }
        boolean shutDown = (status.value() & SHST) != 0;
        if (configuration.isSet(SHN) && !shutDown) {
            status.raise(SHUT_DOWN >>> 1);
            machine().queue().set(changeHandler, machine().nowNs() + CHANGE_NS, SHUT_DOWN);
        }
    }

    private boolean canStart() {
        long sizes = adminSizes.value();
        return (configuration.value() & (MPS | UNSUPPORTED_CC)) == 0
                && (sizes & 0xFFF) >= 1
                && (sizes >>> 16 & 0xFFF) >= 1;
    }

    private void change(long to) {
        if (to == SHUT_DOWN) {
            status.set((status.value() & ~SHST) | SHUT_DOWN);
        } else if (to == 0) {
            status.clear(RDY);
        } else {
            long sizes = adminSizes.value();
            completions[ADMIN].create(
                    adminCompletion.value(), (int) (sizes >>> 16 & 0xFFF) + 1, true, 0);
            submissions[ADMIN].create(adminSubmission.value(), (int) (sizes & 0xFFF) + 1, ADMIN);
            status.raise(RDY);
        }
    }

    /** The reset of the controller: queues, commands and settings are gone. */
    private void stop() {
        machine().queue().cancel(changeHandler, SHUT_DOWN);
        status.clear(CFS | SHST);
        takeOut(_ -> true);
        eventRequests.clear();
        errorEvent = -1;
        errorEventsMasked = false;
        features.reset();
        for (int i = 0; i <= queues; i++) {
            submissions[i].exists = false;
            completions[i].delete();
            machine().queue().cancel(coalescingHandler, i);
        }
        mask(0);
    }

    private boolean works() {
        return enabled && status.isSet(RDY) && !status.isSet(CFS);
    }

    private void fatal() {
        status.raise(CFS);
    }

    // ---- doorbells ----

    private void tailWritten(int number) {
        Submission queue = submissions[number];
        long tail = tails[number].value();
        if (!works()) {
            return;
        }
        if (!queue.exists) {
            errorEvent(INVALID_DOORBELL);
        } else if (tail >= queue.size || !queue.mayAdvanceTo((int) tail)) {
            errorEvent(INVALID_DOORBELL_VALUE);
        } else {
            queue.tail = (int) tail;
            fetch(queue);
        }
        updateLine();
    }

    private void headWritten(int number) {
        CompletionQueue queue = completions[number];
        long head = heads[number].value();
        if (!works()) {
            return;
        }
        if (!queue.exists) {
            errorEvent(INVALID_DOORBELL);
        } else if (head >= queue.size || !queue.mayAdvanceTo((int) head)) {
            errorEvent(INVALID_DOORBELL_VALUE);
        } else {
            queue.head = (int) head;
            queue.signalled &= !queue.isEmpty();
            requestAgain(number);
            while (!queue.waiting.isEmpty() && !queue.isFull() && works()) {
                postNow(queue, queue.waiting.remove());
            }
            for (Submission submission : submissions) {
                fetch(submission);
            }
        }
        updateLine();
    }

    // ---- commands ----

    private void fetch(Submission queue) {
        while (works() && queue.exists && !queue.isEmpty() && queue.inFlight < IN_FLIGHT_MAXIMUM) {
            byte[] bytes = new byte[NvmeCommand.SIZE];
            if (!function().readMemory(queue.address(), bytes)) {
                fatal();
                return;
            }
            queue.advance();
            queue.inFlight++;
            NvmeCommand command = new NvmeCommand(queue.number, bytes);
            if (isInUse(command)) {
                complete(command, NvmeStatus.COMMAND_ID_CONFLICT, 0);
                continue;
            }
            long slot = 0;
            while (underWay.containsKey(slot)) {
                slot++;
            }
            underWay.put(slot, command);
            long latency = queue.number == ADMIN ? adminLatencyNs : latencyNs;
            machine().queue().set(commandHandler, machine().nowNs() + latency, slot);
        }
    }

    private boolean isInUse(NvmeCommand command) {
        return underWay.values().stream().anyMatch(other -> isSame(other, command))
                || eventRequests.stream().anyMatch(other -> isSame(other, command));
    }

    private static boolean isSame(NvmeCommand one, NvmeCommand other) {
        return one.queue() == other.queue() && one.id() == other.id();
    }

    /** Takes back commands that are under way, and gives them in the order of their slots. */
    private List<NvmeCommand> takeOut(Predicate<NvmeCommand> which) {
        List<NvmeCommand> taken = new ArrayList<>();
        for (long slot : List.copyOf(underWay.keySet())) {
            NvmeCommand command = underWay.get(slot);
            if (command != null && which.test(command)) {
                underWay.remove(slot);
                machine().queue().cancel(commandHandler, slot);
                taken.add(command);
            }
        }
        return taken;
    }

    private void takeEffect(long slot) {
        if (!works()) {
            // A fatal error froze the controller; its commands stay until the reset.
            return;
        }
        NvmeCommand command = underWay.remove(slot);
        if (command == null) {
            throw new IllegalStateException("%s: no command %d".formatted(name(), slot));
        }
        result = 0;
        int outcome;
        if (command.isFusedOrScattered()) {
            outcome = NvmeStatus.INVALID_FIELD;
        } else {
            outcome = command.queue() == ADMIN ? administer(command) : transfer(command);
        }
        if (outcome != NOT_YET) {
            complete(command, outcome, result);
            fetch(submissions[command.queue()]);
        }
        updateLine();
    }

    private void complete(NvmeCommand command, int outcome, long dword) {
        int field = outcome;
        if (outcome != NvmeStatus.SUCCESS && outcome != NvmeStatus.ABORTED_QUEUE_DELETED) {
            field |= MORE | (mayBeRetried(outcome) ? 0 : DO_NOT_RETRY);
            logs.failed(command, field << 1);
        }
        post(command, new Completion(dword, command.queue(), command.id(), field));
    }

    private static boolean mayBeRetried(int outcome) {
        return outcome == NvmeStatus.DATA_TRANSFER_ERROR
                || outcome == NvmeStatus.ABORT_REQUESTED
                || outcome == NvmeStatus.COMMAND_SEQUENCE_ERROR
                || outcome == NvmeStatus.WRITE_FAULT
                || outcome == NvmeStatus.UNRECOVERED_READ_ERROR;
    }

    private void post(NvmeCommand command, Completion completion) {
        CompletionQueue queue = completions[submissions[command.queue()].completionQueue];
        if (queue.isFull() || !queue.waiting.isEmpty()) {
            queue.waiting.add(completion);
        } else {
            postNow(queue, completion);
        }
    }

    private void postNow(CompletionQueue queue, Completion completion) {
        Submission submission = submissions[completion.submissionQueue()];
        byte[] entry = new byte[NvmeQueues.COMPLETION_SIZE];
        LittleEndian.put32(entry, 0, completion.result());
        LittleEndian.put16(entry, 8, submission.head);
        LittleEndian.put16(entry, 10, completion.submissionQueue());
        LittleEndian.put16(entry, 12, completion.id());
        LittleEndian.put16(entry, 14, completion.status() << 1 | (queue.phase ? 1 : 0));
        if (!function().writeMemory(queue.address(), entry)) {
            fatal();
            return;
        }
        queue.advance();
        submission.inFlight--;
        posted(queue);
    }

    // ---- I/O commands ----

    private int transfer(NvmeCommand command) {
        boolean flush = command.opcode() == 0x00;
        if (command.opcode() > 0x02) {
            return NvmeStatus.INVALID_OPCODE;
        }
        if (command.namespace() != NvmePages.NAMESPACE
                && !(flush && command.namespace() == ALL_NAMESPACES)) {
            return NvmeStatus.INVALID_NAMESPACE;
        }
        if (flush) {
            // There is no cache: what was written is on the medium.
            return NvmeStatus.SUCCESS;
        }
        int blocks = command.low(12) + 1;
        long first = command.firstBlock();
        int length = blocks * SectorStorage.SECTOR_SIZE;
        if (length > 1 << (PAGE_SHIFT_MINIMUM + NvmePages.TRANSFER_MAXIMUM_LOG)) {
            return NvmeStatus.INVALID_FIELD;
        }
        if (first < 0 || first > storage.sectors() - blocks) {
            return NvmeStatus.LBA_OUT_OF_RANGE;
        }
        boolean write = command.opcode() == 0x01;
        if (mediumErrors > 0) {
            mediumErrors--;
            logs.mediaError();
            return write ? NvmeStatus.WRITE_FAULT : NvmeStatus.UNRECOVERED_READ_ERROR;
        }
        return write ? write(command, (int) first, blocks) : read(command, (int) first, blocks);
    }

    private int write(NvmeCommand command, int first, int blocks) {
        byte[] data = new byte[blocks * SectorStorage.SECTOR_SIZE];
        int outcome = NvmeData.read(function(), pageSize(), command, data);
        if (outcome != NvmeStatus.SUCCESS) {
            return outcome;
        }
        for (int i = 0; i < blocks; i++) {
            byte[] sector = new byte[SectorStorage.SECTOR_SIZE];
            System.arraycopy(data, i * sector.length, sector, 0, sector.length);
            storage.write(first + i, sector);
        }
        logs.written(blocks);
        return NvmeStatus.SUCCESS;
    }

    private int read(NvmeCommand command, int first, int blocks) {
        byte[] data = new byte[blocks * SectorStorage.SECTOR_SIZE];
        for (int i = 0; i < blocks; i++) {
            byte[] sector = storage.read(first + i);
            System.arraycopy(sector, 0, data, i * sector.length, sector.length);
        }
        logs.read(blocks);
        return NvmeData.write(function(), pageSize(), command, data);
    }

    private static int pageSize() {
        return 1 << PAGE_SHIFT_MINIMUM;
    }

    /** A copy of a block of the medium, for tests and tools. */
    public byte[] block(int number) {
        return storage.read(number).clone();
    }

    // ---- admin commands ----

    private int administer(NvmeCommand command) {
        return switch (command.opcode()) {
            case 0x00 -> deleteSubmission(command.low(10));
            case 0x01 -> createSubmission(command);
            case 0x02 -> logPage(command);
            case 0x04 -> deleteCompletion(command.low(10));
            case 0x05 -> createCompletion(command);
            case 0x06 -> identify(command);
            case 0x08 -> abort(command);
            case 0x09 -> setFeature(command);
            case 0x0A -> getFeature(command);
            case 0x0C -> requestEvent(command);
            default -> NvmeStatus.INVALID_OPCODE;
        };
    }

    private boolean isIoQueue(int number) {
        return number >= 1 && number <= queues;
    }

    /** What is wrong with a queue to be created, whichever kind it has. */
    private int checkNew(NvmeCommand command, boolean exists) {
        if (!isIoQueue(command.low(10)) || exists) {
            return NvmeStatus.INVALID_QUEUE_IDENTIFIER;
        }
        boolean sizes = (configuration.value() >>> 16 & 0xFF) == ENTRY_SIZES;
        if (command.high(10) == 0 || command.high(10) >= entries || !sizes) {
            return NvmeStatus.INVALID_QUEUE_SIZE;
        }
        if ((command.low(11) & 1) == 0) {
            return NvmeStatus.INVALID_FIELD;
        }
        return (command.prp1() & (pageSize() - 1)) != 0
                ? NvmeStatus.PRP_OFFSET_INVALID
                : NvmeStatus.SUCCESS;
    }

    private int createSubmission(NvmeCommand command) {
        int number = command.low(10);
        int wrong = checkNew(command, isIoQueue(number) && submissions[number].exists);
        if (wrong != NvmeStatus.SUCCESS) {
            return wrong;
        }
        int completion = command.high(11);
        if (!isIoQueue(completion)) {
            return NvmeStatus.INVALID_QUEUE_IDENTIFIER;
        }
        if (!completions[completion].exists) {
            return NvmeStatus.COMPLETION_QUEUE_INVALID;
        }
        submissions[number].create(command.prp1(), command.high(10) + 1, completion);
        return NvmeStatus.SUCCESS;
    }

    private int createCompletion(NvmeCommand command) {
        int number = command.low(10);
        int wrong = checkNew(command, isIoQueue(number) && completions[number].exists);
        if (wrong != NvmeStatus.SUCCESS) {
            return wrong;
        }
        boolean interrupts = (command.low(11) & 2) != 0;
        int vector = command.high(11);
        if (interrupts && vector >= Math.max(function().enabledMessages(), 1)) {
            return NvmeStatus.INVALID_INTERRUPT_VECTOR;
        }
        completions[number].create(command.prp1(), command.high(10) + 1, interrupts, vector);
        return NvmeStatus.SUCCESS;
    }

    private int deleteSubmission(int number) {
        if (!isIoQueue(number) || !submissions[number].exists) {
            return NvmeStatus.INVALID_QUEUE_IDENTIFIER;
        }
        CompletionQueue queue = completions[submissions[number].completionQueue];
        queue.waiting.removeIf(completion -> completion.submissionQueue() == number);
        for (NvmeCommand command : takeOut(command -> command.queue() == number)) {
            if (!queue.isFull()) {
                complete(command, NvmeStatus.ABORTED_QUEUE_DELETED, 0);
            }
        }
        submissions[number].exists = false;
        return NvmeStatus.SUCCESS;
    }

    private int deleteCompletion(int number) {
        if (!isIoQueue(number) || !completions[number].exists) {
            return NvmeStatus.INVALID_QUEUE_IDENTIFIER;
        }
        for (Submission submission : submissions) {
            if (submission.exists && submission.completionQueue == number) {
                return NvmeStatus.INVALID_QUEUE_DELETION;
            }
        }
        completions[number].delete();
        machine().queue().cancel(coalescingHandler, number);
        return NvmeStatus.SUCCESS;
    }

    private int identify(NvmeCommand command) {
        int structure = command.low(10) & 0xFF;
        long namespace = command.namespace();
        byte[] page;
        switch (structure) {
            case 0x00, 0x03 -> {
                if (namespace != NvmePages.NAMESPACE) {
                    return NvmeStatus.INVALID_NAMESPACE;
                }
                page =
                        structure == 0
                                ? NvmePages.namespace(storage.sectors())
                                : NvmePages.descriptors();
            }
            case 0x01 -> page = NvmePages.controller(name());
            case 0x02 -> {
                if (namespace >= ALL_NAMESPACES - 1) {
                    return NvmeStatus.INVALID_NAMESPACE;
                }
                page = NvmePages.namespaces(namespace);
            }
            default -> {
                return NvmeStatus.INVALID_FIELD;
            }
        }
        return NvmeData.write(function(), pageSize(), command, page);
    }

    private int logPage(NvmeCommand command) {
        int identifier = command.low(10) & 0xFF;
        byte[] page = logs.page(identifier);
        if (page.length == 0) {
            return NvmeStatus.INVALID_LOG_PAGE;
        }
        long offset = command.word(12) | command.word(13) << 32;
        if (offset < 0 || offset > page.length || (offset & 3) != 0) {
            return NvmeStatus.INVALID_FIELD;
        }
        long wanted = 4 * ((command.high(10) | (long) command.low(11) << 16) + 1);
        byte[] part = new byte[(int) Math.min(wanted, page.length - offset)];
        System.arraycopy(page, (int) offset, part, 0, part.length);
        int outcome = NvmeData.write(function(), pageSize(), command, part);
        boolean keepsEvents = (command.low(10) & 1 << 15) != 0;
        if (outcome == NvmeStatus.SUCCESS && identifier == NvmeLogs.ERRORS && !keepsEvents) {
            errorEventsMasked = false;
            tellEvent();
        }
        return outcome;
    }

    private int abort(NvmeCommand command) {
        result = 1;
        int queue = command.low(10);
        int id = command.high(10);
        for (NvmeCommand found : takeOut(one -> one.queue() == queue && one.id() == id)) {
            complete(found, NvmeStatus.ABORT_REQUESTED, 0);
            result = 0;
        }
        for (NvmeCommand request : List.copyOf(eventRequests)) {
            if (queue == ADMIN && request.id() == id) {
                eventRequests.remove(request);
                complete(request, NvmeStatus.ABORT_REQUESTED, 0);
                result = 0;
            }
        }
        return NvmeStatus.SUCCESS;
    }

    private int setFeature(NvmeCommand command) {
        int feature = command.low(10) & 0xFF;
        long word = command.word(11);
        if (!features.isThere(feature, word)) {
            return NvmeStatus.INVALID_FIELD;
        }
        if ((command.word(10) & 1L << 31) != 0) {
            return NvmeStatus.FEATURE_NOT_SAVEABLE;
        }
        if (feature == NvmeFeatures.QUEUES) {
            if ((word & 0xFFFF) == 0xFFFF || word >>> 16 == 0xFFFF) {
                return NvmeStatus.INVALID_FIELD;
            }
            for (int i = 1; i <= queues; i++) {
                if (submissions[i].exists || completions[i].exists) {
                    return NvmeStatus.COMMAND_SEQUENCE_ERROR;
                }
            }
            result = features.get(feature, word);
        }
        features.set(feature, word);
        return NvmeStatus.SUCCESS;
    }

    private int getFeature(NvmeCommand command) {
        int feature = command.low(10) & 0xFF;
        long word = command.word(11);
        if (!features.isThere(feature, word)) {
            return NvmeStatus.INVALID_FIELD;
        }
        int which = command.low(10) >>> 8 & 0x7;
        switch (which) {
            case 0 -> result = features.get(feature, word);
            case 1, 2 -> result = features.usual(feature, word);
            case 3 -> result = 1 << 2; // It can be changed, and not saved.
            default -> {
                return NvmeStatus.INVALID_FIELD;
            }
        }
        return NvmeStatus.SUCCESS;
    }

    // ---- asynchronous events ----

    private int requestEvent(NvmeCommand command) {
        if (eventRequests.size() == NvmePages.EVENT_REQUESTS_MAXIMUM) {
            return NvmeStatus.EVENT_REQUEST_LIMIT_EXCEEDED;
        }
        eventRequests.add(command);
        tellEvent();
        return NOT_YET;
    }

    /** An event of the type error status: its log page is that of the errors. */
    private void errorEvent(int information) {
        if (information != TRANSIENT_ERROR) {
            logs.doorbellMisused();
        }
        if (errorEvent < 0) {
            errorEvent = information;
        }
        tellEvent();
    }

    private void tellEvent() {
        if (errorEvent >= 0 && !errorEventsMasked && !eventRequests.isEmpty()) {
            long dword = (long) NvmeLogs.ERRORS << 16 | errorEvent << 8;
            errorEvent = -1;
            errorEventsMasked = true;
            complete(eventRequests.removeFirst(), NvmeStatus.SUCCESS, dword);
        }
    }

    // ---- interrupts ----

    private void posted(CompletionQueue queue) {
        int threshold = queue.number == ADMIN ? 0 : features.threshold(queue.vector);
        queue.unsignalled++;
        if (queue.unsignalled > threshold) {
            signal(queue);
        } else if (queue.unsignalled == 1) {
            machine()
                    .queue()
                    .set(
                            coalescingHandler,
                            machine().nowNs() + features.coalescingNs(),
                            queue.number);
        }
    }

    private void coalesced(int number) {
        signal(completions[number]);
    }

    private void signal(CompletionQueue queue) {
        machine().queue().cancel(coalescingHandler, queue.number);
        queue.unsignalled = 0;
        queue.signalled = !queue.isEmpty();
        requestAgain(queue.number);
    }

    @Override
    protected int causes() {
        return completions.length;
    }

    @Override
    protected boolean holds(int cause) {
        CompletionQueue queue = completions[cause];
        boolean masked = !function().usesMsix() && (vectorMask >>> queue.vector % 32 & 1) != 0;
        return queue.exists && queue.interrupts && queue.signalled && !masked;
    }

    @Override
    protected int messageOf(int cause) {
        return completions[cause].vector;
    }

    // ---- what a scenario does to it ----

    @Override
    protected void raise(int message) {
        if (works() && causeOf(message) == ADMIN && !eventRequests.isEmpty()) {
            errorEvent(TRANSIENT_ERROR);
        } else {
            requestWithoutCause(message);
        }
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        mediumErrors += arguments.number(TIMES.name());
    }

    // ---- moments ----

    @Override
    protected void saveDevice(StateWriter out) {
        out.value(vectorMask);
        out.value(enabled);
        out.value(mediumErrors);
        out.value(errorEvent);
        out.value(errorEventsMasked);
        storage.save(out);
        logs.save(out);
        features.save(out);
        for (int i = 0; i <= queues; i++) {
            submissions[i].save(out);
            completions[i].save(out);
        }
        out.value(underWay.size());
        for (Map.Entry<Long, NvmeCommand> entry : underWay.entrySet()) {
            out.value(entry.getKey());
            save(entry.getValue(), out);
        }
        out.value(eventRequests.size());
        eventRequests.forEach(command -> save(command, out));
    }

    private static void save(NvmeCommand command, StateWriter out) {
        out.value(command.queue());
        for (int i = 0; i < NvmeCommand.SIZE; i += 8) {
            out.value(LittleEndian.get64(command.bytes(), i));
        }
    }

    @Override
    protected void restoreDevice(StateReader in) {
        vectorMask = in.value();
        enabled = in.booleanValue();
        mediumErrors = in.value();
        errorEvent = in.intValue();
        errorEventsMasked = in.booleanValue();
        storage.restore(in);
        logs.restore(in);
        features.restore(in);
        for (int i = 0; i <= queues; i++) {
            submissions[i].restore(in);
            completions[i].restore(in);
        }
        underWay.clear();
        int commands = in.intValue();
        for (int i = 0; i < commands; i++) {
            long slot = in.value();
            underWay.put(slot, command(in));
        }
        eventRequests.clear();
        int requests = in.intValue();
        for (int i = 0; i < requests; i++) {
            eventRequests.add(command(in));
        }
    }

    private static NvmeCommand command(StateReader in) {
        int queue = in.intValue();
        byte[] bytes = new byte[NvmeCommand.SIZE];
        for (int i = 0; i < NvmeCommand.SIZE; i += 8) {
            LittleEndian.put64(bytes, i, in.value());
        }
        return new NvmeCommand(queue, bytes);
    }
}
