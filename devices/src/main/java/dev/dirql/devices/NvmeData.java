package dev.dirql.devices;

import dev.dirql.devices.pci.PciFunction;

/**
 * Moves the data of a command along its physical region pages. NVM Express Base Specification 1.4,
 * 4.3. The first entry may begin within a page. A second page is the second entry; of more, that
 * entry points to a list, the last entry of each page of which points to the next one while there
 * are more.
 */
final class NvmeData {
    private final PciFunction function;
    private final int pageSize;
    private final boolean toMemory;
    private final byte[] data;
    private int done;

    private NvmeData(PciFunction function, int pageSize, boolean toMemory, byte[] data) {
        this.function = function;
        this.pageSize = pageSize;
        this.toMemory = toMemory;
        this.data = data;
    }

    /**
     * Writes all data to the command's pages.
     *
     * @return an {@link NvmeStatus}
     */
    static int write(PciFunction function, int pageSize, NvmeCommand command, byte[] data) {
        return new NvmeData(function, pageSize, true, data).move(command.prp1(), command.prp2());
    }

    /** Reads all data from the command's pages. */
    static int read(PciFunction function, int pageSize, NvmeCommand command, byte[] data) {
        return new NvmeData(function, pageSize, false, data).move(command.prp1(), command.prp2());
    }

    private int move(long first, long second) {
        if (data.length == 0) {
            return NvmeStatus.SUCCESS;
        }
        if ((first & 3) != 0) {
            return NvmeStatus.PRP_OFFSET_INVALID;
        }
        int inFirst = pageSize - (int) (first & (pageSize - 1));
        int status = part(first, Math.min(inFirst, data.length));
        if (status != NvmeStatus.SUCCESS || done == data.length) {
            return status;
        }
        return data.length - done <= pageSize ? page(second) : list(second);
    }

    private int page(long address) {
        if ((address & (pageSize - 1)) != 0) {
            return NvmeStatus.PRP_OFFSET_INVALID;
        }
        return part(address, Math.min(pageSize, data.length - done));
    }

    /** Each round moves a page or follows the pointer that ends a page of the list. */
    private int list(long start) {
        if ((start & 7) != 0) {
            return NvmeStatus.PRP_OFFSET_INVALID;
        }
        long at = start;
        byte[] entry = new byte[8];
        while (done < data.length) {
            if (!function.readMemory(at, entry)) {
                return NvmeStatus.DATA_TRANSFER_ERROR;
            }
            long address = LittleEndian.get64(entry, 0);
            boolean lastOfPage = ((at + 8) & (pageSize - 1)) == 0;
            if (lastOfPage && data.length - done > pageSize) {
                if ((address & (pageSize - 1)) != 0) {
                    return NvmeStatus.PRP_OFFSET_INVALID;
                }
                at = address;
                if (!function.readMemory(at, entry)) {
                    return NvmeStatus.DATA_TRANSFER_ERROR;
                }
                address = LittleEndian.get64(entry, 0);
            }
            int status = page(address);
            if (status != NvmeStatus.SUCCESS) {
                return status;
            }
            at += 8;
        }
        return NvmeStatus.SUCCESS;
    }

    private int part(long address, int length) {
        byte[] bytes = new byte[length];
        boolean moved;
        if (toMemory) {
            System.arraycopy(data, done, bytes, 0, length);
            moved = function.writeMemory(address, bytes);
        } else {
            moved = function.readMemory(address, bytes);
            System.arraycopy(bytes, 0, data, done, length);
        }
        done += length;
        return moved ? NvmeStatus.SUCCESS : NvmeStatus.DATA_TRANSFER_ERROR;
    }
}
