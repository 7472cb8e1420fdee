import type { Client } from "viem";
import { readContract } from "viem/actions";
import { clearingHouseAbi, vaultAbi } from "../generated/abis.js";
import { type MarketStatus, marketStatusOf } from "../market-status.js";
import { type Fees, type MarketRules, toMarketRules } from "./lens.js";
import type { AccountParameters, MarketParameters } from "./read.js";

/**
 * Reads what an account owes (above zero) or gets by now, WAD quote; its next fill settles it.
 *
 * @example
 * const { funding, borrowing } = await getPendingFees(client, { deployment, account });
 */
export async function getPendingFees(client: Client, { deployment, account }: AccountParameters): Promise<Fees> {
  const [funding, borrowing] = await readContract(client, {
    address: deployment.vault,
    abi: vaultAbi,
    functionName: "pendingFeesOf",
    args: [deployment.marketId, account],
  });
  return { funding, borrowing };
}

/** How funding and borrowing are set up, WAD. All zero where they are off. */
export type FundingSettings = {
  /** Per second, of the notional. */
  maxRate: bigint;
  /** Per second squared, at full skew. */
  maxVelocity: bigint;
  /** Net taker position at which the skew is full, base. */
  skewScale: bigint;
  /** Per second, of the net exposure of makers that are used to the full. */
  maxBorrowingRate: bigint;
};

/** Reads how funding and borrowing are set up. For the rates they come to, see {@link getRates}. */
export async function getFunding(client: Client, { deployment }: MarketParameters): Promise<FundingSettings> {
  const rates = await readContract(client, {
    address: deployment.vault,
    abi: vaultAbi,
    functionName: "ratesOf",
    args: [deployment.marketId],
  });
  return {
    maxRate: rates.maxFundingRate,
    maxVelocity: rates.maxFundingVelocity,
    skewScale: rates.skewScale,
    maxBorrowingRate: rates.maxBorrowingRate,
  };
}

/** Reads what trades and liquidations of the deployment's market go by. */
export async function getMarketRules(client: Client, { deployment }: MarketParameters): Promise<MarketRules> {
  const house = { address: deployment.clearingHouse, abi: clearingHouseAbi, args: [deployment.marketId] } as const;
  const [rules, backstopRules] = await Promise.all([
    readContract(client, { ...house, functionName: "rulesOf" }),
    readContract(client, { ...house, functionName: "backstopRulesOf" }),
  ]);
  return toMarketRules({ ...rules, ...backstopRules });
}

/** Reads what the deployment's market allows: the stricter of its own status and the system's. */
export async function getMarketStatus(client: Client, { deployment }: MarketParameters): Promise<MarketStatus> {
  return marketStatusOf(
    await readContract(client, {
      address: deployment.clearingHouse,
      abi: clearingHouseAbi,
      functionName: "statusOf",
      args: [deployment.marketId],
    }),
  );
}
