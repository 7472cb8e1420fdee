import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

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

test("default: a short replay ends with all laws holding and no hedge drift", async () => {
  const { code, stdout, stderr } = await demo("--steps", "60", "--json", "report.json");
  expect(stderr).toContain("100% | 60/60 steps");
  expect(stdout).toContain("All ledger laws hold.");
  expect(code).toBe(0);

  const report = JSON.parse(await readFile(path.join(folder, "report.json"), "utf8"));
  expect(report.brokenLaws).toEqual([]);
  expect(report.laws.map(({ id }: { id: string }) => id)).toEqual(["L1", "L2", "L3", "L4", "L5", "L6", "H1"]);
  for (const hedger of ["SpotHedgeBaseMaker", "SpotHedgeQuoteMaker"]) {
    const hedged = report.makers.find(({ name }: { name: string }) => name === hedger);
    expect(hedged.hedgeDrift.largest.wad).toBe("0");
    expect(hedged.fills).toBeGreaterThan(0);
  }
  expect(report.orders.executed).toBeGreaterThan(5);

  const { market } = report;
  expect(BigInt(market.fees.trading.wad)).toBeGreaterThan(0n);
  expect(market.insurance.wad).toBe(market.fees.trading.wad);
  expect(market.badDebt.wad).toBe("0");
  const paid = BigInt(market.fees.fundingPaid.wad) + BigInt(market.fees.borrowingPaid.wad);
  expect(paid).toBeGreaterThan(0n);
});

test("behavior: replays a file, gaps included", async () => {
  const rows = [0, 60, 240, 300].map((seconds, i) => `${1_700_000_000 + seconds},${100 + i},110,90,${101 + i},5`);
  await writeFile(
    path.join(folder, "btc-usd-short.csv"),
    ["timestamp_unix,open,high,low,close,volume", ...rows].join("\n"),
  );
  const { code, stdout } = await demo("--prices", "btc-usd-short.csv");
  expect(stdout).toContain("Counterpoise BTC/USD, btc-usd-short.csv");
  expect(stdout).toContain("6 (4 rows, 2 filled)");
  expect(code).toBe(0);
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
