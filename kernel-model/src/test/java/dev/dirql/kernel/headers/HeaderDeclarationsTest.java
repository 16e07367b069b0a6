package dev.dirql.kernel.headers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.structures.MingwCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderDeclarationsTest {
    @Test
    void everyHeaderIsLookedInto() throws IOException {
        List<String> there;
        try (Stream<Path> files = Files.list(MingwCompiler.HEADERS)) {
            there = files.map(file -> file.getFileName().toString()).toList();
        }

        assertThat(HeaderDeclarations.HEADERS).containsExactlyInAnyOrderElementsOf(there);
    }

    @ParameterizedTest
    @CsvSource({
        "KeSetEvent, wdm.h",
        "IoGetAttachedDevice, ntifs.h",
        "RtlStringCchLengthW, ntstrsafe.h",
        "RtlStringCchCopyNW, ntstrsafe.h",
        "RtlStringCbCopyA, ntstrsafe.h",
        "RtlStringCbPrintfW, ntstrsafe.h",
        "WmiSystemControl, wmilib.h",
        "IoCreateDeviceSecure, wdmsec.h",
        "_itoa_s, stdlib.h",
        "CTL_CODE, devioctl.h",
    })
    void whatIsCalledIsFoundInItsHeader(String name, String header) {
        assertThat(HeaderDeclarations.of(name)).contains(header);
    }

    @Test
    void whatNoHeaderDeclaresIsInNone() {
        assertThat(HeaderDeclarations.of("FltRegisterFilter")).isEmpty();
        assertThat(HeaderDeclarations.of("STATUS_SUCCESS")).isEmpty();
        assertThat(HeaderDeclarations.of("DRIVER_OBJECT")).isEmpty();
    }
}
