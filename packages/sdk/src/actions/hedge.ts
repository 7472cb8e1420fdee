import type { Address, Client, Hash } from "viem";
import { readContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { spotHedgeBaseMakerAbi } from "../generated/abis.js";
import { confirmed, type WritesTo, writesTo } from "./define-write.js";

const MAX_UINT256 = 2n ** 256n - 1n;

/** Which spot-hedged vault. */
export type GetHedgeParameters = {
  deployment: Deployment;
  /** The spot-hedged vault. Default: the deployment's base vault. */
  maker?: Address;
};

/** Defines a writing action of a spot-hedged vault. */
export const hedgedVaultWrite: WritesTo<GetHedgeParameters, typeof spotHedgeBaseMakerAbi> = /* @__PURE__ */ writesTo(
  ({ deployment, maker = deployment.spotHedgeBaseMaker }: GetHedgeParameters) => ({
    address: maker,
    abi: spotHedgeBaseMakerAbi,
  }),
);

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
  /** Greatest age, in seconds, of the oracle price that hedges outside fills are bound to, deleveragings included. */
  maxPriceAge: number;
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

/** What {@link closeHedgeGap} takes. */
export type CloseHedgeGapParameters = GetHedgeParameters & {
  /**
   * The most to trade, in the base token's decimals: at least a sixteenth of what the gap was when it opened, and less is
   * traded where it would leave less than that. Default: all of it.
   */
  maxAmount?: bigint;
};

/** What the closing of a part of a gap came to. WAD, but for `left`. */
export type HedgeGapClosing = {
  /** Base that the vault bought (> 0) or sold (< 0); nothing of a gap that is not worth one unit of the collateral. */
  bought: bigint;
  /** What the swap paid or cost. */
  spotQuote: bigint;
  /** Base that fees or the price of the forced change had eaten. */
  shortage: bigint;
  /** Base not bought, because its quote was kept back for the swap's price. */
  unfunded: bigint;
  /** What is left of the gap, in the base token's decimals. */
  left: bigint;
  hash: Hash;
};

/**
 * Trades what a spot-hedged vault has yet to buy or sell since its position was changed for it, or a part that the spot
 * market can take near the oracle price. Anybody may, once per interval.
 *
 * Reverts `NoHedgeGap`, `HedgeGapClosedRecently` with the time of the next turn, `HedgeGapPartTooSmall`,
 * `HedgePriceTooOld` until a newer price is stored, and when the swap is further from the oracle price than
 * {@link HedgeGapRules} allow `HedgeTooFar`, or `InsufficientMargin` if there is not even the quote for it: try a smaller
 * part then.
 *
 * @example
 * const { gap } = await getHedge(client, { deployment });
 * const { bought, left } = await closeHedgeGapSync(client, { deployment, maxAmount: gap / 4n });
 */
export const closeHedgeGap = /* @__PURE__ */ hedgedVaultWrite(
  ({ maxAmount = MAX_UINT256 }: CloseHedgeGapParameters) => ({ functionName: "closeHedgeGap", args: [maxAmount] }),
  ({ event, find, hash }): HedgeGapClosing => {
    // None where the gap was not worth a swap and was dropped.
    const swap = find("SpotHedged");
    return {
      bought: swap?.base ?? 0n,
      spotQuote: swap?.spotQuote ?? 0n,
      shortage: find("HedgeShortage")?.base ?? 0n,
      unfunded: find("HedgeUnderfunded")?.base ?? 0n,
      left: event("HedgeGapChanged").gap,
      hash,
    };
  },
);
/** {@link closeHedgeGap}, waits, and tells what it came to. */
export const closeHedgeGapSync = /* @__PURE__ */ confirmed(closeHedgeGap);
