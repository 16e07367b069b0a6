/** Tests of the whole program, and of the walls between its parts. */
@NullMarked
package dev.dirql.tests;

import org.jspecify.annotations.NullMarked;
