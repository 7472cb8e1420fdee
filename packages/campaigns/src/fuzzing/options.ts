import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export const HELP = `npx -y pnpm@10 fuzz [options]

Runs the fuzz tests and the invariant suites of packages/contracts for a given time.

  --minutes N      time for the campaign, without compilation (20)
  --suite REGEX    only the test contracts whose names match
  --processors N   runs of suites at the same time (one for each processor)
  --seed 0x...     repeat a run; default: a new seed
  --only KIND      invariants, or fuzz (tests of single functions)
  --quick          deploy a quick build instead of the one that ships
  --dead-fails     end with an error when an action never succeeded
  --list           print the jobs of the campaign, and the time of each
  --fresh          delete corpus and failures of earlier runs first
  --benchmark      put each known fault into a copy of the contracts and measure how long the campaign takes to find it; --minutes
                   is the time for one fault (5)
  --attack ID,...  only the faults of these attacks, such as T52

Suites whose actions and laws another suite has run only when --suite names them. A suite that has more than one run of the
campaign has another seed in each.

Corpus, failures and the log of each suite are in packages/contracts/fuzz. A failure is tried first on the next run. The calls that
lead to it are also written as a Solidity test, in packages/contracts/test/replay.`;

export type Options = ReturnType<typeof parseOptions>;

/** @throws Error when an option is unknown or its value is out of range */
export function parseOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string" },
      suite: { type: "string", default: "" },
      processors: { type: "string", default: String(availableParallelism()) },
      seed: { type: "string" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      "dead-fails": { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      benchmark: { type: "boolean", default: false },
      attack: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const minutes = Number(values.minutes ?? (values.benchmark ? 5 : 20));
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes} is not a positive number`);
  const processors = Number(values.processors);
  if (!(Number.isInteger(processors) && processors > 0)) {
    throw new Error(`--processors ${values.processors} is not a positive whole number`);
  }
  if (values.only !== undefined && values.only !== "invariants" && values.only !== "fuzz") {
    throw new Error(`--only ${values.only}: the kinds are invariants and fuzz`);
  }
  if (values.seed !== undefined && !/^0x[0-9a-fA-F]{1,64}$/.test(values.seed)) {
    throw new Error(`--seed ${values.seed} is not 0x and up to 64 hexadecimal digits`);
  }
  return {
    minutes,
    processors,
    suite: new RegExp(values.suite),
    seed: values.seed ?? `0x${randomBytes(32).toString("hex")}`,
    only: values.only,
    quick: values.quick,
    deadFails: values["dead-fails"],
    list: values.list,
    fresh: values.fresh,
    benchmark: values.benchmark,
    attacks: values.attack?.split(","),
    help: values.help,
  };
}
