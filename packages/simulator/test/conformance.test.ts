// The engine records what the contracts record and rejects what they reject, to the last wei.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chain } from "../conformance/chain.js";
import { OPERATION_TYPES } from "../conformance/operations.js";
import { replay } from "../conformance/replay.js";

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
}, 180_000);

afterAll(() => chain?.stop());

test("default: random operations of every type, 0 wei apart, and the laws hold after each", async () => {
  const counts = await replay(chain, { seed: 2, operations: 6_000, maxTime: 60_000 });
  expect(counts.operations).toBeGreaterThan(1_000);
  // Fewer operations may lack one that needs a bankrupt account or a gap.
  if (counts.operations === 6_000) {
    const rare = OPERATION_TYPES.filter((type) => !counts.succeeded.has(type));
    expect(rare.filter((type) => type !== "closeGap")).toEqual([]);
  }
}, 120_000);
