import type { Options } from "../src/cli/args.js";
import { createProgress } from "../src/cli/progress.js";
import { Chain } from "./chain.js";
import { replay } from "./replay.js";

/** The command `simulate conformance`. @throws {DifferenceError} {@link LawBrokenError} */
export async function conformance({ seed, operations }: Options): Promise<void> {
  const chain = await Chain.start();
  try {
    const progress = createProgress("operations");
    const counts = await replay(chain, { seed, operations, onProgress: (done) => progress(done, operations) });
    console.log(
      `${counts.operations} operations of seed ${seed}, ${counts.bookings} bookings and ${counts.states} states: 0 wei apart`,
    );
    for (const [name, count] of [...counts.succeeded, ...counts.rejected])
      console.log(`${`${count}`.padStart(8)}  ${name}`);
  } finally {
    await chain.stop();
  }
}
