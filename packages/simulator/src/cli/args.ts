import path from "node:path";
import { parseArgs } from "node:util";

/** An option is unknown or has an invalid value. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(problem: string) {
    super(`${problem} (see \`npx -y pnpm@10 simulate --help\`)`);
  }
}

export const USAGE = `Usage: npx -y pnpm@10 simulate COMMAND [options]

run                 runs one scenario with several seeds
sweep DESIGN.json   runs every cell of a design; a sweep that was ended resumes
bench               measures the speed, in days of a market per second
conformance         replays random operations of the engine against the contracts on a local chain

  --scenario FILE   run: JSON with fields that replace those of packages/simulator/default-scenario.json
  --prices FILE     run: CSV of timestamp_unix,open,high,low,close (default: generated prices)
  --seed N          first seed (default: 1)
  --seeds N         run: number of seeds (default: 10)
  --operations N    conformance: number of operations (default: 10000)
  --threads N       worker threads (default: 2)
  --out FOLDER      folder of results.json and report.html (default: simulation)
  --help            prints this text

Exit code: 0, 1 if a law is broken or a file cannot be used, 2 if an option is wrong.
`;

export type Command = "run" | "sweep" | "bench" | "conformance";

export type Options = {
  command: Command;
  design: string | undefined;
  scenario: string | undefined;
  prices: string | undefined;
  seed: number;
  seeds: number;
  operations: number;
  threads: number;
  out: string;
};

const COMMANDS: readonly string[] = ["run", "sweep", "bench", "conformance"];

/** Reads the arguments; undefined for a request of help. @throws {UsageError} */
export function parseSimulateArgs(argv: readonly string[], cwd: string): Options | undefined {
  const { values, positionals } = parse(argv);
  if (values.help) return undefined;
  const [command = "", design, ...rest] = positionals;
  if (!COMMANDS.includes(command)) throw new UsageError(`the command must be ${COMMANDS.join(", ")}, not "${command}"`);
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many`);
  if ((command === "sweep") !== (design !== undefined))
    throw new UsageError("a design belongs to sweep, and only there");
  const file = (name: string | undefined) => (name === undefined ? undefined : path.resolve(cwd, name));
  const number = (option: "seed" | "seeds" | "operations" | "threads", usual: number, most: number) => {
    const value = values[option];
    if (value === undefined) return usual;
    const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    const least = option === "seed" ? 0 : 1;
    if (parsed >= least && parsed <= most) return parsed;
    throw new UsageError(`--${option} must be a whole number from ${least} to ${most}, not "${value}"`);
  };
  return {
    command: command as Command,
    design: file(design),
    scenario: file(values.scenario),
    prices: file(values.prices),
    seed: number("seed", 1, 2 ** 32 - 1),
    seeds: number("seeds", 10, 100_000),
    operations: number("operations", 10_000, 10_000_000),
    threads: number("threads", 2, 64),
    out: path.resolve(cwd, values.out ?? "simulation"),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: true,
      options: {
        scenario: { type: "string" },
        prices: { type: "string" },
        seed: { type: "string" },
        seeds: { type: "string" },
        operations: { type: "string" },
        threads: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [problem = error.message] = error.message.split(/\.(?:\s|$)|\n/);
    throw new UsageError(problem);
  }
}
