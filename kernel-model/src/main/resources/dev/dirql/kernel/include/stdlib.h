/* The functions of C's stdlib.h that the kernel exports. */
#ifndef _DIRQL_STDLIB_
#define _DIRQL_STDLIB_

#ifdef __GNUC__
#include_next <stdlib.h>
#else

#include <ntdef.h>
#include <string.h>

#define RAND_MAX 0x7fff

NTSYSAPI int __cdecl atoi(const char *String);
NTSYSAPI long __cdecl atol(const char *String);
NTSYSAPI int __cdecl _wtoi(const wchar_t *String);
NTSYSAPI long __cdecl _wtol(const wchar_t *String);
NTSYSAPI unsigned long __cdecl wcstoul(const wchar_t *String, wchar_t **EndPtr, int Radix);
NTSYSAPI unsigned __int64 __cdecl _strtoui64(const char *String, char **EndPtr, int Radix);

NTSYSAPI char *__cdecl _itoa(int Value, char *Buffer, int Radix);
NTSYSAPI wchar_t *__cdecl _itow(int Value, wchar_t *Buffer, int Radix);
NTSYSAPI errno_t __cdecl _itoa_s(int Value, char *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _ltoa_s(long Value, char *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _ultoa_s(unsigned long Value, char *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _i64toa_s(__int64 Value, char *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _ui64toa_s(unsigned __int64 Value, char *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _itow_s(int Value, wchar_t *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _ltow_s(long Value, wchar_t *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _ultow_s(unsigned long Value, wchar_t *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _i64tow_s(__int64 Value, wchar_t *Buffer, size_t BufferCount, int Radix);
NTSYSAPI errno_t __cdecl _ui64tow_s(unsigned __int64 Value, wchar_t *Buffer, size_t BufferCount, int Radix);

NTSYSAPI size_t __cdecl mbstowcs(wchar_t *Destination, const char *Source, size_t MaxCount);
NTSYSAPI size_t __cdecl wcstombs(char *Destination, const wchar_t *Source, size_t MaxCount);
NTSYSAPI int __cdecl mbtowc(wchar_t *Destination, const char *Source, size_t MaxCount);
NTSYSAPI int __cdecl wctomb(char *Destination, wchar_t Character);

typedef int(__cdecl *_CoreCrtNonSecureSearchSortCompareFunction)(const void *, const void *);

NTSYSAPI void __cdecl qsort(
        void *Base, size_t NumOfElements, size_t SizeOfElements, _CoreCrtNonSecureSearchSortCompareFunction CompareFunction);
NTSYSAPI void *__cdecl bsearch(
        const void *Key,
        const void *Base,
        size_t NumOfElements,
        size_t SizeOfElements,
        _CoreCrtNonSecureSearchSortCompareFunction CompareFunction);

NTSYSAPI int __cdecl rand(void);
NTSYSAPI void __cdecl srand(unsigned int Seed);

#endif

#endif
