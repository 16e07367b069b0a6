package dev.dirql.kernel.services;

import dev.dirql.machine.image.Image;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything that has an address in the kernel's image: exports, continuations of pending records,
 * entry points, and exported variables. It is built once, from the annotated methods of all service
 * objects, and is the same for the same code: slots are in the order of their names.
 */
public final class ServiceTable {
    /** Where the kernel's image begins. */
    public static final long IMAGE_BASE = 0xFFFFF800_00000000L;

    /** The kernel's module name in symbols, as in {@code nt!KeInsertQueueDpc}. */
    public static final String MODULE = "nt";

    static final int TEXT = 0x1000;

    /** A record type, where its next step is, and how it is stored. */
    static final class Continuation {
        private final Class<?> type;
        private final long address;
        private @Nullable PendingWriter writer;

        private Continuation(Class<?> type, long address) {
            this.type = type;
            this.address = address;
        }

        Class<?> type() {
            return type;
        }

        long address() {
            return address;
        }

        /** Made when first needed: most records of most runs never are. */
        PendingWriter writer() {
            PendingWriter made = writer;
            if (made == null) {
                made = PendingWriterCompiler.compile(type);
                writer = made;
            }
            return made;
        }
    }

    private record Source(
            String name, FrameShape frame, @Nullable Ddi ddi, Object service, Method method) {}

    private final List<Source> sources;
    private final List<ServiceSlot> slots;
    private final Map<String, Long> addresses = new TreeMap<>();
    private final Map<Class<?>, Continuation> continuations = new HashMap<>();
    private final TreeMap<String, Integer> variables;
    private final TreeSet<String> internal;
    private final NtImage image;

    private ServiceTable(
            List<Source> sources, Map<String, Integer> variables, Set<String> internal) {
        this.sources = sources;
        this.variables = new TreeMap<>(variables);
        this.variables.keySet().removeAll(internal);
        this.internal = new TreeSet<>(internal);
        List<ServiceSlot> made = new ArrayList<>();
        for (Source source : sources) {
            long address = IMAGE_BASE + TEXT + (long) ServiceSlot.SIZE * made.size();
            ServiceSlot slot = new ServiceSlot(source.name, address, source.frame, source.ddi);
            made.add(slot);
            if (addresses.put(source.name, address) != null) {
                throw new IllegalStateException(source.name + " is declared twice");
            }
            if (source.frame == FrameShape.PENDING) {
                addContinuation(source, address);
            }
        }
        slots = List.copyOf(made);
        image = new NtImage(slots, variables);
        addresses.putAll(image.variables());
    }

    private void addContinuation(Source source, long address) {
        Class<?> type = source.method.getParameterTypes()[1];
        Continuation continuation = new Continuation(type, address);
        if (continuations.put(type, continuation) != null) {
            throw new IllegalStateException(type.getName() + " is resumed by two methods");
        }
    }

    /** A table of the services of these objects, without exported variables. */
    public static ServiceTable of(Object... services) {
        return new Builder().addAll(Arrays.asList(services)).build();
    }

    /** Collects service objects and exported variables. */
    public static final class Builder {
        private final List<Source> sources = new ArrayList<>();
        private final Map<String, Integer> variables = new TreeMap<>();
        private final Set<String> internal = new TreeSet<>();

        /** Adds every annotated method of an object. */
        public Builder add(Object service) {
            for (Method method : service.getClass().getDeclaredMethods()) {
                Ddi ddi = method.getAnnotation(Ddi.class);
                Resumes resumes = method.getAnnotation(Resumes.class);
                EntryPoint entry = method.getAnnotation(EntryPoint.class);
                if (ddi != null) {
                    add(ddi.value(), FrameShape.RETURN_ADDRESS, ddi, service, method);
                }
                if (resumes != null) {
                    add(continuationName(resumes, method), FrameShape.PENDING, service, method);
                }
                if (entry != null) {
                    add(entry.value(), entry.frame(), service, method);
                }
            }
            return this;
        }

        public Builder addAll(List<?> services) {
            services.forEach(this::add);
            return this;
        }

        /** Adds an exported variable of so many bytes, all zero at first. */
        public Builder variable(String name, int size) {
            variables.put(name, size);
            return this;
        }

        /** As {@link #variable}, but one that drivers cannot import: it has a name for reports. */
        public Builder internalVariable(String name, int size) {
            internal.add(name);
            return variable(name, size);
        }

        private void add(String name, FrameShape frame, Object service, Method method) {
            add(name, frame, null, service, method);
        }

        private void add(
                String name, FrameShape frame, @Nullable Ddi ddi, Object service, Method method) {
            sources.add(new Source(name, frame, ddi, service, method));
        }

        private static String continuationName(Resumes resumes, Method method) {
            if (!resumes.value().isEmpty()) {
                return resumes.value();
            }
            if (method.getParameterCount() < 2) {
                throw new IllegalStateException(method + " takes no pending record");
            }
            return "Ki" + method.getParameterTypes()[1].getSimpleName();
        }

        public ServiceTable build() {
            sources.sort(Comparator.comparing(Source::frame).thenComparing(Source::name));
            return new ServiceTable(List.copyOf(sources), variables, internal);
        }
    }

    Step compile(int index, StepCompiler compiler) {
        Source source = sources.get(index);
        return switch (source.frame) {
            case RETURN_ADDRESS -> compiler.export(source.service, source.method);
            case PENDING -> compiler.resumption(source.service, source.method);
            case TRAP_FRAME, MACHINE_FRAME, BOTTOM ->
                    compiler.entryPoint(source.service, source.method);
        };
    }

    /** Whether a step may need a new frame or call below the stack pointer. */
    boolean growsStack(int index) {
        return sources.get(index).method.getReturnType() == Outcome.class;
    }

    void compileWriters() {
        for (Source source : sources) {
            if (source.frame == FrameShape.PENDING) {
                continuation(source.method.getParameterTypes()[1]).writer();
            }
        }
    }

    Continuation continuation(Class<?> pending) {
        Continuation found = continuations.get(pending);
        if (found == null) {
            throw new IllegalStateException("no method @Resumes " + pending.getName());
        }
        return found;
    }

    /** First address at which a service can begin. */
    public long windowStart() {
        return IMAGE_BASE + TEXT;
    }

    /** Bytes of the window, a multiple of the page size. */
    public long windowSize() {
        return image.textSize();
    }

    /** All slots, ascending by address. */
    public List<ServiceSlot> slots() {
        return slots;
    }

    ServiceSlot slot(int index) {
        return slots.get(index);
    }

    /** The slot that holds an address of the window. */
    public Optional<ServiceSlot> slotAt(long address) {
        long index = (address - windowStart()) / ServiceSlot.SIZE;
        boolean inside = address - windowStart() >= 0 && index < slots.size();
        return inside ? Optional.of(slots.get((int) index)) : Optional.empty();
    }

    /** The address of an export, entry point or variable that exists. */
    public long address(String name) {
        Long address = addresses.get(name);
        if (address == null) {
            throw new IllegalStateException("the kernel exports no " + name);
        }
        return address;
    }

    /** The address of the step of a record type: the return address of what it called. */
    public long address(Class<? extends Pending> pending) {
        return continuation(pending).address();
    }

    /** The address that a driver's import is bound to: that of an export or variable, if any. */
    public OptionalLong export(String name) {
        Long address = addresses.get(name);
        if (address == null
                || internal.contains(name)
                || slotAt(address).filter(s -> s.ddi() == null).isPresent()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(address);
    }

    /** Names and sizes in bytes of the exported variables, in the order of their names. */
    public SortedMap<String, Integer> variables() {
        return Collections.unmodifiableSortedMap(variables);
    }

    /** The kernel's image, for symbols, unwinding and the debugger. */
    public Image image() {
        return image.image();
    }
}
