import path from "node:path";
import { parseArgs } from "node:util";

export type DemoOptions = {
  /** Absolute path of a price file. Default: a generated series. */
  prices?: string;
  /** Seed of the generated series and of what the takers do. */
  seed: number;
  /** How many steps of the series to replay. Default: all. */
  steps?: number;
  /** Port of the local chain. Default: a free one. */
  port?: number;
  /** Whether to leave the chain up at the end. */
  serve: boolean;
  /** Absolute path of the file that the report is written to for machines. */
  json?: string;
  help: boolean;
};

/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(readonly problem: string) {
    super(`${problem} (see \`npx -y pnpm@10 demo --help\`)`);
  }
}

export const USAGE = `Usage: npx -y pnpm@10 demo [options]

Starts a local chain, deploys the exchange, and replays a price series while takers trade and a keeper executes.

  --prices FILE  CSV of timestamp_unix,open,high,low,close[,volume]; without it a small series is generated
  --seed N       seed of the generated series and of what the takers do (default 1)
  --steps N      replay no more than N steps
  --port N       port of the local chain (default: a free one)
  --serve        leave the chain up at the end, and print its URL, accounts and addresses
  --json FILE    write the report for machines as well
  --help         this text

Exit code: 0 if every ledger law holds, 1 if one is broken or the input is bad, 2 if an option is.
`;

const MAX_SEED = 2 ** 32 - 1;
const MAX_PORT = 65_535;

/**
 * @param cwd What relative paths are relative to: where the user called the command.
 * @throws {UsageError}
 */
export function parseDemoArgs(argv: readonly string[], cwd: string): DemoOptions {
  const values = parse(argv);
  const file = (option: "prices" | "json") => {
    const value = values[option];
    if (value === undefined) return {};
    if (value === "") throw new UsageError(`--${option} needs the name of a file`);
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
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // What follows the first sentence is advice on options that begin with a dash.
    const [problem = error.message] = error.message.split(/\.(?:\s|$)|\n/);
    throw new UsageError(problem);
  }
}
