package dev.dirql.scenario.c;

import org.jspecify.annotations.Nullable;

/** A parameter or automatic variable of a function. */
final class Local {
    final String name;
    final CType type;
    final CToken declared;

    /** Position among the parameters, -1 for an automatic variable. */
    final int parameter;

    /** Whether it must be in memory because its address is taken. */
    boolean addressed;

    /** Whether its value is used anywhere. */
    boolean read;

    /** How often it is used, a use in a loop counting more. */
    int weight;

    /** Where it lives: in a register, or in the frame. Set when its function is compiled. */
    Operand.@Nullable Register register;

    Operand.@Nullable Slot slot;

    Local(String name, CType type, CToken declared, int parameter) {
        this.name = name;
        this.type = type;
        this.declared = declared;
        this.parameter = parameter;
    }

    @Override
    public String toString() {
        return name;
    }
}
