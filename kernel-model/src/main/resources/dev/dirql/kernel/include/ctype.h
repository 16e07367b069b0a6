/* The functions of C's ctype.h that the kernel exports. */
#ifndef _DIRQL_CTYPE_
#define _DIRQL_CTYPE_

#ifdef __GNUC__
#include_next <ctype.h>
#else

#include <ntdef.h>

NTSYSAPI int __cdecl isdigit(int Character);
NTSYSAPI int __cdecl islower(int Character);
NTSYSAPI int __cdecl isprint(int Character);
NTSYSAPI int __cdecl isspace(int Character);
NTSYSAPI int __cdecl isupper(int Character);
NTSYSAPI int __cdecl isxdigit(int Character);
NTSYSAPI int __cdecl tolower(int Character);
NTSYSAPI int __cdecl toupper(int Character);

#endif

#endif
