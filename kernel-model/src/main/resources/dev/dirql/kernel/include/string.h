/* The functions of C's string.h that the kernel exports. */
#ifndef _DIRQL_STRING_
#define _DIRQL_STRING_

#ifdef __GNUC__
#include_next <string.h>
#else

#include <ntdef.h>

typedef int errno_t;

#define _TRUNCATE ((size_t)-1)

NTSYSAPI void *__cdecl memchr(const void *Buffer, int Value, size_t Count);
NTSYSAPI errno_t __cdecl memcpy_s(void *Destination, size_t DestinationSize, const void *Source, size_t SourceSize);
NTSYSAPI errno_t __cdecl memmove_s(void *Destination, size_t DestinationSize, const void *Source, size_t SourceSize);

NTSYSAPI size_t __cdecl strlen(const char *String);
NTSYSAPI size_t __cdecl strnlen(const char *String, size_t MaxCount);
NTSYSAPI int __cdecl strcmp(const char *String1, const char *String2);
NTSYSAPI int __cdecl strncmp(const char *String1, const char *String2, size_t MaxCount);
NTSYSAPI int __cdecl _stricmp(const char *String1, const char *String2);
NTSYSAPI int __cdecl _strnicmp(const char *String1, const char *String2, size_t MaxCount);
NTSYSAPI char *__cdecl strcpy(char *Destination, const char *Source);
NTSYSAPI char *__cdecl strncpy(char *Destination, const char *Source, size_t Count);
NTSYSAPI char *__cdecl strcat(char *Destination, const char *Source);
NTSYSAPI char *__cdecl strncat(char *Destination, const char *Source, size_t Count);
NTSYSAPI char *__cdecl strchr(const char *String, int Character);
NTSYSAPI char *__cdecl strrchr(const char *String, int Character);
NTSYSAPI char *__cdecl strstr(const char *String, const char *SubString);
NTSYSAPI size_t __cdecl strspn(const char *String, const char *Control);
NTSYSAPI char *__cdecl _strupr(char *String);
NTSYSAPI char *__cdecl _strlwr(char *String);
NTSYSAPI char *__cdecl _strrev(char *String);
NTSYSAPI char *__cdecl _strset(char *String, int Value);
NTSYSAPI char *__cdecl _strnset(char *String, int Value, size_t MaxCount);

NTSYSAPI errno_t __cdecl strcpy_s(char *Destination, size_t SizeInBytes, const char *Source);
NTSYSAPI errno_t __cdecl strncpy_s(char *Destination, size_t SizeInBytes, const char *Source, size_t MaxCount);
NTSYSAPI errno_t __cdecl strcat_s(char *Destination, size_t SizeInBytes, const char *Source);
NTSYSAPI errno_t __cdecl strncat_s(char *Destination, size_t SizeInBytes, const char *Source, size_t MaxCount);
NTSYSAPI errno_t __cdecl _strset_s(char *Destination, size_t DestinationSize, int Value);
NTSYSAPI char *__cdecl strtok_s(char *String, const char *Delimiter, char **Context);

#endif

#endif
