@NullMarked
package dev.dirql.scenario.language;

import org.jspecify.annotations.NullMarked;
