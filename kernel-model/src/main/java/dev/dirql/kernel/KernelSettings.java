package dev.dirql.kernel;

/**
 * How the kernel behaves where NT has a choice.
 *
 * @param verifier whether mistakes that Driver Verifier knows end in its bug check
 * @param paging when a pageable page is absent
 * @param stormMaximum interrupts of a vector in a row that nobody claims, or that come back at
 *     once, until bug check 0xF2; also the passes over a chain of latched interrupts
 * @param tickNs time between two clock interrupts
 * @param quantumTicks clock interrupts after which a thread gives way to its equals
 * @param dpcDepthMaximum depth of a DPC queue above which processing is asked for in any case
 * @param buildNumber the Windows build that is modelled
 */
public record KernelSettings(
        boolean verifier,
        Paging paging,
        int stormMaximum,
        long tickNs,
        int quantumTicks,
        int dpcDepthMaximum,
        int buildNumber) {

    /** When a pageable page that is not locked is absent. */
    public enum Paging {
        /** To every access at DISPATCH_LEVEL or above, so that the mistake always shows. */
        FORCE,
        /** Whenever a decision says so. */
        EXPLORE,
        /** Never. */
        RESIDENT
    }

    /** Windows 10 22H2 with its default clock, and everything that can show a mistake. */
    public static final KernelSettings DEFAULT =
            new KernelSettings(false, Paging.FORCE, 500, 15_625_000, 6, 4, 19045);

    public KernelSettings withVerifier(boolean on) {
        return new KernelSettings(
                on, paging, stormMaximum, tickNs, quantumTicks, dpcDepthMaximum, buildNumber);
    }

    public KernelSettings withPaging(Paging newPaging) {
        return new KernelSettings(
                verifier,
                newPaging,
                stormMaximum,
                tickNs,
                quantumTicks,
                dpcDepthMaximum,
                buildNumber);
    }

    public KernelSettings withStormMaximum(int maximum) {
        return new KernelSettings(
                verifier, paging, maximum, tickNs, quantumTicks, dpcDepthMaximum, buildNumber);
    }

    public KernelSettings withTickNs(long newTickNs) {
        return new KernelSettings(
                verifier,
                paging,
                stormMaximum,
                newTickNs,
                quantumTicks,
                dpcDepthMaximum,
                buildNumber);
    }
}
