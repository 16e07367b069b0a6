/* What a file system driver is compiled with, and others that need routines beyond ntddk.h. */
#ifndef _NTIFS_
#define _NTIFS_

#include <ntddk.h>

/* ---- strings ---- */

NTSYSAPI NTSTATUS NTAPI RtlInitUnicodeStringEx(
        _Out_ PUNICODE_STRING DestinationString, _In_opt_z_ PCWSTR SourceString);
NTSYSAPI BOOLEAN NTAPI RtlCreateUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_z_ PCWSTR SourceString);
NTSYSAPI NTSTATUS NTAPI RtlDowncaseUnicodeString(
        _Inout_ PUNICODE_STRING DestinationString,
        _In_ PCUNICODE_STRING SourceString,
        _In_ BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlAppendStringToString(_Inout_ PSTRING Destination, _In_ const STRING *Source);

NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeSize(
        _Out_ PULONG BytesInUnicodeString, _In_ const CHAR *MultiByteString, _In_ ULONG BytesInMultiByteString);
NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeN(
        _Out_ PWCH UnicodeString,
        _In_ ULONG MaxBytesInUnicodeString,
        _Out_opt_ PULONG BytesInUnicodeString,
        _In_ const CHAR *MultiByteString,
        _In_ ULONG BytesInMultiByteString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToMultiByteSize(
        _Out_ PULONG BytesInMultiByteString, _In_ PCWCH UnicodeString, _In_ ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUnicodeToMultiByteN(
        _Out_ PCHAR MultiByteString,
        _In_ ULONG MaxBytesInMultiByteString,
        _Out_opt_ PULONG BytesInMultiByteString,
        _In_ PCWCH UnicodeString,
        _In_ ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(
        _Out_ PCHAR MultiByteString,
        _In_ ULONG MaxBytesInMultiByteString,
        _Out_opt_ PULONG BytesInMultiByteString,
        _In_ PCWCH UnicodeString,
        _In_ ULONG BytesInUnicodeString);

/* ---- times ---- */

NTSYSAPI BOOLEAN NTAPI RtlTimeToSecondsSince1970(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);
NTSYSAPI BOOLEAN NTAPI RtlTimeToSecondsSince1980(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);
NTSYSAPI VOID NTAPI RtlSecondsSince1970ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);
NTSYSAPI VOID NTAPI RtlSecondsSince1980ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);

/* ---- memory and numbers ---- */

NTSYSAPI SIZE_T NTAPI RtlCompareMemoryUlong(_In_ PVOID Source, _In_ SIZE_T Length, _In_ ULONG Pattern);
NTSYSAPI ULONG NTAPI RtlRandom(_Inout_ PULONG Seed);
NTSYSAPI ULONG NTAPI RtlRandomEx(_Inout_ PULONG Seed);
#define FsRtlEnterFileSystem KeEnterCriticalRegion
#define FsRtlExitFileSystem KeLeaveCriticalRegion

NTKERNELAPI KIRQL FASTCALL KeAcquireSpinLockRaiseToSynch(_Inout_ PKSPIN_LOCK SpinLock);
NTKERNELAPI BOOLEAN NTAPI KeSetKernelStackSwapEnable(_In_ BOOLEAN Enable);
NTKERNELAPI BOOLEAN NTAPI PsIsThreadTerminating(_In_ PETHREAD Thread);
NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(_In_ PETHREAD Thread);
NTKERNELAPI BOOLEAN NTAPI IoIsSystemThread(_In_ PETHREAD Thread);
NTSYSAPI NTSTATUS NTAPI ZwCreateEvent(
        _Out_ PHANDLE EventHandle,
        _In_ ACCESS_MASK DesiredAccess,
        _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
        _In_ EVENT_TYPE EventType,
        _In_ BOOLEAN InitialState);
NTSYSAPI NTSTATUS NTAPI ZwSetEvent(_In_ HANDLE EventHandle, _Out_opt_ PLONG PreviousState);
NTSYSAPI NTSTATUS NTAPI ZwWaitForSingleObject(
        _In_ HANDLE Handle, _In_ BOOLEAN Alertable, _In_opt_ PLARGE_INTEGER Timeout);

/* ---- device stacks and requests ---- */

NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetAttachedDevice(_In_ PDEVICE_OBJECT DeviceObject);
NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(_In_ PDEVICE_OBJECT DeviceObject);
NTKERNELAPI PEPROCESS NTAPI IoGetRequestorProcess(_In_ PIRP Irp);
NTKERNELAPI ULONG NTAPI IoGetRequestorProcessId(_In_ PIRP Irp);

#endif
