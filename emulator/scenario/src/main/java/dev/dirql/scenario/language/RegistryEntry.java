package dev.dirql.scenario.language;

import java.util.List;

/**
 * A value that the registry has when a run begins.
 *
 * @param key path of its key, from \Registry on
 * @param name empty for the value without a name
 */
public record RegistryEntry(String key, String name, Data data) {
    /** What a value is. */
    public sealed interface Data {
        /** A REG_DWORD, or a REG_QWORD. */
        record Whole(long value, boolean quad) implements Data {}

        /** A REG_SZ, or a REG_EXPAND_SZ. */
        record Text(String text, boolean expandable) implements Data {}

        /** A REG_MULTI_SZ. */
        record Texts(List<String> texts) implements Data {
            public Texts {
                texts = List.copyOf(texts);
            }
        }

        /** A REG_BINARY, a number from 0 to 255 for each byte. */
        record Binary(List<Integer> bytes) implements Data {
            public Binary {
                bytes = List.copyOf(bytes);
            }
        }
    }
}
