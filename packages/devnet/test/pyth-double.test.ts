import { getAbiItem, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythAbi } from "../src/abis.js";
import { TransactionRevertedError } from "../src/errors.js";
import { WAD } from "../src/price-math.js";
import { deployPythDouble, encodePythUpdates, updatePythDouble } from "../src/pyth-double.js";
import { type LocalChain, startLocalChain } from "./local-chain.js";
import { PRICE } from "./pool-suite.js";

let chain: LocalChain;
beforeAll(async () => {
  chain = await startLocalChain();
});
afterAll(() => chain?.anvil.stop());

describe("PythDouble", () => {
  const id = `0x${"ab".repeat(32)}` as const;
  const abi = [getAbiItem({ abi: pythAbi, name: "getPriceUnsafe" })];
  const stored = (pyth: `0x${string}`, feed: `0x${string}` = id) =>
    chain.client.readContract({ address: pyth, abi, functionName: "getPriceUnsafe", args: [feed] });

  test("default", async () => {
    const pyth = await deployPythDouble(chain.client);
    await updatePythDouble(chain.client, { pyth, updates: [{ id, price: PRICE, publishTime: 1_516_000_010 }] });
    expect(await stored(pyth)).toEqual({ price: 200_000_000_000n, conf: 0n, expo: -8, publishTime: 1_516_000_010n });
  });

  test("behavior: several prices in one update", async () => {
    const pyth = await deployPythDouble(chain.client, { updateFee: 3n, transactionFee: 2n });
    const updates = Array.from({ length: 5 }, (_, i) => ({
      id: toHex(i + 1, { size: 32 }),
      price: PRICE * BigInt(i + 1),
      publishTime: 20 + i,
    }));
    const fee = await chain.client.readContract({
      address: pyth,
      abi: pythAbi,
      functionName: "getUpdateFee",
      args: [[encodePythUpdates(updates)]],
    });
    expect(fee).toBe(17n);
    await chain.client.writeContract({
      address: pyth,
      abi: pythAbi,
      functionName: "updatePriceFeeds",
      args: [[encodePythUpdates(updates)]],
      value: fee,
    });
    for (const { id: feed, price, publishTime } of updates) {
      expect(await stored(pyth, feed)).toMatchObject({ price: price / 10n ** 10n, publishTime: BigInt(publishTime) });
    }
  });

  test("behavior: an older price does not replace a newer one", async () => {
    const pyth = await deployPythDouble(chain.client);
    await updatePythDouble(chain.client, { pyth, updates: [{ id, price: PRICE, publishTime: 20 }] });
    await updatePythDouble(chain.client, { pyth, updates: [{ id, price: WAD, publishTime: 10 }] });
    expect((await stored(pyth)).publishTime).toBe(20n);
  });

  test("error: fee not paid", async () => {
    const pyth = await deployPythDouble(chain.client, { updateFee: 5n });
    await expect(
      updatePythDouble(chain.client, { pyth, updates: [{ id, price: PRICE, publishTime: 1 }], updateFee: 4n }),
    ).rejects.toThrow(TransactionRevertedError);
  });
});
