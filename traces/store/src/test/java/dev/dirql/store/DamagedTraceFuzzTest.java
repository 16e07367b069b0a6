package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done to the bytes of a trace, it reads as what was recorded, as a beginning of it, or
 * not at all.
 */
class DamagedTraceFuzzTest {
    private static final int ROUNDS = Integer.getInteger("dirql.fuzz.rounds", 600);
    private static final long SEED = Long.getLong("dirql.fuzz.seed", 20_260_101);

    @TempDir Path directory;
    private Path trace;
    private List<TraceRecord> recorded = List.of();

    @BeforeEach
    void aGoodTrace() {
        trace = directory.resolve("trace");
        recorded = new RandomRecords(SEED).records(4_000);
        Traces.write(trace, recorded);
    }

    @Test
    void damageIsAMessageOrDoesNoHarm() throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.walk(trace)) {
            files = entries.filter(Files::isRegularFile).sorted().toList();
        }
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            Path file = files.get(random.nextInt(files.size()));
            byte[] good = Files.readAllBytes(file);

            Files.write(file, damaged(good, random));
            String where = "dirql.fuzz.seed=%d round %d, %s".formatted(SEED, round, file);
            if (!readsAsRecorded(where)) {
                refused++;
            }
            Files.write(file, good);
        }
        System.out.printf("seed %d: %d of %d damaged traces were refused%n", SEED, refused, ROUNDS);
        assertThat(refused).isGreaterThan(ROUNDS / 3);
        assertThat(Traces.read(trace)).isEqualTo(recorded);
    }

    @Test
    void aForgedDocumentWithARightChecksumIsAMessageOrReads() throws IOException {
        Path file = trace.resolve("records").resolve(TraceFormat.RECORDS_FILE);
        byte[] good = Files.readAllBytes(file);
        List<Integer> documents = new ArrayList<>();
        for (int i = 0; i + 8 < good.length; i += 4) {
            if (good[i] == 'D' && good[i + 1] == 'Q' && good[i + 2] == 'T' && good[i + 3] == 'R') {
                documents.add(i);
            }
        }
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED - round);
            byte[] bytes = good.clone();
            forge(bytes, documents.get(random.nextInt(documents.size())), random);
            Files.write(file, bytes);

            if (!readsSomehow("dirql.fuzz.seed=%d round %d".formatted(SEED, round))) {
                refused++;
            }
        }
        System.out.printf("seed %d: %d of %d forged traces were refused%n", SEED, refused, ROUNDS);
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS);
    }

    @Test
    void aForgedHeaderWithARightChecksumIsAMessageOrReads() throws IOException {
        for (String name : List.of("header.json", "symbols.json")) {
            Path file = trace.resolve(name);
            byte[] good = Files.readAllBytes(file);
            for (int round = 0; round < ROUNDS / 2; round++) {
                Random random = new Random(SEED - round);
                byte[] bytes = good.clone();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    String characters = "{}[]\",:0129-exnul \\";
                    bytes[21 + random.nextInt(bytes.length - 21)] =
                            (byte) characters.charAt(random.nextInt(characters.length()));
                }
                CRC32C checksum = new CRC32C();
                checksum.update(bytes, 21, bytes.length - 21);
                byte[] digits =
                        HexFormat.of()
                                .toHexDigits((int) checksum.getValue())
                                .getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(digits, 0, bytes, 11, 8);
                Files.write(file, bytes);

                readsSomehow("dirql.fuzz.seed=%d round %d, %s".formatted(SEED, round, name));
            }
            Files.write(file, good);
        }
        assertThat(Traces.read(trace)).isEqualTo(recorded);
    }

    private static void forge(byte[] bytes, int start, Random random) {
        ByteBuffer document = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = document.getInt(start + TraceFormat.LENGTH_OFFSET);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int reach = random.nextBoolean() ? 100 : length;
            int at = start + 12 + random.nextInt(Math.min(length, reach) - 12);
            if (random.nextBoolean() || at + 4 > start + length) {
                bytes[at] = (byte) random.nextInt();
            } else {
                document.putInt(at, random.nextBoolean() ? 0x7FFF_FFFF : random.nextInt());
            }
        }
        CRC32C checksum = new CRC32C();
        checksum.update(
                bytes, start + TraceFormat.LENGTH_OFFSET, length - TraceFormat.LENGTH_OFFSET);
        document.putInt(start + TraceFormat.CHECKSUM_OFFSET, (int) checksum.getValue());
    }

    /** Whether the trace reads at all; anything but a message if it does not is a failure. */
    private boolean readsSomehow(String where) {
        return Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    try (TraceReader reader = TraceReader.open(trace)) {
                        reader.verify();
                        reader.decisions();
                        return true;
                    } catch (TraceException e) {
                        assertThat(e.getMessage()).as(where).endsWith(".");
                        return false;
                    }
                },
                where);
    }

    private boolean readsAsRecorded(String where) {
        return Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    List<TraceRecord> read = new ArrayList<>();
                    try (TraceReader reader = TraceReader.open(trace)) {
                        assertThat(reader.header().seed()).as(where).isEqualTo(7);
                        assertThat(reader.symbols()).as(where).isEqualTo(Traces.symbols());
                        assertThat(reader.content(reader.header().inputs().get(0)))
                                .as(where)
                                .isEqualTo(Traces.SCENARIO.content());
                        reader.records().forEachRemaining(read::add);
                        assertThat(read).as(where).isEqualTo(recorded.subList(0, read.size()));
                        if (reader.isComplete()) {
                            assertThat(read).as(where).hasSameSizeAs(recorded);
                        }
                        return true;
                    } catch (TraceException e) {
                        assertThat(e.getMessage()).as(where).endsWith(".");
                        assertThat(read).as(where).isEqualTo(recorded.subList(0, read.size()));
                        return false;
                    }
                },
                where);
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int place = random.nextInt(bytes.length);
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, place);
            case 1 -> {
                bytes[place] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 2 -> {
                for (int i = 0; i < 10; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                yield bytes;
            }
            case 3 -> {
                byte[] inserted = new byte[1 + random.nextInt(40)];
                random.nextBytes(inserted);
                byte[] longer = Arrays.copyOf(bytes, bytes.length + inserted.length);
                System.arraycopy(inserted, 0, longer, place, inserted.length);
                System.arraycopy(good, place, longer, place + inserted.length, good.length - place);
                yield longer;
            }
            case 4 -> {
                int count = Math.min(1 + random.nextInt(5_000), bytes.length - place);
                byte[] shorter = new byte[bytes.length - count];
                System.arraycopy(good, 0, shorter, 0, place);
                System.arraycopy(good, place + count, shorter, place, good.length - place - count);
                yield shorter;
            }
            case 5 -> {
                Arrays.fill(
                        bytes,
                        place,
                        Math.min(place + 1 + random.nextInt(70_000), bytes.length),
                        (byte) 0);
                yield bytes;
            }
            default -> withHugeLength(bytes, place, random);
        };
    }

    /**
     * Puts a large number at an aligned place, most often into the frame or header of a document.
     */
    private static byte[] withHugeLength(byte[] bytes, int place, Random random) {
        int at = place & ~3;
        for (int i = at; i + 48 < bytes.length; i += 4) {
            if (bytes[i] == 'D' && bytes[i + 1] == 'Q' && bytes[i + 2] == 'T') {
                at = i - 4 + 4 * random.nextInt(13);
                break;
            }
        }
        int[] numbers = {0x7FFF_FFFF, 0x3FFF_FFFF, 0x4000_0000, 0x8000_0000, -1, 0, 1 << 20};
        int number = numbers[random.nextInt(numbers.length)];
        for (int i = 0; i < 4 && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (number >> (8 * i));
        }
        return bytes;
    }
}
