@NullMarked
package dev.dirql.scenario.c;

import org.jspecify.annotations.NullMarked;
