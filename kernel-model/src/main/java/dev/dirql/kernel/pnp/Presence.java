package dev.dirql.kernel.pnp;

/** Whether a device is there. */
@FunctionalInterface
public interface Presence {
    /**
     * The device is pulled out: whoever reads its registers gets ones, and it interrupts no more.
     */
    void vanish();
}
