import { encodeAbiParameters, encodeFunctionData, parseAbi } from "viem";
import { describe, expect, test } from "vitest";
import { hash, logOf, receiptWith, recording, sentBy, type Transaction } from "../../test/clients.js";
import { deployment } from "../../test/fixtures.js";
import { ETH } from "../../test/hermes-server.js";
import { storePrices, storePricesSync } from "./index.js";

const abi = parseAbi([
  "function updatePriceFeeds(bytes[] updateData) payable",
  "function getUpdateFee(bytes[] updateData) view returns (uint256)",
  "event PriceFeedUpdate(bytes32 indexed id, uint64 publishTime, int64 price, uint64 conf)",
]);
const prices = { updateData: ["0x1234"] } as const;
const call = { functionName: "updatePriceFeeds", args: [["0x1234"]] };

describe("storePrices", () => {
  test("default: pays the fee that Pyth asks for", async () => {
    const asked: Transaction[] = [];
    const eth_call = ([transaction]: unknown[]) => {
      asked.push(transaction as Transaction);
      return encodeAbiParameters([{ type: "uint256" }], [7n]);
    };
    const sent = await sentBy(abi, (client) => storePrices(client, { deployment, prices }), { eth_call });
    expect(sent).toEqual({ to: deployment.pyth, ...call, value: 7n });
    expect(asked).toMatchObject([
      { to: deployment.pyth, data: encodeFunctionData({ abi, functionName: "getUpdateFee", args: [["0x1234"]] }) },
    ]);
  });

  test("behavior: a given value, and another contract of Pyth", async () => {
    const pyth = deployment.base;
    const sent = await sentBy(abi, (client) =>
      storePrices(client, { deployment, prices: { ...prices, pyth }, value: 9n }),
    );
    expect(sent).toEqual({ to: pyth, ...call, value: 9n });
  });

  test("behavior: the outcome has the prices that Pyth stored", async () => {
    const args = { id: ETH, publishTime: 100n, price: 5n, conf: 1n };
    const logs = [logOf(deployment.pyth, abi, "PriceFeedUpdate", args)];
    const { client } = recording({
      eth_getTransactionReceipt: () => receiptWith({ logs }),
      eth_blockNumber: () => "0x1",
      eth_getTransactionByHash: () => ({ hash, blockNumber: "0x1" }),
    });
    const outcome = await storePricesSync(client, { deployment, prices, value: 1n });
    expect(outcome).toEqual({ stored: [{ id: ETH, publishTime: 100n }], hash, gasUsed: 1n });
  });
});
