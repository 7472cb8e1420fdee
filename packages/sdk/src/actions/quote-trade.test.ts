import { readFileSync } from "node:fs";
import {
  type AbiFunction,
  decodeFunctionData,
  encodeErrorResult,
  getAbiItem,
  type Hex,
  keccak256,
  slice,
  toHex,
} from "viem";
import { describe, expect, test } from "vitest";
import { storageLayouts } from "../../../../tools/storage-layout.mjs";
import { clientWith, reverted, type Transaction } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { MARGIN_BITS, vaultSlots } from "../client/overrides.js";
import { trialAbi } from "../client/trial.js";
import {
  clearingHouseAbi,
  oracleMakerAbi,
  orderGatewayAbi,
  pythOracleAbi,
  signedOrderGatewayAbi,
  vaultAbi,
} from "../generated/abis.js";
import { QuoteFailedError, quoteTrade, StalePriceError } from "../index.js";

const quoted = encodeErrorResult({ abi: clearingHouseAbi, errorName: "TradeQuoted", args: [3n, -5n] });
const notAuthorized = encodeErrorResult({
  abi: vaultAbi,
  errorName: "NotAuthorized",
  args: [taker, deployment.orderGateway],
});

type Overrides = Record<string, { stateDiff?: Record<Hex, Hex>; code?: Hex }>;

/** A client of a node that answers trades in turn, and the calls with their overrides. */
function node(...answers: Hex[]) {
  const asked: { to: string; args: readonly unknown[]; overrides: Overrides | undefined }[] = [];
  const client = clientWith({
    eth_getStorageAt: () => word,
    eth_call: ([transaction, _block, overrides]) => {
      const { to, data } = transaction as Transaction;
      const { args = [] } = decodeFunctionData({ abi: clearingHouseAbi, data });
      asked.push({ to, args, overrides: overrides as Overrides | undefined });
      return reverted(answers[asked.length - 1]);
    },
  });
  return { client, asked };
}

/** A position's second word: a maker's flag, indices, and a margin of minus one. */
const word: Hex = `0x01${"22".repeat(18)}${"ff".repeat(13)}`;

describe("quoteTrade", () => {
  const request = {
    deployment,
    taker,
    maker: deployment.oracleMaker,
    isBaseToQuote: false,
    isExactInput: true,
    amount: 5n,
  } as const;

  test("default", async () => {
    const { client, asked } = node(quoted);
    expect(await quoteTrade(client, request)).toEqual({ base: 3n, quote: -5n, obstacle: undefined });
    expect(asked).toMatchObject([
      {
        to: deployment.clearingHouse,
        args: [{ taker, isReduceOnly: false, oppositeBound: 0n }, deployment.orderGateway],
        overrides: undefined,
      },
    ]);
  });

  test("behavior: of an account that lacks approval and margin, with its position", async () => {
    const { client, asked } = node(notAuthorized, quoted);
    const quote = await quoteTrade(client, request);
    expect(quote).toMatchObject({ base: 3n, quote: -5n, obstacle: { errorName: "NotAuthorized" } });
    const overrides = asked[1]?.overrides as Overrides;
    expect(Object.keys(overrides)).toEqual([deployment.vault]);
    const [operator, money] = Object.values(overrides[deployment.vault]?.stateDiff ?? {});
    // The approval only: the record's other fields are kept.
    expect(operator).toBe(word);
    // The margin only.
    expect(money).toBe(`${word.slice(0, -26)}1${"0".repeat(25)}`);
  });

  test("behavior: without an account, and at a given price", async () => {
    const { client, asked } = node(quoted);
    const { taker: _, ...anyone } = request;
    expect(await quoteTrade(client, { ...anyone, price: 7n })).toEqual({ base: 3n, quote: -5n, obstacle: undefined });
    expect(asked).toHaveLength(1);
    const visitor = slice(keccak256(toHex("counterpoise.visitor")), 12);
    expect(String((asked[0]?.args[0] as { taker: string } | undefined)?.taker).toLowerCase()).toBe(visitor);
    const { code } = asked[0]?.overrides?.[deployment.oracle] ?? {};
    expect(code).toBe(`0x7f${"0".repeat(63)}760005242604052600160605260806000f3`);
  });

  test("error: StalePriceError, which says what to do", async () => {
    const args = [deployment.pythId, 100n, 140n] as const;
    const { client } = node(encodeErrorResult({ abi: pythOracleAbi, errorName: "StalePrice", args }));
    const error = await quoteTrade(client, request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StalePriceError);
    expect(error).toMatchObject({ pythId: deployment.pythId, publishTime: 100n, oldestAllowed: 140n });
    expect(String(error)).toContain(`Store a newer update of feed ${deployment.pythId}`);
  });

  test("error: a maker's lack of margin is not the taker's", async () => {
    const args = [deployment.oracleMaker, 1n, 2n] as const;
    const data = encodeErrorResult({ abi: clearingHouseAbi, errorName: "InsufficientInitialMargin", args });
    const error = await quoteTrade(node(data).client, request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QuoteFailedError);
    expect(error).toMatchObject({ revert: { errorName: "InsufficientInitialMargin" } });
  });

  test("error: QuoteFailedError without a reason", async () => {
    const client = clientWith({ eth_call: () => reverted("0xdeadbeef") });
    await expect(quoteTrade(client, request)).rejects.toThrow(QuoteFailedError);
  });

  test("error: QuoteFailedError when the function returns", async () => {
    const client = clientWith({ eth_call: () => "0x" });
    await expect(quoteTrade(client, request)).rejects.toThrow(QuoteFailedError);
  });

  test("error: an error of the node is not a QuoteFailedError", async () => {
    const client = clientWith({});
    const error = await quoteTrade(client, request).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(QuoteFailedError);
    expect(String(error)).toContain("Unexpected request eth_call");
  });
});

describe("conformance with the contracts", () => {
  test("the slots of the Vault's storage", () => {
    const { storage } = storageLayouts(["src/Vault.sol"]).Vault as { storage: string[] };
    const slotOf = (label: string) =>
      BigInt(storage.find((each) => each.startsWith(`${label} `))?.split(/[ :]/)[1] ?? -1);
    expect(slotOf("_operators")).toBe(vaultSlots.operators);
    expect(storage.find((each) => each.startsWith("_operators "))).toContain("{isApproved 0:0 bool,");
    expect(slotOf("_positions")).toBe(vaultSlots.positions);
    expect(storage.find((each) => each.startsWith("_positions "))).toContain(
      "{exposure 0:0 uint256, money 1:0 uint256}",
    );
  });

  test("the bits of a position's margin", () => {
    const source = readFileSync(new URL("../../../contracts/src/types/Position.sol", import.meta.url), "utf8");
    expect(source).toContain(`/// - money: margin int${MARGIN_BITS} |`);
  });

  test.each([
    ["quoteTrade", clearingHouseAbi],
    ["provePrice", pythOracleAbi],
    ["getLastPrice", pythOracleAbi],
    ["isSpotHedged", oracleMakerAbi],
    ["assetScale", vaultAbi],
    ["commitmentOf", orderGatewayAbi],
    ["fillAnnounced", signedOrderGatewayAbi],
  ] as const)("the fragment of %s", (name, abi) => {
    const item = getAbiItem({ abi: abi as never, name: name as never }) as unknown as AbiFunction;
    const fragment = getAbiItem({ abi: trialAbi, name });
    expect(fragment).toMatchObject({ inputs: item.inputs, type: "function" });
    const types = ({ outputs }: { outputs: readonly { type: string }[] }) => outputs.map(({ type }) => type);
    expect(types(fragment)).toEqual(types(item));
  });
});
