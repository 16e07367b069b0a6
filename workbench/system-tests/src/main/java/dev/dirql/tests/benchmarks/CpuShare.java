package dev.dirql.tests.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * How much processor time the benchmark got while it was measured, in cores. On a machine that is
 * busy with other things it is less than one, and the figures are low by that much.
 */
public final class CpuShare implements InternalProfiler {
    /** Name of the result. */
    static final String NAME = "cores";

    private long startNs;
    private long startCpuNs;

    private static long cpuNs() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        startNs = System.nanoTime();
        startCpuNs = cpuNs();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double share = (double) (cpuNs() - startCpuNs) / (System.nanoTime() - startNs);
        return List.of(new ScalarResult(NAME, share, "cores", AggregationPolicy.AVG));
    }

    @Override
    public String getDescription() {
        return "processor time that the benchmark got";
    }
}
