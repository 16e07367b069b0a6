/**
 * JMH benchmarks of what must be fast. {@code scripts/bench} runs them and prints a table; {@code
 * docs/performance.md} says what the figures mean. They are compiled with everything else and never
 * run as tests.
 */
@NullMarked
package dev.dirql.tests.benchmarks;

import org.jspecify.annotations.NullMarked;
