package dev.dirql.scenario.language;

import dev.dirql.scenario.source.SourceFile;

/** Gets the files that a scenario names: its includes and the C files of its drivers. */
@FunctionalInterface
public interface IncludeReader {
    /**
     * @param from the file that names it; {@code path} is relative to that file's folder
     * @param path relative, with forward slashes, without {@code ..}: the reader of the scenario
     *     has seen to that. Where folders can hold links, it is up to this reader to stay within
     *     the scenario's.
     */
    Answer read(SourceFile from, String path);

    /** The file or why it cannot be had. */
    sealed interface Answer {
        /**
         * The file was read. Its name says which file it is: two answers with one name are the same
         * file.
         */
        record Found(SourceFile file) implements Answer {}

        /**
         * @param reason completes the sentence "cannot read PATH: …", such as {@code no such file}
         */
        record Refused(String reason) implements Answer {}
    }
}
