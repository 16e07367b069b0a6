/* The functions of C's wchar.h on strings and characters that the kernel exports. */
#ifndef _DIRQL_WCHAR_
#define _DIRQL_WCHAR_

#ifdef __GNUC__
#include_next <wchar.h>
#else

#include <ntdef.h>
#include <string.h>

typedef unsigned short wint_t;

NTSYSAPI size_t __cdecl wcslen(const wchar_t *String);
NTSYSAPI size_t __cdecl wcsnlen(const wchar_t *Source, size_t MaxCount);
NTSYSAPI int __cdecl wcscmp(const wchar_t *String1, const wchar_t *String2);
NTSYSAPI int __cdecl wcsncmp(const wchar_t *String1, const wchar_t *String2, size_t MaxCount);
NTSYSAPI int __cdecl _wcsicmp(const wchar_t *String1, const wchar_t *String2);
NTSYSAPI int __cdecl _wcsnicmp(const wchar_t *String1, const wchar_t *String2, size_t MaxCount);
NTSYSAPI wchar_t *__cdecl wcscpy(wchar_t *Destination, const wchar_t *Source);
NTSYSAPI wchar_t *__cdecl wcsncpy(wchar_t *Destination, const wchar_t *Source, size_t Count);
NTSYSAPI wchar_t *__cdecl wcscat(wchar_t *Destination, const wchar_t *Source);
NTSYSAPI wchar_t *__cdecl wcsncat(wchar_t *Destination, const wchar_t *Source, size_t Count);
NTSYSAPI wchar_t *__cdecl wcschr(const wchar_t *String, wchar_t Character);
NTSYSAPI wchar_t *__cdecl wcsrchr(const wchar_t *String, wchar_t Character);
NTSYSAPI wchar_t *__cdecl wcsstr(const wchar_t *String, const wchar_t *SubString);
NTSYSAPI size_t __cdecl wcsspn(const wchar_t *String, const wchar_t *Control);
NTSYSAPI size_t __cdecl wcscspn(const wchar_t *String, const wchar_t *Control);
NTSYSAPI wchar_t *__cdecl _wcsupr(wchar_t *String);
NTSYSAPI wchar_t *__cdecl _wcslwr(wchar_t *String);
NTSYSAPI wchar_t *__cdecl _wcsrev(wchar_t *String);
NTSYSAPI wchar_t *__cdecl _wcsnset(wchar_t *String, wchar_t Value, size_t MaxCount);

NTSYSAPI errno_t __cdecl wcscpy_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source);
NTSYSAPI errno_t __cdecl wcsncpy_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source, size_t MaxCount);
NTSYSAPI errno_t __cdecl wcscat_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source);
NTSYSAPI errno_t __cdecl wcsncat_s(wchar_t *Destination, size_t SizeInWords, const wchar_t *Source, size_t MaxCount);
NTSYSAPI errno_t __cdecl _wcsset_s(wchar_t *Destination, size_t SizeInWords, wchar_t Value);

NTSYSAPI wint_t __cdecl towlower(wint_t Character);
NTSYSAPI wint_t __cdecl towupper(wint_t Character);

#endif

#endif
