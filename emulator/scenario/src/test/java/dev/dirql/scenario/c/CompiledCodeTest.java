package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiled code does on the host's processor what the same program does when gcc compiles it. */
class CompiledCodeTest {
    private static final long FIRST_SEED = Long.getLong("dirql.seed", 20_261_123L);
    private static final int PROGRAMS = Integer.getInteger("dirql.programs", 60);

    @TempDir private Path directory;

    @BeforeEach
    void hostCanRunTheCode() {
        assumeTrue(NativeComparison.hostIsX64Linux(), "the host is not x86-64 Linux");
        RequiredTools.require("gcc", "gcc");
    }

    @Test
    void randomProgramsComputeTheSame() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder(ProgramGenerator.PRELUDE);
        for (int i = 0; i < PROGRAMS; i++) {
            text.append(new ProgramGenerator(FIRST_SEED + i).program("t" + i));
        }

        String differences = NativeComparison.differences(directory, text.toString(), PROGRAMS);

        assertThat(differences).as("first seed %d", FIRST_SEED).isEmpty();
    }

    @Test
    void everyConstructComputesTheSame() throws IOException, InterruptedException {
        String text = ProgramGenerator.PRELUDE + Constructs.TEXT;

        String differences = NativeComparison.differences(directory, text, Constructs.COUNT);

        assertThat(differences).isEmpty();
    }
}
