package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Pages of {@code docs/} that the program prints are as it prints them. {@code mvn -pl
 * workbench/system-tests -am test -Dtest=GeneratedPagesTest -Ddirql.goldens=rewrite
 * -Dsurefire.failIfNoSpecifiedTests=false} writes them anew.
 */
class GeneratedPagesTest {
    @Test
    void theCoverageOfKernelRoutinesIsThatOfThisKernel() throws IOException {
        Path page = Repository.root().resolve("docs/ddi-coverage.md");

        String printed = new CommandLine(Repository.root()).run("ddis", "--markdown").out();

        if ("rewrite".equals(System.getProperty("dirql.goldens"))) {
            Files.writeString(page, printed);
        }
        assertThat(Files.readString(page)).isEqualTo(printed);
    }
}
