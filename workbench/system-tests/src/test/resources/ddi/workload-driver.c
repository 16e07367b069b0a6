/* A driver in a file of its own, beside the scenario that uses it. */
#include <ntddk.h>

ULONG Length;

static NTSTATUS DispatchWrite(PDEVICE_OBJECT Device, PIRP Irp) {
    UNREFERENCED_PARAMETER(Device);
    Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    DbgPrint("separate: %u bytes\n", Length);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = Length;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
    return IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
