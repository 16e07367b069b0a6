package dev.dirql.tests;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts dirql as a process of its own, in a directory. */
record DirqlProcess(Path directory) {
    /** The command that starts it, for a shell or a process. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--")) {
                command.add(argument);
            }
        }
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add("-Ddirql.terminal=");
        command.add("-Ddirql.command=dirql");
        command.add("dev.dirql.cli.Main");
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Runs a line of bash, in which {@code dirql} is dirql.
     *
     * @return its end, with what it printed
     */
    CommandLine.Ended shell(String line) throws IOException, InterruptedException {
        StringBuilder function = new StringBuilder("dirql() {");
        for (String word : command()) {
            function.append(" '").append(word.replace("'", "'\\''")).append('\'');
        }
        function.append(" \"$@\"; }\n");
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process shell =
                new ProcessBuilder("bash", "-c", function + line)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            if (!shell.waitFor(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException(line + ": no end after five minutes");
            }
        } finally {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
        CommandLine.Ended ended =
                new CommandLine.Ended(
                        shell.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        return ended;
    }
}
