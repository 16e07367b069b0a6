package dev.dirql.kernel.services;

import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Makes steps of annotated methods: for each a class whose code converts arguments, components and
 * the result, and calls the method. The JVM compiles them as one piece; a call boxes and looks up
 * nothing.
 */
final class StepCompiler {
    private static final ClassDesc STEP = MadeClass.name(Step.class);
    private static final int PROCESSOR = 1;

    private final ServiceEngine engine;

    StepCompiler(ServiceEngine engine) {
        this.engine = engine;
    }

    /** Puts a 64-bit number on the stack of the made code. */
    @FunctionalInterface
    private interface Source {
        void load(CodeBuilder code);
    }

    /** An export: arguments by the calling convention. */
    Step export(Object service, Method method) {
        mustTakeProcessor(method);
        return new Making(method)
                .step(
                        service,
                        false,
                        (making, code) -> {
                            Class<?>[] types = method.getParameterTypes();
                            for (int i = 1; i < types.length; i++) {
                                making.loadParameter(code, types[i], indexed("argument", i - 1));
                            }
                        });
    }

    /** The step of a pending record. */
    Step resumption(Object service, Method method) {
        mustTakeProcessor(method);
        Class<?>[] types = method.getParameterTypes();
        if (types.length < 2 || types.length > 3 || !isPending(types[1])) {
            throw wrong(method, "must take a processor, a pending record and perhaps a result");
        }
        return new Making(method)
                .step(
                        service,
                        true,
                        (making, code) -> {
                            making.loadPending(code, types[1]);
                            if (types.length == 3) {
                                making.loadParameter(code, types[2], StepCompiler::result);
                            }
                        });
    }

    /** A place that arranges everything by itself. */
    Step entryPoint(Object service, Method method) {
        Class<?>[] types = method.getParameterTypes();
        if (method.getReturnType() != void.class
                || types.length != 1
                || types[0] != Processor.class) {
            throw wrong(method, "must be void and take a processor only");
        }
        Making making = new Making(method);
        return making.made.make(
                Step.class, method.getName(), code -> making.call(code, service, (_, _) -> {}));
    }

    private static Source indexed(String helper, int index) {
        return code ->
                code.aload(PROCESSOR)
                        .loadConstant(index)
                        .invokestatic(
                                STEP,
                                helper,
                                MadeClass.signature(long.class, Processor.class, int.class));
    }

    private static void result(CodeBuilder code) {
        code.aload(PROCESSOR)
                .invokestatic(STEP, "result", MadeClass.signature(long.class, Processor.class));
    }

    private static void mustTakeProcessor(Method method) {
        if (method.getParameterCount() == 0 || method.getParameterTypes()[0] != Processor.class) {
            throw wrong(method, "must take the processor first");
        }
    }

    private static boolean isPending(Class<?> type) {
        return type.isRecord() && Pending.class.isAssignableFrom(type);
    }

    private static IllegalStateException wrong(Method method, String what) {
        return new IllegalStateException(method + " " + what);
    }

    /** Puts the parameters behind the processor on the stack of the made code. */
    @FunctionalInterface
    private interface Parameters {
        void load(Making making, CodeBuilder code);
    }

    /** One class that is being made. */
    private final class Making {
        final Method method;
        final MadeClass made;

        Making(Method method) {
            this.method = method;
            made = new MadeClass(method.getDeclaringClass());
        }

        Step step(Object service, boolean framed, Parameters parameters) {
            String place = framed ? "Frame" : "Call";
            Class<?> result = method.getReturnType();
            return made.make(
                    Step.class,
                    method.getName(),
                    code -> {
                        if (result == void.class) {
                            call(code, service, parameters);
                            loadEngine(code);
                            end(code, "end" + place);
                            return;
                        }
                        loadEngine(code);
                        call(code, service, parameters);
                        if (result == Outcome.class) {
                            end(code, "finish" + place, Outcome.class);
                        } else {
                            toLong(code, result);
                            end(code, "returnFrom" + place, long.class);
                        }
                    });
        }

        private void loadEngine(CodeBuilder code) {
            made.load(code, ServiceEngine.class, engine);
            code.aload(PROCESSOR);
        }

        private void end(CodeBuilder code, String helper, Class<?>... value) {
            Class<?>[] types = new Class<?>[2 + value.length];
            types[0] = ServiceEngine.class;
            types[1] = Processor.class;
            System.arraycopy(value, 0, types, 2, value.length);
            code.invokestatic(STEP, helper, MadeClass.signature(void.class, types));
        }

        void call(CodeBuilder code, Object service, Parameters parameters) {
            Class<?> owner = method.getDeclaringClass();
            made.load(code, owner, service);
            code.aload(PROCESSOR);
            parameters.load(this, code);
            code.invokevirtual(
                    MadeClass.name(owner),
                    method.getName(),
                    MadeClass.signature(method.getReturnType(), method.getParameterTypes()));
        }

        void loadParameter(CodeBuilder code, Class<?> type, Source source) {
            if (type.isRecord()) {
                loadView(code, type, source);
            } else {
                loadConverted(code, type, source);
            }
        }

        /** A structure view at the address that the source gives. */
        private void loadView(CodeBuilder code, Class<?> type, Source source) {
            Class<?>[] types = PendingFrame.types(type);
            if (!Arrays.equals(types, new Class<?>[] {GuestMemory.class, long.class})) {
                throw wrong(method, "takes %s, no view (GuestMemory, long)".formatted(type));
            }
            code.new_(MadeClass.name(type)).dup();
            code.aload(PROCESSOR)
                    .invokestatic(
                            STEP,
                            "memory",
                            MadeClass.signature(GuestMemory.class, Processor.class));
            source.load(code);
            code.invokespecial(
                    MadeClass.name(type), "<init>", MadeClass.signature(void.class, types));
        }

        /** The record in the frame. */
        void loadPending(CodeBuilder code, Class<?> type) {
            Class<?>[] types = PendingFrame.types(type);
            code.new_(MadeClass.name(type)).dup();
            for (int i = 0; i < types.length; i++) {
                loadConverted(code, types[i], indexed("component", i));
            }
            code.invokespecial(
                    MadeClass.name(type), "<init>", MadeClass.signature(void.class, types));
        }

        private void loadConverted(CodeBuilder code, Class<?> type, Source source) {
            if (type.isEnum()) {
                made.load(code, Enum[].class, type.getEnumConstants());
                source.load(code);
                code.invokestatic(
                                STEP,
                                "toEnum",
                                MadeClass.signature(Enum.class, Enum[].class, long.class))
                        .checkcast(MadeClass.name(type));
                return;
            }
            source.load(code);
            if (type == boolean.class) {
                code.invokestatic(
                        STEP, "toBoolean", MadeClass.signature(boolean.class, long.class));
            } else if (type == byte.class) {
                code.l2i().i2b();
            } else if (type == short.class) {
                code.l2i().i2s();
            } else if (type == int.class) {
                code.l2i();
            } else if (type != long.class) {
                throw wrong(method, "has a parameter or component of type " + type.getName());
            }
        }

        private void toLong(CodeBuilder code, Class<?> type) {
            if (type == int.class) {
                code.invokestatic(STEP, "unsigned", MadeClass.signature(long.class, int.class));
            } else if (type == boolean.class) {
                code.i2l();
            } else if (type != long.class) {
                throw wrong(method, "returns " + type.getName());
            }
        }
    }
}
