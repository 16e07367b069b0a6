/* va_list for routines that take one: the address of the arguments, eight bytes each. */
#ifndef _DIRQL_STDARG_
#define _DIRQL_STDARG_

#ifdef __GNUC__
#include_next <stdarg.h>
#else
typedef char *va_list;
#endif

#endif
