package dev.dirql.kernel.services;

import dev.dirql.machine.ProcessorMemory;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.reflect.RecordComponent;

/** Makes the code that stores the components of a record type, each as a number. */
final class PendingWriterCompiler {
    private static final ClassDesc WRITER = MadeClass.name(PendingWriter.class);
    private static final int RECORD = 1;
    private static final int MEMORY = 2;
    private static final int FRAME = 3;

    private PendingWriterCompiler() {}

    static PendingWriter compile(Class<?> type) {
        RecordComponent[] components = PendingFrame.components(type);
        return new MadeClass(type)
                .make(
                        PendingWriter.class,
                        "Writer",
                        code -> {
                            for (int i = 0; i < components.length; i++) {
                                code.aload(MEMORY).lload(FRAME).loadConstant(i);
                                code.aload(RECORD).checkcast(MadeClass.name(type));
                                loadComponent(code, type, components[i]);
                                code.invokestatic(
                                        WRITER,
                                        "store",
                                        MadeClass.signature(
                                                void.class,
                                                ProcessorMemory.class,
                                                long.class,
                                                int.class,
                                                long.class));
                            }
                        });
    }

    private static void loadComponent(CodeBuilder code, Class<?> type, RecordComponent component) {
        Class<?> kind = component.getType();
        code.invokevirtual(MadeClass.name(type), component.getName(), MadeClass.signature(kind));
        if (kind.isEnum()) {
            code.invokevirtual(
                    MadeClass.name(Enum.class), "ordinal", MadeClass.signature(int.class));
            code.i2l();
        } else if (kind == boolean.class
                || kind == byte.class
                || kind == short.class
                || kind == int.class) {
            code.i2l();
        } else if (kind != long.class) {
            throw new IllegalStateException(
                    "%s has a component of type %s".formatted(type.getName(), kind.getName()));
        }
    }
}
