package dev.dirql.devices;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.events.Event;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A disk that moves data between its sectors of 512 bytes and memory by itself, and interrupts when
 * it is done.
 *
 * <table>
 * <caption>Registers, 32 bits each</caption>
 * <tr><th>offset</th><th>name</th><th>bits</th></tr>
 * <tr><td>0x00</td><td>COMMAND</td><td>0 READ, 1 WRITE, 2 RESET: write-only; 8 INTERRUPT_ENABLE:
 *     read/write</td></tr>
 * <tr><td>0x04</td><td>STATUS</td><td>0 BUSY: read-only; 1 DONE, 2 ERROR: write 1 to clear</td></tr>
 * <tr><td>0x08</td><td>ADDRESS_LOW</td><td>physical address of the buffer, read/write</td></tr>
 * <tr><td>0x0C</td><td>ADDRESS_HIGH</td><td>its upper half, read/write</td></tr>
 * <tr><td>0x10</td><td>LENGTH</td><td>bytes, a multiple of 512, read/write</td></tr>
 * <tr><td>0x14</td><td>SECTOR</td><td>first sector, read/write</td></tr>
 * <tr><td>0x18</td><td>ERROR_CODE</td><td>why ERROR was set last, read-only</td></tr>
 * <tr><td>0x1C</td><td>TRANSFERRED</td><td>bytes moved by the last command, read-only</td></tr>
 * <tr><td>0x20</td><td>SECTORS</td><td>size of the medium, read-only</td></tr>
 * </table>
 *
 * <p>The disk is <em>idle</em> or <em>busy</em>.
 *
 * <ul>
 *   <li>Idle, READ or WRITE is written: address, length and sector are taken over, ERROR_CODE and
 *       TRANSFERRED become 0, BUSY is set: busy. READ is from the disk to memory. Both bits at once
 *       set ERROR with BAD_COMMAND, and it stays idle.
 *   <li>Busy, READ or WRITE is written: ERROR is set with COMMAND_WHILE_BUSY; the command that runs
 *       goes on. When it ends well, ERROR_CODE stays; when it fails, its own code replaces it.
 *   <li>Busy, after the latency: all data moves at once, BUSY is cleared and DONE set: idle. A
 *       wrong length, sector or address, and a medium error, are found then: nothing moves, BUSY is
 *       cleared and ERROR set.
 *   <li>RESET is written, idle or busy: the command that runs is forgotten, and every register gets
 *       its value of power-on; the other bits written with it count for nothing. The medium keeps
 *       its contents.
 * </ul>
 *
 * <p>The interrupt is requested while DONE or ERROR, and INTERRUPT_ENABLE, are set. {@code raise}
 * sets DONE without a command having ended. {@code medium_error} lets the next command fail that
 * would have moved data.
 */
public final class BusMasterDisk extends Device {
    private static final byte[] ZERO_SECTOR = new byte[SectorStorage.SECTOR_SIZE];
    private static final String ZEROES = "zeroes";
    private static final String SECTOR_NUMBERS = "sector-numbers";
    private static final String MEDIUM_ERROR_STIMULUS = "medium_error";

    private static final Property LATENCY =
            Property.of(
                    "latency",
                    new PropertyKind.Time(1, 3_600_000_000_000L),
                    new PropertyValue.Quantity(40_000),
                    "Time from a command to its end.");
    private static final Property SIZE =
            Property.of(
                    "size",
                    new PropertyKind.Size(SectorStorage.SECTOR_SIZE, 1L << 30),
                    new PropertyValue.Quantity(1L << 20),
                    "Size of the medium, rounded down to sectors of 512 bytes.");
    private static final Property FILL =
            Property.of(
                    "fill",
                    new PropertyKind.Choice(List.of(ZEROES, SECTOR_NUMBERS)),
                    new PropertyValue.Word(ZEROES),
                    "What sectors hold before they are written: zeroes, or their number in each"
                            + " 32-bit word.");

    public static final DeviceType TYPE =
            new DeviceType(
                    "BusMasterDisk",
                    "A disk that moves data to and from memory by itself and interrupts when done.",
                    InterruptProperties.with(LATENCY, SIZE, FILL),
                    List.of(
                            new StimulusType(
                                    MEDIUM_ERROR_STIMULUS,
                                    List.of(),
                                    "The next command that would move data fails.")),
                    BusMasterDisk::new);

    private static final long READ = 1;
    private static final long WRITE = 1 << 1;
    private static final long RESET = 1 << 2;
    private static final long INTERRUPT_ENABLE = 1 << 8;
    private static final long BUSY = 1;
    private static final long DONE = 1 << 1;
    private static final long ERROR = 1 << 2;

    private static final long NO_ERROR = 0;
    private static final long BAD_COMMAND = 1;
    private static final long COMMAND_WHILE_BUSY = 2;
    private static final long BAD_LENGTH = 3;
    private static final long BAD_SECTOR = 4;
    private static final long BAD_ADDRESS = 5;
    private static final long MEDIUM_ERROR = 6;

    // spotless:off
    private final Register command =
            Register.named("COMMAND")
                    .at(0x00)
                    .describedAs("Starts a command.")
                    .flag(READ, "READ", Access.WRITE_ONLY, "Moves data from the disk to memory.")
                    .flag(WRITE, "WRITE", Access.WRITE_ONLY, "Moves data from memory to the disk.")
                    .flag(RESET, "RESET", Access.WRITE_ONLY, "Puts the registers back.")
                    .flag(
                            INTERRUPT_ENABLE,
                            "INTERRUPT_ENABLE",
                            Access.READ_WRITE,
                            "DONE and ERROR request an interrupt.")
                    .afterWrite(this::commandWritten);
    private final Register status =
            Register.named("STATUS")
                    .at(0x04)
                    .describedAs("What the disk does and did.")
                    .flag(BUSY, "BUSY", Access.READ_ONLY, "A command runs.")
                    .flag(DONE, "DONE", Access.WRITE_ONE_TO_CLEAR, "A command ended well.")
                    .flag(
                            ERROR,
                            "ERROR",
                            Access.WRITE_ONE_TO_CLEAR,
                            "A command failed or was refused.")
                    .afterWrite(_ -> updateLine());
    private final Register addressLow =
            Register.named("ADDRESS_LOW")
                    .at(0x08)
                    .describedAs("Physical address of the buffer, lower half.");
    private final Register addressHigh =
            Register.named("ADDRESS_HIGH")
                    .at(0x0C)
                    .describedAs("Physical address of the buffer, upper half.");
    private final Register length =
            Register.named("LENGTH").at(0x10).describedAs("Bytes to move, a multiple of 512.");
    private final Register sector = Register.named("SECTOR").at(0x14).describedAs("First sector.");
    private final Register errorCode =
            Register.named("ERROR_CODE")
                    .at(0x18)
                    .describedAs("Why ERROR was set last.")
                    .access(Access.READ_ONLY)
                    .value(NO_ERROR, "NO_ERROR", "Nothing went wrong.")
                    .value(BAD_COMMAND, "BAD_COMMAND", "READ and WRITE were written together.")
                    .value(
                            COMMAND_WHILE_BUSY,
                            "COMMAND_WHILE_BUSY",
                            "A command was written while another ran.")
                    .value(BAD_LENGTH, "BAD_LENGTH", "LENGTH was 0 or no multiple of 512.")
                    .value(BAD_SECTOR, "BAD_SECTOR", "The sectors were beyond the medium.")
                    .value(BAD_ADDRESS, "BAD_ADDRESS", "The buffer was not all in memory.")
                    .value(MEDIUM_ERROR, "MEDIUM_ERROR", "The medium could not be accessed.");
    private final Register transferred =
            Register.named("TRANSFERRED")
                    .at(0x1C)
                    .access(Access.READ_ONLY)
                    .describedAs("Bytes moved by the last command.");
    private final Register sectorCount =
            Register.named("SECTORS")
                    .at(0x20)
                    .access(Access.READ_ONLY)
                    .describedAs("Sectors of the medium.");
    // spotless:on

    private final long latencyNs;
    private final SectorStorage storage;
    private final int handler;

    /** The command that runs, with what was in the registers when it was written. */
    private boolean toMemory;

    private long runAddress;
    private long runLength;
    private long runSector;
    private boolean mediumFails;

    private BusMasterDisk(DeviceSetup setup) {
        super(TYPE, setup);
        latencyNs = setup.properties().number(LATENCY.name());
        long size = setup.properties().number(SIZE.name());
        IntFunction<byte[]> fill =
                setup.properties().word(FILL.name()).equals(SECTOR_NUMBERS)
                        ? BusMasterDisk::numbered
                        : _ -> ZERO_SECTOR;
        storage = new SectorStorage((int) (size / SectorStorage.SECTOR_SIZE), fill);
        sectorCount.resetsTo(storage.sectors());
        handler = machine().queue().register((_, _) -> finish());
        install(
                command,
                status,
                addressLow,
                addressHigh,
                length,
                sector,
                errorCode,
                transferred,
                sectorCount);
    }

    private static byte[] numbered(int number) {
        byte[] bytes = new byte[SectorStorage.SECTOR_SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (number >>> (8 * (i & 3)));
        }
        return bytes;
    }

    private void commandWritten(long written) {
        if ((written & RESET) != 0) {
            machine().queue().cancel(handler, 0);
            registers().reset();
        } else if ((written & (READ | WRITE)) != 0) {
            start(written);
        }
        updateLine();
    }

    private void start(long written) {
        if (status.isSet(BUSY)) {
            fail(COMMAND_WHILE_BUSY);
            return;
        }
        if ((written & READ) != 0 && (written & WRITE) != 0) {
            fail(BAD_COMMAND);
            return;
        }
        toMemory = (written & READ) != 0;
        runAddress = addressLow.value() | addressHigh.value() << 32;
        runLength = length.value();
        runSector = sector.value();
        errorCode.set(NO_ERROR);
        transferred.set(0);
        status.raise(BUSY);
        machine().queue().set(handler, machine().nowNs() + latencyNs, 0);
    }

    private void fail(long code) {
        reasonArises();
        errorCode.set(code);
        status.raise(ERROR);
    }

    private void finish() {
        status.clear(BUSY);
        long mistake = mistake();
        if (mistake == NO_ERROR) {
            transfer();
            transferred.set(runLength);
            reasonArises();
            status.raise(DONE);
        } else {
            fail(mistake);
        }
        updateLine();
    }

    private long mistake() {
        if (runLength == 0 || runLength % SectorStorage.SECTOR_SIZE != 0) {
            return BAD_LENGTH;
        }
        if (runSector + runLength / SectorStorage.SECTOR_SIZE > storage.sectors()) {
            return BAD_SECTOR;
        }
        boolean wraps = runAddress < 0 || runAddress > Long.MAX_VALUE - runLength;
        if (wraps || !machine().memory().contains(runAddress, runLength)) {
            return BAD_ADDRESS;
        }
        if (mediumFails) {
            mediumFails = false;
            return MEDIUM_ERROR;
        }
        return NO_ERROR;
    }

    private void transfer() {
        if (isGone()) {
            return;
        }
        int count = (int) (runLength / SectorStorage.SECTOR_SIZE);
        for (int i = 0; i < count; i++) {
            int number = (int) runSector + i;
            long physical = runAddress + (long) i * SectorStorage.SECTOR_SIZE;
            if (toMemory) {
                machine().writePhysical(physical, storage.read(number));
            } else {
                byte[] bytes = new byte[SectorStorage.SECTOR_SIZE];
                machine().readPhysical(physical, bytes);
                storage.write(number, bytes);
            }
        }
        machine().emit(new Event.DmaTransferred(name(), runAddress, runLength, toMemory));
    }

    /** A copy of a sector of the medium, for tests and tools. */
    public byte[] sector(int number) {
        return Arrays.copyOf(storage.read(number), SectorStorage.SECTOR_SIZE);
    }

    @Override
    protected void raise() {
        reasonArises();
        status.raise(DONE);
    }

    @Override
    protected void stimulate(StimulusType stimulus, PropertyValues arguments) {
        mediumFails = true;
    }

    @Override
    protected void updateLine() {
        interruptWhile(status.isSet(DONE | ERROR) && command.isSet(INTERRUPT_ENABLE));
    }

    @Override
    protected void saveDevice(StateWriter out) {
        out.value(toMemory);
        out.value(runAddress);
        out.value(runLength);
        out.value(runSector);
        out.value(mediumFails);
        storage.save(out);
    }

    @Override
    protected void restoreDevice(StateReader in) {
        toMemory = in.booleanValue();
        runAddress = in.value();
        runLength = in.value();
        runSector = in.value();
        mediumFails = in.booleanValue();
        storage.restore(in);
    }
}
