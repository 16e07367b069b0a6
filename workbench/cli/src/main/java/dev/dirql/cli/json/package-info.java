/** What programs read: the JSON documents that {@code docs/json.md} states, and JUnit XML. */
@NullMarked
package dev.dirql.cli.json;

import org.jspecify.annotations.NullMarked;
