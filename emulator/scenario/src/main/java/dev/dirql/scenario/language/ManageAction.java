package dev.dirql.scenario.language;

/** What WMI asks of a driver; a constant's place is its number for the kernel. */
public enum ManageAction {
    /** All instances of a block, or one. */
    QUERY_DATA,
    /** An instance of a block. */
    SET_DATA,
    /** One item of an instance. */
    SET_ITEM,
    EXECUTE_METHOD,
    ENABLE_EVENTS,
    DISABLE_EVENTS,
    ENABLE_COLLECTION,
    DISABLE_COLLECTION
}
