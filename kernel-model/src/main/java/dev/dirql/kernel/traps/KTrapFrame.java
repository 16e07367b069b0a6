package dev.dirql.kernel.traps;

import dev.dirql.machine.Flags;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * KTRAP_FRAME: the volatile state of what an interrupt or exception interrupted. Layout of Windows
 * 10 22H2, x64.
 *
 * <pre>
 * +0x29 PreviousIrql  +0x2C MxCsr  +0x30 Rax Rcx Rdx R8 R9 R10 R11  +0x68 GsBase  +0x70 Xmm0…Xmm5
 * +0xD0 FaultAddress  +0x158 Rbp   +0x160 ErrorCode  +0x168 Rip  +0x170 SegCs  +0x178 EFlags
 * +0x180 Rsp          +0x188 SegSs
 * </pre>
 */
public record KTrapFrame(GuestMemory memory, long address) {
    public static final int SIZE = 0x190;

    private static final int PREVIOUS_IRQL = 0x29;
    private static final int RAX = 0x30;
    private static final int XMM0 = 0x70;
    private static final int FAULT_ADDRESS = 0xD0;
    private static final int RBP = 0x158;
    private static final int ERROR_CODE = 0x160;
    private static final int RIP = 0x168;
    private static final int SEG_CS = 0x170;
    private static final int EFLAGS = 0x178;
    private static final int RSP = 0x180;
    private static final int SEG_SS = 0x188;

    private static final int KERNEL_CS = 0x10;
    private static final int KERNEL_SS = 0x18;
    private static final int VOLATILE_XMM_HALVES = 12;

    private static final int[] REGISTERS = {
        Processor.RAX,
        Processor.RCX,
        Processor.RDX,
        Processor.R8,
        Processor.R9,
        Processor.R10,
        Processor.R11
    };

    /** Where the frame of an interrupt goes that arrives now: the processor aligns RSP to 16. */
    public static long place(Processor processor) {
        return (processor.registers[Processor.RSP] & -16) - SIZE;
    }

    /** Stores what a processor is doing. All of the frame is checked to be writable before. */
    public void capture(Processor processor, long faultAddress, long errorCode) {
        memory.probe(address, SIZE, true);
        memory.store8(address + PREVIOUS_IRQL, processor.irql());
        for (int i = 0; i < REGISTERS.length; i++) {
            memory.store64(address + RAX + 8L * i, processor.registers[REGISTERS[i]]);
        }
        for (int i = 0; i < VOLATILE_XMM_HALVES; i++) {
            memory.store64(address + XMM0 + 8L * i, processor.xmm[i]);
        }
        memory.store64(address + FAULT_ADDRESS, faultAddress);
        memory.store64(address + RBP, processor.registers[Processor.RBP]);
        memory.store64(address + ERROR_CODE, errorCode);
        memory.store64(address + RIP, processor.rip);
        memory.store64(address + SEG_CS, KERNEL_CS);
        memory.store64(address + EFLAGS, processor.flags.rflags());
        memory.store64(address + RSP, processor.registers[Processor.RSP]);
        memory.store64(address + SEG_SS, KERNEL_SS);
    }

    /** Puts everything back but the IRQL. */
    public void resume(Processor processor) {
        for (int i = 0; i < REGISTERS.length; i++) {
            processor.registers[REGISTERS[i]] = memory.load64(address + RAX + 8L * i);
        }
        for (int i = 0; i < VOLATILE_XMM_HALVES; i++) {
            processor.xmm[i] = memory.load64(address + XMM0 + 8L * i);
        }
        processor.rip = rip();
        processor.flags.setRflags(memory.load64(address + EFLAGS) | Flags.ALWAYS_ONE);
        processor.registers[Processor.RSP] = memory.load64(address + RSP);
    }

    public int previousIrql() {
        return (int) memory.load8(address + PREVIOUS_IRQL) & 15;
    }

    /** What was interrupted. */
    public long rip() {
        return memory.load64(address + RIP);
    }

    public long rsp() {
        return memory.load64(address + RSP);
    }
}
