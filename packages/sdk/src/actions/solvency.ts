import type { Address, Client, Hash } from "viem";
import { zeroAddress } from "viem";
import { readContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { backstopAbi, clearingHouseAbi } from "../generated/abis.js";
import { type Caller, confirmed, writesTo } from "./define-write.js";
import { getFills } from "./events.js";
import type { BlockSpan } from "./history.js";
import { type AccountState, getAccount } from "./lens.js";
import type { MarketParameters } from "./read.js";

const houseWrite = /* @__PURE__ */ writesTo(({ deployment }: MarketParameters) => ({
  address: deployment.clearingHouse,
  abi: clearingHouseAbi,
}));

const backstopWrite = /* @__PURE__ */ writesTo(({ deployment }: MarketParameters) => ({
  address: deployment.backstop,
  abi: backstopAbi,
}));

const MAX_UINT256 = 2n ** 256n - 1n;

/**
 * Brings the market's funding and borrowing up to now; later time accrues at the current price. Anybody may.
 * Reverts `StalePrice`.
 */
export const accrue = /* @__PURE__ */ houseWrite(({ deployment }: MarketParameters) => ({
  functionName: "accrue",
  args: [deployment.marketId],
}));
/** {@link accrue}, waits. */
export const accrueSync = /* @__PURE__ */ confirmed(accrue);

/** What {@link liquidate} takes. */
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

/** What a liquidation closed, and what the liquidator got; WAD. */
export type LiquidationResult = {
  base: bigint;
  reward: bigint;
  /** What the market lacks if even insurance could not pay the loss, WAD quote. */
  badDebt: bigint;
  hash: Hash;
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
export const liquidate = /* @__PURE__ */ houseWrite(
  (
    {
      deployment: { marketId },
      account,
      maker = zeroAddress,
      liquidator,
      amount = MAX_UINT256,
      minReward = 0n,
      priceBound = 0n,
    }: LiquidateParameters,
    client: Caller,
  ) => {
    const by = liquidator ?? client.account.address;
    return {
      functionName: "liquidate",
      args: [{ marketId, account, liquidator: by, maker, amount, minReward, priceBound }],
    };
  },
  ({ event, find, hash }): LiquidationResult => {
    const { base, reward } = event("Liquidated");
    return { base, reward, badDebt: find("BadDebtRecorded")?.badDebt ?? 0n, hash };
  },
);
/** {@link liquidate}, waits, and tells what it closed. */
export const liquidateSync = /* @__PURE__ */ confirmed(liquidate);

/** What {@link deleverage} takes. */
export type DeleverageParameters = {
  deployment: Deployment;
  /** Whose shortfall exceeds insurance. */
  account: Address;
  /** Traders in profit on the other side, to be tried after the market's makers. */
  takers?: readonly Address[];
};

/** What was closed against one counterparty, WAD. */
export type DeleveragedPart = { counterparty: Address; base: bigint; bankruptcyPrice: bigint };

/**
 * Closes an account whose shortfall exceeds insurance at its bankruptcy price, against makers in profit and then against
 * the named takers. Reverts `NoShortfallBeyondInsurance` when insurance has enough, and `NothingToDeleverage` when no
 * named account is in profit on the other side.
 *
 * @example
 * const { closed } = await deleverageSync(client, { deployment, account, takers: [winner] });
 */
export const deleverage = /* @__PURE__ */ backstopWrite(
  ({ deployment, account, takers = [] }: DeleverageParameters) => ({
    functionName: "deleverage",
    args: [deployment.marketId, account, takers],
  }),
  ({ events, hash }) => ({
    closed: events("Deleveraged").map(
      ({ args: { counterparty, base, bankruptcyPrice } }): DeleveragedPart => ({ counterparty, base, bankruptcyPrice }),
    ),
    hash,
  }),
);
/** {@link deleverage}, waits, and tells against whom how much was closed. */
export const deleverageSync = /* @__PURE__ */ confirmed(deleverage);

/** What {@link flagShortfall} and {@link settleAccount} take. */
export type ShortfallParameters = { deployment: Deployment; account: Address };

/**
 * Starts the time in which an account's shortfall beyond insurance can only be deleveraged; after it, liquidation may
 * record bad debt. Reverts `NoShortfallBeyondInsurance`.
 */
export const flagShortfall = /* @__PURE__ */ backstopWrite(
  ({ deployment, account }: ShortfallParameters) => ({
    functionName: "flagShortfall",
    args: [deployment.marketId, account],
  }),
  ({ event, hash }) => {
    const { shortfall, debtAllowedAt } = event("ShortfallFlagged");
    return { shortfall, debtAllowedAt, hash };
  },
);
/** {@link flagShortfall}, waits, and returns the shortfall, WAD, and when bad debt may be recorded, in seconds. */
export const flagShortfallSync = /* @__PURE__ */ confirmed(flagShortfall);

/** Announces that a market without a price for its settlement delay will be settled a day from now. Reverts `FeedAlive`. */
export const announceSettlement = /* @__PURE__ */ backstopWrite(
  ({ deployment }: MarketParameters) => ({
    functionName: "announceSettlement",
    args: [deployment.marketId],
  }),
  ({ event, hash }) => ({ settleableAt: event("SettlementAnnounced").settleableAt, hash }),
);
/** {@link announceSettlement}, waits, and returns when the market may be settled, in seconds. */
export const announceSettlementSync = /* @__PURE__ */ confirmed(announceSettlement);

/**
 * Settles a market of which the announced settlement is due and that still has no price. Reverts `SettlementNotDue` and
 * `FeedAlive`.
 */
export const settleMarket = /* @__PURE__ */ backstopWrite(
  ({ deployment }: MarketParameters) => ({
    functionName: "settleMarket",
    args: [deployment.marketId],
  }),
  ({ event, hash }) => ({ price: event("MarketSettled").price, hash }),
);
/** {@link settleMarket}, waits, and returns the price that everybody is settled at, WAD. */
export const settleMarketSync = /* @__PURE__ */ confirmed(settleMarket);

/** Closes an account's position in a settled market. Anybody, for anybody. Reverts `MarketNotActive` in any other. */
export const settleAccount = /* @__PURE__ */ backstopWrite(
  ({ deployment, account }: ShortfallParameters) => ({
    functionName: "settleAccount",
    args: [deployment.marketId, account],
  }),
  ({ event, hash }) => {
    const { size, price } = event("AccountSettled");
    return { size, price, hash };
  },
);
/** {@link settleAccount}, waits, and returns the size that was closed and its price, WAD. */
export const settleAccountSync = /* @__PURE__ */ confirmed(settleAccount);

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

/** What {@link getLiquidatable} takes. */
export type GetLiquidatableParameters = BlockSpan & { deployment: Deployment };

/**
 * The accounts in the deployment's market that a liquidation would be admitted for now, makers too: whoever a fill in
 * these blocks has given a position. Whoever asks often remembers accounts itself, and asks {@link getAccount}.
 *
 * @example
 * for (const { account } of await getLiquidatable(keeper, { deployment })) await liquidate(keeper, { deployment, account });
 */
export async function getLiquidatable(
  client: Client,
  { deployment, ...span }: GetLiquidatableParameters,
): Promise<(AccountState & { account: Address })[]> {
  const fills = await getFills(client, { deployment, ...span });
  const accounts = [...new Set(fills.flatMap(({ taker, maker }) => [taker, maker]))];
  const states = await Promise.all(
    accounts.map(async (account) => ({ account, ...(await getAccount(client, { deployment, account })) })),
  );
  return states.filter(({ isLiquidatable }) => isLiquidatable);
}
