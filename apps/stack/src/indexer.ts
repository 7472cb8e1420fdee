// The indexer of the stack. Each start of the stack fills a schema of its own: after a kill the node goes on from an older state,
// and rows of the blocks that it has lost would stay.
import { type Indexer, startIndexer } from "@counterpoise/indexer";
import { connect, type Logger, pause } from "@counterpoise/service-kit";

const RESTART_PAUSE = 1_000;
const PREFIX = "stack_";

/** Parameters of {@link superviseIndexer}. */
export type SuperviseIndexerParameters = {
  chainId: number;
  rpcUrl: string;
  deploymentFile: string;
  databaseUrl: string;
  /** TCP port; 0: any free port. */
  port: number;
  log: Logger;
  signal: AbortSignal;
};

/** A supervised indexer. */
export type SupervisedIndexer = { url: string; pid(): number; ended: Promise<void> };

/** Starts the indexer, and starts it again on the same port when it ends. `ended` is done once the signal is aborted and it has ended. */
export async function superviseIndexer(parameters: SuperviseIndexerParameters): Promise<SupervisedIndexer> {
  const { chainId, rpcUrl, deploymentFile, databaseUrl, port, log, signal } = parameters;
  await dropSchemas(databaseUrl);
  const schema = `${PREFIX}${Date.now()}`;
  const start = (each: number): Promise<Indexer> =>
    startIndexer({
      config: {
        ...{ chainId, rpc: [{ url: rpcUrl }], markets: [deploymentFile] },
        ...{ pollingInterval: 1_000, maxBlockRange: 1_000, maxLag: 30, reconcileEvery: 60 },
      },
      ...{ databaseUrl, schema, port: each },
      onLine: (line) => log.debug({ service: "indexer", line }, "service"),
    });
  let running = await start(port);
  const { url } = running;
  const ended = (async () => {
    const aborted = new Promise<"aborted">((resolve) => signal.addEventListener("abort", () => resolve("aborted")));
    while (!signal.aborted) {
      const exit = await Promise.race([running.exited, aborted]);
      if (exit === "aborted") break;
      log.warn({ service: "indexer", exit }, "service ended; starting it again");
      await pause(RESTART_PAUSE, signal);
      if (!signal.aborted) running = await start(Number(new URL(url).port));
    }
    await running.stop();
  })();
  return { url, pid: () => running.pid, ended };
}

/** Deletes what earlier starts have indexed. */
async function dropSchemas(databaseUrl: string): Promise<void> {
  const pool = connect(databaseUrl);
  try {
    const { rows } = await pool.query<{ name: string }>(
      "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE $1",
      [`${PREFIX}%`],
    );
    for (const { name } of rows) await pool.query(`DROP SCHEMA "${name}" CASCADE`);
  } finally {
    await pool.end();
  }
}
