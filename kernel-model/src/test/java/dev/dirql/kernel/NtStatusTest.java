package dev.dirql.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NtStatusTest {
    @Test
    void statusesHaveTheNamesOfTheHeader() {
        assertThat(NtStatus.name(NtStatus.INSUFFICIENT_RESOURCES))
                .contains("STATUS_INSUFFICIENT_RESOURCES");
        assertThat(NtStatus.name(0xC0000185)).contains("STATUS_IO_DEVICE_ERROR");
        assertThat(NtStatus.name(0xE0001234)).isEmpty();
    }

    @Test
    void theFirstOfSeveralNamesCounts() {
        assertThat(NtStatus.name(0)).contains("STATUS_SUCCESS");
        assertThat(NtStatus.name(0x80)).contains("STATUS_ABANDONED");
    }

    @Test
    void aPersonReadsTheNumberAndTheName() {
        assertThat(NtStatus.text(NtStatus.TIMEOUT)).isEqualTo("0x00000102 STATUS_TIMEOUT");
        assertThat(NtStatus.text(0xE0001234)).isEqualTo("0xe0001234");
    }

    @Test
    void everyStatusOfTheHeaderIsRead() {
        String header = Headers.text("ntstatus.h").orElseThrow();

        header.lines()
                .filter(line -> line.startsWith("#define STATUS_"))
                .map(line -> line.replaceFirst(".*0x(\\p{XDigit}{8}).*", "$1"))
                .forEach(value ->
                        assertThat(NtStatus.name(Integer.parseUnsignedInt(value, 16)))
                                .as(value)
                                .isPresent());
    }
}
