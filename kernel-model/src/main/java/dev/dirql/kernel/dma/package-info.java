/**
 * DMA adapters: the table of routines that a driver gets from IoGetDmaAdapter, and map registers as
 * a limited resource. Devices reach all memory, addresses of the bus are physical addresses. Start
 * with {@link dev.dirql.kernel.dma.AdapterServices}.
 */
@NullMarked
package dev.dirql.kernel.dma;

import org.jspecify.annotations.NullMarked;
