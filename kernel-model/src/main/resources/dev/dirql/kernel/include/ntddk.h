/* What a driver that is not only WDM is compiled with: wdm.h and the routines beyond it. */
#ifndef _NTDDK_H_
#define _NTDDK_H_

#include <wdm.h>
#include <bugcodes.h>

/* absent from mingw-w64 { */
NTHALAPI ULONG NTAPI HalGetInterruptVector(
        _In_ INTERFACE_TYPE InterfaceType,
        _In_ ULONG BusNumber,
        _In_ ULONG BusInterruptLevel,
        _In_ ULONG BusInterruptVector,
        _Out_ PKIRQL Irql,
        _Out_ PKAFFINITY Affinity);
/* } */

NTKERNELAPI NTSTATUS NTAPI IoAttachDeviceToDeviceStackSafe(
        _In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice, _Inout_ PDEVICE_OBJECT *AttachedToDeviceObject);
/* absent from mingw-w64 { */
typedef VOID NTAPI DRIVER_REINITIALIZE(_In_ PDRIVER_OBJECT DriverObject, _In_opt_ PVOID Context, _In_ ULONG Count);
/* } */
typedef DRIVER_REINITIALIZE *PDRIVER_REINITIALIZE;
NTKERNELAPI VOID NTAPI IoRegisterDriverReinitialization(
        _In_ PDRIVER_OBJECT DriverObject,
        _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
        _In_opt_ PVOID Context);
NTKERNELAPI VOID NTAPI IoRegisterBootDriverReinitialization(
        _In_ PDRIVER_OBJECT DriverObject,
        _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
        _In_opt_ PVOID Context);
NTKERNELAPI PIRP NTAPI IoMakeAssociatedIrp(_In_ PIRP Irp, _In_ CCHAR StackSize);
NTKERNELAPI PVOID NTAPI MmAllocateNonCachedMemory(_In_ SIZE_T NumberOfBytes);
NTKERNELAPI VOID NTAPI MmFreeNonCachedMemory(_In_ PVOID BaseAddress, _In_ SIZE_T NumberOfBytes);

NTKERNELAPI VOID NTAPI MmLockPagableSectionByHandle(_In_ PVOID ImageSectionHandle);

typedef struct _CONTROLLER_OBJECT {
    CSHORT Type;
    CSHORT Size;
    PVOID ControllerExtension;
    KDEVICE_QUEUE DeviceWaitQueue;
    ULONG Spare1;
    LARGE_INTEGER Spare2;
} CONTROLLER_OBJECT, *PCONTROLLER_OBJECT;

NTKERNELAPI PCONTROLLER_OBJECT NTAPI IoCreateController(_In_ ULONG Size);
NTKERNELAPI VOID NTAPI IoDeleteController(_In_ PCONTROLLER_OBJECT ControllerObject);
NTKERNELAPI VOID NTAPI IoAllocateController(
        _In_ PCONTROLLER_OBJECT ControllerObject,
        _In_ PDEVICE_OBJECT DeviceObject,
        _In_ PDRIVER_CONTROL ExecutionRoutine,
        _In_opt_ PVOID Context);
NTKERNELAPI VOID NTAPI IoFreeController(_In_ PCONTROLLER_OBJECT ControllerObject);

NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(VOID);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(VOID);
NTKERNELAPI HANDLE NTAPI PsGetThreadId(_In_ PETHREAD Thread);
NTKERNELAPI HANDLE NTAPI PsGetThreadProcessId(_In_ PETHREAD Thread);
NTKERNELAPI HANDLE NTAPI PsGetProcessId(_In_ PEPROCESS Process);
/* absent from mingw-w64 { */
NTKERNELAPI NTSTATUS NTAPI PsGetThreadExitStatus(_In_ PETHREAD Thread);
/* } */
NTKERNELAPI LONG NTAPI KeSetBasePriorityThread(_Inout_ PKTHREAD Thread, _In_ LONG Increment);
NTKERNELAPI LONG NTAPI KePulseEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ BOOLEAN Wait);
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI KeBugCheck(_In_ ULONG BugCheckCode);

/* absent from mingw-w64 { */
/* Exported, and in no documentation. */
NTKERNELAPI VOID NTAPI KeGenericCallDpc(_In_ PKDEFERRED_ROUTINE Routine, _In_opt_ PVOID Context);
NTKERNELAPI VOID NTAPI KeSignalCallDpcDone(_In_ PVOID SystemArgument1);
NTKERNELAPI LOGICAL NTAPI KeSignalCallDpcSynchronize(_In_ PVOID SystemArgument2);
/* } */
/* ---- strings ---- */

NTSYSAPI VOID NTAPI RtlCopyString(_Out_ PSTRING DestinationString, _In_opt_ const STRING *SourceString);
NTSYSAPI LONG NTAPI RtlCompareString(
        _In_ const STRING *String1, _In_ const STRING *String2, _In_ BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN NTAPI RtlEqualString(
        _In_ const STRING *String1, _In_ const STRING *String2, _In_ BOOLEAN CaseInSensitive);
NTSYSAPI CHAR NTAPI RtlUpperChar(_In_ CHAR Character);
NTSYSAPI VOID NTAPI RtlUpperString(_Inout_ PSTRING DestinationString, _In_ const STRING *SourceString);
NTSYSAPI BOOLEAN NTAPI RtlPrefixUnicodeString(
        _In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2, _In_ BOOLEAN CaseInSensitive);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeString(
        _Inout_ PUNICODE_STRING DestinationString,
        _In_ PCUNICODE_STRING SourceString,
        _In_ BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS NTAPI RtlCharToInteger(_In_z_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value);

typedef GUID UUID;

NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(_Out_ UUID *Uuid);

DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI ExRaiseAccessViolation(VOID);
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI ExRaiseDatatypeMisalignment(VOID);

/* ---- generic tables that are balanced trees ---- */

typedef enum _TABLE_SEARCH_RESULT {
    TableEmptyTree,
    TableFoundNode,
    TableInsertAsLeft,
    TableInsertAsRight
} TABLE_SEARCH_RESULT;

typedef enum _RTL_GENERIC_COMPARE_RESULTS {
    GenericLessThan,
    GenericGreaterThan,
    GenericEqual
} RTL_GENERIC_COMPARE_RESULTS;

struct _RTL_AVL_TABLE;

/* absent from mingw-w64 { */
typedef RTL_GENERIC_COMPARE_RESULTS NTAPI RTL_AVL_COMPARE_ROUTINE(
        _In_ struct _RTL_AVL_TABLE *Table, _In_ PVOID FirstStruct, _In_ PVOID SecondStruct);
/* } */
typedef RTL_AVL_COMPARE_ROUTINE *PRTL_AVL_COMPARE_ROUTINE;

/* absent from mingw-w64 { */
typedef PVOID NTAPI RTL_AVL_ALLOCATE_ROUTINE(_In_ struct _RTL_AVL_TABLE *Table, _In_ CLONG ByteSize);
/* } */
typedef RTL_AVL_ALLOCATE_ROUTINE *PRTL_AVL_ALLOCATE_ROUTINE;

/* absent from mingw-w64 { */
typedef VOID NTAPI RTL_AVL_FREE_ROUTINE(_In_ struct _RTL_AVL_TABLE *Table, _In_ PVOID Buffer);
/* } */
typedef RTL_AVL_FREE_ROUTINE *PRTL_AVL_FREE_ROUTINE;

typedef struct _RTL_BALANCED_LINKS {
    struct _RTL_BALANCED_LINKS *Parent;
    struct _RTL_BALANCED_LINKS *LeftChild;
    struct _RTL_BALANCED_LINKS *RightChild;
    CHAR Balance;
    UCHAR Reserved[3];
} RTL_BALANCED_LINKS, *PRTL_BALANCED_LINKS;

typedef struct _RTL_AVL_TABLE {
    RTL_BALANCED_LINKS BalancedRoot;
    PVOID OrderedPointer;
    ULONG WhichOrderedElement;
    ULONG NumberGenericTableElements;
    ULONG DepthOfTree;
    PRTL_BALANCED_LINKS RestartKey;
    ULONG DeleteCount;
    PRTL_AVL_COMPARE_ROUTINE CompareRoutine;
    PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine;
    PRTL_AVL_FREE_ROUTINE FreeRoutine;
    PVOID TableContext;
} RTL_AVL_TABLE, *PRTL_AVL_TABLE;

NTSYSAPI VOID NTAPI RtlInitializeGenericTableAvl(
        _Out_ PRTL_AVL_TABLE Table,
        _In_ PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
        _In_ PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
        _In_ PRTL_AVL_FREE_ROUTINE FreeRoutine,
        _In_opt_ PVOID TableContext);
NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableAvl(
        _In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer, _In_ CLONG BufferSize, _Out_opt_ PBOOLEAN NewElement);
NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableFullAvl(
        _In_ PRTL_AVL_TABLE Table,
        _In_ PVOID Buffer,
        _In_ CLONG BufferSize,
        _Out_opt_ PBOOLEAN NewElement,
        _In_ PVOID NodeOrParent,
        _In_ TABLE_SEARCH_RESULT SearchResult);
NTSYSAPI BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);
NTSYSAPI PVOID NTAPI RtlLookupElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);
NTSYSAPI PVOID NTAPI RtlLookupElementGenericTableFullAvl(
        _In_ PRTL_AVL_TABLE Table,
        _In_ PVOID Buffer,
        _Out_ PVOID *NodeOrParent,
        _Out_ TABLE_SEARCH_RESULT *SearchResult);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ BOOLEAN Restart);
NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(
        _In_ PRTL_AVL_TABLE Table, _Inout_ PVOID *RestartKey);
NTSYSAPI PVOID NTAPI RtlGetElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ ULONG I);
NTSYSAPI ULONG NTAPI RtlNumberGenericTableElementsAvl(_In_ PRTL_AVL_TABLE Table);
NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(_In_ PRTL_AVL_TABLE Table);

#endif
