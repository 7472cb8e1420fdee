// Supervises the processes of a venue. No product logic.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isAlive, type Logger, pause, serviceDatabase, startEmbeddedPostgres } from "@counterpoise/service-kit";
import { runAgents } from "./agents.js";
import type { StackArgs } from "./args.js";
import { startFaucet } from "./faucet.js";
import { bundleKeeper } from "./keeper-bundle.js";
import { type RunningProcess, startProgram } from "./processes.js";
import { startVenue, type Venue } from "./venue.js";
import { ordersFileOf, startWeb } from "./web.js";

const KEEPERS = 2;
const RESTART_PAUSE = 1_000;

/** Another stack uses the folder. */
export class StackRunsError extends Error {
  override name = "StackRunsError";
  readonly folder: string;
  readonly pid: number;
  constructor({ folder, pid }: { folder: string; pid: number }) {
    super(`A stack with process id ${pid} uses ${folder}. End it, or choose another --folder.`);
    this.folder = folder;
    this.pid = pid;
  }
}

/** A running stack. */
export type Stack = {
  venue: Venue;
  rpcUrl: string;
  priceUrl: string;
  faucetUrl: string;
  databaseUrl: string;
  /** Of the administrator, for databases of further services. */
  postgresUrl: string;
  keeperUrls: readonly string[];
  webUrl: string;
  /** Process ids of all children. */
  pids(): readonly number[];
  stop(): Promise<void>;
};

/** Starts all of a venue. */
export async function startStack(args: StackArgs, { folder, log }: { folder: string; log: Logger }): Promise<Stack> {
  mkdirSync(folder, { recursive: true });
  const pidFile = path.join(folder, "pids.json");
  claim(folder, pidFile);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse())
      await each().catch((error: unknown) => log.error({ error }, "could not stop"));
    rmSync(pidFile, { force: true });
  };
  try {
    const postgresFolder = path.join(folder, "postgres");
    let postgres = await startEmbeddedPostgres({ folder: postgresFolder });
    if (args.isReset && existsSync(path.join(folder, "venue"))) {
      // The journal belongs to the chain that is deleted.
      await postgres.stop();
      const location = path.join(postgresFolder, "location");
      if (existsSync(location)) rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
      rmSync(postgresFolder, { recursive: true, force: true });
      postgres = await startEmbeddedPostgres({ folder: postgresFolder });
    }
    stops.push(() => postgres.stop());
    const venue = await startVenue({
      folder: path.join(folder, "venue"),
      port: args.rpcPort === 0 ? undefined : args.rpcPort,
      pricePort: args.pricePort,
      isReset: args.isReset,
      priceStep: args.priceStep,
      seed: args.seed,
    });
    stops.push(() => venue.stop());
    const { anvil, deployment, prices } = venue;
    const databaseUrl = await serviceDatabase({ adminUrl: postgres.url, service: "keeper", folder: postgresFolder });
    const faucet = await startFaucet({ ...deployment, port: args.faucetPort, faucet: venue.faucet });
    stops.push(() => faucet.stop());

    const program = await bundleKeeper(path.join(folder, "keeper.mjs"));
    const controller = new AbortController();
    const keepers = Array.from({ length: KEEPERS }, (_, i) => {
      const port = args.keeperPort === 0 ? 0 : args.keeperPort + i;
      return supervise({
        program,
        file: keeperConfig(folder, venue, i, port),
        i,
        databaseUrl,
        log,
        signal: controller.signal,
      });
    });
    const writePids = () => {
      const pids = [anvil.pid, ...keepers.map(({ running }) => running().pid)];
      writeFileSync(pidFile, JSON.stringify({ stack: process.pid, children: pids }));
      return pids;
    };
    writePids();
    const timer = setInterval(writePids, 1_000);
    const agents = runAgents(venue, { signal: controller.signal, log, seed: args.seed });
    stops.push(async () => {
      clearInterval(timer);
      controller.abort();
      await Promise.all([agents, ...keepers.map(({ ended }) => ended)]);
    });
    const web = await startWeb(venue, { folder, port: args.webPort });
    stops.push(() => web.stop());
    const keeperUrls = await Promise.all(keepers.map(({ url }) => url));
    return {
      venue,
      rpcUrl: anvil.rpcUrl,
      priceUrl: prices.url,
      faucetUrl: `${faucet.url}/v1/faucet`,
      databaseUrl,
      postgresUrl: postgres.url,
      keeperUrls,
      webUrl: web.url,
      pids: () => [...writePids(), postgres.pid],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends what a killed stack has left, and claims the folder. */
function claim(folder: string, pidFile: string): void {
  if (existsSync(pidFile)) {
    const { stack, children } = JSON.parse(readFileSync(pidFile, "utf8")) as { stack: number; children: number[] };
    if (stack !== process.pid && isAlive(stack) && /stack/.test(commandOf(stack)))
      throw new StackRunsError({ folder, pid: stack });
    for (const pid of children) {
      // A pid may belong to another program by now.
      if (isAlive(pid) && /anvil|keeper\.mjs/.test(commandOf(pid))) process.kill(pid, "SIGKILL");
    }
  }
  writeFileSync(pidFile, JSON.stringify({ stack: process.pid, children: [] }));
}

function commandOf(pid: number): string {
  try {
    if (existsSync(`/proc/${pid}/cmdline`)) return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-o", "command=", "-p", `${pid}`], { encoding: "utf8" });
  } catch {
    return "";
  }
}

function keeperConfig(folder: string, venue: Venue, i: number, port: number): string {
  const file = path.join(folder, `keeper-${i}.json`);
  const config = {
    name: `keeper-${i}`,
    chainId: venue.anvil.chainId,
    rpc: [{ url: venue.anvil.rpcUrl }],
    signer: { type: "unlocked", address: venue.keepers[i]?.address },
    server: { port },
    markets: [venue.deploymentFile],
    // The devnet has no base fee: orders that pay the SDK's default fee are worth an execution.
    gas: { priorityFee: "10000000" },
    prices: { endpoints: [{ url: venue.prices.url }], budget: { requests: 200, per: 1_000 } },
    orders: [{ file: ordersFileOf(folder) }],
  };
  if (!existsSync(ordersFileOf(folder))) writeFileSync(ordersFileOf(folder), "");
  writeFileSync(file, JSON.stringify(config, undefined, 2));
  return file;
}

/** Keeps a keeper running until the signal is aborted. */
function supervise({
  program,
  file,
  i,
  databaseUrl,
  log,
  signal,
}: {
  program: string;
  file: string;
  i: number;
  databaseUrl: string;
  log: Logger;
  signal: AbortSignal;
}) {
  let found: (url: string) => void;
  const url = new Promise<string>((resolve) => {
    found = resolve;
  });
  const onLine = (line: string) => {
    try {
      const fields = JSON.parse(line) as { msg?: string; url?: string; level?: string };
      if (fields.msg === "started" && fields.url) found(fields.url);
      if (fields.level === "error" || fields.level === "fatal") log.warn({ keeper: i, line: fields }, "keeper");
      else log.debug({ keeper: i, line: fields }, "keeper");
    } catch {
      log.warn({ keeper: i, line }, "keeper");
    }
  };
  const start = (): RunningProcess =>
    startProgram({ name: `keeper-${i}`, file: program, args: [file], env: { DATABASE_URL: databaseUrl }, onLine });
  let running = start();
  const ended = (async () => {
    while (!signal.aborted) {
      const aborted = new Promise<"aborted">((resolve) =>
        signal.addEventListener("abort", () => resolve("aborted"), { once: true }),
      );
      const exit = await Promise.race([running.exited, aborted]);
      if (exit === "aborted") break;
      log.warn({ keeper: i, exit }, "keeper ended; starting it again");
      await pause(RESTART_PAUSE, signal);
      if (!signal.aborted) running = start();
    }
    await running.stop();
  })();
  return { url, ended, running: () => running };
}
