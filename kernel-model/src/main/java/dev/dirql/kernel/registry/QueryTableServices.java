package dev.dirql.kernel.registry;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * RtlQueryRegistryValues, an entry of the table in each step. Source: its WDK page. Where that is
 * silent: an optional key that does not exist, and a subkey that is not required and does not
 * exist, are keys without values.
 */
final class QueryTableServices {
    private static final int UNTYPED_VALUE_OF_UNTRUSTED_HIVE = 9;
    private static final int TAG = 'R' | 'q' << 8 | 'r' << 16 | 't' << 24;

    private static final List<String> SYSTEM_HIVES =
            List.of("hardware", "software", "system", "security", "sam");

    private final ServiceEngine engine;
    private final Registry registry;
    private final KernelObjects objects;
    private final OpenKeys open;
    private final RegistryPaths paths;
    private final Pool pool;
    private final BugChecks bugChecks;
    private final DirectValues direct;

    QueryTableServices(
            ServiceEngine engine,
            Registry registry,
            KernelObjects objects,
            OpenKeys open,
            RegistryPaths paths,
            Pool pool,
            BugChecks bugChecks) {
        this.engine = engine;
        this.registry = registry;
        this.objects = objects;
        this.open = open;
        this.paths = paths;
        this.pool = pool;
        this.bugChecks = bugChecks;
        direct = new DirectValues(pool);
    }

    /**
     * An entry is next.
     *
     * @param base the key object of the call, 0 for a key that does not exist
     * @param current that which the entry is about
     */
    record QueryEntry(long entry, long context, long base, long current) implements Pending {
        QueryEntry next() {
            return new QueryEntry(entry + QueryTableEntry.BYTES, context, base, current);
        }
    }

    /**
     * A value of the current entry is next.
     *
     * @param value its number, or {@link #NAMED}
     * @param text which of its texts is next, if it has several
     */
    record QueryValue(long entry, long context, long base, long current, int value, int text)
            implements Pending {
        QueryEntry whole() {
            return new QueryEntry(entry, context, base, current);
        }
    }

    /** A routine of the driver looks at a value, which is in a block of pool or nowhere. */
    record QueryRoutineRuns(
            long entry,
            long context,
            long base,
            long current,
            int value,
            int text,
            boolean more,
            long block)
            implements Pending {
        QueryEntry whole() {
            return new QueryEntry(entry, context, base, current);
        }
    }

    /** The value that the entry names, not one of several. */
    private static final int NAMED = -1;

    @Ddi(
            value = "RtlQueryRegistryValues",
            maximum = Irql.PASSIVE_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "environment variables in REG_EXPAND_SZ")
    Outcome query(
            Processor processor,
            int relativeTo,
            long path,
            long table,
            long context,
            long environment) {
        RegistryPaths.Place place = paths.of(processor.memory(), relativeTo, path);
        if (place.status() != NtStatus.SUCCESS) {
            return Outcome.of(place.status());
        }
        RegistryKey key = registry.find(place.path());
        if (key == null && (relativeTo & RegistryPaths.OPTIONAL) == 0) {
            return Outcome.of(RegistryPaths.NAME_NOT_FOUND);
        }
        long object = key == null ? 0 : open.open(key);
        if (key != null && object == 0) {
            return Outcome.of(NtStatus.INSUFFICIENT_RESOURCES);
        }
        return Outcome.then(new QueryEntry(table, context, object, object));
    }

    @Resumes("RtlpQueryRegistryEntry")
    Outcome entry(Processor processor, QueryEntry pending) {
        var entry = new QueryTableEntry(processor.memory(), pending.entry);
        if (entry.isEnd()) {
            return finish(processor, pending, NtStatus.SUCCESS);
        }
        if (!entry.isValid()) {
            return finish(processor, pending, NtStatus.INVALID_PARAMETER);
        }
        QueryEntry here = pending;
        if (entry.has(QueryTableEntry.SUBKEY | QueryTableEntry.TOPKEY)) {
            here = moved(processor, pending, pending.base);
        }
        if (entry.has(QueryTableEntry.SUBKEY)) {
            RegistryKey subkey = subkey(processor, here, entry);
            if (subkey == null && entry.has(QueryTableEntry.REQUIRED)) {
                return finish(processor, here, RegistryPaths.NAME_NOT_FOUND);
            }
            long object = subkey == null ? 0 : open.open(subkey);
            if (subkey != null && object == 0) {
                return finish(processor, here, NtStatus.INSUFFICIENT_RESOURCES);
            }
            here = moved(processor, here, object);
            if (entry.queryRoutine() == 0) {
                return Outcome.then(here.next());
            }
        }
        if (entry.has(QueryTableEntry.NOVALUE)) {
            return callWithoutValue(here, entry);
        }
        boolean named = entry.name() != 0 && !entry.has(QueryTableEntry.SUBKEY);
        return Outcome.then(
                new QueryValue(
                        here.entry, here.context, here.base, here.current, named ? NAMED : 0, 0));
    }

    private @Nullable RegistryKey subkey(
            Processor processor, QueryEntry here, QueryTableEntry entry) {
        RegistryKey base = open.key(here.base);
        if (base == null) {
            return null;
        }
        String name = RegistryPaths.text(processor.memory(), entry.name());
        return registry.find(RegistryPaths.below(RegistryPaths.Place.of(base.path()), name).path());
    }

    private QueryEntry moved(Processor processor, QueryEntry from, long to) {
        if (from.current != from.base && from.current != 0) {
            release(processor, from.current);
        }
        return new QueryEntry(from.entry, from.context, from.base, to);
    }

    private void release(Processor processor, long object) {
        objects.dereference(processor, object, engine.caller(processor));
    }

    private Outcome finish(Processor processor, QueryEntry pending, int status) {
        QueryEntry last = moved(processor, pending, 0);
        if (last.base != 0) {
            release(processor, last.base);
        }
        return Outcome.of(status);
    }

    private static Outcome callWithoutValue(QueryEntry here, QueryTableEntry entry) {
        return new Outcome.Call(
                entry.queryRoutine(),
                new QueryRoutineRuns(
                        here.entry, here.context, here.base, here.current, NAMED, 0, false, 0),
                entry.name(),
                RegistryValue.NONE,
                0,
                0,
                new long[] {here.context, entry.entryContext()});
    }

    @Resumes("RtlpQueryRegistryValue")
    Outcome value(Processor processor, QueryValue pending) {
        var entry = new QueryTableEntry(processor.memory(), pending.entry);
        RegistryKey key = open.key(pending.current);
        RegistryValue value = key == null ? null : find(processor, key, entry, pending.value);
        boolean isDefault = value == null;
        if (value == null) {
            boolean first = pending.value <= 0 && pending.text == 0;
            if (first && entry.has(QueryTableEntry.REQUIRED)) {
                return finish(processor, pending.whole(), RegistryPaths.NAME_NOT_FOUND);
            }
            if (pending.value != NAMED || entry.defaultType() == RegistryValue.NONE) {
                return Outcome.then(pending.whole().next());
            }
            value = entry.defaultValue();
        }
        return entry.has(QueryTableEntry.DIRECT)
                ? storeDirect(processor, pending, entry, key, value, isDefault)
                : call(processor, pending, entry, value);
    }

    private static @Nullable RegistryValue find(
            Processor processor, RegistryKey key, QueryTableEntry entry, int number) {
        if (number == NAMED) {
            return key.value(RegistryPaths.text(processor.memory(), entry.name()));
        }
        return number < key.values().size() ? key.values().get(number) : null;
    }

    private Outcome storeDirect(
            Processor processor,
            QueryValue pending,
            QueryTableEntry entry,
            @Nullable RegistryKey key,
            RegistryValue value,
            boolean isDefault) {
        long caller = engine.caller(processor);
        boolean checksType = entry.has(QueryTableEntry.TYPECHECK);
        if (key != null && !checksType && !isOfSystem(key)) {
            bugChecks.fastFail(processor, UNTYPED_VALUE_OF_UNTRUSTED_HIVE, caller);
            return Outcome.stay();
        }
        if (!isDefault && checksType && value.type() != entry.expectedType()) {
            return finish(processor, pending.whole(), NtStatus.OBJECT_TYPE_MISMATCH);
        }
        if (value.type() == RegistryValue.MULTI_SZ && !entry.has(QueryTableEntry.NOEXPAND)) {
            return finish(processor, pending.whole(), NtStatus.INVALID_PARAMETER);
        }
        int status = direct.store(processor, value, entry.entryContext(), caller);
        if (status != NtStatus.SUCCESS) {
            return finish(processor, pending.whole(), status);
        }
        deleteIfAsked(processor, pending.whole(), entry);
        return Outcome.then(pending.whole().next());
    }

    private static boolean isOfSystem(RegistryKey key) {
        String[] parts = key.path().toLowerCase(Locale.ROOT).split("\\\\", 5);
        return parts.length > 3 && parts[2].equals("machine") && SYSTEM_HIVES.contains(parts[3]);
    }

    private void deleteIfAsked(Processor processor, QueryEntry here, QueryTableEntry entry) {
        RegistryKey key = open.key(here.current);
        if (key != null && entry.has(QueryTableEntry.DELETE) && entry.name() != 0) {
            RegistryValue value = key.value(RegistryPaths.text(processor.memory(), entry.name()));
            if (value != null) {
                registry.put(key.without(value, KeyServices.now(processor)));
            }
        }
    }

    /** Calls the driver's routine with a value, or with the next text of one that has several. */
    private Outcome call(
            Processor processor, QueryValue pending, QueryTableEntry entry, RegistryValue value) {
        RegistryValue shown = value;
        boolean more = false;
        if (!entry.has(QueryTableEntry.NOEXPAND)) {
            if (value.type() == RegistryValue.EXPAND_SZ) {
                shown = new RegistryValue(value.name(), RegistryValue.SZ, value.data());
            } else if (value.type() == RegistryValue.MULTI_SZ) {
                List<String> texts = texts(value);
                if (pending.text >= texts.size()) {
                    return afterValue(pending.whole(), pending.value);
                }
                shown = new RegistryValue(value.name(), RegistryValue.SZ, texts.get(pending.text));
                more = pending.text + 1 < texts.size();
            }
        }
        int nameBytes = (2 * shown.name().length() + 2 + 15) & -16;
        long block = pool.allocate(PoolKind.NONPAGED, nameBytes + shown.length() + 2L, TAG);
        if (block == 0) {
            return finish(processor, pending.whole(), NtStatus.NO_MEMORY);
        }
        RegistryValue.text("", RegistryValue.SZ, shown.name()).store(processor.memory(), block);
        shown.store(processor.memory(), block + nameBytes);
        return new Outcome.Call(
                entry.queryRoutine(),
                new QueryRoutineRuns(
                        pending.entry,
                        pending.context,
                        pending.base,
                        pending.current,
                        pending.value,
                        pending.text,
                        more,
                        block),
                block,
                shown.type(),
                block + nameBytes,
                shown.length(),
                new long[] {pending.context, entry.entryContext()});
    }

    /** The texts of a REG_MULTI_SZ, each with its zero. */
    private static List<String> texts(RegistryValue value) {
        List<String> texts = new ArrayList<>();
        String data = value.data();
        int begin = 0;
        for (int at = 0; at + 1 < data.length(); at += 2) {
            if (data.charAt(at) == 0 && data.charAt(at + 1) == 0) {
                if (at == begin) {
                    return texts;
                }
                texts.add(data.substring(begin, at + 2));
                begin = at + 2;
            }
        }
        return texts;
    }

    private static Outcome afterValue(QueryEntry here, int value) {
        return value == NAMED
                ? Outcome.then(here.next())
                : Outcome.then(
                        new QueryValue(
                                here.entry, here.context, here.base, here.current, value + 1, 0));
    }

    @Resumes("RtlpQueryRegistryRoutineReturned")
    Outcome returned(Processor processor, QueryRoutineRuns pending, int status) {
        if (pending.block != 0) {
            pool.free(processor, pending.block, engine.caller(processor));
        }
        if (status < 0 && status != NtStatus.BUFFER_TOO_SMALL) {
            return finish(processor, pending.whole(), status);
        }
        if (pending.more) {
            return Outcome.then(
                    new QueryValue(
                            pending.entry,
                            pending.context,
                            pending.base,
                            pending.current,
                            pending.value,
                            pending.text + 1));
        }
        if (pending.value == NAMED) {
            deleteIfAsked(
                    processor,
                    pending.whole(),
                    new QueryTableEntry(processor.memory(), pending.entry));
        }
        return afterValue(pending.whole(), pending.value);
    }
}
