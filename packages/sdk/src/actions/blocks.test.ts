import { describe, expect, test } from "vitest";
import { clientWith } from "../../test/clients.js";
import { getBlockAt } from "../index.js";

/** A chain with a block every two seconds from time 1,000 on, whose node has pruned blocks before the first one. */
function chain({ head, first = 0n }: { head: bigint; first?: bigint }) {
  const asked: bigint[] = [];
  const client = clientWith({
    eth_getBlockByNumber: ([tag]) => {
      const number = tag === "latest" ? head : BigInt(tag as string);
      if (number < first) throw new Error("pruned history unavailable");
      asked.push(number);
      return {
        number: `0x${number.toString(16)}`,
        timestamp: `0x${(1_000n + 2n * number).toString(16)}`,
        transactions: [],
      };
    },
  });
  return { client, asked };
}

describe("getBlockAt", () => {
  test.each([
    [0n, 0n],
    [1_000n, 0n],
    [1_001n, 1n],
    [1_002n, 1n],
    [1_003n, 2n],
    [1_899n, 450n],
    [1_997n, 499n],
    [1_998n, 499n],
    [1_999n, 500n],
    [2_000n, 500n],
    [2_001n, 501n],
  ])("default: of time %i, block %i", async (timestamp, block) => {
    expect(await getBlockAt(chain({ head: 500n }).client, { timestamp })).toBe(block);
  });

  test("behavior: on a chain of one block", async () => {
    const { client } = chain({ head: 0n });
    expect(await getBlockAt(client, { timestamp: 5n })).toBe(0n);
    expect(await getBlockAt(client, { timestamp: 1_001n })).toBe(1n);
  });

  test("behavior: asks for recent blocks only", async () => {
    const { client, asked } = chain({ head: 1_000_000n, first: 1_000_000n - 2_048n });
    expect(await getBlockAt(client, { timestamp: 1_000n + 2n * 998_900n })).toBe(998_900n);
    expect(asked.length).toBeLessThan(30);
  });
});
