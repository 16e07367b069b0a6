/**
 * Plug and Play: the devices of the machine as physical device objects of a bus driver, the calls
 * of AddDevice and the requests that start and remove device stacks, and power requests. Start with
 * {@link dev.dirql.kernel.pnp.PnpServices}.
 */
@NullMarked
package dev.dirql.kernel.pnp;

import org.jspecify.annotations.NullMarked;
