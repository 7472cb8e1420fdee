// Runs every command of docs/deployment.md, in its order, on a local chain.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encryptKey } from "@counterpoise/service-kit";
import { repositoryRoot } from "@counterpoise/toolchain";
import { parseEther, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleCommand, runCommand } from "./bundle.js";
import { configOf, startWorld, testClient, type World } from "./world.js";

const PREFIX = "npx -y pnpm@10 deployment ";
const page = readFileSync(path.join(repositoryRoot, "docs/deployment.md"), "utf8");
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  (block as string).trim().split("\n"),
);

let world: World;
let bundle: string;
let folder: string;
beforeAll(async () => {
  world = await startWorld();
  bundle = await bundleCommand("docs");
  folder = mkdtempSync(path.join(tmpdir(), "counterpoise-docs-"));
  const addresses: Record<string, string> = {};
  for (const name of ["deployer", "owner"]) {
    const key = generatePrivateKey();
    addresses[name] = privateKeyToAddress(key);
    writeFileSync(path.join(folder, `${name}.json`), encryptKey(key, `password of ${name}`, 10));
    writeFileSync(path.join(folder, `${name}.password`), `password of ${name}`, { mode: 0o600 });
    await testClient(world).setBalance({ address: privateKeyToAddress(key), value: parseEther("10") });
  }
  mkdirSync(path.join(folder, "my-exchange"));
  writeConfigs({ ...addresses, guardian: addresses.owner ?? zeroAddress });
});
afterAll(() => world?.anvil.stop());

let accounts: Record<string, string> = {};
/** Writes the configuration as the reader of the page has it at that time. */
function writeConfigs(overrides: Record<string, unknown>) {
  accounts = { ...accounts, ...(overrides as Record<string, string>) };
  const { exchange, eth, btc } = configOf(world, { ...accounts, ...overrides });
  for (const [name, json] of Object.entries({ exchange, eth, btc })) {
    writeFileSync(path.join(folder, "my-exchange", `${name}.json`), JSON.stringify(json));
  }
}

test("the page has commands", () => {
  expect(commands.filter((line) => line.startsWith(PREFIX))).toHaveLength(6);
});

test("every command", async () => {
  const outputs: string[] = [];
  for (const line of commands) {
    if (line.startsWith("export ")) continue;
    if (line === "mkdir -p calls") {
      mkdirSync(path.join(folder, "calls"), { recursive: true });
      continue;
    }
    expect(line.startsWith(PREFIX), line).toBe(true);
    // After the first check, the page adds a market.
    if (outputs.length === 3) writeConfigs({ markets: ["eth.json", "btc.json"] });
    const args = [...line.slice(PREFIX.length).split(" "), "--registry", path.join(folder, "registry")];
    const { code, output } = await runCommand(bundle, args, { cwd: folder, env: { RPC_URL: world.anvil.rpcUrl } });
    expect(code, `${line}\n${output}`).toBe(0);
    outputs.push(output);
  }
  const [plan, apply, check, planOfMarket, applyOfMarket, print] = outputs;
  expect(plan).toMatch(/steps are open, 0 are done/);
  expect(apply).toContain("Complete.");
  expect(check).toContain("The chain matches the configuration.");
  expect(planOfMarket).toMatch(/markets.BTC:\n/);
  expect(applyOfMarket).toMatch(/markets.BTC: the operation can be executed from .* on; run apply again/);
  // The operation waits for its delay, so that no further call is printed yet.
  expect(print).toContain("markets.BTC");
}, 120_000);
