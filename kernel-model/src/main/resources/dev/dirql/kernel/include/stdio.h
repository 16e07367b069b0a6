/* The functions of C's stdio.h that the kernel exports: swprintf and _vswprintf are those without a size. */
#ifndef _DIRQL_STDIO_
#define _DIRQL_STDIO_

#ifdef __GNUC__
#include_next <stdio.h>
#else

#include <ntdef.h>
#include <stdarg.h>
#include <string.h>

NTSYSAPI int __cdecl sprintf(char *Buffer, const char *Format, ...);
NTSYSAPI int __cdecl vsprintf(char *Buffer, const char *Format, va_list ArgList);
NTSYSAPI int __cdecl _snprintf(char *Buffer, size_t BufferCount, const char *Format, ...);
NTSYSAPI int __cdecl _vsnprintf(char *Buffer, size_t BufferCount, const char *Format, va_list ArgList);
NTSYSAPI int __cdecl sprintf_s(char *Buffer, size_t BufferCount, const char *Format, ...);
NTSYSAPI int __cdecl vsprintf_s(char *Buffer, size_t BufferCount, const char *Format, va_list ArgList);
NTSYSAPI int __cdecl _snprintf_s(char *Buffer, size_t BufferCount, size_t MaxCount, const char *Format, ...);
NTSYSAPI int __cdecl _vsnprintf_s(
        char *Buffer, size_t BufferCount, size_t MaxCount, const char *Format, va_list ArgList);

NTSYSAPI int __cdecl swprintf(wchar_t *Buffer, const wchar_t *Format, ...);
NTSYSAPI int __cdecl _swprintf(wchar_t *Buffer, const wchar_t *Format, ...);
NTSYSAPI int __cdecl _vswprintf(wchar_t *Buffer, const wchar_t *Format, va_list ArgList);
NTSYSAPI int __cdecl _snwprintf(wchar_t *Buffer, size_t BufferCount, const wchar_t *Format, ...);
NTSYSAPI int __cdecl _vsnwprintf(wchar_t *Buffer, size_t BufferCount, const wchar_t *Format, va_list ArgList);
NTSYSAPI int __cdecl swprintf_s(wchar_t *Buffer, size_t BufferCount, const wchar_t *Format, ...);
NTSYSAPI int __cdecl vswprintf_s(wchar_t *Buffer, size_t BufferCount, const wchar_t *Format, va_list ArgList);
NTSYSAPI int __cdecl _snwprintf_s(wchar_t *Buffer, size_t BufferCount, size_t MaxCount, const wchar_t *Format, ...);
NTSYSAPI int __cdecl _vsnwprintf_s(
        wchar_t *Buffer, size_t BufferCount, size_t MaxCount, const wchar_t *Format, va_list ArgList);

#endif

#endif
