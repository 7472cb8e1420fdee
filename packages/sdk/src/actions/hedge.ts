import type { Address, Client, Hash } from "viem";
import { readContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { spotHedgeBaseMakerAbi } from "../generated/abis.js";
import { type ContractCall, findEvent, requireEvent, type SigningClient, sendCall, waitForSuccess } from "./write.js";

const MAX_UINT256 = 2n ** 256n - 1n;

export type GetHedgeParameters = {
  deployment: Deployment;
  /** The spot-hedged vault. Default: the deployment's base vault. */
  maker?: Address;
};

/** How a spot-hedged vault hedges. Ratios in parts per million. */
export type HedgeParameters = {
  /** The route on the spot market. */
  adapter: Address;
  /** Greatest distance of a hedge from the oracle price when the taker increases. */
  maxHedgeDeviation: number;
  /** Margin ratio that fills which make the vault's position larger, and withdrawals, must leave. */
  minMarginRatio: number;
  /** What the vault keeps of the swap's price. */
  spread: number;
  /** Greatest funding that the vault pays while it still grows, of its notional per day; zero: no limit. */
  maxCarry: number;
};

/** How what a forced change left unhedged is traded. */
export type HedgeGapRules = {
  /** Greatest distance of the swap from the oracle price, parts per million. */
  maxDeviation: number;
  /** Seconds between two closings. */
  interval: number;
};

/** A spot-hedged vault beside its position. Amounts in the decimals of the token that it holds. */
export type Hedge = {
  /** What it holds outside the Vault. */
  assetBalance: bigint;
  /** What LPs have put in, net of what they took out. */
  assetLiability: bigint;
  /** What it has yet to buy (> 0) or sell (< 0) on the spot market, in the base token's decimals. */
  gap: bigint;
  /** Seconds; {@link closeHedgeGap} reverts before. */
  gapClosableAt: bigint;
  gapRules: HedgeGapRules;
  parameters: HedgeParameters;
};

/** What a spot-hedged vault holds, owes its LPs, and has yet to trade; and its rules. */
export async function getHedge(
  client: Client,
  { deployment, maker = deployment.spotHedgeBaseMaker }: GetHedgeParameters,
): Promise<Hedge> {
  const call = { address: maker, abi: spotHedgeBaseMakerAbi } as const;
  const [assetBalance, assetLiability, gap, gapClosableAt, gapRules, parameters] = await Promise.all([
    readContract(client, { ...call, functionName: "assetBalance" }),
    readContract(client, { ...call, functionName: "assetLiability" }),
    readContract(client, { ...call, functionName: "hedgeGap" }),
    readContract(client, { ...call, functionName: "hedgeGapClosableAt" }),
    readContract(client, { ...call, functionName: "hedgeGapRules" }),
    readContract(client, { ...call, functionName: "parameters" }),
  ]);
  return { assetBalance, assetLiability, gap, gapClosableAt: BigInt(gapClosableAt), gapRules, parameters };
}

export type CloseHedgeGapParameters = GetHedgeParameters & {
  /** The most to trade, in the base token's decimals, at least a sixteenth of the gap. Default: all of it. */
  maxAmount?: bigint;
};

/**
 * Trades what a spot-hedged vault has yet to buy or sell since its position was changed for it, or a part that the spot
 * market can take near the oracle price. Anybody may, once per interval.
 *
 * Reverts `NoHedgeGap`, `HedgeGapClosedRecently` with the time of the next turn, `HedgeGapPartTooSmall`, and when the swap
 * is further from the oracle price than {@link HedgeGapRules} allow `HedgeTooFar`, or `InsufficientMargin` if there is not
 * even the quote for it: try a smaller part then.
 *
 * @example
 * const { gap } = await getHedge(client, { deployment });
 * const { bought, left } = await closeHedgeGapSync(client, { deployment, maxAmount: gap / 4n });
 */
export async function closeHedgeGap(
  client: SigningClient,
  { deployment, maker = deployment.spotHedgeBaseMaker, maxAmount = MAX_UINT256 }: CloseHedgeGapParameters,
): Promise<Hash> {
  return sendCall(client, {
    address: maker,
    abi: spotHedgeBaseMakerAbi,
    functionName: "closeHedgeGap",
    args: [maxAmount],
  });
}

/** What the closing of a part of a gap came to. WAD, but for `left`. */
export type HedgeGapClosing = {
  /** Base that the vault bought (> 0) or sold (< 0). */
  bought: bigint;
  /** What the swap paid or cost. */
  spotQuote: bigint;
  /** Base that fees or the price of the forced change had eaten. */
  shortage: bigint;
  /** Base not bought, because its quote was kept back for the swap's price. */
  forgone: bigint;
  /** What is left of the gap, in the base token's decimals. */
  left: bigint;
  hash: Hash;
};

/** {@link closeHedgeGap}, waits, and tells what it came to. */
export async function closeHedgeGapSync(
  client: SigningClient,
  parameters: CloseHedgeGapParameters,
): Promise<HedgeGapClosing> {
  const receipt = await waitForSuccess(client, await closeHedgeGap(client, parameters));
  const { deployment, maker: address = deployment.spotHedgeBaseMaker } = parameters;
  const vault = { abi: spotHedgeBaseMakerAbi, address } as const;
  const { base, spotQuote } = requireEvent(receipt, { ...vault, eventName: "SpotHedged" }).args;
  const { gap } = requireEvent(receipt, { ...vault, eventName: "HedgeGapChanged" }).args;
  return {
    bought: base,
    spotQuote,
    shortage: findEvent(receipt, { ...vault, eventName: "HedgeShortage" })?.args.base ?? 0n,
    forgone: findEvent(receipt, { ...vault, eventName: "HedgeForgone" })?.args.base ?? 0n,
    left: gap,
    hash: receipt.transactionHash,
  };
}

export type SetHedgeParametersParameters = GetHedgeParameters & { parameters: HedgeParameters };
export type SetHedgeGapRulesParameters = GetHedgeParameters & { rules: HedgeGapRules };

/** The calls of a spot-hedged vault's owner; part of `adminCalls`. */
export const hedgeCalls = {
  setHedgeParameters: ({
    deployment,
    maker = deployment.spotHedgeBaseMaker,
    parameters,
  }: SetHedgeParametersParameters): ContractCall => ({
    address: maker,
    abi: spotHedgeBaseMakerAbi,
    functionName: "setParameters",
    args: [parameters],
  }),
  setHedgeGapRules: ({
    deployment,
    maker = deployment.spotHedgeBaseMaker,
    rules,
  }: SetHedgeGapRulesParameters): ContractCall => ({
    address: maker,
    abi: spotHedgeBaseMakerAbi,
    functionName: "setHedgeGapRules",
    args: [rules],
  }),
} as const;

/**
 * Sets how a spot-hedged vault hedges. Its owner only. Reverts `RatioOutOfRange` with the limits, and `AdapterMismatch`
 * when the adapter trades other tokens.
 *
 * @example
 * const { parameters } = await getHedge(client, { deployment });
 * await setHedgeParameters(owner, { deployment, parameters: { ...parameters, maxCarry: 20_000 } });
 */
export async function setHedgeParameters(
  client: SigningClient,
  parameters: SetHedgeParametersParameters,
): Promise<Hash> {
  return sendCall(client, hedgeCalls.setHedgeParameters(parameters));
}

/** Sets how gaps are closed. The vault's owner only. Reverts `RatioOutOfRange` and `IntervalTooLong` with the limits. */
export async function setHedgeGapRules(client: SigningClient, parameters: SetHedgeGapRulesParameters): Promise<Hash> {
  return sendCall(client, hedgeCalls.setHedgeGapRules(parameters));
}
