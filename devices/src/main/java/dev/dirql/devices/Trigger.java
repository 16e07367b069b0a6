package dev.dirql.devices;

/** How an interrupt line is triggered. WDK, KINTERRUPT_MODE. */
public enum Trigger {
    LEVEL_SENSITIVE("level-sensitive", "LevelSensitive"),
    LATCHED("latched", "Latched");

    private final String word;
    private final String mode;

    Trigger(String word, String mode) {
        this.word = word;
        this.mode = mode;
    }

    /** The word a scenario uses. */
    public String word() {
        return word;
    }

    /** The enumerator of KINTERRUPT_MODE. */
    public String mode() {
        return mode;
    }
}
