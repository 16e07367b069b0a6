package dev.dirql.kernel.threads;

import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/**
 * KTHREAD with the ETHREAD around it. Layout of Windows 10 22H2, x64; only fields that something
 * here, a driver or a debugger uses are named.
 *
 * <pre>
 * +0x000 Header        +0x028 InitialStack  +0x030 StackLimit     +0x038 StackBase
 * +0x058 KernelStack   +0x071 Running       +0x098 ApcState       +0x0B8 ApcState.Process
 * +0x0C3 Priority      +0x0C8 WaitStatus    +0x0D0 WaitBlockList  +0x0F0 Teb
 * +0x140 WaitBlock[0]: +0x00 WaitListEntry +0x10 WaitType +0x11 BlockState +0x18 Thread +0x20 Object
 * +0x184 State         +0x186 WaitIrql      +0x187 WaitMode       +0x1C8 Win32Thread
 * +0x1E4 CombinedApcDisable                 +0x220 Process        +0x232 PreviousMode
 * +0x233 BasePriority  +0x240 Affinity      +0x283 WaitReason     +0x450 StartAddress
 * +0x478 Cid
 * </pre>
 */
public record KThread(GuestMemory memory, long address) {
    public static final int SIZE = 0x8A0;

    /** Values of State: the KTHREAD_STATE of the debugger. */
    public static final int INITIALIZED = 0;

    public static final int READY = 1;
    public static final int RUNNING = 2;
    public static final int TERMINATED = 4;
    public static final int WAITING = 5;

    private static final int INITIAL_STACK = 0x28;
    private static final int STACK_LIMIT = 0x30;
    private static final int STACK_BASE = 0x38;
    private static final int KERNEL_STACK = 0x58;
    private static final int RUNNING_FLAG = 0x71;
    private static final int APC_LISTS = 0x98;
    private static final int APC_PROCESS = 0xB8;
    private static final int APC_PENDING = 0xC0;
    private static final int PRIORITY = 0xC3;
    private static final int WAIT_STATUS = 0xC8;
    private static final int WAIT_BLOCK_LIST = 0xD0;
    private static final int TEB = 0xF0;
    private static final int WAIT_BLOCK = 0x140;
    private static final int WAIT_BLOCK_TYPE = 0x10;
    private static final int WAIT_BLOCK_THREAD = 0x18;
    private static final int WAIT_BLOCK_OBJECT = 0x20;
    private static final int STATE = 0x184;
    private static final int WAIT_IRQL = 0x186;
    private static final int WAIT_MODE = 0x187;
    private static final int WIN32_THREAD = 0x1C8;
    private static final int APC_DISABLE = 0x1E4;
    private static final int PROCESS = 0x220;
    private static final int PREVIOUS_MODE = 0x232;
    private static final int BASE_PRIORITY = 0x233;
    private static final int AFFINITY = 0x240;
    private static final int WAIT_REASON = 0x283;
    private static final int START_ADDRESS = 0x450;
    private static final int CLIENT_ID = 0x478;

    /** The thread whose first wait block's list entry is at an address. */
    static long ofWaitEntry(GuestMemory memory, long entry) {
        return memory.load64(entry + WAIT_BLOCK_THREAD);
    }

    public void initialize(
            long process,
            long stackTop,
            long stackSize,
            int priority,
            long affinity,
            long routine,
            long processId,
            long threadId) {
        header().initialize(DispatcherHeader.THREAD, DispatcherHeader.SIZE, false);
        memory.store64(address + INITIAL_STACK, stackTop);
        memory.store64(address + STACK_BASE, stackTop);
        memory.store64(address + STACK_LIMIT, stackTop - stackSize);
        memory.store64(address + KERNEL_STACK, stackTop);
        memory.store8(address + RUNNING_FLAG, 0);
        new ListEntry(memory, address + APC_LISTS).initializeHead();
        new ListEntry(memory, address + APC_LISTS + ListEntry.BYTES).initializeHead();
        memory.store64(address + APC_PROCESS, process);
        memory.store16(address + APC_PENDING, 0);
        memory.store64(address + WAIT_STATUS, 0);
        memory.store64(address + WAIT_BLOCK_LIST, 0);
        memory.store64(address + TEB, 0);
        memory.store8(address + STATE, INITIALIZED);
        memory.store8(address + WAIT_IRQL, 0);
        memory.store8(address + WAIT_MODE, 0);
        memory.store64(address + WIN32_THREAD, 0);
        memory.store32(address + APC_DISABLE, 0);
        memory.store64(address + PROCESS, process);
        memory.store8(address + PREVIOUS_MODE, 0);
        memory.store8(address + BASE_PRIORITY, priority);
        memory.store8(address + PRIORITY, priority);
        memory.store64(address + AFFINITY, affinity);
        memory.store16(address + AFFINITY + 8, 0);
        memory.store8(address + WAIT_REASON, 0);
        memory.store64(address + START_ADDRESS, routine);
        memory.store64(address + CLIENT_ID, processId);
        memory.store64(address + CLIENT_ID + 8, threadId);
    }

    public DispatcherHeader header() {
        return new DispatcherHeader(memory, address);
    }

    /** KernelApcDisable and SpecialApcDisable together. */
    public int combinedApcDisable() {
        return (int) memory.load32(address + APC_DISABLE);
    }

    void setState(int state) {
        memory.store8(address + STATE, state);
        memory.store8(address + RUNNING_FLAG, state == RUNNING ? 1 : 0);
    }

    void setPriority(int priority) {
        memory.store8(address + PRIORITY, priority);
    }

    void setAffinity(long affinity) {
        memory.store64(address + AFFINITY, affinity);
    }

    /** RSP of the saved context while the thread does not run. */
    long kernelStack() {
        return memory.load64(address + KERNEL_STACK);
    }

    void setKernelStack(long stackPointer) {
        memory.store64(address + KERNEL_STACK, stackPointer);
    }

    int waitIrql() {
        return (int) memory.load8(address + WAIT_IRQL) & 15;
    }

    void setWaitIrql(int irql) {
        memory.store8(address + WAIT_IRQL, irql);
    }

    int waitStatus() {
        return (int) memory.load32(address + WAIT_STATUS);
    }

    void setWaitStatus(int status) {
        memory.store64(address + WAIT_STATUS, status);
    }

    /** Enters the thread at the end of an object's wait list. */
    void enterWait(DispatcherHeader object, int mode, int reason) {
        long block = address + WAIT_BLOCK;
        memory.store8(address + WAIT_MODE, mode);
        memory.store8(address + WAIT_REASON, reason);
        memory.store64(address + WAIT_BLOCK_LIST, block);
        memory.store16(block + WAIT_BLOCK_TYPE, 1);
        memory.store64(block + WAIT_BLOCK_THREAD, address);
        memory.store64(block + WAIT_BLOCK_OBJECT, object.address());
        object.waitList().insertBefore(new ListEntry(memory, block));
    }

    /** Takes the thread out of the wait list it is in. */
    void leaveWait() {
        new ListEntry(memory, address + WAIT_BLOCK).remove();
        memory.store64(address + WAIT_BLOCK_LIST, 0);
    }

    /** Address of the routine that the thread began with. */
    public long startAddress() {
        return memory.load64(address + START_ADDRESS);
    }
}
