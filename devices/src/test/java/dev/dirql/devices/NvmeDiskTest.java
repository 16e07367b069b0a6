package dev.dirql.devices;

import static dev.dirql.devices.PciFixture.COMMAND;
import static dev.dirql.devices.PciFixture.MEMORY_SPACE;
import static dev.dirql.devices.PciFixture.PHYSICAL;
import static dev.dirql.devices.PciFixture.line;
import static dev.dirql.devices.PciFixture.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NvmeDiskTest {
    private static final int CAP = 0x00;
    private static final int VS = 0x08;
    private static final int INTMS = 0x0C;
    private static final int INTMC = 0x10;
    private static final int CC = 0x14;
    private static final int CSTS = 0x1C;
    private static final int AQA = 0x24;
    private static final int ASQ = 0x28;
    private static final int ACQ = 0x30;
    private static final int DOORBELLS = 0x1000;
    private static final int ENABLE = 0x46_0001;
    private static final int RDY = 1;
    private static final int CFS = 2;

    private static final int FLUSH = 0;
    private static final int WRITE = 1;
    private static final int READ = 2;
    private static final int DELETE_SQ = 0;
    private static final int CREATE_SQ = 1;
    private static final int LOG_PAGE = 2;
    private static final int DELETE_CQ = 4;
    private static final int CREATE_CQ = 5;
    private static final int IDENTIFY = 6;
    private static final int ABORT = 8;
    private static final int SET_FEATURES = 9;
    private static final int GET_FEATURES = 10;
    private static final int EVENT = 12;

    /** Queue q has its commands and its completions on pages of their own. */
    private static final long SUBMISSIONS = 0x1_0000;

    private static final long COMPLETIONS = 0x2_0000;
    private static final long DATA = 0x4_0000;
    private static final int SIZE = 16;

    private final PciFixture pci = new PciFixture();
    private final TestMachine test = pci.test;
    private final int[] tails = new int[8];
    private final int[] heads = new int[8];
    private final boolean[] phases = new boolean[8];
    private int lastId;
    private long nowNs;

    /** A completion queue entry. */
    private record Completion(long result, int queue, int head, int id, int status) {}

    private PciDevice disk(Object... properties) {
        PciDevice disk = pci.add(NvmeDisk.TYPE, "nvme", properties);
        enable();
        return disk;
    }

    private NvmeDisk medium(PciDevice disk) {
        return (NvmeDisk) disk;
    }

    private void enable() {
        test.machine.writePhysical(COMPLETIONS, new byte[0x8000]);
        write(AQA, 4, (SIZE - 1) << 16 | (SIZE - 1));
        write(ASQ, 8, SUBMISSIONS);
        write(ACQ, 8, COMPLETIONS);
        write(CC, 4, ENABLE);
        Arrays.fill(tails, 0);
        Arrays.fill(heads, 0);
        Arrays.fill(phases, true);
        pass(20_000);
        test.taken.clear();
    }

    private void pass(long ns) {
        nowNs += ns;
        test.runUntil(nowNs);
    }

    private List<String> taken() {
        List<String> taken = List.copyOf(test.taken);
        test.taken.clear();
        return taken;
    }

    private long read(int offset, int size) {
        return pci.read(PHYSICAL + offset, size);
    }

    private void write(int offset, int size, long value) {
        pci.write(PHYSICAL + offset, size, value);
    }

    private static byte[] command(int opcode, long namespace, long prp1, long prp2, int... words) {
        byte[] bytes = new byte[64];
        bytes[0] = (byte) opcode;
        LittleEndian.put32(bytes, 4, namespace);
        LittleEndian.put64(bytes, 24, prp1);
        LittleEndian.put64(bytes, 32, prp2);
        for (int i = 0; i < words.length; i++) {
            LittleEndian.put32(bytes, 40 + 4 * i, words[i]);
        }
        return bytes;
    }

    private static byte[] admin(int opcode, long prp1, int... words) {
        return command(opcode, 0, prp1, 0, words);
    }

    /** Puts a command into a queue without ringing, and gives its identifier. */
    private int put(int queue, byte[] command) {
        int id = ++lastId;
        LittleEndian.put16(command, 2, id);
        test.machine.writePhysical(SUBMISSIONS + 0x1000L * queue + 64L * tails[queue], command);
        tails[queue] = (tails[queue] + 1) % SIZE;
        return id;
    }

    private void ring(int queue) {
        write(DOORBELLS + 8 * queue, 4, tails[queue]);
    }

    /** Takes the completions of a queue, without telling the controller. */
    private List<Completion> look(int queue) {
        List<Completion> found = new java.util.ArrayList<>();
        while (true) {
            byte[] entry = new byte[16];
            test.machine.readPhysical(COMPLETIONS + 0x1000L * queue + 16L * heads[queue], entry);
            int status = LittleEndian.get16(entry, 14);
            if ((status & 1) != (phases[queue] ? 1 : 0)) {
                return found;
            }
            found.add(
                    new Completion(
                            LittleEndian.get32(entry, 0),
                            LittleEndian.get16(entry, 10),
                            LittleEndian.get16(entry, 8),
                            LittleEndian.get16(entry, 12),
                            status >>> 1));
            heads[queue] = (heads[queue] + 1) % SIZE;
            phases[queue] ^= heads[queue] == 0;
        }
    }

    private void acknowledge(int queue) {
        write(DOORBELLS + 8 * queue + 4, 4, heads[queue]);
    }

    private Completion run(int queue, byte[] command) {
        int id = put(queue, command);
        ring(queue);
        pass(30_000);
        List<Completion> found = look(queue);
        acknowledge(queue);
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().id()).isEqualTo(id);
        return found.getFirst();
    }

    /** The status without the bits that tell whether to retry. */
    private int status(int queue, byte[] command) {
        return run(queue, command).status() & 0x7FF;
    }

    /** Makes I/O queue pair q with the vector q. */
    private void createQueue(int queue) {
        int size = (SIZE - 1) << 16;
        assertThat(
                        status(
                                0,
                                admin(
                                        CREATE_CQ,
                                        COMPLETIONS + 0x1000L * queue,
                                        size | queue,
                                        queue << 16 | 3)))
                .isZero();
        assertThat(
                        status(
                                0,
                                admin(
                                        CREATE_SQ,
                                        SUBMISSIONS + 0x1000L * queue,
                                        size | queue,
                                        queue << 16 | 1)))
                .isZero();
        test.taken.clear();
    }

    private static byte[] transfer(int opcode, long block, int blocks, long prp1, long prp2) {
        return command(opcode, 1, prp1, prp2, (int) block, (int) (block >>> 32), blocks - 1);
    }

    private byte[] fill(long at, int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        test.machine.writePhysical(at, bytes);
        return bytes;
    }

    private byte[] memory(long at, int length) {
        byte[] bytes = new byte[length];
        test.machine.readPhysical(at, bytes);
        return bytes;
    }

    // ---- the controller ----

    @Test
    void theControllerTellsWhatItIsAndBecomesReady() {
        pci.add(NvmeDisk.TYPE, "nvme");

        assertThat(read(CAP, 8)).isEqualTo(0x20_0101_03FFL);
        assertThat(read(CAP + 4, 4)).isEqualTo(0x20);
        assertThat(read(VS, 4)).isEqualTo(0x1_0400);
        assertThat(read(CSTS, 4)).isZero();
        write(AQA, 4, (SIZE - 1) << 16 | (SIZE - 1));
        write(ASQ, 4, SUBMISSIONS | 0xFFF);
        write(ASQ + 4, 4, 0);
        write(CC, 4, ENABLE);
        assertThat(read(ASQ, 8)).isEqualTo(SUBMISSIONS);
        pass(9_000);
        assertThat(read(CSTS, 4)).isZero();
        pass(2_000);
        assertThat(read(CSTS, 4)).isEqualTo(RDY);
        write(CC, 4, ENABLE | 1 << 14);
        assertThat(read(CSTS, 4)).isEqualTo(RDY | 1 << 2);
        pass(20_000);
        assertThat(read(CSTS, 4)).isEqualTo(RDY | 2 << 2);
        write(CC, 4, 0);
        pass(20_000);
        assertThat(read(CSTS, 4)).isZero();
    }

    @Test
    void wrongSettingsAreFatal() {
        pci.add(NvmeDisk.TYPE, "nvme");
        write(CC, 4, ENABLE);
        assertThat(read(CSTS, 4)).as("admin queues of one entry").isEqualTo(CFS);
        write(CC, 4, 0);
        pass(20_000);
        write(AQA, 4, 0xF_000F);
        write(CC, 4, ENABLE | 1 << 7);
        assertThat(read(CSTS, 4)).as("pages of 8 KiB").isEqualTo(CFS);
        write(CC, 4, 0);
        assertThat(read(CSTS, 4)).isZero();
    }

    @Test
    void whatTheControllerDoesNotHaveIsFatalWhereItIsEnabledWithIt() {
        pci.add(NvmeDisk.TYPE, "nvme");
        int[] wrong = {1 << 4, 6 << 4, 1 << 11, 7 << 11, 15 << 7};
        for (int setting : wrong) {
            write(AQA, 4, 0xF_000F);
            write(CC, 4, ENABLE | setting);
            assertThat(read(CSTS, 4)).as("CC 0x%x", setting).isEqualTo(CFS);
            write(CC, 4, 0);
            pass(20_000);
        }
        write(AQA, 4, 0x0_000F);
        write(CC, 4, ENABLE);
        assertThat(read(CSTS, 4)).as("one completion").isEqualTo(CFS);
        write(CC, 4, 0);
        pass(20_000);
        write(AQA, 4, 0xF_0000);
        write(CC, 4, ENABLE);
        assertThat(read(CSTS, 4)).as("one command").isEqualTo(CFS);
    }

    @Test
    void queuesOfWrongEntrySizesCannotBeCreated() {
        disk();
        int size = (SIZE - 1) << 16;
        for (int sizes : new int[] {0, 0x45 << 16, 0x36 << 16}) {
            write(CC, 4, 1 | sizes);

            assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size | 1, 1))).isEqualTo(0x102);
        }
        write(CC, 4, ENABLE);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size | 1, 1))).isZero();
    }

    @Test
    void anAbruptShutdownEndsAsANormalOneAndOnlyTheResetStartsTheControllerAgain() {
        disk();

        write(CC, 4, ENABLE | 2 << 14);
        assertThat(read(CSTS, 4)).isEqualTo(RDY | 1 << 2);
        pass(20_000);
        write(CC, 4, ENABLE);
        pass(20_000);
        assertThat(read(CSTS, 4)).isEqualTo(RDY | 2 << 2);
        write(CC, 4, 0);
        pass(20_000);
        write(CC, 4, ENABLE);
        pass(20_000);
        assertThat(read(CSTS, 4)).isEqualTo(RDY);
    }

    @Test
    void identifyTellsTheControllerItsNamespaceAndTheirList() {
        disk("size", number(1 << 20));

        assertThat(status(0, admin(IDENTIFY, DATA, 1))).isZero();
        byte[] controller = memory(DATA, 4096);
        assertThat(new String(controller, 24, 14, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("dirql NvmeDisk");
        assertThat(controller[77]).isEqualTo((byte) 6);
        assertThat(controller[512]).isEqualTo((byte) 0x66);
        assertThat(LittleEndian.get32(controller, 516)).isEqualTo(1);
        assertThat(status(0, command(IDENTIFY, 1, DATA, 0, 0))).isZero();
        byte[] namespace = memory(DATA, 4096);
        assertThat(LittleEndian.get64(namespace, 0)).isEqualTo(2048);
        assertThat(LittleEndian.get32(namespace, 128)).isEqualTo(9 << 16);
        assertThat(status(0, command(IDENTIFY, 0, DATA, 0, 2))).isZero();
        assertThat(LittleEndian.get64(memory(DATA, 8), 0)).isEqualTo(1);
        assertThat(status(0, command(IDENTIFY, 1, DATA, 0, 2))).isZero();
        assertThat(LittleEndian.get64(memory(DATA, 8), 0)).isZero();
        assertThat(status(0, command(IDENTIFY, 1, DATA, 0, 3))).isZero();
        assertThat(memory(DATA, 2)).containsExactly(1, 8);
        assertThat(status(0, command(IDENTIFY, 2, DATA, 0, 0))).isEqualTo(0x00B);
        assertThat(status(0, command(IDENTIFY, 0xFFFF_FFFFL, DATA, 0, 2))).isEqualTo(0x00B);
        assertThat(status(0, admin(IDENTIFY, DATA, 0x20))).isEqualTo(0x002);
    }

    @Test
    void completionsCarryThePhaseTheHeadAndTheIdentifierAround() {
        disk();
        for (int i = 0; i < 3 * SIZE; i++) {
            Completion completion = run(0, admin(GET_FEATURES, 0, 7));

            assertThat(completion.result()).isEqualTo(0x3_0003);
            assertThat(completion.queue()).isZero();
            assertThat(completion.head()).isEqualTo((i + 1) % SIZE);
            assertThat(completion.status()).isZero();
        }
        assertThat(taken()).hasSize(3 * SIZE).containsOnly("cpu0 0x60");
    }

    // ---- transfers ----

    @Test
    void whatIsWrittenCanBeReadThroughOnePageTwoPagesAndAList() {
        NvmeDisk disk = medium(disk());
        createQueue(1);
        byte[] one = fill(DATA + 0x200, 512, 1);
        assertThat(status(1, transfer(WRITE, 7, 1, DATA + 0x200, 0))).isZero();
        assertThat(disk.block(7)).isEqualTo(one);

        byte[] two = fill(DATA + 0x800, 4096, 2);
        assertThat(status(1, transfer(WRITE, 100, 8, DATA + 0x800, DATA + 0x1000))).isZero();
        assertThat(disk.block(104)).isEqualTo(Arrays.copyOfRange(two, 2048, 2560));

        byte[] many = fill(DATA, 0x5000, 3);
        byte[] list = new byte[32];
        for (int i = 0; i < 4; i++) {
            LittleEndian.put64(list, 8 * i, DATA + 0x1000L * (i + 1));
        }
        test.machine.writePhysical(0x7_0000, list);
        assertThat(status(1, transfer(WRITE, 0, 40, DATA, 0x7_0000))).isZero();
        fill(DATA, 0x5000, 4);
        assertThat(status(1, transfer(READ, 0, 40, DATA, 0x7_0000))).isZero();
        assertThat(memory(DATA, 0x5000)).isEqualTo(many);
        assertThat(status(1, command(FLUSH, 0xFFFF_FFFFL, 0, 0))).isZero();
    }

    @Test
    void aListGoesOnWhereTheLastEntryOfItsPagePoints() {
        disk();
        createQueue(1);
        byte[] data = fill(DATA, 0x4000, 5);
        byte[] entries = new byte[16];
        LittleEndian.put64(entries, 0, DATA + 0x1000);
        LittleEndian.put64(entries, 8, 0x7_2000);
        test.machine.writePhysical(0x7_1FF0, entries);
        LittleEndian.put64(entries, 0, DATA + 0x2000);
        LittleEndian.put64(entries, 8, DATA + 0x3000);
        test.machine.writePhysical(0x7_2000, entries);

        assertThat(status(1, transfer(WRITE, 0, 32, DATA, 0x7_1FF0))).isZero();
        fill(DATA, 0x4000, 6);
        assertThat(status(1, transfer(READ, 0, 32, DATA, 0x7_1FF0))).isZero();

        assertThat(memory(DATA, 0x4000)).isEqualTo(data);
    }

    @Test
    void eachWrongInputHasItsStatus() {
        disk("size", number(1 << 20));
        createQueue(1);

        assertThat(status(1, transfer(9, 0, 1, DATA, 0))).isEqualTo(0x001);
        assertThat(status(1, command(READ, 2, DATA, 0, 0, 0, 0))).isEqualTo(0x00B);
        assertThat(status(1, transfer(READ, 2048, 1, DATA, 0))).isEqualTo(0x080);
        assertThat(status(1, transfer(READ, 2047, 2, DATA, 0))).isEqualTo(0x080);
        assertThat(status(1, transfer(READ, -1, 1, DATA, 0))).isEqualTo(0x080);
        assertThat(status(1, transfer(READ, Long.MAX_VALUE, 2, DATA, 0))).isEqualTo(0x080);
        assertThat(status(1, transfer(READ, 0, 513, DATA, 0))).isEqualTo(0x002);
        assertThat(status(1, transfer(READ, 0, 65536, DATA, 0))).isEqualTo(0x002);
        assertThat(status(1, transfer(READ, 0, 1, DATA + 2, 0))).isEqualTo(0x013);
        assertThat(status(1, transfer(READ, 0, 9, DATA, DATA + 0x1004))).isEqualTo(0x013);
        assertThat(status(1, transfer(READ, 0, 40, DATA, 0x7_0004))).isEqualTo(0x013);
        assertThat(status(1, transfer(READ, 0, 1, 1L << 40, 0))).isEqualTo(0x004);
        assertThat(status(1, transfer(WRITE, 0, 1, -4, 0))).isEqualTo(0x004);
        assertThat(status(1, transfer(READ, 0, 40, DATA, 1L << 40))).isEqualTo(0x004);
        byte[] scattered = transfer(READ, 0, 1, DATA, 0);
        scattered[1] = 0x40;
        assertThat(status(1, scattered)).isEqualTo(0x002);
        assertThat(status(0, admin(0x7F, 0))).isEqualTo(0x001);
        Completion wrong = run(1, transfer(9, 0, 1, DATA, 0));
        assertThat(wrong.status()).as("do not retry, more").isEqualTo(0x6001);
    }

    @Test
    void queuesAreCreatedAndDeletedInOrder() {
        disk("queues", number(2), "entries", number(64));
        int size = (SIZE - 1) << 16;

        assertThat(status(0, admin(CREATE_SQ, SUBMISSIONS, size | 1, 1 << 16 | 1)))
                .as("no completion queue")
                .isEqualTo(0x100);
        assertThat(status(0, admin(CREATE_SQ, SUBMISSIONS, size | 1, 1))).isEqualTo(0x101);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size, 1))).isEqualTo(0x101);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size | 3, 1))).isEqualTo(0x101);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, 1, 1))).isEqualTo(0x102);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, 64 << 16 | 1, 1))).isEqualTo(0x102);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size | 1, 0))).isEqualTo(0x002);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS + 8, size | 1, 1))).isEqualTo(0x013);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size | 1, 3 << 16 | 3)))
                .as("no such vector")
                .isEqualTo(0x108);
        createQueue(1);
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS, size | 1, 1))).isEqualTo(0x101);
        assertThat(status(0, admin(SET_FEATURES, 0, 7, 0))).as("too late").isEqualTo(0x00C);
        assertThat(status(0, admin(DELETE_CQ, 0, 1))).as("still in use").isEqualTo(0x10C);
        assertThat(status(0, admin(DELETE_CQ, 0, 0))).isEqualTo(0x101);
        assertThat(status(0, admin(DELETE_SQ, 0, 1))).isZero();
        assertThat(status(0, admin(DELETE_SQ, 0, 1))).isEqualTo(0x101);
        assertThat(status(0, admin(DELETE_CQ, 0, 1))).isZero();
        assertThat(status(0, admin(SET_FEATURES, 0, 7, 0))).isZero();
    }

    @Test
    void commandsTakeTheirLatencyAndCompleteInOrder() {
        disk("latency", number(50_000));
        createQueue(2);
        int first = put(2, transfer(READ, 0, 1, DATA, 0));
        int second = put(2, transfer(READ, 1, 1, DATA, 0));
        ring(2);

        pass(49_000);
        assertThat(look(2)).isEmpty();
        pass(2_000);

        assertThat(look(2).stream().map(Completion::id)).containsExactly(first, second);
        assertThat(taken()).containsExactly("cpu0 0x62");
    }

    // ---- interrupts ----

    @Test
    void completionsNameTheSubmissionQueue() {
        disk();
        createQueue(1);
        createQueue(2);

        assertThat(run(2, command(FLUSH, 1, 0, 0)).queue()).isEqualTo(2);
        assertThat(run(1, command(FLUSH, 1, 0, 0)).queue()).isEqualTo(1);
    }

    @Test
    void eachQueueInterruptsByItsOwnMessage() {
        disk();
        createQueue(1);
        createQueue(3);

        run(3, command(FLUSH, 1, 0, 0));
        assertThat(taken()).containsExactly("cpu0 0x63");
        run(1, command(FLUSH, 1, 0, 0));
        assertThat(taken()).containsExactly("cpu0 0x61");
        run(0, admin(GET_FEATURES, 0, 7));
        assertThat(taken()).containsExactly("cpu0 0x60");
    }

    @Test
    void aDriverThatDoesNotTakeAllIsInterruptedAgain() {
        disk();
        createQueue(1);
        for (int i = 0; i < 3; i++) {
            put(1, command(FLUSH, 1, 0, 0));
        }
        ring(1);
        pass(30_000);
        assertThat(taken()).containsExactly("cpu0 0x61");

        write(DOORBELLS + 12, 4, 1);
        pass(100);
        assertThat(taken()).containsExactly("cpu0 0x61");
        write(DOORBELLS + 12, 4, 3);
        pass(100);
        assertThat(taken()).isEmpty();
    }

    @Test
    void byLineItInterruptsWhileThereAreEntriesAndTheVectorIsNotMasked() {
        disk("line", line());
        run(0, admin(CREATE_CQ, COMPLETIONS + 0x1000, (SIZE - 1) << 16 | 1, 3));
        test.taken.clear();
        test.handler =
                (processor, _) -> {
                    write(INTMS, 4, 1);
                    processor.interruptUnit().endOfInterrupt();
                };
        put(0, admin(GET_FEATURES, 0, 7));
        ring(0);
        pass(10_000);

        assertThat(taken()).containsExactly("cpu0 0x51");
        assertThat(read(INTMC, 4)).isEqualTo(1);
        write(INTMC, 4, 1);
        pass(100);
        assertThat(taken()).as("nothing was taken out").containsExactly("cpu0 0x51");
        look(0);
        acknowledge(0);
        write(INTMC, 4, 1);
        pass(100);
        assertThat(taken()).isEmpty();
    }

    @Test
    void coalescingHoldsInterruptsBackForANumberAndATime() {
        disk();
        createQueue(1);
        createQueue(2);
        assertThat(status(0, admin(SET_FEATURES, 0, 8, 2 << 8 | 2))).isZero();
        assertThat(run(0, admin(GET_FEATURES, 0, 8)).result()).isEqualTo(0x202);
        assertThat(status(0, admin(SET_FEATURES, 0, 9, 1 << 16 | 2))).isZero();
        assertThat(run(0, admin(GET_FEATURES, 0, 9, 2)).result()).isEqualTo(0x1_0002);
        taken();

        put(1, command(FLUSH, 1, 0, 0));
        ring(1);
        pass(150_000);
        assertThat(taken()).isEmpty();
        pass(100_000);
        assertThat(taken()).as("after 200 us").containsExactly("cpu0 0x61");
        look(1);
        acknowledge(1);
        for (int i = 0; i < 3; i++) {
            put(1, command(FLUSH, 1, 0, 0));
        }
        ring(1);
        pass(30_000);
        assertThat(taken()).as("after three").containsExactly("cpu0 0x61");
        run(2, command(FLUSH, 1, 0, 0));
        assertThat(taken()).as("vector 2 is not coalesced").containsExactly("cpu0 0x62");
        run(0, admin(GET_FEATURES, 0, 7));
        assertThat(taken()).as("the admin queue is not coalesced").containsExactly("cpu0 0x60");
    }

    @Test
    void aFullCompletionQueueHoldsBackWhatCompletes() {
        disk();
        createQueue(1);
        for (int i = 0; i < SIZE - 1; i++) {
            put(1, command(FLUSH, 1, 0, 0));
        }
        ring(1);
        pass(30_000);
        for (int i = 0; i < 4; i++) {
            put(1, command(FLUSH, 1, 0, 0));
        }
        ring(1);
        pass(30_000);

        assertThat(look(1)).hasSize(SIZE - 1);
        acknowledge(1);
        assertThat(look(1)).hasSize(4);
    }

    // ---- other admin commands ----

    @Test
    void aCommandCanBeAbortedWhileItIsUnderWay() {
        disk("latency", number(100_000));
        createQueue(1);
        int id = put(1, transfer(WRITE, 0, 1, DATA, 0));
        ring(1);

        assertThat(run(0, admin(ABORT, 0, id << 16 | 1)).result()).isZero();

        List<Completion> aborted = look(1);
        assertThat(aborted).hasSize(1);
        assertThat(aborted.getFirst().id()).isEqualTo(id);
        assertThat(aborted.getFirst().status() & 0x7FF).isEqualTo(0x007);
        assertThat(run(0, admin(ABORT, 0, id << 16 | 1)).result()).isEqualTo(1);
        pass(200_000);
        assertThat(look(1)).isEmpty();
    }

    @Test
    void deletingASubmissionQueueAbortsItsCommands() {
        disk("latency", number(100_000));
        createQueue(1);
        put(1, transfer(WRITE, 0, 1, DATA, 0));
        put(1, transfer(WRITE, 1, 1, DATA, 0));
        ring(1);

        assertThat(status(0, admin(DELETE_SQ, 0, 1))).isZero();

        assertThat(look(1).stream().map(Completion::status)).containsExactly(0x008, 0x008);
        pass(200_000);
        assertThat(look(1)).isEmpty();
    }

    @Test
    void anIdentifierThatIsUnderWayIsAConflict() {
        disk();
        createQueue(1);
        put(1, command(FLUSH, 1, 0, 0));
        lastId--;
        put(1, command(FLUSH, 1, 0, 0));
        ring(1);
        pass(30_000);

        assertThat(look(1).stream().map(completion -> completion.status() & 0x7FF))
                .containsExactly(0x003, 0x000);
    }

    @Test
    void aMediumErrorFailsTheNextTransferAndIsInTheLogs() {
        PciDevice disk = disk();
        createQueue(1);
        disk.apply("medium_error", Map.of("times", number(2)));

        assertThat(status(1, transfer(READ, 5, 1, DATA, 0))).isEqualTo(0x281);
        assertThat(status(1, transfer(WRITE, 6, 1, DATA, 0))).isEqualTo(0x280);
        assertThat(status(1, transfer(READ, 5, 1, DATA, 0))).isZero();

        assertThat(status(0, admin(LOG_PAGE, DATA, 127 << 16 | 2))).isZero();
        byte[] health = memory(DATA, 512);
        assertThat(LittleEndian.get64(health, 160)).as("media errors").isEqualTo(2);
        assertThat(LittleEndian.get64(health, 176)).as("entries of the error log").isEqualTo(2);
        assertThat(LittleEndian.get64(health, 64)).as("reads").isEqualTo(1);
        assertThat(LittleEndian.get64(health, 32)).as("data units read").isEqualTo(1);
        assertThat(status(0, admin(LOG_PAGE, DATA, 31 << 16 | 1))).isZero();
        byte[] errors = memory(DATA, 128);
        assertThat(LittleEndian.get64(errors, 0)).isEqualTo(2);
        assertThat(LittleEndian.get16(errors, 8)).isEqualTo(1);
        assertThat(LittleEndian.get16(errors, 12) >>> 1 & 0x7FF).isEqualTo(0x280);
        assertThat(LittleEndian.get64(errors, 16)).isEqualTo(6);
        assertThat(LittleEndian.get64(errors, 64 + 16)).isEqualTo(5);
    }

    @Test
    void logPagesAreBoundedByWhatThereIs() {
        disk();
        fill(DATA, 0x2000, 7);
        byte[] before = memory(DATA + 512, 512);

        assertThat(status(0, admin(LOG_PAGE, DATA, 0xFFFF << 16 | 2, 0xFFFF))).isZero();
        assertThat(memory(DATA + 512, 512)).isEqualTo(before);
        assertThat(status(0, admin(LOG_PAGE, DATA, 0x77))).isEqualTo(0x109);
        assertThat(status(0, admin(LOG_PAGE, DATA, 2, 0, 516))).isEqualTo(0x002);
        assertThat(status(0, admin(LOG_PAGE, DATA, 2, 0, 0, -1))).isEqualTo(0x002);
        assertThat(status(0, admin(LOG_PAGE, DATA, 3))).isZero();
        assertThat(memory(DATA, 1)).containsExactly(1);
    }

    @Test
    void featuresAreSetGotAndRefused() {
        disk();

        assertThat(run(0, admin(GET_FEATURES, 0, 4)).result()).isEqualTo(343);
        assertThat(status(0, admin(SET_FEATURES, 0, 4, 1 << 20 | 280))).isZero();
        assertThat(run(0, admin(GET_FEATURES, 0, 4, 1 << 20)).result()).isEqualTo(280);
        assertThat(run(0, admin(GET_FEATURES, 0, 4)).result()).isEqualTo(343);
        assertThat(status(0, admin(SET_FEATURES, 0, 1, 0x7))).isZero();
        assertThat(run(0, admin(GET_FEATURES, 0, 1)).result()).isEqualTo(7);
        assertThat(run(0, admin(GET_FEATURES, 0, 0x101)).result()).isZero();
        assertThat(run(0, admin(GET_FEATURES, 0, 0x301)).result()).isEqualTo(4);
        assertThat(status(0, admin(GET_FEATURES, 0, 0x401))).isEqualTo(0x002);
        assertThat(status(0, admin(GET_FEATURES, 0, 6))).as("no cache").isEqualTo(0x002);
        assertThat(status(0, admin(SET_FEATURES, 0, 1 << 31 | 1, 0))).isEqualTo(0x10D);
        assertThat(status(0, admin(SET_FEATURES, 0, 9, 8))).as("no vector 8").isEqualTo(0x002);
        assertThat(run(0, admin(SET_FEATURES, 0, 7, 0x7_0007)).result()).isEqualTo(0x3_0003);
        assertThat(status(0, admin(SET_FEATURES, 0, 7, 0xFFFF))).isEqualTo(0x002);
    }

    @Test
    void aWrongDoorbellIsAnAsynchronousEvent() {
        disk();
        int id = put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);
        assertThat(look(0)).isEmpty();

        write(DOORBELLS + 8, 4, 1);
        pass(100);

        List<Completion> events = look(0);
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().id()).isEqualTo(id);
        assertThat(events.getFirst().result()).isEqualTo(0x01_00_00);
        acknowledge(0);
        write(DOORBELLS, 4, SIZE);
        put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);
        assertThat(look(0)).as("masked until the log is read").isEmpty();
        put(0, admin(LOG_PAGE, DATA, 1));
        ring(0);
        pass(10_000);
        assertThat(look(0).stream().map(Completion::result)).containsExactly(0x01_01_00L, 0L);
    }

    /** What the next event tells: type, information and log page. */
    private long event(int offset, long value) {
        put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);
        assertThat(look(0)).isEmpty();
        write(offset, 4, value);
        pass(100);
        List<Completion> events = look(0);
        assertThat(events).as("doorbell 0x%x, %d", offset, value).hasSize(1);
        acknowledge(0);
        assertThat(status(0, admin(LOG_PAGE, DATA, 1))).isZero();
        return events.getFirst().result();
    }

    @Test
    void eachWrongDoorbellHasItsEvent() {
        disk();
        createQueue(1);
        put(1, command(FLUSH, 1, 0, 0));
        put(1, command(FLUSH, 1, 0, 0));
        ring(1);
        pass(30_000);
        assertThat(look(1)).hasSize(2);

        assertThat(event(DOORBELLS + 16, 1)).as("tail of no queue").isEqualTo(0x01_00_00);
        assertThat(event(DOORBELLS + 20, 1)).as("head of no queue").isEqualTo(0x01_00_00);
        assertThat(event(DOORBELLS + 8, SIZE)).as("tail past the ring").isEqualTo(0x01_01_00);
        assertThat(event(DOORBELLS + 12, SIZE)).as("head past the ring").isEqualTo(0x01_01_00);
        assertThat(event(DOORBELLS + 12, 3)).as("head past the tail").isEqualTo(0x01_01_00);
        acknowledge(1);
        assertThat(run(1, command(FLUSH, 1, 0, 0)).status()).isZero();
    }

    @Test
    void aTailThatPassesTheHeadIsAnEvent() {
        pci.add(NvmeDisk.TYPE, "nvme", "entries", number(256));
        enable();
        int size = 255 << 16;
        assertThat(status(0, admin(CREATE_CQ, COMPLETIONS + 0x1000, size | 1, 1 << 16 | 3)))
                .isZero();
        assertThat(status(0, admin(CREATE_SQ, DATA + 0x1_0000, size | 1, 1 << 16 | 1))).isZero();
        for (int i = 0; i < 256; i++) {
            byte[] flush = command(FLUSH, 1, 0, 0);
            LittleEndian.put16(flush, 2, i);
            test.machine.writePhysical(DATA + 0x1_0000 + 64L * i, flush);
        }
        put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);

        write(DOORBELLS + 8, 4, 200);
        assertThat(look(0)).as("128 are fetched, and 72 wait").isEmpty();
        write(DOORBELLS + 8, 4, 150);
        pass(100);

        assertThat(look(0).stream().map(Completion::result)).containsExactly(0x01_01_00L);
    }

    @Test
    void onlySoManyEventRequestsMayWait() {
        disk();
        for (int i = 0; i < 5; i++) {
            put(0, admin(EVENT, 0));
        }
        ring(0);
        pass(10_000);

        List<Completion> refused = look(0);
        assertThat(refused).hasSize(1);
        assertThat(refused.getFirst().status() & 0x7FF).isEqualTo(0x105);
    }

    @Test
    void raiseIsAnEventOrJustTheMessage() {
        PciDevice disk = disk();
        disk.apply(new InterruptStimulus.Raise());
        pass(100);
        assertThat(taken()).containsExactly("cpu0 0x60");
        assertThat(look(0)).isEmpty();
        put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);

        disk.apply(new InterruptStimulus.Raise());
        disk.apply(new InterruptStimulus.Raise(), 3);
        pass(100);

        assertThat(taken()).containsExactlyInAnyOrder("cpu0 0x60", "cpu0 0x63");
        assertThat(look(0).stream().map(Completion::result)).containsExactly(0x01_04_00L);
    }

    // ---- what goes wrong, and moments ----

    @Test
    void ringsOutsideMemoryAndBusMasteringOffAreFatal() {
        PciDevice disk = disk();
        pci.configure(disk, COMMAND, 2, MEMORY_SPACE);
        put(0, admin(GET_FEATURES, 0, 7));
        ring(0);
        assertThat(read(CSTS, 4)).isEqualTo(RDY | CFS);
        pci.configure(disk, COMMAND, 2, MEMORY_SPACE | PciFixture.BUS_MASTER);
        pass(10_000);
        assertThat(look(0)).isEmpty();

        write(CC, 4, 0);
        pass(20_000);
        assertThat(read(CSTS, 4)).isZero();
        enable();
        write(CC, 4, 0);
        pass(20_000);
        write(ACQ, 8, 0x7FFF_FFFF_FFFF_F000L);
        write(CC, 4, ENABLE);
        pass(20_000);
        tails[0] = 0;
        put(0, admin(GET_FEATURES, 0, 7));
        ring(0);
        pass(10_000);
        assertThat(read(CSTS, 4)).isEqualTo(RDY | CFS);
        assertThat(test.events(Event.DmaRefused.class)).hasSize(2);
    }

    @Test
    void theResetOfTheControllerForgetsQueuesAndCommands() {
        NvmeDisk disk = medium(disk("latency", number(100_000)));
        createQueue(1);
        fill(DATA, 512, 8);
        put(1, transfer(WRITE, 0, 1, DATA, 0));
        ring(1);
        put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);

        write(CC, 4, 0);
        pass(200_000);
        enable();

        assertThat(disk.block(0)).containsOnly(0);
        assertThat(status(0, admin(DELETE_CQ, 0, 1))).isEqualTo(0x101);
    }

    @Test
    void aMomentInTheMiddleOfEverythingGoesOnTheSameWay() {
        PciDevice disk = disk("latency", number(30_000));
        createQueue(1);
        createQueue(2);
        status(0, admin(SET_FEATURES, 0, 8, 5 << 8 | 3));
        put(0, admin(EVENT, 0));
        ring(0);
        pass(10_000);
        disk.apply("medium_error", Map.of());
        for (int i = 0; i < 6; i++) {
            put(1 + i % 2, transfer(i % 3 == 0 ? WRITE : READ, i, 2, DATA + 0x1000L * i, 0));
        }
        ring(1);
        pass(15_000);
        ring(2);
        pass(16_000);
        Snapshot moment = test.machine.snapshot();
        List<String> first = rest();

        test.machine.restore(moment);
        List<String> second = rest();

        assertThat(first).hasSizeGreaterThan(10).isEqualTo(second);
    }

    private List<String> rest() {
        test.trace.clear();
        write(DOORBELLS + 0x18, 4, 9);
        test.runUntil(nowNs + 2_000_000);
        test.trace.add("%x".formatted(test.machine.exactHash()));
        return List.copyOf(test.trace);
    }

    @Test
    void randomCommandsNeverFailAndRepeatExactly() {
        for (long seed = 1; seed <= 30; seed++) {
            assertThat(storm(seed)).as("seed %d", seed).isEqualTo(storm(seed));
        }
    }

    private static List<String> storm(long seed) {
        NvmeDiskTest one = new NvmeDiskTest();
        one.disk("queues", number(3), "entries", number(SIZE));
        one.createQueue(1);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] command = new byte[64];
            if (random.nextInt(8) == 0) {
                random.nextBytes(command);
            }
            command[0] = (byte) random.nextInt(14);
            command[1] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : 0);
            LittleEndian.put32(command, 4, random.nextInt(3));
            LittleEndian.put64(command, 24, address(random));
            LittleEndian.put64(command, 32, address(random));
            LittleEndian.put32(command, 40, random.nextInt(4) | random.nextInt(20) << 16);
            LittleEndian.put32(command, 44, random.nextInt(4) << 16 | random.nextInt(4));
            LittleEndian.put32(command, 48, random.nextInt(80));
            int queue = random.nextInt(4);
            one.put(queue, command);
            if (random.nextInt(3) == 0) {
                one.lastId -= random.nextInt(3);
            }
            one.ring(queue);
            one.write(DOORBELLS + 4 * random.nextInt(10), 4, random.nextInt(SIZE + 1));
            one.pass(random.nextInt(20_000));
            if (random.nextInt(60) == 0) {
                one.write(CC, 4, 0);
                one.pass(20_000);
                one.enable();
            }
        }
        one.test.trace.add("%x".formatted(one.test.machine.exactHash()));
        return one.test.trace;
    }

    private static long address(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong();
            case 1 -> DATA + random.nextInt(0x2000);
            case 2 -> COMPLETIONS;
            default -> DATA + 0x1000L * random.nextInt(16);
        };
    }
}
