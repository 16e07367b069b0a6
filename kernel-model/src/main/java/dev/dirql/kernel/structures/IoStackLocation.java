package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * One driver's part of an IRP. What the parameters mean depends on the major function. WDK, wdm.h.
 *
 * <pre>
 * +0x000  MajorFunction
 * +0x001  MinorFunction
 * +0x002  Flags
 * +0x003  Control
 * +0x008  Parameters.Read.Length
 * +0x010  Parameters.Read.Key
 * +0x018  Parameters.Read.ByteOffset
 * +0x008  Parameters.DeviceIoControl.OutputBufferLength
 * +0x010  Parameters.DeviceIoControl.InputBufferLength
 * +0x018  Parameters.DeviceIoControl.IoControlCode
 * +0x020  Parameters.DeviceIoControl.Type3InputBuffer
 * +0x008  Parameters.Others.Argument1
 * +0x010  Parameters.Others.Argument2
 * +0x018  Parameters.Others.Argument3
 * +0x020  Parameters.Others.Argument4
 * +0x028  DeviceObject
 * +0x030  FileObject
 * +0x038  CompletionRoutine
 * +0x040  Context
 * </pre>
 */
@Layout(name = "IO_STACK_LOCATION", size = IoStackLocation.BYTES)
public record IoStackLocation(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x48;

    /** What IoCopyCurrentIrpStackLocationToNext copies. */
    public static final int COPIED_BYTES = 0x38;

    public static final int SL_PENDING_RETURNED = 0x01;
    public static final int SL_ERROR_RETURNED = 0x02;
    public static final int SL_INVOKE_ON_CANCEL = 0x20;
    public static final int SL_INVOKE_ON_SUCCESS = 0x40;
    public static final int SL_INVOKE_ON_ERROR = 0x80;

    @Offset("MajorFunction")
    private static final int MAJOR_FUNCTION = 0x0;

    @Offset("MinorFunction")
    private static final int MINOR_FUNCTION = 0x1;

    @Offset("Flags")
    private static final int FLAGS = 0x2;

    @Offset("Control")
    private static final int CONTROL = 0x3;

    @Offset("Parameters.Read.Length")
    private static final int READ_LENGTH = 0x8;

    @Offset("Parameters.Read.Key")
    private static final int READ_KEY = 0x10;

    @Offset("Parameters.Read.ByteOffset")
    private static final int READ_BYTE_OFFSET = 0x18;

    @Offset("Parameters.DeviceIoControl.OutputBufferLength")
    private static final int OUTPUT_BUFFER_LENGTH = 0x8;

    @Offset("Parameters.DeviceIoControl.InputBufferLength")
    private static final int INPUT_BUFFER_LENGTH = 0x10;

    @Offset("Parameters.DeviceIoControl.IoControlCode")
    private static final int IO_CONTROL_CODE = 0x18;

    @Offset("Parameters.DeviceIoControl.Type3InputBuffer")
    private static final int TYPE3_INPUT_BUFFER = 0x20;

    @Offset("Parameters.Others.Argument1")
    private static final int ARGUMENT1 = 0x8;

    @Offset("Parameters.Others.Argument2")
    private static final int ARGUMENT2 = 0x10;

    @Offset("Parameters.Others.Argument3")
    private static final int ARGUMENT3 = 0x18;

    @Offset("Parameters.Others.Argument4")
    private static final int ARGUMENT4 = 0x20;

    @Offset("DeviceObject")
    private static final int DEVICE_OBJECT = 0x28;

    @Offset("FileObject")
    private static final int FILE_OBJECT = 0x30;

    @Offset("CompletionRoutine")
    private static final int COMPLETION_ROUTINE = 0x38;

    @Offset("Context")
    private static final int CONTEXT = 0x40;

    public int majorFunction() {
        return (int) memory.load8(address + MAJOR_FUNCTION);
    }

    public void setMajorFunction(int value) {
        memory.store8(address + MAJOR_FUNCTION, value);
    }

    public int minorFunction() {
        return (int) memory.load8(address + MINOR_FUNCTION);
    }

    public void setMinorFunction(int value) {
        memory.store8(address + MINOR_FUNCTION, value);
    }

    public int flags() {
        return (int) memory.load8(address + FLAGS);
    }

    public void setFlags(int value) {
        memory.store8(address + FLAGS, value);
    }

    public int control() {
        return (int) memory.load8(address + CONTROL);
    }

    public void setControl(int value) {
        memory.store8(address + CONTROL, value);
    }

    public long readLength() {
        return memory.load32(address + READ_LENGTH);
    }

    public void setReadLength(long value) {
        memory.store32(address + READ_LENGTH, value);
    }

    public long readKey() {
        return memory.load32(address + READ_KEY);
    }

    public void setReadKey(long value) {
        memory.store32(address + READ_KEY, value);
    }

    public long readByteOffset() {
        return memory.load64(address + READ_BYTE_OFFSET);
    }

    public void setReadByteOffset(long value) {
        memory.store64(address + READ_BYTE_OFFSET, value);
    }

    public long outputBufferLength() {
        return memory.load32(address + OUTPUT_BUFFER_LENGTH);
    }

    public void setOutputBufferLength(long value) {
        memory.store32(address + OUTPUT_BUFFER_LENGTH, value);
    }

    public long inputBufferLength() {
        return memory.load32(address + INPUT_BUFFER_LENGTH);
    }

    public void setInputBufferLength(long value) {
        memory.store32(address + INPUT_BUFFER_LENGTH, value);
    }

    public int ioControlCode() {
        return (int) memory.load32(address + IO_CONTROL_CODE);
    }

    public void setIoControlCode(int value) {
        memory.store32(address + IO_CONTROL_CODE, value);
    }

    public long type3InputBuffer() {
        return memory.load64(address + TYPE3_INPUT_BUFFER);
    }

    public void setType3InputBuffer(long value) {
        memory.store64(address + TYPE3_INPUT_BUFFER, value);
    }

    public long argument1() {
        return memory.load64(address + ARGUMENT1);
    }

    public void setArgument1(long value) {
        memory.store64(address + ARGUMENT1, value);
    }

    public long argument2() {
        return memory.load64(address + ARGUMENT2);
    }

    public void setArgument2(long value) {
        memory.store64(address + ARGUMENT2, value);
    }

    public long argument3() {
        return memory.load64(address + ARGUMENT3);
    }

    public void setArgument3(long value) {
        memory.store64(address + ARGUMENT3, value);
    }

    public long argument4() {
        return memory.load64(address + ARGUMENT4);
    }

    public void setArgument4(long value) {
        memory.store64(address + ARGUMENT4, value);
    }

    public long deviceObject() {
        return memory.load64(address + DEVICE_OBJECT);
    }

    public void setDeviceObject(long value) {
        memory.store64(address + DEVICE_OBJECT, value);
    }

    public long fileObject() {
        return memory.load64(address + FILE_OBJECT);
    }

    public void setFileObject(long value) {
        memory.store64(address + FILE_OBJECT, value);
    }

    public long completionRoutine() {
        return memory.load64(address + COMPLETION_ROUTINE);
    }

    public void setCompletionRoutine(long value) {
        memory.store64(address + COMPLETION_ROUTINE, value);
    }

    public long context() {
        return memory.load64(address + CONTEXT);
    }

    public void setContext(long value) {
        memory.store64(address + CONTEXT, value);
    }
}
