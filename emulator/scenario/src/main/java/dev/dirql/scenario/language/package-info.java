/**
 * The scenario language but for the C in it: machine, devices, drivers, workload and expectations.
 * {@link dev.dirql.scenario.language.ScenarioReader} turns a text into a {@link
 * dev.dirql.scenario.language.Scenario} or says what is wrong with it; {@link
 * dev.dirql.scenario.language.WorkloadProgram} turns a workload into C.
 */
@NullMarked
package dev.dirql.scenario.language;

import org.jspecify.annotations.NullMarked;
