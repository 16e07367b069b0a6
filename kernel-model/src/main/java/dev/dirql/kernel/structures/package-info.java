/**
 * Views of NT's structures in guest memory: a record of a memory and an address, with an accessor
 * for each field. A view holds nothing; two views of one address are equal.
 *
 * <p>The layouts are those of the C headers among the resources of this module, and tests compare
 * the two.
 */
@NullMarked
package dev.dirql.kernel.structures;

import org.jspecify.annotations.NullMarked;
