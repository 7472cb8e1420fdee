import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type Anvil, type StartAnvilParameters, startAnvil } from "../src/anvil.js";
import { createDevnetClient } from "../src/client.js";
import { AnvilPortTakenError } from "../src/errors.js";

const GENESIS = 1_516_000_000;

const started: Anvil[] = [];
const start = async (parameters: Partial<StartAnvilParameters> = {}) => {
  const anvil = await startAnvil({ timestamp: GENESIS, ...parameters });
  started.push(anvil);
  return anvil;
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((anvil) => anvil.stop()));
});

const clientOf = (anvil: Anvil, account = anvil.accounts[0]) => {
  if (!account) throw new Error("No account");
  return createDevnetClient({ rpcUrl: anvil.rpcUrl, chainId: anvil.chainId, account: account.address });
};

/** Whether a process is running. A zombie process counts as ended. */
const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
};

describe("startAnvil", () => {
  test("default", async () => {
    const anvil = await start();
    const client = clientOf(anvil);
    expect(anvil.rpcUrl).toBe(`http://127.0.0.1:${anvil.port}`);
    expect(anvil.accounts).toHaveLength(10);
    expect(await client.getBlock()).toMatchObject({ number: 0n, timestamp: BigInt(GENESIS) });
    expect(await client.request({ method: "eth_accounts" })).toEqual(
      anvil.accounts.map(({ address }) => address.toLowerCase()),
    );
  });

  test("behavior: chain id, number of accounts and port", async () => {
    const { port } = await start();
    await started.pop()?.stop();
    const anvil = await start({ chainId: 4_242, accounts: 3, port });
    expect(anvil.port).toBe(port);
    expect(anvil.accounts).toHaveLength(3);
    const { result } = await fetch(anvil.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId" }),
    }).then((response) => response.json() as Promise<{ result: string }>);
    expect(Number(result)).toBe(4_242);
  });

  test("behavior: several nodes at once", async () => {
    const anvils = await Promise.all([start(), start(), start()]);
    expect(new Set(anvils.map(({ port }) => port)).size).toBe(3);
  });

  test("behavior: mines each transaction at the time set before, and charges no gas", async () => {
    const anvil = await start();
    const client = clientOf(anvil);
    const before = await client.getBalance({ address: client.account.address });
    for (const timestamp of [GENESIS + 60, GENESIS + 61, GENESIS + 3_600]) {
      await client.setNextBlockTimestamp({ timestamp: BigInt(timestamp) });
      const hash = await client.sendTransaction({ to: anvil.accounts[1]?.address, value: 5n });
      const { blockNumber } = await client.waitForTransactionReceipt({ hash });
      expect(await client.getBlock({ blockNumber })).toMatchObject({ timestamp: BigInt(timestamp) });
    }
    expect(await client.getBalance({ address: client.account.address })).toBe(before - 15n);
  });

  test("behavior: an account can send with its own key", async () => {
    const anvil = await start();
    const [, signer, recipient] = anvil.accounts;
    if (!signer || !recipient) throw new Error("No account");
    const client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: signer });
    const hash = await client.sendTransaction({ to: recipient.address, value: 7n });
    expect(await client.waitForTransactionReceipt({ hash })).toMatchObject({ status: "success" });
  });

  test("behavior: stop ends the node; a second call has no effect", async () => {
    const anvil = await start();
    expect(isRunning(anvil.pid)).toBe(true);
    await anvil.stop();
    await anvil.stop();
    expect(isRunning(anvil.pid)).toBe(false);
    await expect(fetch(anvil.rpcUrl)).rejects.toThrow();
  });

  test.each(["SIGINT", "SIGTERM", "exit"] as const)("behavior: the node ends with its parent on %s", async (way) => {
    const fixture = path.join(path.dirname(fileURLToPath(import.meta.url)), "start-and-wait.ts");
    const parent = spawn(process.execPath, ["--import", "tsx", fixture, way], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(parent.stdout.setEncoding("utf8"), "data");
    const pid = Number(line);
    expect(pid).toBeGreaterThan(0);

    const ended = once(parent, "exit");
    if (way !== "exit") {
      expect(isRunning(pid)).toBe(true);
      parent.kill(way);
    }
    expect(await ended).toEqual(way === "exit" ? [0, null] : [null, way]);
    for (let waited = 0; isRunning(pid) && waited < 5_000; waited += 20) await sleep(20);
    expect(isRunning(pid)).toBe(false);
  });

  test("error: port taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await expect(start({ port })).rejects.toThrow(AnvilPortTakenError);
    await expect(start({ port })).rejects.toThrow(`Port ${port} is already in use`);
    await new Promise((resolve) => server.close(resolve));
  });

  test("error: port taken by another Anvil", async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(AnvilPortTakenError);
  });
});
