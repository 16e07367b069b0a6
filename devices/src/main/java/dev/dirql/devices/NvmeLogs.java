package dev.dirql.devices;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The log pages of an NVMe controller: errors, health, firmware slots. NVM Express Base
 * Specification 1.4, 5.14.1.
 */
final class NvmeLogs implements StatePart {
    static final int ERRORS = 0x01;
    static final int HEALTH = 0x02;
    static final int FIRMWARE = 0x03;

    private static final int ENTRY = 64;
    private static final int HEALTH_SIZE = 512;
    private static final int FIRMWARE_SIZE = 512;

    /** Data units are thousands of blocks of 512 bytes. */
    private static final long UNIT_BLOCKS = 1000;

    /** The newest error first. */
    private byte[] errors = new byte[ENTRY * NvmePages.ERRORS_MAXIMUM];

    private long errorCount;
    private long blocksRead;
    private long blocksWritten;
    private long readCommands;
    private long writeCommands;
    private long mediaErrors;

    void read(long blocks) {
        readCommands++;
        blocksRead += blocks;
    }

    void written(long blocks) {
        writeCommands++;
        blocksWritten += blocks;
    }

    void mediaError() {
        mediaErrors++;
    }

    /** Keeps that a command failed. */
    void failed(NvmeCommand command, int statusField) {
        error(
                command.queue(),
                command.id(),
                statusField,
                command.firstBlock(),
                command.namespace());
    }

    /** Keeps that a doorbell was misused. */
    void doorbellMisused() {
        error(0xFFFF, 0xFFFF, 0, 0, 0);
    }

    private void error(int queue, int id, int statusField, long block, long namespace) {
        byte[] shifted = new byte[errors.length];
        System.arraycopy(errors, 0, shifted, ENTRY, errors.length - ENTRY);
        LittleEndian.put64(shifted, 0, ++errorCount);
        LittleEndian.put16(shifted, 8, queue);
        LittleEndian.put16(shifted, 10, id);
        LittleEndian.put16(shifted, 12, statusField);
        LittleEndian.put16(shifted, 14, 0xFFFF); // No single parameter is to blame.
        LittleEndian.put64(shifted, 16, block);
        LittleEndian.put32(shifted, 24, namespace);
        errors = shifted;
    }

    /** A log page as it is now, or nothing if there is no such page. */
    byte[] page(int identifier) {
        return switch (identifier) {
            case ERRORS -> errors.clone();
            case HEALTH -> health();
            case FIRMWARE -> firmware();
            default -> new byte[0];
        };
    }

    private byte[] health() {
        byte[] page = new byte[HEALTH_SIZE];
        LittleEndian.put16(page, 1, NvmePages.TEMPERATURE);
        page[3] = 100; // Available spare, in percent.
        page[4] = 10; // Its threshold.
        LittleEndian.put64(page, 32, (blocksRead + UNIT_BLOCKS - 1) / UNIT_BLOCKS);
        LittleEndian.put64(page, 48, (blocksWritten + UNIT_BLOCKS - 1) / UNIT_BLOCKS);
        LittleEndian.put64(page, 64, readCommands);
        LittleEndian.put64(page, 80, writeCommands);
        LittleEndian.put64(page, 112, 1); // Power cycles.
        LittleEndian.put64(page, 160, mediaErrors);
        LittleEndian.put64(page, 176, errorCount);
        return page;
    }

    private static byte[] firmware() {
        byte[] page = new byte[FIRMWARE_SIZE];
        page[0] = 1; // Slot 1 is active.
        NvmePages.text(page, 8, 8, "1");
        return page;
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < errors.length; i += 8) {
            out.value(LittleEndian.get64(errors, i));
        }
        out.value(errorCount);
        out.value(blocksRead);
        out.value(blocksWritten);
        out.value(readCommands);
        out.value(writeCommands);
        out.value(mediaErrors);
    }

    @Override
    public void restore(StateReader in) {
        errors = new byte[ENTRY * NvmePages.ERRORS_MAXIMUM];
        for (int i = 0; i < errors.length; i += 8) {
            LittleEndian.put64(errors, i, in.value());
        }
        errorCount = in.value();
        blocksRead = in.value();
        blocksWritten = in.value();
        readCommands = in.value();
        writeCommands = in.value();
        mediaErrors = in.value();
    }
}
