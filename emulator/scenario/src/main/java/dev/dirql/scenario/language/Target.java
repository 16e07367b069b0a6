package dev.dirql.scenario.language;

/**
 * Where a request goes, or whose device extension is meant: a device object of a driver.
 *
 * @param name as written: a driver, or a device that a driver serves
 * @param driver name of the driver
 * @param driverNumber its place among the scenario's drivers, from 0
 * @param deviceNumber which of the driver's device objects, in the order the driver creates them,
 *     from 0; 0 where the driver is named
 */
public record Target(String name, String driver, int driverNumber, int deviceNumber) {}
