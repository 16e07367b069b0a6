package dev.dirql.kernel.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.KernelCalls;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import org.junit.jupiter.api.Test;

class MemoryServicesTest {
    private static final long REGISTERS = 0xFE00_0000L;

    private final KernelCalls kernel = new KernelCalls();
    private final ProcessorMemory memory = kernel.processor.memory();
    private final AddressSpace process = kernel.machine.addSpace();
    private long written;

    MemoryServicesTest() {
        AddressWindow registers = new AddressWindow(kernel.machine, KernelLayout.DEVICE_REGISTERS);
        AddressWindow locked = new AddressWindow(kernel.machine, KernelLayout.LOCKED_PAGES);
        kernel.machine.addMachinePart(registers);
        kernel.machine.addMachinePart(locked);
        kernel.machine.bus().claimMemory("board", REGISTERS, 0x2000, new Board());
        LoadedImages images = new LoadedImages();
        Unwinder unwinder = new Unwinder(kernel.machine, images);
        BugChecks bugChecks = new BugChecks(kernel.machine, unwinder);
        Rules rules = new Rules(kernel.machine, bugChecks, unwinder, false);
        AddressWindow user = new AddressWindow(kernel.machine, process, KernelLayout.USER_MAPPINGS);
        kernel.machine.addMachinePart(user);
        kernel.export(
                new MemoryServices(kernel.engine, registers, rules, kernel.crash()),
                new MdlMappingServices(kernel.engine, locked, user, rules, kernel.crash()));
    }

    private final class Board implements DeviceRegisters {
        @Override
        public long read(Processor processor, long offset, int size) {
            return offset;
        }

        @Override
        public void write(Processor processor, long offset, int size, long value) {
            written = value;
        }
    }

    @Test
    void aPhysicalAddressIsThatOfThePageAndOffset() {
        long data = kernel.data(64);

        assertThat(kernel.call("MmGetPhysicalAddress", data + 5))
                .isEqualTo(memory.physical(data) + 5);
        assertThat(kernel.call("MmGetPhysicalAddress", 0x1234)).isZero();
    }

    @Test
    void anAddressIsValidIfTouchingItWouldNotFault() {
        assertThat(kernel.call("MmIsAddressValid", kernel.data(8))).isEqualTo(1);
        assertThat(kernel.call("MmIsAddressValid", 0xFFFF8123_00000000L)).isZero();
        assertThat(kernel.call("MmIsAddressValid", 0x8000_0000_0000_0000L)).isZero();
    }

    @Test
    void deviceRegistersAreReachedThroughTheirMapping() {
        long address = kernel.call("MmMapIoSpace", REGISTERS + 0x10, 0x1000, 0);

        assertThat(address & 0xFFF).isEqualTo(0x10);
        assertThat(memory.pageFlags(address)).isEqualTo(PageFlags.WRITABLE | PageFlags.DEVICE);
        assertThat(memory.load32(address + 0xFF4)).isEqualTo(0x1004);
        memory.store32(address, 7);
        assertThat(written).isEqualTo(7);
    }

    @Test
    void protectionsAreThoseAskedFor() {
        long readOnly = kernel.call("MmMapIoSpaceEx", REGISTERS, 0x1000, 0x202);
        long writable = kernel.call("MmMapIoSpaceEx", REGISTERS, 0x1000, 0x204);

        assertThat(memory.pageFlags(readOnly)).isEqualTo(PageFlags.DEVICE);
        assertThat(memory.pageFlags(writable)).isEqualTo(PageFlags.DEVICE | PageFlags.WRITABLE);
        assertThat(kernel.call("MmMapIoSpaceEx", REGISTERS, 0x1000, 0x01)).isZero();
        assertThat(kernel.call("MmMapIoSpace", REGISTERS, 0, 0)).isZero();
    }

    @Test
    void anUnmappedRangeFaultsAndIsNotUsedAgain() {
        long address = kernel.call("MmMapIoSpace", REGISTERS, 0x2000, 0);

        kernel.call("MmUnmapIoSpace", address, 0x2000);

        assertThat(memory.pageFlags(address + 0x1000)).isEqualTo(PageFlags.FREED);
        assertThat(kernel.call("MmMapIoSpace", REGISTERS, 0x2000, 0)).isGreaterThan(address);
    }

    @Test
    void unmappingSomethingElseIsABugCheck() {
        long address = kernel.call("MmMapIoSpace", REGISTERS, 0x2000, 0);

        kernel.call("MmUnmapIoSpace", address + 0x1000, 0x1000);
        kernel.call("MmUnmapIoSpace", address, 0x1000);

        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0xda 3 0 %x %x".formatted(address, address + 0x1000), "0xda 2 0 2 1");
    }

    @Test
    void lockedPagesAreMappedOnceMore() {
        long buffer = kernel.data(0x3000);
        Mdl mdl = mdlOf(buffer + 0x10, 0x1800);

        long address = kernel.call("MmMapLockedPagesSpecifyCache", mdl.address(), 0, 1, 0, 0, 16);

        memory.store64(address + 0x17F8, 99);
        assertThat(memory.load64(buffer + 0x10 + 0x17F8)).isEqualTo(99);
        assertThat(mdl.mappedSystemVa()).isEqualTo(address);
        assertThat(mdl.mdlFlags() & 1).isEqualTo(1);
        kernel.call("MmUnmapLockedPages", address, mdl.address());
        assertThat(mdl.mdlFlags() & 1).isZero();
        assertThat(memory.pageFlags(address)).isEqualTo(PageFlags.FREED);
    }

    @Test
    void pagesThatAreNotLockedAreNotMapped() {
        Mdl mdl = mdlOf(kernel.data(0x1000), 0x100);
        mdl.setMdlFlags(0);

        kernel.call("MmMapLockedPagesSpecifyCache", mdl.address(), 0, 1, 0, 0, 16);
        kernel.call("MmUnmapLockedPages", 0xFFFFA800_00000000L, mdl.address());

        assertThat(kernel.bugChecks)
                .containsExactly(
                        "0x1a 1233 %x 0 0".formatted(mdl.frame(0)),
                        "0xda 6 %x ffffa80000000000 1".formatted(mdl.address()));
    }

    private Mdl mdlOf(long buffer, int bytes) {
        int pages = Mdl.pages(buffer, bytes);
        Mdl mdl = new Mdl(memory, kernel.data(Mdl.BYTES + 8 * pages));
        mdl.setStartVa(buffer & -0x1000);
        mdl.setByteOffset(buffer & 0xFFF);
        mdl.setByteCount(bytes);
        mdl.setMdlFlags(2);
        for (int i = 0; i < pages; i++) {
            memory.store64(
                    mdl.frames() + 8L * i, memory.physical(mdl.startVa() + 0x1000L * i) >>> 12);
        }
        return mdl;
    }
}
