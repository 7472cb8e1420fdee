import { formatAbiItem } from "abitype";
import { encodeFunctionResult } from "viem";
import { describe, expect, test } from "vitest";
import { answering } from "../../test/clients.js";
import { deployment, oracleMakerParameters as parameters, taker } from "../../test/fixtures.js";
import { oracleMakerAbi } from "../generated/abis.js";
import {
  counterpoiseReads,
  getMakerCapacity,
  getMakerPrices,
  getMakerQuote,
  getOracleMakerParameters,
  isValidSender,
} from "../index.js";

/** A client of a node on which the OracleMaker returns `result`, and the calls. */
const makerWith = (functionName: string, result: unknown) =>
  answering(oracleMakerAbi, () => encodeFunctionResult({ abi: oracleMakerAbi, functionName, result } as never));

describe("reads", () => {
  test("default: getMakerQuote", async () => {
    const { client, asked } = makerWith("previewFill", { base: 1n, quote: 2n, tradePrice: 3n, fee: 4n, spread: 5n });
    const request = { isBaseToQuote: true, isExactInput: false, amount: 9n };
    expect(await getMakerQuote(client, { deployment, ...request })).toEqual({
      base: 1n,
      quote: 2n,
      price: 3n,
      fee: 4n,
      spread: 5n,
    });
    expect(asked).toEqual([{ to: deployment.oracleMaker, functionName: "previewFill", args: [true, false, 9n] }]);
  });

  test("default: getOracleMakerParameters", async () => {
    const { client } = makerWith("parameters", parameters);
    expect(await getOracleMakerParameters(client, { deployment })).toEqual(parameters);
  });

  test("default: getMakerCapacity", async () => {
    const { client } = makerWith("getRemainingCapacity", [1n, 2n]);
    expect(await getMakerCapacity(client, { deployment })).toEqual({ buys: 1n, sells: 2n });
  });

  test("default: getMakerPrices", async () => {
    const { client } = makerWith("getPrices", [1n, 2n, 3n]);
    expect(await getMakerPrices(client, { deployment })).toEqual({ bid: 1n, ask: 2n, reservationPrice: 3n });
  });

  test("default: isValidSender", async () => {
    const { client, asked } = makerWith("isValidSender", true);
    expect(await isValidSender(client, { deployment, sender: taker })).toBe(true);
    expect(asked).toMatchObject([{ args: [taker] }]);
  });

  test("behavior: as methods", async () => {
    const { client } = makerWith("getRemainingCapacity", [1n, 2n]);
    expect(await client.extend(counterpoiseReads(deployment)).getMakerCapacity()).toEqual({ buys: 1n, sells: 2n });
  });
});

test("default: events have their published names", () => {
  const signatures = oracleMakerAbi
    .filter((item) => item.type === "event" && /OrderFilled$/.test(item.name))
    .map((item) => formatAbiItem(item));
  expect(signatures).toEqual([
    "event OMOrderFilled(uint256 marketId, uint256 oraclePrice, int256 baseAmount, int256 quoteAmount)",
    "event PythOracleOrderFilled(uint256 orcalePrice, uint256 tradePrice, uint256 size, uint256 fee, uint256 spread)",
  ]);
});
