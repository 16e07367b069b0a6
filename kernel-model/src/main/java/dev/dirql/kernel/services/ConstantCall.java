package dev.dirql.kernel.services;

import static java.lang.constant.ConstantDescs.BSM_CLASS_DATA;
import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

/**
 * Makes an object of an abstract class with one method that calls a method handle. The handle is a
 * constant of a class of its own, so that the JVM compiles the call together with what it calls;
 * the objects of {@link java.lang.invoke.MethodHandleProxies} share a class, and call through.
 */
final class ConstantCall {
    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final ClassDesc NAME =
            ClassDesc.of(ConstantCall.class.getPackageName(), "ConstantCall$Made");

    private ConstantCall() {}

    /**
     * @param type an abstract class of this package with one method, which returns nothing
     * @param target a method handle of the same type as that method
     */
    static <T> T of(Class<T> type, MethodHandle target) {
        Method method = type.getDeclaredMethods()[0];
        MethodType signature =
                MethodType.methodType(method.getReturnType(), method.getParameterTypes());
        MethodTypeDesc descriptor = signature.describeConstable().orElseThrow();
        ClassDesc superclass = type.describeConstable().orElseThrow();
        byte[] bytes =
                ClassFile.of()
                        .build(
                                NAME,
                                made ->
                                        made.withFlags(
                                                        ClassFile.ACC_FINAL
                                                                | ClassFile.ACC_SYNTHETIC)
                                                .withSuperclass(superclass)
                                                .withMethodBody(
                                                        INIT_NAME,
                                                        MTD_void,
                                                        0,
                                                        code ->
                                                                code.aload(0)
                                                                        .invokespecial(
                                                                                superclass,
                                                                                INIT_NAME,
                                                                                MTD_void)
                                                                        .return_())
                                                .withMethodBody(
                                                        method.getName(),
                                                        descriptor,
                                                        0,
                                                        code -> call(code, descriptor)));
        try {
            Lookup made =
                    LOOKUP.defineHiddenClassWithClassData(bytes, target.asType(signature), true);
            return type.cast(
                    made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                            .invoke());
        } catch (Throwable e) {
            throw new IllegalStateException(type + " cannot be made of " + target, e);
        }
    }

    private static void call(java.lang.classfile.CodeBuilder code, MethodTypeDesc descriptor) {
        code.ldc(DynamicConstantDesc.ofNamed(BSM_CLASS_DATA, DEFAULT_NAME, CD_MethodHandle));
        for (int i = 0; i < descriptor.parameterCount(); i++) {
            code.loadLocal(TypeKind.from(descriptor.parameterType(i)), code.parameterSlot(i));
        }
        code.invokevirtual(CD_MethodHandle, "invokeExact", descriptor).return_();
    }
}
