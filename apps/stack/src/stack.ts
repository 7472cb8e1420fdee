// Supervises the processes of a venue. No product logic.
import { execFileSync } from "node:child_process";
import { setMaxListeners } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { isAlive, type Logger, serviceDatabase, startEmbeddedPostgres } from "@counterpoise/service-kit";
import { runAgents } from "./agents.js";
import type { StackArgs } from "./args.js";
import { bundleServices } from "./bundles.js";
import { startFaucet } from "./faucet.js";
import { superviseIndexer } from "./indexer.js";
import { writeRelayerFiles } from "./relayer-files.js";
import { supervise } from "./supervise.js";
import { startVenue, type Venue } from "./venue.js";
import { ordersFileOf, startWeb } from "./web.js";

const KEEPERS = 2;

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
  /** Of its API. */
  relayerUrl: string;
  relayerHealthUrl: string;
  /** Of the administrator, for databases of further services. */
  postgresUrl: string;
  keeperUrls: readonly string[];
  /** Of its API. */
  indexerUrl: string;
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
    const databaseOf = (service: string) =>
      serviceDatabase({ adminUrl: postgres.url, service, folder: postgresFolder });
    const [databaseUrl, relayerDatabaseUrl] = [await databaseOf("keeper"), await databaseOf("relayer")];
    const faucet = await startFaucet({ ...deployment, port: args.faucetPort, faucet: venue.faucet });
    stops.push(() => faucet.stop());

    const programs = await bundleServices(folder, ["keeper", "relayer", "signer"]);
    const controller = new AbortController();
    const { signal } = controller;
    // Each service and each agent waits for it.
    setMaxListeners(50, signal);
    // Restarted services keep their ports.
    const relayerPort = args.relayerPort === 0 ? await freePort() : args.relayerPort;
    const signerPort = await freePort();
    const { signerFile, relayerFile } = writeRelayerFiles({
      folder: path.join(folder, "relayer"),
      chainId: anvil.chainId,
      key: venue.relayer,
      rpc: [anvil.rpcUrl],
      deploymentFile: venue.deploymentFile,
      priceUrl: prices.url,
      ports: { api: relayerPort, signer: signerPort },
    });
    const relayerUrl = `http://127.0.0.1:${relayerPort}`;
    const relayerServices = [
      supervise({ name: "signer", program: programs.signer, file: signerFile, env: {}, log, signal }),
      supervise({
        ...{ name: "relayer", program: programs.relayer, file: relayerFile(`http://127.0.0.1:${signerPort}`) },
        ...{ env: { DATABASE_URL: relayerDatabaseUrl }, log, signal },
      }),
    ];
    const feed = `${relayerUrl}/v1/markets/${deployment.marketId}/triggered`;
    const keepers = Array.from({ length: KEEPERS }, (_, i) => {
      const port = args.keeperPort === 0 ? 0 : args.keeperPort + i;
      const file = keeperConfig({ folder, venue, i, port, feed });
      const env = { DATABASE_URL: databaseUrl };
      return supervise({ name: `keeper-${i}`, program: programs.keeper, file, env, log, signal });
    });
    const services = [...relayerServices, ...keepers];
    const indexer = await superviseIndexer({
      ...{ chainId: anvil.chainId, rpcUrl: anvil.rpcUrl, deploymentFile: venue.deploymentFile },
      ...{ databaseUrl: await databaseOf("indexer"), port: args.indexerPort, log, signal },
    });
    const writePids = () => {
      const pids = [anvil.pid, indexer.pid(), ...services.map(({ running }) => running().pid)];
      writeFileSync(pidFile, JSON.stringify({ stack: process.pid, children: pids }));
      return pids;
    };
    writePids();
    const timer = setInterval(writePids, 1_000);
    const agents = runAgents(venue, { signal, log, seed: args.seed, relayerUrl });
    stops.push(async () => {
      clearInterval(timer);
      controller.abort();
      await Promise.all([agents, indexer.ended, ...services.map(({ ended }) => ended)]);
    });
    const web = await startWeb(venue, { folder, port: args.webPort, indexerUrl: indexer.url });
    stops.push(() => web.stop());
    const started = await Promise.all(services.map((each) => each.started));
    const [, relayer, ...others] = started.map(({ url }) => url);
    return {
      venue,
      rpcUrl: anvil.rpcUrl,
      priceUrl: prices.url,
      faucetUrl: `${faucet.url}/v1/faucet`,
      databaseUrl,
      relayerUrl,
      relayerHealthUrl: relayer as string,
      keeperUrls: others,
      indexerUrl: indexer.url,
      postgresUrl: postgres.url,
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
      if (isAlive(pid) && /anvil|ponder|(keeper|relayer|signer)\.mjs/.test(commandOf(pid)))
        process.kill(pid, "SIGKILL");
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

/** A TCP port that no program uses now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function keeperConfig({
  folder,
  venue,
  i,
  port,
  feed,
}: {
  folder: string;
  venue: Venue;
  i: number;
  port: number;
  /** The relayer's triggered orders. */
  feed: string;
}): string {
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
    orders: [{ file: ordersFileOf(folder) }, { url: feed }],
  };
  if (!existsSync(ordersFileOf(folder))) writeFileSync(ordersFileOf(folder), "");
  writeFileSync(file, JSON.stringify(config, undefined, 2));
  return file;
}
