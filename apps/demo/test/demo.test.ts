import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultConfig } from "../src/config.js";

const appFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "counterpoise-demo-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Run = { code: number | null; stdout: string; stderr: string };

/** Runs the demo as `pnpm demo` does, from an empty folder. */
function demo(...args: string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", path.join(appFolder, "src/main.ts"), ...args], {
      cwd: appFolder,
      env: { ...process.env, INIT_CWD: folder },
    });
    const run: Run = { code: null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      run.stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      run.stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...run, code }));
  });
}

/** Replays rows (seconds after a start, open, high, low, close) with a configuration. Returns the run and its report. */
async function replay(name: string, rows: readonly (readonly number[])[], config: object = {}, ...args: string[]) {
  const lines = rows.map(([seconds = 0, ...prices]) => [1_700_000_040 + seconds, ...prices, "0.1234567890123456789"]);
  await writeFile(path.join(folder, `${name}.csv`), ["timestamp_unix,open,high,low,close,volume", ...lines].join("\n"));
  await writeFile(path.join(folder, `${name}.config.json`), JSON.stringify(config));
  const files = ["--prices", `${name}.csv`, "--config", `${name}.config.json`, "--json", `${name}.json`];
  const run = await demo(...files, ...args);
  const report = await readFile(path.join(folder, `${name}.json`), "utf8").catch(() => "{}");
  // biome-ignore lint/suspicious/noExplicitAny: the report is read as a user's script reads it.
  return { ...run, report: JSON.parse(report) as any };
}

const maker = (report: { makers: { name: string }[] }, name: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  report.makers.find((each) => each.name === name) as any;

/** A population of one kind of taker. */
const population = (taker: object) => ({
  ...defaultConfig.population,
  takers: [
    {
      ...{ type: "noise", name: "taker", count: 3, collateral: 50_000, size: [40_000, 60_000], leverage: [9, 9] },
      ...{ hedgedShare: 0, every: 1, hold: 1_000_000, longShare: 1, ...taker },
    },
  ],
});

/** Rows of a constant price. */
const quiet = (from: number, count: number, price = 100) =>
  Array.from({ length: count }, (_, i) => [from + i * 60, price, price, price, price]);

// The runs wait for the node most of the time.
describe.concurrent("a replay", () => {
  test("default: all laws hold, and the changes of assets are explained", async ({ expect }) => {
    const { code, stdout, stderr } = await demo("--steps", "60", "--json", "report.json");
    expect(stderr).toContain("100% | 60/60 steps");
    expect(stdout).toContain("Scripted takers, no forecast.");
    expect(stdout).toContain("All ledger laws hold.");
    expect(code).toBe(0);

    const report = JSON.parse(await readFile(path.join(folder, "report.json"), "utf8"));
    expect(report.label).toContain("no forecast");
    expect(report.brokenLaws).toEqual([]);
    expect(report.laws.map(({ id }: { id: string }) => id)).toEqual(["L1", "L2", "L3", "L4", "L5", "L6", "H1"]);
    for (const hedger of ["SpotHedgeBaseMaker", "SpotHedgeQuoteMaker"]) {
      const hedged = maker(report, hedger);
      expect(hedged.hedgeDrift.largest.wad).toBe("0");
      expect(hedged.fills).toBeGreaterThan(0);
      // Takers pay the fee and the price impact of the spot market, and the LPs do not earn it.
      const { spread, hedgeCost, donated } = hedged.attribution;
      expect(BigInt(spread.wad)).toBeGreaterThan(10n ** 17n);
      expect(Number(BigInt(spread.wad) + BigInt(hedgeCost.wad)) / 1e18).toBeLessThan(0.1);
      expect(donated.wad).toBe("0");
    }
    for (const { attribution } of report.makers) {
      expect(attribution.unexplained.wad).toBe("0");
    }
    expect(report.orders.executed).toBeGreaterThan(5);
    // The second LP enters every maker through its queue, and its entry fee raises the share price.
    expect(report.lpRequests).toMatchObject({ requested: 3, deposits: 3, returned: 0 });
    const om = maker(report, "OracleMaker");
    expect(BigInt(om.attribution.keptFees.wad)).toBe(250n * 10n ** 18n);
    expect(BigInt(om.lp.value.wad) - BigInt(om.lp.held.wad)).toBe(BigInt(om.lp.againstHolding.wad));

    const { market } = report;
    expect(BigInt(market.fees.trading.wad)).toBeGreaterThan(0n);
    expect(market.badDebt.wad).toBe("0");
  });

  test("behavior: an 84-minute gap has no price, then the second source's, then a jump", async ({ expect }) => {
    const rows = [...quiet(0, 4), ...quiet(240 + 84 * 60, 3, 97)];
    const config = { population: population({ hold: 900, leverage: [3, 3] }) };
    const { code, stdout, report } = await replay("eth-usd-gap", rows, config);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Gaps in the feed +1, the longest 1 h 24 min/);
    expect(report.feed.gaps).toEqual({ count: 1, longest: 84 * 60 });
    expect(report.feed.largestJump.text).toBe("+3.0000%");
    // Pyth is dead after an hour. Until then there is no price, and orders expire.
    expect(report.feed.stale).toBeGreaterThan(8);
    expect(report.feed.atSecondSource).toBeGreaterThan(2);
    expect(report.orders.expired).toBeGreaterThan(0);
    expect(report.orders.reasons["not executed yet: PrimaryAlive"]).toBeGreaterThan(0);
    expect(report.orders.atSecondSource).toBeGreaterThan(0);
    expect(report.series.rows).toBe(7);
  });

  test("behavior: a wick reaches the chain and liquidates leveraged takers", async ({ expect }) => {
    const rows = [...quiet(0, 3), [180, 100, 100, 90, 100], ...quiet(240, 2)];
    const config = { population: { ...population({}), liquidator: { delay: 0, collateral: 500_000 } } };
    const { code, report } = await replay("wick", rows, config);
    expect(code).toBe(0);
    const { liquidations } = report;
    expect(liquidations.againstMaker + liquidations.takenOver).toBeGreaterThanOrEqual(3);
    expect(BigInt(liquidations.rewards.wad)).toBeGreaterThan(0n);
    for (const { name, liquidations: count } of report.takers) {
      if (name !== "liquidator") expect(count, name).toBeGreaterThan(0);
    }
    expect(report.series.lastPrice.text).toBe("100 USD");
  });

  test("behavior: a slower liquidator comes too late for the wick", async ({ expect }) => {
    const rows = [...quiet(0, 3), [180, 100, 100, 90, 100], ...quiet(240, 2)];
    const config = { population: { ...population({}), liquidator: { delay: 14, collateral: 500_000 } } };
    const { report } = await replay("late", rows, config);
    expect(report.liquidations.recovered).toBeGreaterThan(0);
    expect(report.liquidations.againstMaker).toBe(0);
  });

  test("behavior: orders execute in violent minutes", async ({ expect }) => {
    const rows = Array.from({ length: 12 }, (_, i) => {
      const [open, close] = i % 2 === 0 ? [100, 94] : [94, 100];
      return [i * 60, open, 101, 93, close];
    });
    const takers = { count: 4, leverage: [1, 2], every: 60, hold: 60, longShare: 0.5, hedgedShare: 0.3 };
    const { code, report } = await replay("violent", rows, { population: population(takers) });
    expect(code).toBe(0);
    expect(report.orders.executed).toBeGreaterThan(15);
    expect(report.orders.expired).toBe(0);
  });

  test("behavior: a fall of 97.5% within a row ends with a report, after deleveraging or bad debt", async ({
    expect,
  }) => {
    const rows = [[0, 100, 100, 100, 100], [60, 100, 100, 2.3, 2.3], ...quiet(120, 2, 2.3)];
    const { code, stdout, report } = await replay("crash", rows, {
      population: population({ longShare: 0.7, count: 6 }),
    });
    expect(stdout).toContain("All ledger laws hold.");
    expect(code).toBe(0);
    const { liquidations, feed } = report;
    expect(liquidations.refused.DeleverageFirst).toBeGreaterThan(0);
    expect(liquidations.deleveraged + liquidations.flagged).toBeGreaterThan(0);
    expect(feed.spotShortfalls).toBe(0);
  });

  test("behavior: the seed changes every taker", async ({ expect }) => {
    const config = { population: population({ size: [10_000, 60_000], longShare: 0.5 }) };
    const sizes = async (name: string, seed: string) => {
      const { report } = await replay(name, quiet(0, 3), config, "--seed", seed);
      return report.takers.map(({ size }: { size: { wad: string } }) => size.wad).slice(0, 3);
    };
    const [one, two] = [await sizes("seed1", "1"), await sizes("seed2", "2")];
    for (const [i, size] of two.entries()) expect(size).not.toBe(one[i]);
  });
});

test("error: a missing file is one line", async () => {
  const { code, stdout, stderr } = await demo("--prices", "missing.csv");
  expect(stderr.trim().split("\n")).toEqual([`${path.join(folder, "missing.csv")}: no such file`]);
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("error: a bad row is one line that names it", async () => {
  const file = path.join(folder, "bad.csv");
  await writeFile(file, "timestamp_unix,open,high,low,close\n1700000000,100,110,90,0\n");
  const { code, stderr } = await demo("--prices", "bad.csv");
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(`${file}, row 2: `);
  expect(code).toBe(1);
});

test("error: a configuration that the contracts refuse is one line", async () => {
  await writeFile(path.join(folder, "wide.json"), JSON.stringify({ oracleMaker: { maxSpread: 900_000 } }));
  const { code, stdout, stderr } = await demo("--config", "wide.json", "--steps", "2");
  const lines = stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("Deploying"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("The deployment failed: ");
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("error: a taken port is one line", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
  try {
    const { code, stderr } = await demo("--port", String(port));
    expect(stderr.trim().split("\n")).toEqual([
      `Port ${port} is already in use: choose another port, or none for a free port`,
    ]);
    expect(code).toBe(1);
  } finally {
    server.close();
  }
});
