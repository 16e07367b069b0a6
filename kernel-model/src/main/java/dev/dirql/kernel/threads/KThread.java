package dev.dirql.kernel.threads;

import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/**
 * KTHREAD with the ETHREAD around it. Layout of Windows 10 22H2, x64; only fields that something
 * here, a driver or a debugger uses are named.
 *
 * <pre>
 * +0x000 Header        +0x028 InitialStack  +0x030 StackLimit     +0x038 StackBase
 * +0x058 KernelStack   +0x071 Running       +0x072 Alerted[2]     +0x098 ApcState       +0x0B8 ApcState.Process
 * +0x0C3 Priority      +0x0C8 WaitStatus    +0x0D0 WaitBlockList  +0x0F0 Teb
 * +0x0C0 ApcState.InProgressFlags  +0x0C1 ApcState.KernelApcPending  +0x0C2 ApcState.UserApcPending
 * +0x140 WaitBlock[4]: +0x00 WaitListEntry +0x10 WaitType +0x11 BlockState +0x12 WaitKey
 *                      +0x18 Thread +0x20 Object, the other fields in their gaps
 * +0x184 State         +0x186 WaitIrql      +0x187 WaitMode       +0x1C8 Win32Thread
 * +0x1E4 KernelApcDisable +0x1E6 SpecialApcDisable +0x220 Process        +0x232 PreviousMode
 * +0x233 BasePriority  +0x240 Affinity      +0x24B WaitBlockCount +0x283 WaitReason
 * +0x308 MutantListHead +0x450 StartAddress  +0x478 Cid
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
    private static final int ALERTED = 0x72;
    private static final int APC_LISTS = 0x98;
    private static final int APC_PROCESS = 0xB8;
    private static final int APC_IN_PROGRESS = 0xC0;
    private static final int KERNEL_APC_PENDING = 0xC1;
    private static final int USER_APC_PENDING = 0xC2;
    private static final int PRIORITY = 0xC3;
    private static final int WAIT_STATUS = 0xC8;
    private static final int WAIT_BLOCK_LIST = 0xD0;
    private static final int TEB = 0xF0;
    private static final int WAIT_BLOCK = 0x140;
    private static final int WAIT_BLOCK_SIZE = 0x30;
    private static final int WAIT_BLOCK_TYPE = 0x10;
    private static final int WAIT_BLOCK_STATE = 0x11;
    private static final int WAIT_BLOCK_KEY = 0x12;
    private static final int WAIT_BLOCK_THREAD = 0x18;
    private static final int WAIT_BLOCK_OBJECT = 0x20;
    private static final int STATE = 0x184;
    private static final int WAIT_IRQL = 0x186;
    private static final int WAIT_MODE = 0x187;
    private static final int WIN32_THREAD = 0x1C8;
    private static final int KERNEL_APC_DISABLE = 0x1E4;
    private static final int SPECIAL_APC_DISABLE = 0x1E6;
    private static final int PROCESS = 0x220;
    private static final int PREVIOUS_MODE = 0x232;
    private static final int BASE_PRIORITY = 0x233;
    private static final int AFFINITY = 0x240;
    private static final int WAIT_BLOCK_COUNT = 0x24B;
    private static final int WAIT_REASON = 0x283;
    private static final int MUTANT_LIST = 0x308;
    private static final int START_ADDRESS = 0x450;
    private static final int CLIENT_ID = 0x478;

    /** Values of WaitType in a wait block: WAIT_TYPE of the WDK. */
    static final int WAIT_ALL = 0;

    static final int WAIT_ANY = 1;

    /** Bytes of a KWAIT_BLOCK. */
    static final int WAIT_BLOCK_BYTES = WAIT_BLOCK_SIZE;

    private static final int WAIT_BLOCK_ACTIVE = 4;
    private static final int NORMAL_IN_PROGRESS = 1;

    /** The thread that waits with the wait block whose list entry is at an address. */
    static long ofWaitEntry(GuestMemory memory, long entry) {
        return memory.load64(entry + WAIT_BLOCK_THREAD);
    }

    /** The object that a wait block waits for. */
    static long objectOf(GuestMemory memory, long block) {
        return memory.load64(block + WAIT_BLOCK_OBJECT);
    }

    /** Place of a wait block's object among those waited for. */
    static int keyOf(GuestMemory memory, long block) {
        return (int) memory.load16(block + WAIT_BLOCK_KEY) & 0x3F;
    }

    /** Whether any one object ends the wait of a wait block. */
    static boolean isAny(GuestMemory memory, long block) {
        return memory.load8(block + WAIT_BLOCK_TYPE) == WAIT_ANY;
    }

    /** The lowest address of its kernel stack. */
    public long stackLimit() {
        return memory.load64(address + STACK_LIMIT);
    }

    /** The address behind its kernel stack. */
    public long stackBase() {
        return memory.load64(address + STACK_BASE);
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
        memory.store16(address + ALERTED, 0);
        new ListEntry(memory, address + APC_LISTS).initializeHead();
        new ListEntry(memory, address + APC_LISTS + ListEntry.BYTES).initializeHead();
        memory.store64(address + APC_PROCESS, process);
        memory.store8(address + APC_IN_PROGRESS, 0);
        memory.store8(address + KERNEL_APC_PENDING, 0);
        memory.store8(address + USER_APC_PENDING, 0);
        memory.store64(address + WAIT_STATUS, 0);
        memory.store64(address + WAIT_BLOCK_LIST, 0);
        memory.store64(address + TEB, 0);
        memory.store8(address + STATE, INITIALIZED);
        memory.store8(address + WAIT_IRQL, 0);
        memory.store8(address + WAIT_MODE, 0);
        memory.store64(address + WIN32_THREAD, 0);
        memory.store32(address + KERNEL_APC_DISABLE, 0);
        memory.store64(address + PROCESS, process);
        memory.store8(address + PREVIOUS_MODE, 0);
        memory.store8(address + BASE_PRIORITY, priority);
        memory.store8(address + PRIORITY, priority);
        memory.store64(address + AFFINITY, affinity);
        memory.store16(address + AFFINITY + 8, 0);
        memory.store8(address + WAIT_BLOCK_COUNT, 0);
        memory.store8(address + WAIT_REASON, 0);
        mutants().initializeHead();
        memory.store64(address + START_ADDRESS, routine);
        memory.store64(address + CLIENT_ID, processId);
        memory.store64(address + CLIENT_ID + 8, threadId);
    }

    public DispatcherHeader header() {
        return new DispatcherHeader(memory, address);
    }

    void setState(int state) {
        memory.store8(address + STATE, state);
        memory.store8(address + RUNNING_FLAG, state == RUNNING ? 1 : 0);
    }

    int state() {
        return (int) memory.load8(address + STATE) & 0xFF;
    }

    int basePriority() {
        return (int) memory.load8(address + BASE_PRIORITY) & 0x1F;
    }

    void setBasePriority(int priority) {
        memory.store8(address + BASE_PRIORITY, priority);
    }

    void setPriority(int priority) {
        memory.store8(address + PRIORITY, priority);
    }

    void setAffinity(long affinity) {
        memory.store64(address + AFFINITY, affinity);
    }

    /** RSP of the saved context while the thread does not run. */
    public long kernelStack() {
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

    /** WaitMode of the wait. */
    int waitMode() {
        return (int) memory.load8(address + WAIT_MODE) & 1;
    }

    /** Why the thread waits, for who looks at it. */
    void setWaitReason(int mode, int reason) {
        memory.store8(address + WAIT_MODE, mode & 1);
        memory.store8(address + WAIT_REASON, reason);
    }

    /** The wait blocks of the thread itself. */
    long ownWaitBlocks() {
        return address + WAIT_BLOCK;
    }

    /** Enters the thread at the end of the wait list of each object. */
    void enterWait(long[] objects, int waitType, long blocks) {
        memory.store64(address + WAIT_BLOCK_LIST, blocks);
        memory.store8(address + WAIT_BLOCK_COUNT, objects.length);
        for (int i = 0; i < objects.length; i++) {
            long block = blocks + (long) WAIT_BLOCK_SIZE * i;
            memory.store8(block + WAIT_BLOCK_TYPE, waitType);
            memory.store8(block + WAIT_BLOCK_STATE, WAIT_BLOCK_ACTIVE);
            memory.store16(block + WAIT_BLOCK_KEY, i);
            memory.store64(block + WAIT_BLOCK_THREAD, address);
            memory.store64(block + WAIT_BLOCK_OBJECT, objects[i]);
            new DispatcherHeader(memory, objects[i])
                    .waitList()
                    .insertBefore(new ListEntry(memory, block));
        }
    }

    /** How many objects the thread waits for. */
    int waitBlockCount() {
        return (int) memory.load8(address + WAIT_BLOCK_COUNT) & 0x7F;
    }

    /** One of the wait blocks of the wait. */
    long waitBlock(int index) {
        return memory.load64(address + WAIT_BLOCK_LIST) + (long) WAIT_BLOCK_SIZE * index;
    }

    /** Takes the thread out of the wait lists it is in. */
    void leaveWait() {
        int count = waitBlockCount();
        for (int i = 0; i < count; i++) {
            new ListEntry(memory, waitBlock(i)).remove();
        }
        memory.store8(address + WAIT_BLOCK_COUNT, 0);
        memory.store64(address + WAIT_BLOCK_LIST, 0);
    }

    /** Address of the routine that the thread began with. */
    public long startAddress() {
        return memory.load64(address + START_ADDRESS);
    }

    public boolean ownsMutex() {
        return !mutants().isEmpty();
    }

    /** Head of the list of the mutexes that the thread owns. */
    ListEntry mutants() {
        return new ListEntry(memory, address + MUTANT_LIST);
    }

    // ---- alerts and APCs ----

    /** Whether an alert for a processor mode awaits the next alertable wait. */
    boolean isAlerted(int mode) {
        return memory.load8(address + ALERTED + (mode & 1)) != 0;
    }

    void setAlerted(int mode, boolean alerted) {
        memory.store8(address + ALERTED + (mode & 1), alerted ? 1 : 0);
    }

    /** Head of the list of APCs for a processor mode. */
    ListEntry apcs(int mode) {
        return new ListEntry(memory, address + APC_LISTS + (long) ListEntry.BYTES * (mode & 1));
    }

    /** Zero, or less in a critical region. */
    int kernelApcDisable() {
        return (short) memory.load16(address + KERNEL_APC_DISABLE);
    }

    void addKernelApcDisable(int change) {
        memory.store16(address + KERNEL_APC_DISABLE, kernelApcDisable() + change);
    }

    /** Zero, or less in a guarded region. */
    int specialApcDisable() {
        return (short) memory.load16(address + SPECIAL_APC_DISABLE);
    }

    void addSpecialApcDisable(int change) {
        memory.store16(address + SPECIAL_APC_DISABLE, specialApcDisable() + change);
    }

    /** Both counts, as CombinedApcDisable. */
    public int combinedApcDisable() {
        return (int) memory.load32(address + KERNEL_APC_DISABLE);
    }

    boolean isNormalApcInProgress() {
        return (memory.load8(address + APC_IN_PROGRESS) & NORMAL_IN_PROGRESS) != 0;
    }

    void setNormalApcInProgress(boolean inProgress) {
        memory.store8(address + APC_IN_PROGRESS, inProgress ? NORMAL_IN_PROGRESS : 0);
    }

    boolean isKernelApcPending() {
        return memory.load8(address + KERNEL_APC_PENDING) != 0;
    }

    void setKernelApcPending(boolean pending) {
        memory.store8(address + KERNEL_APC_PENDING, pending ? 1 : 0);
    }

    void setUserApcPending() {
        memory.store8(address + USER_APC_PENDING, 1);
    }

    /** Address of its EPROCESS. */
    public long process() {
        return memory.load64(address + PROCESS);
    }

    public long processId() {
        return memory.load64(address + CLIENT_ID);
    }
}
