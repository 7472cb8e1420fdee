import { EXIT_FAILED, type Workspace } from "../workspace.js";
import { Copy } from "./copy.js";
import type { Mutant } from "./faults.js";
import type { Options } from "./options.js";
import { failureIn, type Outcome, summarize, writeResult } from "./results.js";

/**
 * Tries the chosen faults one after the other and stores their results. An aborted run keeps the results that it has.
 *
 * @param mutants all faults of the list
 * @returns the exit code
 */
export async function runCampaign(
  workspace: Workspace,
  chosen: Mutant[],
  mutants: Mutant[],
  options: Pick<Options, "shard" | "shards" | "seed" | "expected" | "skipBaseline" | "budgetMinutes">,
  signal: AbortSignal,
): Promise<number> {
  const begun = Date.now();
  const copy = new Copy(workspace, options.shards === 1 ? "all" : `${options.shard}-of-${options.shards}`);
  console.log(`${chosen.length} of ${mutants.length} faults, seed ${options.seed}\nCompiling…`);
  copy.create();
  const built = await copy.build();
  if (built.exitCode !== 0) {
    console.error(built.output);
    return EXIT_FAILED;
  }
  copy.keep();
  if (!options.skipBaseline) {
    console.log("All tests, without a fault…");
    const { exitCode, output } = await copy.test();
    if (exitCode !== 0) {
      const reason = signal.aborted ? "interrupted" : (failureIn(output) ?? output);
      console.error(`The tests fail without a fault: ${reason}`);
      return EXIT_FAILED;
    }
  }

  const outcomes = new Map<Mutant, Outcome>();
  for (const [index, mutant] of chosen.entries()) {
    if (signal.aborted || Date.now() - begun > options.budgetMinutes * 60_000) break;
    const start = Date.now();
    const outcome = await judge(copy, mutant, options.expected, signal);
    if (signal.aborted) break;
    outcomes.set(mutant, outcome);
    const seconds = String(Math.round((Date.now() - start) / 1000)).padStart(4);
    const place = `[${String(index + 1).padStart(3)}/${chosen.length}]`;
    const reason = outcome.by ?? mutant.survives ?? mutant.fault;
    console.log(`${place} ${outcome.result.padEnd(8)} ${seconds} s  ${mutant.id.padEnd(34)} ${reason}`);
    writeResult(workspace.root, mutants, mutant, outcome);
  }
  const { text, isGood } = summarize(outcomes, chosen.length, Date.now() - begun);
  console.log(text);
  return isGood && !signal.aborted ? 0 : EXIT_FAILED;
}

/** Runs the tests that are expected to notice the fault and then, if they pass, all of them. */
async function judge(copy: Copy, mutant: Mutant, isNarrowOnly: boolean, signal: AbortSignal): Promise<Outcome> {
  for (const isNarrow of isNarrowOnly ? [true] : [true, false]) {
    copy.restore();
    if (isNarrow) copy.narrow(mutant);
    copy.apply(mutant);
    const { exitCode, output } = await copy.test();
    if (exitCode === 0) continue;
    const by = failureIn(output);
    if (by !== undefined) return { result: "killed", by };
    if (!signal.aborted) console.error(output);
    return { result: "broken" };
  }
  return { result: isNarrowOnly ? "missed" : "survived" };
}
