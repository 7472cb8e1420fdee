import type { Address, Client, Hash } from "viem";
import { zeroAddress } from "viem";
import { readContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { backstopAbi, clearingHouseAbi } from "../generated/abis.js";
import type { MarketParameters } from "./read.js";
import { type ContractCall, findEvent, requireEvent, type SigningClient, sendCall, waitForSuccess } from "./write.js";

const houseCall = (deployment: Deployment, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: deployment.clearingHouse,
  abi: clearingHouseAbi,
  functionName,
  args,
});

const backstopCall = (deployment: Deployment, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: deployment.backstop,
  abi: backstopAbi,
  functionName,
  args,
});

/**
 * Brings the market's funding and borrowing up to now; later time accrues at the current price. Anybody may.
 * Reverts `StalePrice`.
 */
export async function accrue(client: SigningClient, { deployment }: MarketParameters): Promise<Hash> {
  return sendCall(client, houseCall(deployment, "accrue", [deployment.marketId]));
}

export type LiquidateParameters = {
  deployment: Deployment;
  /** Whose position is closed; a failed maker's too. */
  account: Address;
  /** The maker that the position is closed against. Default: the liquidator takes it over. */
  maker?: Address;
  /** Who gets the reward, and the position in a take-over. Default: the client's account. */
  liquidator?: Address;
  /** WAD base; the most to close. Default: as much as may be closed. */
  amount?: bigint;
  /** WAD quote; the least reward after the maker's difference to the oracle price. Default: none. */
  minReward?: bigint;
  /** WAD; a take-over goes no worse than this oracle price. Default: at any. */
  priceBound?: bigint;
};

/**
 * Closes a position below its maintenance requirement at the oracle price: half while the account has more than half of
 * the requirement, else all. The liquidator takes it over and needs margin for it, or closes it against a maker.
 *
 * Reverts `NotLiquidatable` with what the account has and needs, `RewardTooLow`, `PriceBoundExceeded`,
 * `InsufficientInitialMargin` when the liquidator cannot carry the position, and `DeleverageFirst` when the loss is more
 * than insurance has, see {@link flagShortfall} and {@link deleverage}.
 *
 * @example
 * const { base, reward } = await liquidateSync(client, { deployment, account, maker: deployment.oracleMaker });
 */
export async function liquidate(
  client: SigningClient,
  {
    deployment,
    account,
    maker = zeroAddress,
    liquidator = client.account.address,
    amount = MAX_UINT256,
    minReward = 0n,
    priceBound = 0n,
  }: LiquidateParameters,
): Promise<Hash> {
  const params = { marketId: deployment.marketId, account, liquidator, maker, amount, minReward, priceBound };
  return sendCall(client, houseCall(deployment, "liquidate", [params]));
}

const MAX_UINT256 = 2n ** 256n - 1n;

/** What a liquidation closed, and what the liquidator got; WAD. */
export type LiquidationResult = {
  base: bigint;
  reward: bigint;
  /** What the market lacks if even insurance could not pay the loss, WAD quote. */
  badDebt: bigint;
  hash: Hash;
};

/** {@link liquidate}, waits, and tells what it closed. */
export async function liquidateSync(
  client: SigningClient,
  parameters: LiquidateParameters,
): Promise<LiquidationResult> {
  const receipt = await waitForSuccess(client, await liquidate(client, parameters));
  const house = { abi: clearingHouseAbi, address: parameters.deployment.clearingHouse } as const;
  const { base, reward } = requireEvent(receipt, { ...house, eventName: "Liquidated" }).args;
  const debt = findEvent(receipt, { ...house, eventName: "BadDebtRecorded" });
  return { base, reward, badDebt: debt?.args.badDebt ?? 0n, hash: receipt.transactionHash };
}

export type DeleverageParameters = {
  deployment: Deployment;
  /** Whose shortfall exceeds insurance. */
  account: Address;
  /** Traders in profit on the other side, to be tried after the market's makers. */
  takers?: readonly Address[];
};

/**
 * Closes an account whose shortfall exceeds insurance at its bankruptcy price, against makers in profit and then against
 * the named takers. Reverts `NoShortfall` when insurance has enough, and `NothingToDeleverage` when nobody named is in
 * profit on the other side.
 *
 * @example
 * const { closed } = await deleverageSync(client, { deployment, account, takers: [winner] });
 */
export async function deleverage(
  client: SigningClient,
  { deployment, account, takers = [] }: DeleverageParameters,
): Promise<Hash> {
  return sendCall(client, backstopCall(deployment, "deleverage", [deployment.marketId, account, takers]));
}

/** What was closed against one counterparty, WAD. */
export type DeleveragedPart = { counterparty: Address; base: bigint; bankruptcyPrice: bigint };

/** {@link deleverage}, waits, and tells against whom how much was closed. */
export async function deleverageSync(
  client: SigningClient,
  parameters: DeleverageParameters,
): Promise<{ closed: DeleveragedPart[]; hash: Hash }> {
  const receipt = await waitForSuccess(client, await deleverage(client, parameters));
  const backstop = { abi: backstopAbi, address: parameters.deployment.backstop, eventName: "Deleveraged" } as const;
  const closed = receipt.logs.flatMap((log) => {
    const event = findEvent({ logs: [log], transactionHash: receipt.transactionHash }, backstop);
    if (!event) return [];
    const { counterparty, base, bankruptcyPrice } = event.args;
    return [{ counterparty, base, bankruptcyPrice }];
  });
  return { closed, hash: receipt.transactionHash };
}

export type ShortfallParameters = { deployment: Deployment; account: Address };

/**
 * Starts the time in which an account's shortfall beyond insurance can only be deleveraged; after it, liquidation may
 * record bad debt. Reverts `NoShortfall`.
 */
export async function flagShortfall(
  client: SigningClient,
  { deployment, account }: ShortfallParameters,
): Promise<Hash> {
  return sendCall(client, backstopCall(deployment, "flagShortfall", [deployment.marketId, account]));
}

/** Announces that a market without a price for its settlement delay will be settled a day from now. Reverts `FeedAlive`. */
export async function announceSettlement(client: SigningClient, { deployment }: MarketParameters): Promise<Hash> {
  return sendCall(client, backstopCall(deployment, "announceSettlement", [deployment.marketId]));
}

/**
 * Settles a market of which the announced settlement is due and that still has no price. Reverts `SettlementNotDue` and
 * `FeedAlive`.
 */
export async function settleMarket(client: SigningClient, { deployment }: MarketParameters): Promise<Hash> {
  return sendCall(client, backstopCall(deployment, "settleMarket", [deployment.marketId]));
}

/** Closes an account's position in a settled market. Anybody, for anybody. Reverts `MarketNotActive` in any other. */
export async function settleAccount(
  client: SigningClient,
  { deployment, account }: ShortfallParameters,
): Promise<Hash> {
  return sendCall(client, backstopCall(deployment, "settleAccount", [deployment.marketId, account]));
}

/** How far the settlement of a market without a feed has come; times in seconds. */
export type SettlementState = {
  /** When the announced settlement is due; none without one. */
  settleableAt: bigint | undefined;
  /** WAD; none until the market is settled. */
  settlementPrice: bigint | undefined;
};

/** Reads how far the settlement of the deployment's market has come. */
export async function getSettlement(client: Client, { deployment }: MarketParameters): Promise<SettlementState> {
  const backstop = { address: deployment.backstop, abi: backstopAbi, args: [deployment.marketId] } as const;
  const [at, price] = await Promise.all([
    readContract(client, { ...backstop, functionName: "settleableAt" }),
    readContract(client, { ...backstop, functionName: "settlementPriceOf" }),
  ]);
  return { settleableAt: at === 0n ? undefined : at, settlementPrice: price === 0n ? undefined : price };
}
