// Measures the gas of each scenario of bench/peer-gas.json, prints it beside the gas of the closest existing exchange
// and our budget, and writes bench/gas.json. Measures the size of each contract and writes bench/sizes.json. `--check`
// writes nothing and fails when a figure exceeds the committed one. A contract that is too large always fails.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { foundryBinary } from "@counterpoise/toolchain";
import { grown as grownSizes, measureSizes, oversized, printSizes, writeSizes } from "./sizes.mjs";

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(packageDir));
const outDir = join(packageDir, "bench", "out");
const gasFile = join(packageDir, "bench", "gas.json");
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

rmSync(outDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });
console.log("Compiling the contracts (shipping build)...");
const build = spawnSync(foundryBinary("forge"), ["build", "--skip", "test"], { cwd: root, encoding: "utf8" });
if (build.status !== 0) {
  process.stderr.write(build.stdout + build.stderr);
  process.exit(1);
}
console.log("Measuring (forge test --isolate: every step is a separate transaction)...");
const forge = spawnSync(
  foundryBinary("forge"),
  ["test", "--isolate", "--match-path", "packages/contracts/test/bench/*"],
  {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      BENCH_OUT: outDir,
      // Deploys the shipping build, like test.mjs. Tokens and price source are optimized.
      FOUNDRY_PROFILE: "bench",
      DEPLOY_ARTIFACT: "packages/contracts/out/Deploy.s.sol/Deploy.json",
    },
  },
);
if (forge.status !== 0) {
  process.stderr.write(forge.stdout + forge.stderr);
  process.exit(1);
}

const measured = Object.assign({}, ...readdirSync(outDir).map((file) => readJson(join(outDir, file))));
const { peer, method, scenarios } = readJson(join(packageDir, "bench", "peer-gas.json"));
const format = (n) => n.toLocaleString("en-US");
const row = (cells) =>
  `${cells[0].padEnd(22)}${cells
    .slice(1)
    .map((cell) => cell.padStart(11))
    .join("")}`;

if (Object.keys(measured).length === 0) {
  console.error("No measurements: no test wrote its figures.");
  process.exit(1);
}

console.log(`\npeer: ${peer}\nmethod: ${method}\n`);
console.log(row(["scenario", "ours", "peer", "budget", "of peer", "of budget"]));
let overBudget = 0;
for (const [id, { peer: theirs, budget }] of Object.entries(scenarios)) {
  const ours = measured[id];
  if (ours === undefined) continue;
  if (ours > budget) overBudget++;
  const percent = (whole) => `${((100 * ours) / whole).toFixed(1)}%`;
  console.log(row([id, format(ours), format(theirs), format(budget), percent(theirs), percent(budget)]));
}
// Scenarios that the peer does not have: no comparison and no budget.
const own = Object.keys(measured)
  .filter((id) => !(id in scenarios))
  .sort();
for (const id of own) console.log(row([id, format(measured[id]), "-", "-", "-", "-"]));
printPaths();
const faults = [];
printBatches();
printRoundTrips();
const missing = Object.keys(scenarios).filter((id) => measured[id] === undefined);
if (missing.length > 0) console.log(`\nnot built yet: ${missing.join(", ")}`);
console.log(overBudget === 0 ? "\nEvery scenario is within its budget." : `\n${overBudget} over budget.`);

/** Compares fills that are hedged in one pool of Uniswap v4, and in two pools of v3, with one pool of v3. */
function printPaths() {
  console.log(`\n${row(["hedged in", "v3", "v4", "of v3", "v3, two", "of v3"])}`);
  for (const fill of ["short.first", "short.increase", "long.reduce", "close"]) {
    const [one, v4, two] = ["shb", "shb.v4", "shb.v3x2"].map((maker) => measured[`${maker}.${fill}`]);
    const percent = (gas) => `${((100 * gas) / one).toFixed(1)}%`;
    console.log(row([`shb.${fill}`, format(one), format(v4), percent(v4), format(two), percent(two)]));
  }
}

/**
 * Compares ten orders in one transaction with ten transactions. MockPyth verifies nothing: on chain, each verification of
 * a price update costs VERIFICATION more. Orders of one time share one.
 */
function printBatches() {
  const VERIFICATION = 60_000;
  const MOST = 0.68;
  const single = 10 * (measured["gateway.execute"] + VERIFICATION);
  console.log(`\nten orders in one batch, with ${format(VERIFICATION)} gas for each verification of an update`);
  for (const [id, verifications] of [
    ["gateway.batch.oneTime", 1],
    ["gateway.batch.tenTimes", 10],
  ]) {
    const batch = measured[id] + verifications * VERIFICATION;
    console.log(row([id, format(batch), `${((100 * batch) / single).toFixed(1)}%`]));
    if (verifications === 1 && batch > MOST * single)
      faults.push(`${id} costs more than ${100 * MOST}% of ten executions`);
  }
}

/**
 * An LP enters and leaves by request: request, settlement and claim. The goal is 90% of the cost in November 2026: 421,000
 * to enter and 436,000 to leave. The limits are what has been reached.
 */
function printRoundTrips() {
  const MOST = { enter: 433_000, leave: 437_000 };
  const steps = {
    enter: ["requestDeposit", "settleDeposit", "claimShares"],
    leave: ["requestRedeem", "settleRedeem", "claimAssets"],
  };
  console.log(`\n${row(["LPs, by request", "enter", "leave"])}`);
  for (const maker of ["om", "shb"]) {
    const [enter, leave] = Object.values(steps).map((ids) =>
      ids.reduce((sum, id) => sum + measured[`${maker}.lp.${id}`], 0),
    );
    console.log(row([maker, format(enter), format(leave)]));
    if (maker !== "om") continue;
    if (enter > MOST.enter)
      faults.push(`an LP enters for ${format(enter)} gas, and the limit is ${format(MOST.enter)}`);
    if (leave > MOST.leave)
      faults.push(`an LP leaves for ${format(leave)} gas, and the limit is ${format(MOST.leave)}`);
  }
}

const result = {
  scenarios: Object.fromEntries(
    [...Object.keys(scenarios), ...own].filter((id) => id in measured).map((id) => [id, { gas: measured[id] }]),
  ),
};
const sizes = measureSizes();
printSizes(sizes);
faults.push(...oversized(sizes));

if (process.argv.includes("--check")) {
  const committed = readJson(gasFile).scenarios;
  const grown = Object.entries(result.scenarios).filter(([id, { gas }]) => gas > (committed[id]?.gas ?? 0));
  for (const [id, { gas }] of grown) {
    faults.push(
      `${id} costs ${format(gas)}, and bench/gas.json says ${format(committed[id]?.gas ?? 0)}: run npx -y pnpm@10 bench and commit it`,
    );
  }
  faults.push(...grownSizes(sizes));
} else {
  writeFileSync(gasFile, `${JSON.stringify(result, null, 2)}\n`);
  writeSizes(sizes);
  console.log("\nWritten to packages/contracts/bench/gas.json and sizes.json");
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
