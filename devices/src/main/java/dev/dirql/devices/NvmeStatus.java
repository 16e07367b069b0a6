package dev.dirql.devices;

/**
 * Status of an NVMe command: status code type in bits 8 to 10, status code in bits 0 to 7. NVM
 * Express Base Specification 1.4, 4.6.1.
 */
final class NvmeStatus {
    // Generic command status.
    static final int SUCCESS = 0x000;
    static final int INVALID_OPCODE = 0x001;
    static final int INVALID_FIELD = 0x002;
    static final int COMMAND_ID_CONFLICT = 0x003;
    static final int DATA_TRANSFER_ERROR = 0x004;
    static final int ABORT_REQUESTED = 0x007;
    static final int ABORTED_QUEUE_DELETED = 0x008;
    static final int INVALID_NAMESPACE = 0x00B;
    static final int COMMAND_SEQUENCE_ERROR = 0x00C;
    static final int PRP_OFFSET_INVALID = 0x013;
    static final int LBA_OUT_OF_RANGE = 0x080;

    // Command specific status.
    static final int COMPLETION_QUEUE_INVALID = 0x100;
    static final int INVALID_QUEUE_IDENTIFIER = 0x101;
    static final int INVALID_QUEUE_SIZE = 0x102;
    static final int EVENT_REQUEST_LIMIT_EXCEEDED = 0x105;
    static final int INVALID_INTERRUPT_VECTOR = 0x108;
    static final int INVALID_LOG_PAGE = 0x109;
    static final int INVALID_QUEUE_DELETION = 0x10C;
    static final int FEATURE_NOT_SAVEABLE = 0x10D;

    // Media errors.
    static final int WRITE_FAULT = 0x280;
    static final int UNRECOVERED_READ_ERROR = 0x281;

    private NvmeStatus() {}
}
