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

NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(VOID);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(VOID);
DECLSPEC_NORETURN NTKERNELAPI VOID NTAPI KeBugCheck(_In_ ULONG BugCheckCode);

/* absent from mingw-w64 { */
/* Exported, and in no documentation. */
NTKERNELAPI VOID NTAPI KeGenericCallDpc(_In_ PKDEFERRED_ROUTINE Routine, _In_opt_ PVOID Context);
NTKERNELAPI VOID NTAPI KeSignalCallDpcDone(_In_ PVOID SystemArgument1);
NTKERNELAPI LOGICAL NTAPI KeSignalCallDpcSynchronize(_In_ PVOID SystemArgument2);
/* } */

#endif
