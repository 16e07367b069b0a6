package dev.dirql.kernel.traps;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.memory.Residency;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Trap;

/**
 * Exceptions of guest code and of services that act for it. An absent page is brought in below
 * DISPATCH_LEVEL; anything else is a bug check, as no exception handler of a driver is modelled.
 * Source: WDK, "Bug check code reference", the page of each code.
 */
public final class Exceptions {
    private static final int IRQL_NOT_LESS_OR_EQUAL = 0x0A;
    private static final int KMODE_EXCEPTION_NOT_HANDLED = 0x1E;
    private static final int INTERRUPT_EXCEPTION_NOT_HANDLED = 0x3D;
    private static final int PAGE_FAULT_IN_NONPAGED_AREA = 0x50;
    private static final int SYSTEM_THREAD_EXCEPTION_NOT_HANDLED = 0x7E;
    private static final int UNEXPECTED_KERNEL_MODE_TRAP = 0x7F;
    private static final int ATTEMPTED_WRITE_TO_READONLY_MEMORY = 0xBE;
    private static final int DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS = 0xCE;
    private static final int DRIVER_IRQL_NOT_LESS_OR_EQUAL = 0xD1;
    private static final int ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY = 0xFC;

    private static final int DOUBLE_FAULT = 8;
    private static final int FAST_FAIL = 0x29;
    private static final int ASSERTION = 0x2C;
    private static final int INTERRUPTS_OFF = 0xFF;

    private final Machine machine;
    private final LoadedImages images;
    private final Residency residency;
    private final BugChecks bugChecks;

    public Exceptions(
            Machine machine, LoadedImages images, Residency residency, BugChecks bugChecks) {
        this.machine = machine;
        this.images = images;
        this.residency = residency;
        this.bugChecks = bugChecks;
    }

    /** Handles what the instruction engine reports in {@link Processor#trap}. */
    public void trap(Processor processor) {
        Trap trap = processor.trap;
        if (trap.software) {
            softwareInterrupt(processor, trap.vector);
            return;
        }
        switch (trap.vector) {
            case Trap.PAGE_FAULT ->
                    pageFault(processor, trap.address, trap.access, trap.reason, false);
            case Trap.DIVIDE_ERROR -> unhandled(processor, NtStatus.INTEGER_DIVIDE_BY_ZERO, 0, 0);
            case Trap.DEBUG -> unhandled(processor, NtStatus.SINGLE_STEP, 0, 0);
            case Trap.BREAKPOINT -> unhandled(processor, NtStatus.BREAKPOINT, 0, 0);
            case Trap.OVERFLOW -> unhandled(processor, NtStatus.INTEGER_OVERFLOW, 0, 0);
            case Trap.INVALID_OPCODE -> unhandled(processor, NtStatus.ILLEGAL_INSTRUCTION, 0, 0);
            case Trap.GENERAL_PROTECTION -> generalProtection(processor);
            case Trap.DOUBLE_FAULT -> doubleFault(processor);
            default ->
                    bugChecks.raise(
                            processor,
                            UNEXPECTED_KERNEL_MODE_TRAP,
                            trap.vector,
                            0,
                            0,
                            0,
                            processor.rip);
        }
    }

    /** A service raises an exception, which no driver catches. */
    public void raised(Processor processor, int status) {
        unhandled(processor, status, 0, 0);
    }

    private void softwareInterrupt(Processor processor, int vector) {
        switch (vector) {
            case Trap.BREAKPOINT -> unhandled(processor, NtStatus.BREAKPOINT, 0, 0);
            case FAST_FAIL ->
                    bugChecks.fastFail(
                            processor, processor.registers[Processor.RCX], processor.rip);
            case ASSERTION -> unhandled(processor, NtStatus.ASSERTION_FAILURE, 0, 0);
            default -> generalProtection(processor);
        }
    }

    /** NT reports a general protection fault as an access violation at an unknown address. */
    private void generalProtection(Processor processor) {
        unhandled(processor, NtStatus.ACCESS_VIOLATION, 0, -1);
    }

    /** The stack has no room for a trap frame. */
    public void doubleFault(Processor processor) {
        bugChecks.raise(
                processor, UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0, 0, processor.rip);
    }

    /** A service touched memory that it may not, on behalf of its caller. */
    public void serviceFault(Processor processor, MemoryFault fault) {
        pageFault(processor, fault.address(), fault.access(), fault.reason(), true);
    }

    private void pageFault(
            Processor processor,
            long address,
            MemoryFault.Access access,
            MemoryFault.Reason reason,
            boolean service) {
        boolean raised = processor.irql() >= Irql.DISPATCH_LEVEL;
        boolean masked = !processor.flags.interruptsEnabled();
        if (reason == MemoryFault.Reason.NOT_CANONICAL && processor.irql() >= Irql.DISPATCH_LEVEL) {
            generalProtection(processor);
            return;
        }
        if (!service) {
            processor.cr2 = address;
        }
        if (images.findUnloaded(address) != null) {
            bugChecks.raise(
                    processor,
                    DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS,
                    address,
                    access == MemoryFault.Access.WRITE ? 1 : 0,
                    processor.rip,
                    0,
                    processor.rip);
            return;
        }
        switch (reason) {
            case NOT_RESIDENT -> {
                if (raised || masked) {
                    atRaisedIrql(processor, address, access, service, masked && !raised);
                } else {
                    bringIn(processor, address);
                }
            }
            case NOT_MAPPED, NOT_CANONICAL, FREED -> {
                if (raised) {
                    atRaisedIrql(processor, address, access, service, false);
                } else if (address >= 0 && reason != MemoryFault.Reason.NOT_CANONICAL) {
                    unhandled(processor, NtStatus.ACCESS_VIOLATION, violationKind(access), address);
                } else {
                    invalid(processor, address, access, reason);
                }
            }
            case GUARD -> doubleFault(processor);
            case READ_ONLY ->
                    bugChecks.raise(
                            processor,
                            ATTEMPTED_WRITE_TO_READONLY_MEMORY,
                            address,
                            pageTableEntry(processor, address),
                            0,
                            0,
                            processor.rip);
            case NOT_EXECUTABLE ->
                    bugChecks.raise(
                            processor,
                            ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY,
                            address,
                            pageTableEntry(processor, address),
                            0,
                            0,
                            processor.rip);
        }
    }

    private void bringIn(Processor processor, long address) {
        long page = address & -4096;
        long entry = processor.memory().space().find(address);
        machine.emit(processor, new Event.PageBroughtIn(page, address, processor.rip));
        if ((AddressSpace.flags(entry) & PageFlags.ABSENT) != 0) {
            machine.map(
                    address < 0 ? machine.kernelSpace() : processor.memory().space(),
                    page,
                    AddressSpace.frame(entry),
                    AddressSpace.flags(entry) & ~PageFlags.ABSENT);
        }
        processor.spend(Residency.PAGE_IN_NS);
        residency.broughtIn(processor, address);
    }

    /** 0xD1 where a driver's instruction did it, 0x0A where the kernel did it for the driver. */
    private void atRaisedIrql(
            Processor processor,
            long address,
            MemoryFault.Access access,
            boolean service,
            boolean masked) {
        boolean driver = !service && images.isDriver(processor.rip);
        // Where a driver jumps to an address without code, the fault is the driver's.
        driver |= !service && access == MemoryFault.Access.EXECUTE;
        int kind =
                switch (access) {
                    case READ -> 0;
                    case WRITE -> 1;
                    case EXECUTE -> 8;
                };
        bugChecks.raise(
                processor,
                driver ? DRIVER_IRQL_NOT_LESS_OR_EQUAL : IRQL_NOT_LESS_OR_EQUAL,
                address,
                masked ? INTERRUPTS_OFF : processor.irql(),
                kind,
                processor.rip,
                processor.rip);
    }

    private void invalid(
            Processor processor,
            long address,
            MemoryFault.Access access,
            MemoryFault.Reason reason) {
        int kind =
                switch (access) {
                    case READ -> 0;
                    case WRITE -> 2;
                    case EXECUTE -> 0x10;
                };
        int subtype =
                switch (reason) {
                    case NOT_CANONICAL -> 4;
                    case NOT_MAPPED -> 2;
                    default -> 0;
                };
        bugChecks.raise(
                processor,
                PAGE_FAULT_IN_NONPAGED_AREA,
                address,
                kind,
                processor.rip,
                subtype,
                processor.rip);
    }

    private static int violationKind(MemoryFault.Access access) {
        return switch (access) {
            case READ -> 0;
            case WRITE -> 1;
            case EXECUTE -> 8;
        };
    }

    /** What a page table entry of the page would hold. */
    private static long pageTableEntry(Processor processor, long address) {
        long entry = processor.memory().space().find(address);
        int flags = AddressSpace.flags(entry);
        long bits = AddressSpace.frame(entry) << 12 | 1;
        bits |= (flags & PageFlags.WRITABLE) != 0 ? 2 : 0;
        bits |= (flags & PageFlags.USER) != 0 ? 4 : 0;
        bits |= (flags & PageFlags.EXECUTABLE) == 0 ? Long.MIN_VALUE : 0;
        return bits;
    }

    /** An exception that nobody handles, by where it happened: ISR, raised IRQL, or thread. */
    private void unhandled(Processor processor, int status, long info0, long info1) {
        ExceptionRecords records = ExceptionRecords.push(processor, status, processor.rip);
        long code = status;
        if (new KPcr(processor.memory(), processor.gsBase).nestingLevel() > 0) {
            bugChecks.raise(
                    processor,
                    INTERRUPT_EXCEPTION_NOT_HANDLED,
                    records.exceptionRecord(),
                    records.context(),
                    0,
                    0,
                    processor.rip);
        } else if (processor.irql() >= Irql.DISPATCH_LEVEL) {
            bugChecks.raise(
                    processor,
                    KMODE_EXCEPTION_NOT_HANDLED,
                    code,
                    processor.rip,
                    info0,
                    info1,
                    processor.rip);
        } else {
            bugChecks.raise(
                    processor,
                    SYSTEM_THREAD_EXCEPTION_NOT_HANDLED,
                    code,
                    processor.rip,
                    records.exceptionRecord(),
                    records.context(),
                    processor.rip);
        }
    }
}
