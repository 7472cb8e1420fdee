import { pathOf, simulate } from "../world/run.js";
import { defaultScenario, type Scenario, withAgents, withParameter } from "../world/scenario.js";

/** The scenario with the OracleMaker and noise only. */
export const noiseOnly = (): Scenario => {
  const scenario = withAgents(defaultScenario, ({ type }) => type === "noise");
  return ["lps.base", "lps.quote"].reduce((made, field) => withParameter(made, field, 0), scenario);
};

/** Seconds of processor time for one day of a scenario: the least of several runs after a first one. */
export function secondsPerDay(scenario: Scenario, runs = 3): number {
  const times = Array.from({ length: runs + 1 }, (_, seed) => {
    const path = pathOf(scenario, seed);
    const began = process.cpuUsage();
    simulate(scenario, { seed, path });
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  });
  return Math.min(...times.slice(1));
}

/** A fixed amount of arithmetic with integers, seconds of processor time: the unit of the ratio that CI compares. */
export function referenceSeconds(): number {
  const times = Array.from({ length: 3 }, () => {
    const began = process.cpuUsage();
    let value = 1n;
    for (let step = 0n; step < 400_000n; step++) value = (value * 6_364_136_223_846_793_005n + step) % 2n ** 128n;
    if (value === 0n) throw new Error("The reference has no result");
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  });
  return Math.min(...times);
}

/** Prints the speed. */
export function bench(): void {
  const reference = referenceSeconds();
  for (const [name, scenario] of [
    ["OracleMaker and noise", noiseOnly()],
    ["all makers and agents", defaultScenario],
  ] as const) {
    const seconds = secondsPerDay(scenario);
    const speed = (1 / seconds).toFixed(2);
    console.log(
      `${name.padEnd(24)}${speed} days per second and core, ${(seconds / reference).toFixed(1)} references per day`,
    );
  }
}
