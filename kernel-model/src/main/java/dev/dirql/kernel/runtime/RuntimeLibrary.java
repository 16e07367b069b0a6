package dev.dirql.kernel.runtime;

import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import java.util.List;

/** Everything of this package that drivers can call. */
public final class RuntimeLibrary {
    private RuntimeLibrary() {}

    /**
     * Makes the services.
     *
     * @param pool where buffers of strings come from
     * @param buildNumber the Windows build
     */
    public static List<Object> services(
            ServiceEngine engine, Pool pool, Rules rules, int buildNumber) {
        return List.of(
                new AnsiStringServices(),
                new AvlTableServices(),
                new BitMapServices(),
                new CharacterServices(),
                new CheckedStringServices(),
                new DebugServices(engine, rules),
                new MemoryRoutines(),
                new NarrowStringServices(),
                new NumberServices(),
                new PrintServices(),
                new RandomServices(engine),
                new SortServices(),
                new StringConversionServices(engine, pool),
                new StringServices(buildNumber),
                new TimeServices(),
                new UnicodeStringServices(),
                new Utf8Services(),
                new VersionServices(buildNumber),
                new WideStringServices());
    }
}
