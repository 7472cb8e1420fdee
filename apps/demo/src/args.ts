import path from "node:path";
import { parseArgs } from "node:util";

export type DemoOptions = {
  /** Absolute path of a price file. Default: a generated series. */
  prices?: string;
  /** Seed of the generated series and of all agents' decisions. */
  seed: number;
  /** Number of rows to replay. Default: all. */
  steps?: number;
  /** Port of the local chain. Default: a free port. */
  port?: number;
  /** Whether the chain keeps running at the end. */
  serve: boolean;
  /** Absolute path of the JSON report. */
  json?: string;
  /** Absolute path of a configuration. Default: the parameters of default-config.json. */
  config?: string;
  help: boolean;
};

/** An option is unknown or has an invalid value. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(readonly problem: string) {
    super(`${problem} (see \`npx -y pnpm@10 demo --help\`)`);
  }
}

export const USAGE = `Usage: npx -y pnpm@10 demo [options]

Starts a local chain, deploys the exchange and replays a price series in one market: takers trade with leverage, LPs deposit
and redeem through the queue, a keeper executes orders, a liquidator closes accounts below maintenance, and an arbitrageur
aligns the spot markets. The ledger laws are checked throughout. The takers are scripted: the figures are no forecast.

  --prices FILE  CSV of timestamp_unix,open,high,low,close[,volume] (default: a generated series of four hours)
  --config FILE  JSON with parameters that replace those of apps/demo/default-config.json
  --seed N       seed of the generated series and of the decisions of all agents (default: 1)
  --steps N      replay at most N rows
  --port N       port of the local chain (default: a free port)
  --serve        keep the chain running at the end, and print its URL, accounts and addresses
  --json FILE    also write the report as JSON
  --help         print this text

Exit code: 0 if every ledger law holds, 1 if a law is broken or a file cannot be used, 2 if an option is wrong.
`;

const MAX_SEED = 2 ** 32 - 1;
const MAX_PORT = 65_535;

/**
 * @param cwd Folder that relative paths start from: the user's working directory.
 * @throws {UsageError}
 */
export function parseDemoArgs(argv: readonly string[], cwd: string): DemoOptions {
  const values = parse(argv);
  const file = (option: "prices" | "json" | "config") => {
    const value = values[option];
    if (value === undefined) return {};
    if (value === "") throw new UsageError(`--${option} needs a file name`);
    return { [option]: path.resolve(cwd, value) };
  };
  const number = (option: "seed" | "steps" | "port", min: number, max: number) => {
    const value = values[option];
    if (value === undefined) return {};
    const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(parsed >= min && parsed <= max)) {
      throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, not "${value}"`);
    }
    return { [option]: parsed };
  };
  return {
    ...file("prices"),
    ...file("json"),
    ...file("config"),
    seed: 1,
    ...number("seed", 0, MAX_SEED),
    ...number("steps", 1, Number.MAX_SAFE_INTEGER),
    ...number("port", 1, MAX_PORT),
    serve: values.serve ?? false,
    help: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        prices: { type: "string" },
        seed: { type: "string" },
        steps: { type: "string" },
        port: { type: "string" },
        serve: { type: "boolean" },
        json: { type: "string" },
        config: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The sentences after the first one advise on values that begin with a dash.
    const [problem = error.message] = error.message.split(/\.(?:\s|$)|\n/);
    throw new UsageError(problem);
  }
}
