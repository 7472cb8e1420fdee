import { formatAbiItem } from "abitype";
import { decodeFunctionData, encodeFunctionResult, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { oracleMakerAbi } from "../src/generated/abis.js";
import {
  counterpoiseAdmin,
  counterpoiseReads,
  getMakerCapacity,
  getMakerPrices,
  getMakerQuote,
  getOracleMakerParameters,
  isValidSender,
  setOracleMakerParameters,
  setValidSender,
} from "../src/index.js";
import { clientWith, recording } from "./clients.js";
import { deployment, taker } from "./fixtures.js";

const parameters = {
  maxSpread: 10_000,
  minMarginRatio: 120_000,
  maxAbsPosition: 500n * 10n ** 18n,
  lpFee: 200,
  confidenceFactor: 500_000,
  maxConfidencePremium: 5_000,
};

/** A node on which the OracleMaker answers one function, and what it was asked. */
function answering(functionName: string, result: unknown) {
  const asked: unknown[] = [];
  const client = clientWith({
    eth_call: ([call]) => {
      const { to, data } = call as { to: string; data: Hex };
      asked.push({ to, ...decodeFunctionData({ abi: oracleMakerAbi, data }) });
      return encodeFunctionResult({ abi: oracleMakerAbi, functionName, result } as never);
    },
  });
  return { client, asked };
}

describe("reads", () => {
  test("default: getMakerQuote", async () => {
    const { client, asked } = answering("previewFill", { base: 1n, quote: 2n, tradePrice: 3n, fee: 4n, spread: 5n });
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
    const { client } = answering("parameters", parameters);
    expect(await getOracleMakerParameters(client, { deployment })).toEqual(parameters);
  });

  test("default: getMakerCapacity", async () => {
    const { client } = answering("getRemainingCapacity", [1n, 2n]);
    expect(await getMakerCapacity(client, { deployment })).toEqual({ buys: 1n, sells: 2n });
  });

  test("default: getMakerPrices", async () => {
    const { client } = answering("getPrices", [1n, 2n, 3n]);
    expect(await getMakerPrices(client, { deployment })).toEqual({ bid: 1n, ask: 2n, reservationPrice: 3n });
  });

  test("default: isValidSender", async () => {
    const { client, asked } = answering("isValidSender", true);
    expect(await isValidSender(client, { deployment, sender: taker })).toBe(true);
    expect(asked).toMatchObject([{ args: [taker] }]);
  });

  test("behavior: as methods", async () => {
    const { client } = answering("getRemainingCapacity", [1n, 2n]);
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

describe("owner", () => {
  const decode = ({ to, data }: { to: string; data: Hex }) => ({
    to,
    ...decodeFunctionData({ abi: oracleMakerAbi, data }),
  });

  test("default: setOracleMakerParameters", async () => {
    const { client, sent } = recording();
    await setOracleMakerParameters(client, { deployment, parameters });
    await client.extend(counterpoiseAdmin(deployment)).setOracleMakerParameters({ parameters });
    const call = { to: deployment.oracleMaker, functionName: "setParameters", args: [parameters] };
    expect(sent.map(decode)).toEqual([call, call]);
    expect(setOracleMakerParameters.call({ deployment, parameters }).args).toEqual([parameters]);
  });

  test("default: setValidSender", async () => {
    const { client, sent } = recording();
    await setValidSender(client, { deployment, sender: taker, approved: true });
    const call = { to: deployment.oracleMaker, functionName: "setValidSender", args: [taker, true] };
    expect(sent.map(decode)).toEqual([call]);
  });
});
