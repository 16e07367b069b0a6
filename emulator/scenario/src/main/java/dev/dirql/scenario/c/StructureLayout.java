package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Member;
import dev.dirql.scenario.c.CType.Structure;

/**
 * Lays out a structure or union as the Microsoft compiler does. A bit-field shares the unit of the
 * one before it if both have types of the same size and the bits fit; else it begins a unit of its
 * own type, aligned for that type.
 */
final class StructureLayout {
    private final Structure structure;
    private final int pack;
    private long size;
    private int alignment = 1;
    private long unitOffset;
    private int unitSize;
    private int unitUsed;

    /**
     * @param pack largest alignment of a member
     */
    StructureLayout(Structure structure, int pack) {
        this.structure = structure;
        this.pack = pack;
    }

    /**
     * Adds a member.
     *
     * @param forced alignment that the declaration demands, 1 if none
     */
    void add(String name, CType type, int forced) {
        unitSize = 0;
        int align = Math.max(Math.min(Types.alignment(type), pack), forced);
        long offset = structure.union ? 0 : align(size, align);
        structure.members.add(new Member(name, type, offset, 0, 0));
        size = Math.max(size, offset + Types.size(type));
        alignment = Math.max(alignment, align);
    }

    /** Adds a bit-field; an unnamed one only takes room, and one of width 0 ends the unit. */
    void addBits(String name, CType type, int width) {
        int typeSize = (int) Types.size(type);
        if (width == 0) {
            if (unitSize != 0 && !structure.union) {
                unitSize = 0;
                alignment = Math.max(alignment, Math.min(typeSize, pack));
            }
            return;
        }
        boolean shares =
                !structure.union && unitSize == typeSize && unitUsed + width <= typeSize * 8;
        if (!shares) {
            int align = Math.min(typeSize, pack);
            unitOffset = structure.union ? 0 : align(size, align);
            unitSize = typeSize;
            unitUsed = 0;
            size = Math.max(size, unitOffset + typeSize);
            alignment = Math.max(alignment, align);
        }
        if (!name.isEmpty()) {
            structure.members.add(new Member(name, type, unitOffset, unitUsed, width));
        }
        unitUsed += width;
    }

    /**
     * Completes the structure.
     *
     * @param forced alignment that the declaration demands, 1 if none
     */
    void finish(int forced) {
        structure.alignment = Math.max(alignment, forced);
        structure.size =
                align(Math.max(size, structure.members.isEmpty() ? 0 : 1), structure.alignment);
        structure.complete = true;
    }

    static long align(long value, int alignment) {
        return (value + alignment - 1) / alignment * alignment;
    }
}
