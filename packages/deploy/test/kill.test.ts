// SIGKILL of the command at each transaction: before its broadcast, after it, and after its receipt. Each run resumes, and the final
// state equals that of one run without interruption.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Hex, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../src/config.js";
import { openDeployment, plan } from "../src/deployment.js";
import { encodeStep, readProbe, type Step } from "../src/steps.js";
import { bundleCommand, runCommand } from "./bundle.js";
import { configOf, startWorld, testClient, type World, writeConfig } from "./world.js";

type Outcome = { registry: string; nonce: number; settings: (Hex | undefined)[]; transactions: string[] };

describe("apply after SIGKILL", () => {
  let world: World;
  let file: string;
  let bundle: string;
  let list: string;
  let steps: readonly Step[];
  let folder: string;
  let snapshot: Hex;
  let whole: Outcome;

  beforeAll(async () => {
    world = await startWorld();
    const json = configOf(world);
    // One maker of each asset: the quote vault adds no other kind of transaction.
    (json.eth.makers as unknown[]).pop();
    file = writeConfig(json);
    folder = mkdtempSync(path.join(tmpdir(), "counterpoise-kill-"));
    bundle = await bundleCommand("kill");
    const config = loadConfig(file);
    const registry = path.join(folder, "none");
    ({ steps } = await openDeployment({ config, rpcUrl: world.anvil.rpcUrl, registry }));
    list = path.join(folder, "list.txt");
    writeFileSync(list, steps.map(encodeStep).join("\n"));
    snapshot = await testClient(world).snapshot();
    expect(await run("whole")).toBe("ended");
    whole = await outcome("whole");
    expect(whole.transactions.length).toBeGreaterThan(20);
  });
  afterAll(() => world?.anvil.stop());

  const logs = new Map<string, string>();

  /** Runs the command, which kills itself at a point of a step. */
  const run = async (name: string, crashAt = ""): Promise<"killed" | "ended"> => {
    const args = [
      ...["apply", file, "--rpc-url", world.anvil.rpcUrl, "--registry", path.join(folder, name)],
      ...["--list", list, "--signer", "unlocked", "--address", world.deployer],
    ];
    const { code, signal, output } = await runCommand(bundle, args, { env: { COUNTERPOISE_CRASH_AT: crashAt } });
    logs.set(name, (logs.get(name) ?? "") + output);
    if (signal === "SIGKILL") return "killed";
    if (code === 0) return "ended";
    throw new Error(`exit code ${code}: ${output}`);
  };

  const outcome = async (name: string): Promise<Outcome> => {
    const probes = steps.flatMap(({ probes: all }) => all);
    return {
      registry: readFileSync(path.join(folder, name, "31337/test.json"), "utf8"),
      nonce: await world.reader.getTransactionCount({ address: world.deployer }),
      settings: await Promise.all(
        // The time of an approval is that of its block, and bits outside of a mask change with each block.
        probes.map(async (probe) => {
          const actual = probe.comparison === 0 ? await readProbe(world.reader, probe) : undefined;
          if (actual === undefined || probe.mask === "0x") return actual;
          return toHex(BigInt(actual) & BigInt(probe.mask));
        }),
      ),
      transactions: [...(logs.get(name) ?? "").matchAll(/^(\S+): 0x[0-9a-f]{64},/gm)].map(([, id]) => id as string),
    };
  };

  test.each(["broadcast.before", "broadcast.after", "mined.after"])(
    "%s",
    async (point) => {
      await testClient(world).revert({ id: snapshot });
      snapshot = await testClient(world).snapshot();
      for (const transaction of whole.transactions) {
        expect(await run(point, `${point}:${transaction}`)).toBe("killed");
      }
      expect(await run(point)).toBe("ended");
      const final = await outcome(point);
      expect(final.registry).toBe(whole.registry);
      // No transaction was lost, and none was sent twice.
      expect(final.nonce).toBe(whole.nonce);
      expect(final.settings).toEqual(whole.settings);
      const config = loadConfig(file);
      const complete = await openDeployment({
        config,
        rpcUrl: world.anvil.rpcUrl,
        registry: path.join(folder, point),
      });
      expect((await plan(complete)).open).toEqual([]);
    },
    600_000,
  );
});
