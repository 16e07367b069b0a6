/*
 * With the WDK it marks routines of the C library that are better not used as deprecated; their declarations here need no
 * mark, so that it says nothing.
 */
