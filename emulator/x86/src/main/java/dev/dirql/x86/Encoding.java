package dev.dirql.x86;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The encodings of the instruction that a method is. A row is written as in the Intel SDM, volume
 * 2:
 *
 * <pre>{@code
 * [prefix] opcode [/r or /digit] [operands] [modifiers]
 * 01 /r Ev,Gv lock
 * F3 0F B8 /r Gv,Ev
 * }</pre>
 *
 * Prefix: {@code 66}, {@code F3}, {@code F2} (mandatory), {@code NP} (none of them), {@code W1}
 * (REX.W). The opcode may end in {@code +r} (register in its low bits) or {@code +c} (condition).
 *
 * <p>Operands are named as in volume 2D, appendix A: {@code E} register or memory, {@code G}
 * register of ModRM.reg, {@code M} memory, {@code I} immediate (sign-extended), {@code J} relative,
 * {@code O} absolute address, {@code Z} register of the opcode, {@code V} and {@code W} XMM, {@code
 * S} segment, {@code C} and {@code R} control register and its partner; then the size {@code b w d
 * q x}, {@code v} (16, 32 or 64), {@code y} (32 or 64) or {@code z} (immediate of 16 or 32 bits).
 * {@code AL}, {@code rAX}, {@code CL}, {@code DX} and {@code 1} are themselves.
 *
 * <p>Modifiers: {@code lock} (may be locked), {@code d64} (64 bits unless 66), {@code f64} (always
 * 64 bits), {@code visible} (only done in the order of time), {@code branch} (sets RIP), {@code
 * rep} (may be repeated).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Encoding {
    /** What happens to the first operand. */
    enum First {
        /** Read and written. */
        UPDATE,
        /** Written only. */
        WRITE,
        /** Read only. */
        READ
    }

    String[] value();

    /** Mnemonic, if it is not the name of the method. */
    String name() default "";

    First first() default First.UPDATE;

    /** Status flags that the manual leaves undefined, such as "OF AF". */
    String undefined() default "";
}
