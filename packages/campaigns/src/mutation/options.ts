import { parseArgs } from "node:util";

export const HELP = `npx -y pnpm@10 mutate [options]

Applies each fault of packages/contracts/mutations to a copy of the contracts and runs the quick tests: first the tests
that are expected to notice the fault, then, if all of them pass, all others. Fails when less than 95% of the faults are
noticed, when an unnoticed fault has no explanation in the list, and when a fault does not compile.

  --only ID,...    only these faults
  --untried        only faults without a result
  --seed N         seed of the order (1)
  --sample N       only the first N faults in that order
  --budget N       begin no further fault after N minutes
  --shard I/N      every Nth fault, from the Ith on, in a copy of its own
  --expected       run only the expected tests; report the faults that they miss, and store no result for them
  --skip-baseline  skip the run of all tests without a fault
  --check          check only the list: each original occurs in its file exactly once, ids, tests, results
  --list           print the list`;

export type Options = ReturnType<typeof parseOptions>;

/** @throws Error when an option is unknown or its value is out of range */
export function parseOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      untried: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      sample: { type: "string" },
      budget: { type: "string" },
      shard: { type: "string", default: "1/1" },
      expected: { type: "boolean", default: false },
      "skip-baseline": { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [shard = 0, shards = 0] = values.shard.split("/").map(Number);
  const seed = Number(values.seed);
  const sample = Number(values.sample ?? Infinity);
  const budget = Number(values.budget ?? Infinity);
  if (!(Number.isInteger(shard) && Number.isInteger(shards) && shard >= 1 && shard <= shards)) {
    throw new Error(`--shard ${values.shard} is not I/N with I from 1 to N`);
  }
  if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed} is not a whole number`);
  if (!(sample > 0 && budget > 0)) throw new Error("--sample and --budget are positive numbers");
  return {
    only: values.only?.split(","),
    untried: values.untried,
    seed,
    sample,
    budgetMinutes: budget,
    shard,
    shards,
    expected: values.expected,
    skipBaseline: values["skip-baseline"],
    check: values.check,
    list: values.list,
    help: values.help,
  };
}
