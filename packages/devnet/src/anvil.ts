import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { foundryBinary } from "@counterpoise/toolchain";
import { type Hex, toHex } from "viem";
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { AnvilPortTakenError, AnvilStartError } from "./errors.js";

/** Anvil's own development mnemonic. Its keys are public. */
export const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

export type StartAnvilParameters = {
  /** TCP port on 127.0.0.1. Default: any free port. */
  port?: number | undefined;
  /** Timestamp of the genesis block, seconds. */
  timestamp: number | bigint;
  /** Default 31337. */
  chainId?: number | undefined;
  /** Number of funded accounts that the node signs for. Default 10. */
  accounts?: number | undefined;
  /** Whether the node has traces of transactions and the state of past blocks. Default: the latest state only. */
  keepsHistory?: boolean | undefined;
  /** The latest states that the node keeps, for reads of past blocks, where it keeps no whole history. Default: the latest one. */
  keptStates?: number | undefined;
  /** A file that the node starts from, if it exists, and writes when it ends. Default: none. */
  stateFile?: string | undefined;
};

/** An account with a public key. */
export type DevnetAccount = PrivateKeyAccount & { privateKey: Hex };

export type Anvil = {
  rpcUrl: string;
  port: number;
  chainId: number;
  /** Process id of the node, not of a launcher. */
  pid: number;
  /** Funded accounts. The node signs for them, too. */
  accounts: readonly DevnetAccount[];
  /** Ends the node and waits until it has ended. A second call has no effect. */
  stop(): Promise<void>;
};

const HOST = "127.0.0.1";
const START_TIMEOUT_MILLISECONDS = 30_000;
const STOP_TIMEOUT_MILLISECONDS = 5_000;
const FREE_PORT_ATTEMPTS = 5;
/** High enough for any block: blocks are never more than half full. */
const BLOCK_GAS_LIMIT = 1_000_000_000;
const ETHER_PER_ACCOUNT = 1_000_000_000;

/**
 * Starts an Anvil that mines a block for each transaction, with a base fee of zero. The node ends with this process.
 *
 * @throws {AnvilPortTakenError} if `port` is in use
 * @throws {AnvilStartError} if the node does not start
 */
export async function startAnvil(parameters: StartAnvilParameters): Promise<Anvil> {
  const { port } = parameters;
  if (port !== undefined) {
    if (!(await isPortFree(port))) throw new AnvilPortTakenError(port);
    return launch(parameters, port);
  }
  // Between finding a free port and listening on it, another process may take it.
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(parameters, await findFreePort());
    } catch (error) {
      if (!(error instanceof AnvilPortTakenError) || attempt === FREE_PORT_ATTEMPTS) throw error;
    }
  }
}

async function launch(
  { timestamp, chainId = 31_337, accounts = 10, keepsHistory = false, keptStates, stateFile }: StartAnvilParameters,
  port: number,
): Promise<Anvil> {
  const child = spawn(
    foundryBinary("anvil"),
    [
      ...["--host", HOST, "--port", `${port}`, "--quiet"],
      ...["--chain-id", `${chainId}`, "--timestamp", `${timestamp}`],
      ...["--mnemonic", DEVELOPMENT_MNEMONIC, "--accounts", `${accounts}`, "--balance", `${ETHER_PER_ACCOUNT}`],
      // The EVM version for which the contracts are compiled and tested.
      ...["--hardfork", "cancun", "--gas-limit", `${BLOCK_GAS_LIMIT}`],
      ...["--block-base-fee-per-gas", "0"],
      // Otherwise the state of every block stays in memory.
      ...(keepsHistory ? [] : ["--prune-history", ...(keptStates === undefined ? [] : [`${keptStates}`])]),
      ...(stateFile === undefined ? [] : ["--state", stateFile, "--state-interval", "30"]),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  endWithThisProcess(child);

  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);

  const rpcUrl = `http://${HOST}:${port}`;
  await waitUntilReady(child, rpcUrl, () => output, port);

  return {
    rpcUrl,
    port,
    chainId,
    pid: child.pid as number,
    accounts: developmentAccounts(accounts),
    stop: () => stop(child),
  };
}

function developmentAccounts(count: number): DevnetAccount[] {
  // One derivation from the mnemonic for all accounts, because it is slow.
  const parent = mnemonicToAccount(DEVELOPMENT_MNEMONIC, { path: "m/44'/60'/0'/0" }).getHdKey();
  return Array.from({ length: count }, (_, index) => {
    const privateKey = toHex(parent.deriveChild(index).privateKey as Uint8Array);
    return { ...privateKeyToAccount(privateKey), privateKey };
  });
}

async function waitUntilReady(child: ChildProcess, rpcUrl: string, output: () => string, port: number): Promise<void> {
  let spawnError: Error | undefined;
  child.once("error", (error) => {
    spawnError = error;
  });
  const deadline = Date.now() + START_TIMEOUT_MILLISECONDS;
  while (Date.now() < deadline) {
    if (spawnError) throw new AnvilStartError(spawnError.message, output());
    if (hasEnded(child)) {
      if (/address (already )?in use|os error (48|98|10048)/i.test(output())) throw new AnvilPortTakenError(port);
      throw new AnvilStartError(`it ended with ${child.exitCode ?? child.signalCode}`, output());
    }
    if (await answers(rpcUrl)) return;
    await sleep(10);
  }
  await stop(child);
  throw new AnvilStartError(`no answer within ${START_TIMEOUT_MILLISECONDS / 1_000} s`, output());
}

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
    });
    return response.ok;
  } catch {
    return false;
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MILLISECONDS);
  await ended;
  clearTimeout(impatience);
}

const running = new Set<ChildProcess>();
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) {
    process.on("exit", killRunning);
    for (const signal of endingSignals) process.on(signal, onEndingSignal);
  }
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
    if (running.size > 0) return;
    process.off("exit", killRunning);
    for (const signal of endingSignals) process.off(signal, onEndingSignal);
  });
}

function killRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}

function onEndingSignal(signal: NodeJS.Signals): void {
  // Another handler may still need the node. It then ends on exit.
  if (process.listenerCount(signal) > 1) return;
  killRunning();
  process.off(signal, onEndingSignal);
  process.kill(process.pid, signal);
}

function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(new AnvilStartError(`cannot listen on port ${port}: ${error.message}`, ""));
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}

const isPortFree = async (port: number) => (await listen(port)) !== undefined;

async function findFreePort(): Promise<number> {
  const port = await listen(0);
  if (port === undefined) throw new AnvilStartError("no free port on the loopback interface", "");
  return port;
}
