/* Annotations; all of them are in sal.h. */
#include <sal.h>
