/**
 * Windows Management Instrumentation: drivers that provide data blocks and events, the requests of
 * IRP_MJ_SYSTEM_CONTROL that ask them, drivers that ask, and the routines of wmilib.sys that take
 * the requests apart. Start with {@link dev.dirql.kernel.wmi.Wmi}.
 */
@NullMarked
package dev.dirql.kernel.wmi;

import org.jspecify.annotations.NullMarked;
