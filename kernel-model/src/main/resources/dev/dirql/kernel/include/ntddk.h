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

#endif
