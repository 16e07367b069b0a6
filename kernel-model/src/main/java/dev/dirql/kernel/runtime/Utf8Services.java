package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * RtlUnicodeToUTF8N and RtlUTF8ToUnicodeN. What is wrong in a source becomes U+FFFD. Where a buffer
 * is too small, as many whole characters are stored as fit. Source: WDK, their pages.
 */
public final class Utf8Services {
    private static final int INVALID_PARAMETER_4 = 0xC000_00F2;
    private static final String REPLACEMENT = "\uFFFD";

    @Ddi(value = "RtlUnicodeToUTF8N", maximum = Irql.PASSIVE_LEVEL)
    int toUtf8(Processor processor, long to, int maximum, long stored, long source, int bytes) {
        if (source == 0) {
            return INVALID_PARAMETER_4;
        }
        long units = (bytes & 0xFFFF_FFFFL) / 2;
        String text = new String(CharacterSize.WIDE.text(processor.memory(), source, units));
        boolean wrong = hasLoneSurrogate(text);
        int[] points = text.codePoints().map(Utf8Services::whole).toArray();
        return store(processor, to, maximum, stored, points, wrong, false);
    }

    @Ddi(value = "RtlUTF8ToUnicodeN", maximum = Irql.PASSIVE_LEVEL)
    int toUnicode(Processor processor, long to, int maximum, long stored, long source, int bytes) {
        if (source == 0) {
            return INVALID_PARAMETER_4;
        }
        byte[] text = processor.memory().loadBytes(source, bytes);
        int[] points = new String(text, StandardCharsets.UTF_8).codePoints().toArray();
        return store(processor, to, maximum, stored, points, !isUtf8(text), true);
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(point -> whole(point) != point);
    }

    private static int whole(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                ? REPLACEMENT.codePointAt(0)
                : point;
    }

    private static boolean isUtf8(byte[] text) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return decoded.length() <= text.length;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    private static byte[] encoded(int point, boolean wide) {
        String text = Character.toString(point);
        return wide
                ? CharacterSize.WIDE.encoded(text.toCharArray())
                : text.getBytes(StandardCharsets.UTF_8);
    }

    private static int store(
            Processor processor,
            long to,
            int maximum,
            long stored,
            int[] points,
            boolean wrong,
            boolean wide) {
        ProcessorMemory memory = processor.memory();
        if (to == 0 && stored == 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        long room = to == 0 ? Long.MAX_VALUE : maximum & 0xFFFF_FFFFL;
        int count = 0;
        boolean tooSmall = false;
        ByteBuffer out = ByteBuffer.allocate(4 * points.length);
        for (int point : points) {
            byte[] bytes = encoded(point, wide);
            if (count + bytes.length > room) {
                tooSmall = true;
                break;
            }
            count += bytes.length;
            out.put(bytes);
        }
        if (stored != 0) {
            memory.probe(stored, 4, true);
        }
        if (to != 0) {
            byte[] bytes = new byte[count];
            out.flip().get(bytes);
            memory.probe(to, count, true);
            memory.storeBytes(to, bytes);
        }
        if (stored != 0) {
            memory.store32(stored, count);
        }
        return tooSmall
                ? NtStatus.BUFFER_TOO_SMALL
                : wrong ? NtStatus.SOME_NOT_MAPPED : NtStatus.SUCCESS;
    }
}
