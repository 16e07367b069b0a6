package dev.dirql.kernel.services;

import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;

/**
 * Makes steps of annotated methods. Arguments, fields and results are converted by method handles
 * that the JVM compiles together with the method, so a call boxes and looks up nothing.
 */
final class StepCompiler {
    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodHandle ARGUMENT =
            find(Arguments.class, "argument", long.class, Processor.class, int.class);
    private static final MethodHandle LOAD_FIELD =
            find(PendingFrame.class, "loadField", long.class, int.class, Processor.class);
    private static final MethodHandle STORE_FIELD =
            find(
                    PendingFrame.class,
                    "storeField",
                    void.class,
                    int.class,
                    ProcessorMemory.class,
                    long.class,
                    long.class);
    private static final MethodHandle RESULT =
            find(Conversions.class, "result", long.class, Processor.class);
    private static final MethodHandle MEMORY =
            find(Conversions.class, "memory", GuestMemory.class, Processor.class);
    private static final MethodHandle TO_BOOLEAN =
            find(Conversions.class, "toBoolean", boolean.class, long.class);
    private static final MethodHandle TO_ENUM =
            find(Conversions.class, "toEnum", Object.class, Object[].class, long.class);
    private static final MethodHandle ORDINAL =
            find(Conversions.class, "ordinal", long.class, Enum.class);
    private static final MethodHandle UNSIGNED =
            find(Conversions.class, "unsigned", long.class, int.class);

    private final ServiceEngine engine;

    StepCompiler(ServiceEngine engine) {
        this.engine = engine;
    }

    /** An export: arguments by the calling convention. */
    Step export(Object service, Method method) {
        MethodHandle body = bind(service, method);
        mustTakeProcessor(body, method);
        for (int i = body.type().parameterCount() - 1; i >= 1; i--) {
            MethodHandle load = MethodHandles.insertArguments(ARGUMENT, 1, i - 1);
            body =
                    MethodHandles.collectArguments(
                            body, i, converted(load, body.type().parameterType(i), method));
        }
        return step(ofProcessor(body), method, false);
    }

    /** The step of a pending record. */
    Step resumption(Object service, Method method) {
        MethodHandle body = bind(service, method);
        mustTakeProcessor(body, method);
        int count = body.type().parameterCount();
        if (count < 2 || count > 3 || !isPending(body.type().parameterType(1))) {
            throw wrong(method, "must take a processor, a pending record and perhaps a result");
        }
        if (count == 3) {
            body =
                    MethodHandles.collectArguments(
                            body, 2, converted(RESULT, body.type().parameterType(2), method));
        }
        body =
                MethodHandles.collectArguments(
                        body, 1, reader(body.type().parameterType(1), method));
        return step(ofProcessor(body), method, true);
    }

    /** A place that arranges everything by itself. */
    Step entryPoint(Object service, Method method) {
        MethodHandle body = bind(service, method);
        if (!body.type().equals(MethodType.methodType(void.class, Processor.class))) {
            throw wrong(method, "must be void and take a processor only");
        }
        return ConstantCall.of(Step.class, body);
    }

    private Step step(MethodHandle body, Method method, boolean framed) {
        Class<?> result = body.type().returnType();
        MethodHandle finish;
        if (result == void.class) {
            finish = engineMethod(framed ? "endFrame" : "endCall");
            MethodHandle all = MethodHandles.foldArguments(finish, body);
            return ConstantCall.of(Step.class, all);
        }
        if (result == Outcome.class) {
            finish = engineMethod(framed ? "finishFrame" : "finishCall");
        } else {
            finish = engineMethod(framed ? "returnFromFrame" : "returnFromCall");
            body = MethodHandles.filterReturnValue(body, toLong(result, method));
        }
        MethodHandle all = ofProcessor(MethodHandles.collectArguments(finish, 1, body));
        return ConstantCall.of(Step.class, all);
    }

    private MethodHandle engineMethod(String name) {
        for (Method method : ServiceEngine.class.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                return bind(engine, method);
            }
        }
        throw new IllegalStateException("the engine has no method " + name);
    }

    /** (Processor) -> Record. */
    private static MethodHandle reader(Class<?> type, Method method) {
        RecordComponent[] components = components(type);
        try {
            Lookup lookup = MethodHandles.privateLookupIn(type, LOOKUP);
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = components[i].getType();
            }
            MethodHandle made =
                    lookup.findConstructor(type, MethodType.methodType(void.class, types));
            for (int i = types.length - 1; i >= 0; i--) {
                MethodHandle load = MethodHandles.insertArguments(LOAD_FIELD, 0, i);
                made =
                        MethodHandles.collectArguments(
                                made, i, convertedValue(load, types[i], method));
            }
            return types.length == 0
                    ? MethodHandles.dropArguments(made, 0, Processor.class)
                    : ofProcessor(made);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    static PendingWriter writer(Class<?> type) {
        MethodHandle all = null;
        RecordComponent[] components = components(type);
        try {
            Lookup lookup = MethodHandles.privateLookupIn(type, LOOKUP);
            for (int i = 0; i < components.length; i++) {
                MethodHandle get = lookup.unreflect(components[i].getAccessor());
                Class<?> kind = get.type().returnType();
                MethodHandle asLong =
                        MethodHandles.filterReturnValue(
                                get,
                                kind.isEnum()
                                        ? ORDINAL.asType(MethodType.methodType(long.class, kind))
                                        : widening(kind));
                MethodHandle store =
                        MethodHandles.collectArguments(
                                MethodHandles.insertArguments(STORE_FIELD, 0, i), 2, asLong);
                all = all == null ? store : MethodHandles.foldArguments(store, all);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(type + " cannot be read", e);
        }
        if (all == null) {
            return new NothingToWrite();
        }
        MethodHandle reordered =
                MethodHandles.permuteArguments(
                        all,
                        MethodType.methodType(void.class, type, ProcessorMemory.class, long.class),
                        1,
                        2,
                        0);
        MethodHandle general =
                reordered.asType(
                        MethodType.methodType(
                                void.class, Pending.class, ProcessorMemory.class, long.class));
        return ConstantCall.of(PendingWriter.class, general);
    }

    private static final class NothingToWrite extends PendingWriter {
        @Override
        void write(Pending pending, ProcessorMemory memory, long frame) {}
    }

    private static RecordComponent[] components(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length > PendingFrame.FIELDS_MAXIMUM) {
            throw new IllegalStateException(
                    "%s has %d components, at most %d fit in a frame"
                            .formatted(
                                    type.getName(),
                                    components.length,
                                    PendingFrame.FIELDS_MAXIMUM));
        }
        return components;
    }

    /** (Processor) -> the parameter type, from (Processor) -> long. */
    private static MethodHandle converted(MethodHandle load, Class<?> type, Method method) {
        return type.isRecord() ? view(load, type, method) : convertedValue(load, type, method);
    }

    private static MethodHandle convertedValue(MethodHandle load, Class<?> type, Method method) {
        if (type == long.class) {
            return load;
        }
        if (type == int.class || type == byte.class || type == short.class) {
            return MethodHandles.explicitCastArguments(
                    load, MethodType.methodType(type, Processor.class));
        }
        if (type == boolean.class) {
            return MethodHandles.filterReturnValue(load, TO_BOOLEAN);
        }
        if (type.isEnum()) {
            MethodHandle convert =
                    TO_ENUM.bindTo(type.getEnumConstants())
                            .asType(MethodType.methodType(type, long.class));
            return MethodHandles.filterReturnValue(load, convert);
        }
        throw wrong(method, "has a parameter or component of type " + type.getName());
    }

    private static MethodHandle view(MethodHandle load, Class<?> type, Method method) {
        try {
            MethodHandle made =
                    MethodHandles.privateLookupIn(type, LOOKUP)
                            .findConstructor(
                                    type,
                                    MethodType.methodType(
                                            void.class, GuestMemory.class, long.class));
            return ofProcessor(
                    MethodHandles.collectArguments(
                            MethodHandles.filterArguments(made, 0, MEMORY), 1, load));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "%s: %s is no view (GuestMemory, long)".formatted(method, type.getName()), e);
        }
    }

    private static MethodHandle toLong(Class<?> type, Method method) {
        if (type == int.class) {
            return UNSIGNED;
        }
        if (type == long.class || type == boolean.class) {
            return widening(type);
        }
        throw wrong(method, "returns " + type.getName());
    }

    private static MethodHandle widening(Class<?> type) {
        return MethodHandles.explicitCastArguments(
                MethodHandles.identity(long.class), MethodType.methodType(long.class, type));
    }

    /** Gives the one processor to every parameter. */
    private static MethodHandle ofProcessor(MethodHandle handle) {
        List<Class<?>> parameters = handle.type().parameterList();
        if (parameters.stream().anyMatch(p -> p != Processor.class)) {
            throw new IllegalStateException("still wants more than processors: " + handle.type());
        }
        return MethodHandles.permuteArguments(
                handle,
                MethodType.methodType(handle.type().returnType(), Processor.class),
                new int[parameters.size()]);
    }

    private static MethodHandle bind(Object service, Method method) {
        try {
            Lookup lookup = MethodHandles.privateLookupIn(method.getDeclaringClass(), LOOKUP);
            return lookup.unreflect(method).bindTo(service);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        }
    }

    private static void mustTakeProcessor(MethodHandle body, Method method) {
        if (body.type().parameterCount() == 0 || body.type().parameterType(0) != Processor.class) {
            throw wrong(method, "must take the processor first");
        }
    }

    private static boolean isPending(Class<?> type) {
        return type.isRecord() && Pending.class.isAssignableFrom(type);
    }

    private static IllegalStateException wrong(Method method, String what) {
        return new IllegalStateException(method + " " + what);
    }

    private static MethodHandle find(
            Class<?> type, String name, Class<?> result, Class<?>... parameters) {
        try {
            return LOOKUP.findStatic(type, name, MethodType.methodType(result, parameters));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
