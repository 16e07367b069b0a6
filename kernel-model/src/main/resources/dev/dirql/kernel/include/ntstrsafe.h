/*
 * Safe strings: functions that know the size of their destination, always end it with a zero, and say by an NTSTATUS if
 * something did not fit. Those with Cch count characters, those with Cb bytes. Absent: the …Ex forms, the RtlUnicodeString…
 * forms, Gets and VPrintf. The Printf macros evaluate their first two arguments more than once.
 */
#ifndef _DIRQL_NTSTRSAFE_
#define _DIRQL_NTSTRSAFE_

#include <stdio.h>
#include <wchar.h>
#include <wdm.h>

#define NTSTRSAFE_MAX_CCH 2147483647
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(wchar_t))

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef wchar_t *NTSTRSAFE_PWSTR;
typedef const wchar_t *NTSTRSAFE_PCWSTR;

FORCEINLINE NTSTATUS RtlStringCchLengthA(const char *psz, size_t cchMax, size_t *pcchLength) {
    size_t length = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    if (psz != NULL && cchMax <= NTSTRSAFE_MAX_CCH) {
        length = strnlen(psz, cchMax);
        status = length < cchMax ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    if (pcchLength != NULL) {
        *pcchLength = NT_SUCCESS(status) ? length : 0;
    }
    return status;
}

FORCEINLINE NTSTATUS RtlStringCchLengthW(const wchar_t *psz, size_t cchMax, size_t *pcchLength) {
    size_t length = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    if (psz != NULL && cchMax <= NTSTRSAFE_MAX_CCH) {
        length = wcsnlen(psz, cchMax);
        status = length < cchMax ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    if (pcchLength != NULL) {
        *pcchLength = NT_SUCCESS(status) ? length : 0;
    }
    return status;
}

FORCEINLINE NTSTATUS RtlStringCchCopyNA(char *pszDest, size_t cchDest, const char *pszSrc, size_t cchToCopy) {
    size_t i = 0;
    if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    if (cchToCopy > NTSTRSAFE_MAX_CCH) {
        pszDest[0] = 0;
        return STATUS_INVALID_PARAMETER;
    }
    while (i < cchDest - 1 && i < cchToCopy && pszSrc[i] != 0) {
        pszDest[i] = pszSrc[i];
        i++;
    }
    pszDest[i] = 0;
    return i < cchToCopy && pszSrc[i] != 0 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS RtlStringCchCopyNW(wchar_t *pszDest, size_t cchDest, const wchar_t *pszSrc, size_t cchToCopy) {
    size_t i = 0;
    if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    if (cchToCopy > NTSTRSAFE_MAX_CCH) {
        pszDest[0] = 0;
        return STATUS_INVALID_PARAMETER;
    }
    while (i < cchDest - 1 && i < cchToCopy && pszSrc[i] != 0) {
        pszDest[i] = pszSrc[i];
        i++;
    }
    pszDest[i] = 0;
    return i < cchToCopy && pszSrc[i] != 0 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS RtlStringCchCopyA(char *pszDest, size_t cchDest, const char *pszSrc) {
    return RtlStringCchCopyNA(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_CCH);
}

FORCEINLINE NTSTATUS RtlStringCchCopyW(wchar_t *pszDest, size_t cchDest, const wchar_t *pszSrc) {
    return RtlStringCchCopyNW(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_CCH);
}

FORCEINLINE NTSTATUS RtlStringCchCatNA(char *pszDest, size_t cchDest, const char *pszSrc, size_t cchToAppend) {
    size_t length;
    NTSTATUS status = RtlStringCchLengthA(pszDest, cchDest, &length);
    return NT_SUCCESS(status) ? RtlStringCchCopyNA(pszDest + length, cchDest - length, pszSrc, cchToAppend) : status;
}

FORCEINLINE NTSTATUS RtlStringCchCatNW(wchar_t *pszDest, size_t cchDest, const wchar_t *pszSrc, size_t cchToAppend) {
    size_t length;
    NTSTATUS status = RtlStringCchLengthW(pszDest, cchDest, &length);
    return NT_SUCCESS(status) ? RtlStringCchCopyNW(pszDest + length, cchDest - length, pszSrc, cchToAppend) : status;
}

FORCEINLINE NTSTATUS RtlStringCchCatA(char *pszDest, size_t cchDest, const char *pszSrc) {
    return RtlStringCchCatNA(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_CCH);
}

FORCEINLINE NTSTATUS RtlStringCchCatW(wchar_t *pszDest, size_t cchDest, const wchar_t *pszSrc) {
    return RtlStringCchCatNW(pszDest, cchDest, pszSrc, NTSTRSAFE_MAX_CCH);
}

#define RtlStringCbLengthA(psz, cbMax, pcbLength) RtlStringCchLengthA(psz, cbMax, pcbLength)
#define RtlStringCbCopyA(pszDest, cbDest, pszSrc) RtlStringCchCopyA(pszDest, cbDest, pszSrc)
#define RtlStringCbCopyNA(pszDest, cbDest, pszSrc, cbToCopy) RtlStringCchCopyNA(pszDest, cbDest, pszSrc, cbToCopy)
#define RtlStringCbCatA(pszDest, cbDest, pszSrc) RtlStringCchCatA(pszDest, cbDest, pszSrc)
#define RtlStringCbCatNA(pszDest, cbDest, pszSrc, cbToAppend) RtlStringCchCatNA(pszDest, cbDest, pszSrc, cbToAppend)

FORCEINLINE NTSTATUS RtlStringCbLengthW(const wchar_t *psz, size_t cbMax, size_t *pcbLength) {
    NTSTATUS status = RtlStringCchLengthW(psz, cbMax / sizeof(wchar_t), pcbLength);
    if (pcbLength != NULL) {
        *pcbLength *= sizeof(wchar_t);
    }
    return status;
}

FORCEINLINE NTSTATUS RtlStringCbCopyW(wchar_t *pszDest, size_t cbDest, const wchar_t *pszSrc) {
    return RtlStringCchCopyW(pszDest, cbDest / sizeof(wchar_t), pszSrc);
}

FORCEINLINE NTSTATUS RtlStringCbCopyNW(wchar_t *pszDest, size_t cbDest, const wchar_t *pszSrc, size_t cbToCopy) {
    return RtlStringCchCopyNW(pszDest, cbDest / sizeof(wchar_t), pszSrc, cbToCopy / sizeof(wchar_t));
}

FORCEINLINE NTSTATUS RtlStringCbCatW(wchar_t *pszDest, size_t cbDest, const wchar_t *pszSrc) {
    return RtlStringCchCatW(pszDest, cbDest / sizeof(wchar_t), pszSrc);
}

FORCEINLINE NTSTATUS RtlStringCbCatNW(wchar_t *pszDest, size_t cbDest, const wchar_t *pszSrc, size_t cbToAppend) {
    return RtlStringCchCatNW(pszDest, cbDest / sizeof(wchar_t), pszSrc, cbToAppend / sizeof(wchar_t));
}

/* What a Printf says of the result of _snprintf, which was given room for all but the zero. */
FORCEINLINE NTSTATUS RtlStringPrintedA(char *pszDest, size_t cchDest, int Result) {
    if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Result < 0 || (size_t)Result > cchDest - 1) {
        pszDest[cchDest - 1] = 0;
        return STATUS_BUFFER_OVERFLOW;
    }
    pszDest[Result] = 0;
    return STATUS_SUCCESS;
}

FORCEINLINE NTSTATUS RtlStringPrintedW(wchar_t *pszDest, size_t cchDest, int Result) {
    if (cchDest == 0 || cchDest > NTSTRSAFE_MAX_CCH) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Result < 0 || (size_t)Result > cchDest - 1) {
        pszDest[cchDest - 1] = 0;
        return STATUS_BUFFER_OVERFLOW;
    }
    pszDest[Result] = 0;
    return STATUS_SUCCESS;
}

#define RtlStringRoom(cch) ((cch) == 0 || (cch) > NTSTRSAFE_MAX_CCH ? 0 : (cch) - 1)
#define RtlStringCchPrintfA(pszDest, cchDest, ...)                                                                     \
    RtlStringPrintedA(pszDest, cchDest, _snprintf(pszDest, RtlStringRoom(cchDest), __VA_ARGS__))
#define RtlStringCchPrintfW(pszDest, cchDest, ...)                                                                     \
    RtlStringPrintedW(pszDest, cchDest, _snwprintf(pszDest, RtlStringRoom(cchDest), __VA_ARGS__))
#define RtlStringCbPrintfA(pszDest, cbDest, ...) RtlStringCchPrintfA(pszDest, cbDest, __VA_ARGS__)
#define RtlStringCbPrintfW(pszDest, cbDest, ...) RtlStringCchPrintfW(pszDest, (cbDest) / sizeof(wchar_t), __VA_ARGS__)

#endif
