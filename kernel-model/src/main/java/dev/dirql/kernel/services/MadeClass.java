package dev.dirql.kernel.services;

import static java.lang.constant.ConstantDescs.BSM_CLASS_DATA_AT;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodHandles.Lookup.ClassOption;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A class that is made at run time: a subclass of an abstract class with one abstract method. It
 * belongs to the nest of a class, so that it may use what is private or local to a package there,
 * and its constants may be any objects, which the JVM's compiler knows as such.
 */
final class MadeClass {
    private static final Lookup LOOKUP = MethodHandles.lookup();

    private final Class<?> host;
    private final List<Object> constants = new ArrayList<>();

    MadeClass(Class<?> host) {
        this.host = host;
    }

    static ClassDesc name(Class<?> type) {
        return type.describeConstable()
                .orElseThrow(() -> new IllegalStateException(type + " has no name"));
    }

    static MethodTypeDesc signature(Class<?> result, Class<?>... parameters) {
        return MethodType.methodType(result, parameters).describeConstable().orElseThrow();
    }

    /** Puts an object on the stack: a constant of the class. */
    void load(CodeBuilder code, Class<?> type, Object constant) {
        code.loadConstant(
                DynamicConstantDesc.ofNamed(
                        BSM_CLASS_DATA_AT, DEFAULT_NAME, name(type), constants.size()));
        constants.add(constant);
    }

    /**
     * Makes the class and its only object.
     *
     * @param type the abstract class
     * @param name what it is to be called in a stack trace
     * @param body the code of its method, without the return at the end
     */
    <T> T make(Class<T> type, String name, Consumer<CodeBuilder> body) {
        Method method = abstractMethod(type);
        ClassDesc superclass = name(type);
        byte[] bytes =
                ClassFile.of()
                        .build(
                                ClassDesc.of(
                                        host.getPackageName(), host.getSimpleName() + "$" + name),
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
                                                        signature(
                                                                method.getReturnType(),
                                                                method.getParameterTypes()),
                                                        ClassFile.ACC_PROTECTED,
                                                        code -> {
                                                            body.accept(code);
                                                            code.return_();
                                                        }));
        try {
            Lookup made =
                    MethodHandles.privateLookupIn(host, LOOKUP)
                            .defineHiddenClassWithClassData(
                                    bytes, List.copyOf(constants), true, ClassOption.NESTMATE);
            return type.cast(
                    made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                            .invoke());
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "%s of %s cannot be made".formatted(name, host.getName()), e);
        }
    }

    private static Method abstractMethod(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            if (java.lang.reflect.Modifier.isAbstract(method.getModifiers())) {
                return method;
            }
        }
        throw new IllegalArgumentException(type + " has no abstract method");
    }
}
