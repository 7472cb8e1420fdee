import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TransactionRevertedError } from "../src/errors.js";
import { deployMockPyth, updateMockPyth } from "../src/mock-pyth.js";
import { WAD } from "../src/price-math.js";
import { type LocalChain, startLocalChain } from "./local-chain.js";
import { PRICE } from "./pool-suite.js";

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
});
afterAll(() => chain?.anvil.stop());

describe("MockPyth", () => {
  const id = `0x${"ab".repeat(32)}` as const;
  const abi = [
    {
      type: "function",
      name: "getPriceUnsafe",
      stateMutability: "view",
      inputs: [{ name: "id", type: "bytes32" }],
      outputs: [
        {
          name: "price",
          type: "tuple",
          components: [
            { name: "price", type: "int64" },
            { name: "conf", type: "uint64" },
            { name: "expo", type: "int32" },
            { name: "publishTime", type: "uint256" },
          ],
        },
      ],
    },
  ] as const;

  test("default", async () => {
    const pyth = await deployMockPyth(chain.client);
    await updateMockPyth(chain.client, { pyth, updates: [{ id, price: PRICE, publishTime: 1_516_000_010 }] });
    expect(await chain.client.readContract({ address: pyth, abi, functionName: "getPriceUnsafe", args: [id] })).toEqual(
      {
        price: 200_000_000_000n,
        conf: 0n,
        expo: -8,
        publishTime: 1_516_000_010n,
      },
    );
  });

  test("behavior: an older price does not replace a newer one", async () => {
    const pyth = await deployMockPyth(chain.client);
    await updateMockPyth(chain.client, { pyth, updates: [{ id, price: PRICE, publishTime: 20 }] });
    await updateMockPyth(chain.client, { pyth, updates: [{ id, price: WAD, publishTime: 10 }] });
    const stored = await chain.client.readContract({ address: pyth, abi, functionName: "getPriceUnsafe", args: [id] });
    expect(stored.publishTime).toBe(20n);
  });

  test("error: fee not paid", async () => {
    const pyth = await deployMockPyth(chain.client, { updateFee: 5n });
    await expect(
      updateMockPyth(chain.client, { pyth, updates: [{ id, price: PRICE, publishTime: 1 }], updateFee: 4n }),
    ).rejects.toThrow(TransactionRevertedError);
  });
});
