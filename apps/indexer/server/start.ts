// Starts Ponder as a process. Its program takes configuration from files and the environment only.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { IndexerConfig } from "./config.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Parameters of {@link startIndexer}. */
export type StartIndexerParameters = {
  config: IndexerConfig;
  databaseUrl: string;
  /**
   * Schema of the tables. Each release has one of its own; a second process with the same schema waits until the first has ended.
   */
  schema: string;
  /** TCP port. Default: any free port. */
  port?: number | undefined;
  onLine?: ((line: string) => void) | undefined;
};

/** A running indexer. */
export type Indexer = {
  url: string;
  pid: number;
  exited: Promise<number | null>;
  /** SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<void>;
  kill(): Promise<void>;
};

const STOP_TIMEOUT = 10_000;

/** Starts the indexer's process. It answers at `url` once it has a database. */
export async function startIndexer({
  config,
  databaseUrl,
  schema,
  port: wanted = 0,
  onLine = () => {},
}: StartIndexerParameters): Promise<Indexer> {
  const port = wanted === 0 ? await freePort() : wanted;
  const program = path.join(path.dirname(fileURLToPath(import.meta.resolve("ponder"))), "bin/ponder.js");
  const args = ["start", "--schema", schema, "--port", `${port}`, "--hostname", "127.0.0.1", "--log-format", "json"];
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      DATABASE_SCHEMA: schema,
      INDEXER_JSON: JSON.stringify(config),
      PONDER_TELEMETRY_DISABLED: "true",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      parts.filter((line) => line !== "").forEach(onLine);
    });
  }
  const endWithThis = () => child.kill("SIGKILL");
  process.once("exit", endWithThis);
  const exited = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (code) => {
      process.off("exit", endWithThis);
      resolve(code);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    exited,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
      await exited;
      clearTimeout(timer);
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
