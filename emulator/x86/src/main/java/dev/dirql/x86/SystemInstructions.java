package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDX;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.Trap;
import org.jspecify.annotations.Nullable;

/** Flags, ports, control registers, interrupts and identification. */
final class SystemInstructions {
    private static final int CR2 = 2;
    private static final int CR8 = 8;

    /** CPUID leaf 1, EDX: TSC, CX8, APIC, CMOV, FXSR, SSE and SSE2, the least that x86-64 has. */
    private static final long FEATURES = 1 << 4 | 1 << 8 | 1 << 9 | 1 << 15 | 7 << 24;

    /** CPUID leaf 1, ECX: CMPXCHG16B, MOVBE and POPCNT. */
    private static final long MORE_FEATURES = 1 << 13 | 1 << 22 | 1 << 23;

    private SystemInstructions() {}

    /** CLC. Intel SDM volume 2A. */
    @Encoding("F8")
    static void clc(Flags flags) {
        flags.setCarry(false);
    }

    /** STC. Intel SDM volume 2B. */
    @Encoding("F9")
    static void stc(Flags flags) {
        flags.setCarry(true);
    }

    /** CMC. Intel SDM volume 2A. */
    @Encoding("F5")
    static void cmc(Flags flags) {
        flags.setCarry(!flags.carry());
    }

    /** CLD. Intel SDM volume 2A. */
    @Encoding("FC")
    static void cld(Flags flags) {
        flags.setDirection(false);
    }

    /** STD. Intel SDM volume 2B. */
    @Encoding("FD")
    static void std(Flags flags) {
        flags.setDirection(true);
    }

    /** CLI. Intel SDM volume 2A. */
    @Encoding("FA visible")
    static void cli(Processor processor) {
        processor.flags.setInterruptsEnabled(false);
    }

    /**
     * STI: if IF was clear, no interrupt is taken before the next instruction is done. Volume 2B.
     */
    @Encoding("FB visible")
    static void sti(Processor processor) {
        processor.interruptShadow = !processor.flags.interruptsEnabled();
        processor.flags.setInterruptsEnabled(true);
    }

    /** HLT. Intel SDM volume 2A. */
    @Encoding("F4 visible")
    static Stop hlt() {
        return Stop.HALT;
    }

    /** PAUSE. Intel SDM volume 2B. */
    @Encoding("F3 90 visible")
    static Stop pause() {
        return Stop.YIELD;
    }

    /**
     * NOP, hints and prefetches, which do nothing here; among them ENDBR64. Intel SDM volume 2B.
     */
    @Encoding(
            value = {"90", "0F 1F /0 Ev", "0F 18 /r Ev", "0F 1E /r Ev", "0F 0D /r Mb"},
            first = Encoding.First.READ)
    static void nop() {}

    /** LFENCE: memory is sequentially consistent here, so fences do nothing. Volume 2A. */
    @Encoding("0F AE /5 R")
    static void lfence() {}

    /** MFENCE. Intel SDM volume 2B. */
    @Encoding("0F AE /6 R")
    static void mfence() {}

    /** SFENCE. Intel SDM volume 2B. */
    @Encoding("0F AE /7 R")
    static void sfence() {}

    /** INT3: RIP is behind it when the trap is taken. Intel SDM volume 2A. */
    @Encoding("CC visible")
    static Stop int3(Processor processor) {
        processor.trap.exception(Trap.BREAKPOINT);
        return Stop.TRAP;
    }

    /** INT n: RIP is behind it when the trap is taken. Intel SDM volume 2A. */
    @Encoding(value = "CD Ib visible", name = "int", first = Encoding.First.READ)
    static Stop interrupt(Processor processor, Operation operation) {
        processor.trap.softwareInterrupt((int) operation.immediate & 0xFF);
        return Stop.TRAP;
    }

    /** UD2: an invalid opcode by intent. Intel SDM volume 2B. */
    @Encoding("0F 0B")
    static Stop ud2(Processor processor) {
        processor.trap.exception(Trap.INVALID_OPCODE);
        return Stop.TRAP;
    }

    /** IN. Intel SDM volume 2A. */
    @Encoding(
            value = {
                "E4 AL,Ib visible",
                "E5 zAX,Ib visible",
                "EC AL,DX visible",
                "ED zAX,DX visible"
            },
            first = Encoding.First.WRITE)
    static void in(Processor processor, Operation operation) {
        int bits = operation.bits(0);
        int port = port(processor, operation, 1);
        long value = processor.machine().bus().readPort(processor, port, bits / 8);
        Operands.writeRegister(processor, bits, RAX, value);
    }

    /** OUT. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "E6 Ib,AL visible",
                "E7 Ib,zAX visible",
                "EE DX,AL visible",
                "EF DX,zAX visible"
            },
            first = Encoding.First.READ)
    static void out(Processor processor, Operation operation) {
        int bits = operation.bits(1);
        long value = Operands.read(processor, operation, 1);
        int port = port(processor, operation, 0);
        processor.machine().bus().writePort(processor, port, bits / 8, value);
    }

    private static int port(Processor processor, Operation operation, int operand) {
        return operation.isImmediate(operand)
                ? (int) operation.immediate & 0xFF
                : (int) processor.registers[RDX] & 0xFFFF;
    }

    /** MOV from a control register: CR2 and CR8. Intel SDM volume 2B. */
    @Encoding(value = "0F 20 /r Rq,Cq", name = "mov", first = Encoding.First.WRITE)
    static @Nullable Stop movFromControl(Processor processor, Operation operation) {
        switch (operation.register(1)) {
            case CR2 -> Operands.write(processor, operation, 0, processor.cr2);
            case CR8 ->
                    Operands.write(
                            processor, operation, 0, processor.interruptUnit().taskPriority());
            default -> {
                return otherControl(processor, operation.register(1));
            }
        }
        return null;
    }

    /**
     * MOV to a control register: CR2, and CR8, the task priority. It sets RIP itself, so that the
     * software sees it behind the instruction. Intel SDM volume 2B.
     */
    @Encoding(value = "0F 22 /r Cq,Rq visible branch", name = "mov", first = Encoding.First.WRITE)
    static @Nullable Stop movToControl(Processor processor, Operation operation) {
        long value = Operands.read(processor, operation, 1);
        switch (operation.register(0)) {
            case CR2 -> {
                processor.cr2 = value;
                processor.rip = operation.next;
            }
            case CR8 -> {
                if (value >>> 4 != 0) {
                    processor.trap.exception(Trap.GENERAL_PROTECTION);
                    return Stop.TRAP;
                }
                int from = processor.interruptUnit().taskPriority();
                processor.interruptUnit().setTaskPriority((int) value);
                processor.rip = operation.next;
                processor.machine().software().priorityWritten(processor, from);
            }
            default -> {
                return otherControl(processor, operation.register(0));
            }
        }
        return null;
    }

    private static Stop otherControl(Processor processor, int number) {
        if (number == 0 || number == 3 || number == 4) {
            processor.trap.text =
                    "instruction not modelled: mov with cr%d at 0x%x"
                            .formatted(number, processor.rip);
            return Stop.NOT_MODELLED;
        }
        processor.trap.exception(Trap.INVALID_OPCODE);
        return Stop.TRAP;
    }

    /**
     * CPUID: "GenuineIntel", family 6, the features this module has and what every x86-64 processor
     * must announce; no AVX. The initial APIC ID is the processor's number. Intel SDM volume 2A.
     */
    @Encoding("0F A2")
    static void cpuid(Processor processor, Operation operation) {
        switch ((int) processor.registers[RAX]) {
            case 0 -> identify(processor, 1, 0x756E6547, 0x6C65746E, 0x49656E69);
            case 1 ->
                    identify(
                            processor,
                            0x6_06_60,
                            (long) processor.number() << 24
                                    | (long) processor.machine().processorCount() << 16
                                    | 8 << 8,
                            MORE_FEATURES,
                            FEATURES);
            case 0x8000_0000 -> identify(processor, 0x8000_0008L, 0, 0, 0);
            // LAHF and LZCNT; execute-disable and 64-bit mode.
            case 0x8000_0001 -> identify(processor, 0, 0, 1 | 1 << 5, 1 << 20 | 1 << 29);
            // 48 bits of virtual and physical address.
            case 0x8000_0008 -> identify(processor, 48 << 8 | 48, 0, 0, 0);
            default -> identify(processor, 0, 0, 0, 0);
        }
    }

    private static void identify(Processor processor, long eax, long ebx, long ecx, long edx) {
        processor.registers[RAX] = eax & 0xFFFF_FFFFL;
        processor.registers[RBX] = ebx & 0xFFFF_FFFFL;
        processor.registers[RCX] = ecx & 0xFFFF_FFFFL;
        processor.registers[RDX] = edx & 0xFFFF_FFFFL;
    }

    /** RDTSC: the processor's virtual time; the counter runs at 1 GHz. Intel SDM volume 2B. */
    @Encoding("0F 31")
    static void rdtsc(Processor processor, Operation operation) {
        processor.registers[RAX] = processor.clockNs & 0xFFFF_FFFFL;
        processor.registers[RDX] = processor.clockNs >>> 32;
    }

    /**
     * CMPXCHG8B and CMPXCHG16B, one step whether locked or not. Intel SDM volume 2A. The
     * destination of 16 bytes must be aligned.
     */
    @Encoding(value = {"0F C7 /1 Mq lock visible", "W1 0F C7 /1 Mx lock visible"})
    static @Nullable Stop cmpxchg8b(Processor processor, Operation operation) {
        int half = operation.bits(0) / 16;
        int halfBits = 8 * half;
        long address = Operands.address(processor, operation);
        if (half == 8 && (address & 15) != 0) {
            processor.trap.exception(Trap.GENERAL_PROTECTION);
            return Stop.TRAP;
        }
        ProcessorMemory memory = processor.memory();
        memory.probe(address, 2L * half, true);
        long low = memory.load(address, half);
        long high = memory.load(address + half, half);
        boolean equal =
                low == Operands.readRegister(processor, halfBits, RAX)
                        && high == Operands.readRegister(processor, halfBits, RDX);
        if (equal) {
            memory.store(address, half, processor.registers[RBX]);
            memory.store(address + half, half, processor.registers[RCX]);
        } else {
            Operands.writeRegister(processor, halfBits, RAX, low);
            Operands.writeRegister(processor, halfBits, RDX, high);
        }
        processor.flags.setZero(equal);
        return null;
    }
}
