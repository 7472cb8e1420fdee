// Faults of the node during `apply`: refused and lost requests, lost and underpriced transactions, a reorganisation. The final state
// equals that of a run without faults, and no transaction is executed twice.
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSigner, Secrets } from "@counterpoise/service-kit";
import { type Hex, keccak256 } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ExchangeConfig, loadConfig } from "../src/config.js";
import { type ApplyOptions, apply, openDeployment, plan } from "../src/deployment.js";
import type { Step } from "../src/steps.js";
import { configOf, startWorld, testClient, type World, writeConfig } from "./world.js";

type Request = { id: number; method: string; params: unknown[] };
/** The answer of the node's proxy; undefined forwards the request, "reset" ends the connection after it. */
type Answer = { result?: unknown; error?: object } | "reset" | undefined;
type Fault = (request: Request, count: number) => Answer | Promise<Answer>;

describe("apply with a faulty node", () => {
  let world: World;
  let config: ExchangeConfig;
  let steps: readonly Step[];
  let snapshot: Hex;
  let server: Server;
  let url: string;
  let fault: Fault = () => undefined;
  let whole: { nonce: number; registry: string };

  beforeAll(async () => {
    world = await startWorld();
    const json = configOf(world);
    (json.eth.makers as unknown[]).splice(1);
    config = loadConfig(writeConfig(json));
    const counts = new Map<string, number>();
    server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const request = JSON.parse(Buffer.concat(chunks).toString()) as Request;
      const count = (counts.get(request.method) ?? 0) + 1;
      counts.set(request.method, count);
      const answer = await fault(request, count);
      if (answer !== undefined && answer !== "reset") {
        outgoing.setHeader("content-type", "application/json");
        outgoing.end(JSON.stringify({ jsonrpc: "2.0", id: request.id, ...answer }));
        return;
      }
      const response = await fetch(world.anvil.rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
      });
      const body = await response.text();
      if (answer === "reset") outgoing.destroy();
      else outgoing.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const registry = mkdtempSync(path.join(tmpdir(), "counterpoise-faulty-"));
    ({ steps } = await openDeployment({ config, rpcUrl: world.anvil.rpcUrl, registry }));
    snapshot = await testClient(world).snapshot();
    whole = await run();
    expect(whole.nonce).toBeGreaterThan(20);
  });
  beforeEach(async () => {
    await testClient(world).revert({ id: snapshot });
    snapshot = await testClient(world).snapshot();
  });
  afterEach(() => {
    fault = () => undefined;
  });
  afterAll(async () => {
    server?.close();
    await world?.anvil.stop();
  });

  async function run(options: ApplyOptions = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-faulty-"));
    const open = () => openDeployment({ config, rpcUrl: url, registry: folder, steps });
    const signer = createSigner({
      config: { type: "unlocked", address: world.deployer },
      chainId: world.anvil.chainId,
      secrets: new Secrets(),
      request: (method, params) => world.reader.request({ method, params } as never),
    });
    const result = await apply(await open(), { signer, pollInterval: 20, replaceAfter: 1, ...options });
    expect(result.isComplete).toBe(true);
    fault = () => undefined;
    expect((await plan(await open())).open).toEqual([]);
    return {
      nonce: await world.reader.getTransactionCount({ address: world.deployer }),
      registry: readFileSync(path.join(folder, "31337/test.json"), "utf8"),
    };
  }

  test("every twentieth read is refused", async () => {
    fault = ({ method }, count) =>
      method !== "eth_sendRawTransaction" && count % 20 === 0
        ? { error: { code: -32_603, message: "Internal error" } }
        : undefined;
    expect(await run()).toEqual(whole);
  });

  test("the answer to every second transaction is lost", async () => {
    fault = ({ method }, count) => (method === "eth_sendRawTransaction" && count % 2 === 0 ? "reset" : undefined);
    expect(await run()).toEqual(whole);
  });

  test("a transaction that the node loses is sent again with a higher fee", async () => {
    const seen: Hex[] = [];
    fault = ({ method, params }) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      const raw = params[0] as Hex;
      seen.push(raw);
      return seen.length === 5 ? { result: keccak256(raw) } : undefined;
    };
    expect(await run()).toEqual(whole);
    expect(seen[5]).not.toBe(seen[4]);
  });

  test("an underpriced transaction is sent again at once", async () => {
    let refused = 0;
    fault = ({ method }, count) => {
      if (method !== "eth_sendRawTransaction" || count % 7 !== 0) return undefined;
      refused++;
      return { error: { code: -32_000, message: "replacement transaction underpriced" } };
    };
    expect(await run()).toEqual(whole);
    expect(refused).toBeGreaterThan(1);
  });

  // Before the nonce is read, and between the nonce and the broadcast. Late ones undo sections before the handover.
  test.each(
    (["eth_getTransactionCount", "eth_estimateGas"] as const).flatMap((method) =>
      [8, 12, 20, 22, 24].map((after) => [after, method] as const),
    ),
  )("steps that a reorganisation undoes after transaction %i, at %s, are repeated", async (after, trigger) => {
    let sent = 0;
    let isDone = false;
    let undone = 0;
    fault = async ({ method }) => {
      if (method === "eth_sendRawTransaction") sent++;
      if (sent < after || method !== trigger || isDone) return undefined;
      isDone = true;
      const nonce = () => world.reader.getTransactionCount({ address: world.deployer });
      const before = await nonce();
      await world.reader.request({ method: "anvil_reorg", params: [4, []] } as never);
      undone = before - (await nonce());
      return undefined;
    };
    const result = await run();
    expect(undone).toBe(4);
    // The transactions of the abandoned blocks are gone, and the same nonces execute the same steps.
    expect(result.registry).toBe(whole.registry);
    expect(result.nonce).toBe(whole.nonce);
  });
});
