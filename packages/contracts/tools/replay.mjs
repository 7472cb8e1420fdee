// Replays market data through the quote vault: `node packages/contracts/tools/replay.mjs [file.csv ...]`. Without
// arguments it uses the rally and crash files in the folder COUNTERPOISE_MARKET_DATA. Prints the figures of
// docs/spot-hedge-quote-maker.md.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const folder = process.env.COUNTERPOISE_MARKET_DATA;
const given = process.argv.slice(2);
const files = given.length > 0 ? given : ofFolder();

/** Names of one-minute files of BTC and ETH, without the calm periods, in which nothing happens. */
function ofFolder() {
  if (!folder || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^(btc|eth)-usd-\d.*\.csv$/.test(name) && !name.includes("calm"))
    .map((name) => path.join(folder, name));
}

/** Closing prices in millionths. A minute without a trade repeats the previous price. */
function closesOf(file) {
  const [, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const closes = [];
  let last;
  for (const line of lines) {
    const [time, , , , close] = line.split(",").map(Number);
    for (let at = last ?? time; last !== undefined && at < time - 60; at += 60) closes.push(closes.at(-1));
    closes.push(Math.round(close * 1e6));
    last = time;
  }
  return closes;
}

if (files.length === 0) {
  console.log("No market data.");
  process.exit(0);
}
let failed = false;
for (const file of files) {
  const closes = closesOf(file);
  console.log(`\n${path.basename(file)}: ${closes.length} minutes`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["tools/foundry.mjs", "forge", "test", "--match-contract", "SpotHedgeQuoteMakerReplayTest", "-vv"],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, FOUNDRY_PROFILE: "quick", QUOTE_VAULT_REPLAY: closes.join(",") },
    },
  );
  const lines = stdout.split("\n").filter((line) => /^ {2,}\S|^\[/.test(line));
  console.log(lines.filter((line) => !/Warning|-->|\|/.test(line)).join("\n"));
  if (status !== 0) {
    failed = true;
    console.error(stderr);
  }
}
process.exit(failed ? 1 : 0);
