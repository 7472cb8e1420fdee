// The command line of the stack.
import { parseArgs } from "node:util";

/** Options of the stack. */
export type StackArgs = {
  isReset: boolean;
  rpcPort: number;
  pricePort: number;
  faucetPort: number;
  keeperPort: number;
  webPort: number;
  relayerPort: number;
  indexerPort: number;
  folder: string | undefined;
  seed: number;
  /** Parts per million a second. */
  priceStep: number;
  /** Seconds after which the stack ends; undefined: on Ctrl-C. */
  seconds: number | undefined;
};

/** The command line is wrong. */
export class ArgsError extends Error {
  override name = "ArgsError";
  readonly option: string;
  readonly value: string;
  readonly accepted: string;
  constructor({ option, value, accepted }: { option: string; value: string; accepted: string }) {
    super(`--${option} is ${value}; expected ${accepted}.`);
    this.option = option;
    this.value = value;
    this.accepted = accepted;
  }
}

export const HELP = `Starts a whole venue on this computer: chain, exchange, spot pool with an arbitrageur, prices, Postgres, two keepers,
a relayer with its signer, an indexer, trading agents, a faucet and the web app. Ctrl-C ends all of it. The next start goes on
where this one ended.

  npx -y pnpm@10 stack [options]

  --reset              deploy anew, and delete the earlier venue
  --folder PATH        files of the venue (default .counterpoise/stack)
  --rpc-port N         chain (default 8545; 0: any free port)
  --price-port N       price service (default 8546)
  --faucet-port N      faucet (default 8547)
  --keeper-port N      health of the first keeper; the second has the next port (default 8551)
  --web-port N         web app (default 8548)
  --relayer-port N     API of the relayer (default 8553)
  --indexer-port N     history API of the indexer (default 8554)
  --seed N             of prices and agents (default 1)
  --price-step N       steps of the price, parts per million a second; 0: a fixed price (default 150)
  --seconds N          end after so many seconds (default: on Ctrl-C)
  --help               this text`;

/** Parses the command line. @throws {ArgsError} for a value that is no number in its range */
export function parseStackArgs(args: readonly string[]): StackArgs | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      reset: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      folder: { type: "string" },
      "rpc-port": { type: "string", default: "8545" },
      "price-port": { type: "string", default: "8546" },
      "faucet-port": { type: "string", default: "8547" },
      "keeper-port": { type: "string", default: "8551" },
      "web-port": { type: "string", default: "8548" },
      "relayer-port": { type: "string", default: "8553" },
      "indexer-port": { type: "string", default: "8554" },
      seed: { type: "string", default: "1" },
      "price-step": { type: "string", default: "150" },
      seconds: { type: "string" },
    },
  });
  if (values.help) return "help";
  const number = (option: keyof typeof values, most: number): number => {
    const value = String(values[option]);
    const parsed = Number(value);
    if (!/^\d+$/.test(value) || parsed > most) throw new ArgsError({ option, value, accepted: `0 to ${most}` });
    return parsed;
  };
  return {
    isReset: values.reset,
    folder: values.folder,
    rpcPort: number("rpc-port", 65_535),
    pricePort: number("price-port", 65_535),
    faucetPort: number("faucet-port", 65_535),
    keeperPort: number("keeper-port", 65_534),
    webPort: number("web-port", 65_535),
    relayerPort: number("relayer-port", 65_535),
    indexerPort: number("indexer-port", 65_535),
    seed: number("seed", 2 ** 31),
    priceStep: number("price-step", 10_000),
    seconds: values.seconds === undefined ? undefined : number("seconds", 86_400),
  };
}
