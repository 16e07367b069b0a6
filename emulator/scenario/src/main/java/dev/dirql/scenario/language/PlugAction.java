package dev.dirql.scenario.language;

/** What the Plug and Play manager does with a device that works. */
public enum PlugAction {
    /** It is stopped, and started again. */
    STOP,
    /** Its drivers are asked whether it can be removed, and remove it. */
    REMOVE,
    /** It is pulled out, and its drivers are told. */
    SURPRISE_REMOVE
}
