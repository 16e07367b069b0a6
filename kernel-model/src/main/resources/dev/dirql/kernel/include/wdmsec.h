/*
 * Named device objects with a security descriptor. IoCreateDeviceSecure is declared so that drivers compile; it is not
 * modelled, so that a call ends the run unless the scenario answers it. The strings are those that the WDK documents
 * ("SDDL for device objects").
 */
#ifndef _WDMSEC_H_
#define _WDMSEC_H_

#include <wdm.h>

static const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY = RTL_CONSTANT_STRING(L"D:P");
static const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)");
static const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
static const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R =
        RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
static const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R =
        RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");

NTSYSAPI NTSTATUS NTAPI IoCreateDeviceSecure(
        _In_ PDRIVER_OBJECT DriverObject,
        _In_ ULONG DeviceExtensionSize,
        _In_opt_ PUNICODE_STRING DeviceName,
        _In_ DEVICE_TYPE DeviceType,
        _In_ ULONG DeviceCharacteristics,
        _In_ BOOLEAN Exclusive,
        _In_ PCUNICODE_STRING DefaultSDDLString,
        _In_opt_ LPCGUID DeviceClassGuid,
        _Out_ PDEVICE_OBJECT *DeviceObject);

#endif
