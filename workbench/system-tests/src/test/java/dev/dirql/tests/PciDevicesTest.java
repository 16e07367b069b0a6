package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drivers reach devices on the PCI bus by registers, by memory and by messages. */
class PciDevicesTest {
    @TempDir private Path directory = Path.of("");

    private void copy(String scenario) throws IOException {
        Files.copy(
                Repository.root()
                        .resolve("workbench/system-tests/src/test/resources/pci/" + scenario),
                directory.resolve(scenario));
    }

    @ParameterizedTest
    @CsvSource({
        "nvme-disk.scn, 0",
        "nvme-disk.scn, 7",
        "network-adapter.scn, 0",
        "network-adapter.scn, 7"
    })
    void aDriverWorksAndItsRunReplays(String scenario, String seed) throws IOException {
        copy(scenario);
        CommandLine here = new CommandLine(directory);

        CommandLine.Ended ended = here.run("run", "--seed", seed, "--trace", "t", scenario);

        assertThat(ended.out()).contains("\nPassed.\n");
        assertThat(ended.code()).isZero();
        assertThat(here.run("replay", "t").out()).startsWith("Identical: ");
    }

    @Test
    void whatADeviceDoesNotHaveIsSaidAtTheStimulus() throws IOException {
        Files.writeString(
                directory.resolve("wrong.scn"),
                """
                device nic: MultiQueueNic { msix 2 }
                device few: MultiQueueNic { queues 1  msi 3 }
                workload {
                    nic.lose interrupt 1 message 2
                    nic.receive queue 4
                }
                expect { interrupts nic message 3 == 0 }
                """);

        CommandLine.Ended ended = new CommandLine(directory).run("check", "wrong.scn");

        assertThat(ended.code()).isNotZero();
        assertThat(ended.out() + ended.err())
                .contains("device few: msi is 1, 2, 4, 8, 16 or 32, not 3");
        Files.writeString(
                directory.resolve("wrong.scn"),
                Files.readString(directory.resolve("wrong.scn")).replace("msi 3", "msi 4"));
        ended = new CommandLine(directory).run("check", "wrong.scn");
        assertThat(ended.out() + ended.err())
                .contains("wrong.scn:4:5: error: nic has messages 0 to 1, not 2")
                .contains("wrong.scn:5:5: error: nic has queues 0 to 3, not 4")
                .contains("wrong.scn:7:10: error: nic has messages 0 to 1, not 3");
    }

    @Test
    void interruptsOfAMessageThatWasNotGrantedAreNotThoseExpected() throws IOException {
        // There are not as many vectors: each adapter after the first ones is granted one message.
        StringBuilder scenario = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            scenario.append("device nic%d: MultiQueueNic { msix 32 }\n".formatted(i));
        }
        scenario.append(
                "expect { interrupts nic0 message 31 == 0  interrupts nic7 message 1 == 0 }");
        Files.writeString(directory.resolve("many.scn"), scenario);

        CommandLine.Ended ended = new CommandLine(directory).run("run", "--no-trace", "many.scn");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out())
                .contains("ok      interrupts nic0 message 31 == 0 (line 9): 0")
                .contains(
                        "FAILED  interrupts nic7 message 1 == 0 (line 9): nic7 was not granted this"
                                + " message");
    }

    @Test
    void theDatasheetOfADeviceHasItsRegistersFieldsAndStimuli() {
        CommandLine here = new CommandLine(directory);

        assertThat(here.run("devices", "MultiQueueNic").out())
                .containsPattern("0x1014 \\+ 0x20 n +RX_TAIL\\[4\\] +32 +read/write +0x0 ")
                .containsPattern("LINK_CHANGED +0 +write 1 to clear")
                .containsPattern("receive .*Packets arrive")
                .containsPattern("0x6A +MSIX_CONTROL +16")
                .doesNotContain("BusMasterDisk");
        assertThat(here.run("devices", "Disk").code()).isEqualTo(2);
    }
}
