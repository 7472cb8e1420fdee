import type { Address, Client, ContractFunctionReturnType, Hex } from "viem";
import { readContract } from "viem/actions";
import { decodeRevert, type Revert } from "../errors.js";
import { exchangeLensAbi } from "../generated/abis.js";
import { type MarketStatus, marketStatusOf } from "../market-status.js";
import type { AccountParameters, GetMakerParameters, MarketParameters, Position } from "./read.js";

/** Why the lens cannot say something: the error that a contract reverted with, and its bytes. */
export type Unavailable = { revert: Revert | undefined; data: Hex };

/** One account in one market. Amounts WAD unless they say otherwise. */
export type AccountState = Position & {
  marketId: bigint;
  status: MarketStatus;
  isMaker: boolean;
  /** Owed above zero; not yet taken off `margin`. */
  pendingFunding: bigint;
  /** Owed above zero; not yet taken off `margin`. */
  pendingBorrowing: bigint;
  /** What can be taken out now, in the collateral's own decimals. */
  freeMargin: bigint;
  /** Whether a liquidation would be admitted now. */
  isLiquidatable: boolean;
  /**
   * The last price at which the account is safe, with fees as they are pending now. Zero without a position, for a long
   * that no price endangers and for a short that every price does.
   */
  liquidationPrice: bigint;
  /** What needs a price; none without a position or a fresh price. */
  valuation: AccountValuation | undefined;
  /** Why there is no fresh price for a position. */
  priceError: Unavailable | undefined;
};

/** What an account comes to at the current price, WAD. */
export type AccountValuation = {
  price: bigint;
  /** Pending fees taken off. */
  accountValue: bigint;
  /** Account value over notional. */
  marginRatio: bigint;
  initialRequirement: bigint;
  maintenanceRequirement: bigint;
};

/** A trader in all markets where it has a position or margin. */
export type Trader = {
  account: Address;
  /** In the collateral's own decimals. */
  fund: bigint;
  markets: AccountState[];
  /** In the deployment's own market; zeros where the trader has nothing. */
  market: AccountState;
};

/**
 * Reads a trader's whole state in one call: fund, and for each market position, margin, pending fees, free margin,
 * requirements and liquidation price. A market without a fresh price says so and leaves the others whole.
 *
 * @example
 * const { fund, market } = await getTrader(client, { deployment, account });
 * market.valuation?.marginRatio; // 250000000000000000n: a quarter
 */
export async function getTrader(client: Client, { deployment, account }: AccountParameters): Promise<Trader> {
  const lens = { address: deployment.lens, abi: exchangeLensAbi } as const;
  const trader = await readContract(client, { ...lens, functionName: "getTrader", args: [account] });
  const markets = trader.markets.map(toAccountState);
  const here = markets.find(({ marketId }) => marketId === deployment.marketId);
  const market = here ?? (await getAccount(client, { deployment, account }));
  return { account: trader.account, fund: trader.fundXCD, markets, market };
}

/**
 * Reads one account in the deployment's market, whether it has anything there or not.
 *
 * @example
 * const { size, pendingFunding, liquidationPrice } = await getAccount(client, { deployment, account });
 */
export async function getAccount(client: Client, { deployment, account }: AccountParameters): Promise<AccountState> {
  return toAccountState(
    await readContract(client, {
      address: deployment.lens,
      abi: exchangeLensAbi,
      functionName: "getAccount",
      args: [deployment.marketId, account],
    }),
  );
}

type RawAccount = ContractFunctionReturnType<typeof exchangeLensAbi, "view", "getAccount">;
type RawMarket = ContractFunctionReturnType<typeof exchangeLensAbi, "view", "getMarket">;

function toAccountState(raw: RawAccount): AccountState {
  const { marketId, isMaker, size, openNotional, margin, pendingFunding, pendingBorrowing } = raw;
  const { price, accountValue, marginRatio, initialRequirement, maintenanceRequirement } = raw;
  return {
    marketId,
    status: marketStatusOf(raw.status),
    isMaker,
    size,
    openNotional,
    margin,
    pendingFunding,
    pendingBorrowing,
    freeMargin: raw.freeMarginXCD,
    isLiquidatable: raw.isLiquidatable,
    liquidationPrice: raw.liquidationPrice,
    valuation:
      price === 0n ? undefined : { price, accountValue, marginRatio, initialRequirement, maintenanceRequirement },
    priceError: unavailable(raw.priceError),
  };
}

const unavailable = (data: Hex): Unavailable | undefined =>
  data === "0x" ? undefined : { revert: decodeRevert(data), data };

/** What trades and liquidations of a market go by. Ratios in parts per million, amounts WAD, times seconds. */
export type MarketRules = {
  priceBand: number;
  tradingFee: number;
  liquidationPenalty: number;
  liquidatorShare: number;
  minPositionValue: bigint;
  liquidationBounty: bigint;
  deleverageWindow: number;
  settlementDelay: number;
};

/** WAD quote; owed above zero. */
export type Fees = { funding: bigint; borrowing: bigint };

/** What drives fees, WAD per second unless it says otherwise. */
export type MarketRates = {
  /** Of the notional; longs pay shorts above zero. */
  fundingRate: bigint;
  /** Per second squared; zero when the rate is at its cap. */
  fundingVelocity: bigint;
  /** Of a taker's own notional. */
  longBorrowingRate: bigint;
  shortBorrowingRate: bigint;
  /** What one unit of base pays or gets in an hour if nothing touches the market, WAD quote. */
  nextHour: { takerLong: Fees; takerShort: Fees; makerLong: Fees; makerShort: Fees };
};

/** A market. Amounts and sizes WAD unless they say otherwise, ratios of margin in parts per million. */
export type Market = MarketRates & {
  marketId: bigint;
  status: MarketStatus;
  rules: MarketRules;
  /** In force now. */
  initialMarginRatio: number;
  /** In force now. */
  maintenanceMarginRatio: number;
  /** In force from `rampEnd` (seconds) on. */
  target: { initialMarginRatio: number; maintenanceMarginRatio: number; rampEnd: number };
  /** The fresh price; none when the stored one is too old. */
  price: bigint | undefined;
  confidence: bigint | undefined;
  priceError: Unavailable | undefined;
  /** The last stored price whatever its age, and when it was published (seconds); none before the first. */
  lastPrice: { price: bigint; publishTime: bigint } | undefined;
  /** Nothing accrues. */
  isFrozen: boolean;
  openInterest: { takerLong: bigint; takerShort: bigint; makerLong: bigint; makerShort: bigint };
  /** Net position of all takers. */
  skew: bigint;
  /** What all makers together can take, as the Vault counts it: a change below a sixty-fourth of a maker's may wait. */
  capacity: { makerLong: bigint; makerShort: bigint };
  /** How much of the makers' capacity is used, by takers that are long and by those that are short. */
  utilization: { long: bigint; short: bigint };
  insurance: bigint;
  badDebt: bigint;
  /** What the market holds, in the collateral's own decimals. */
  balance: bigint;
  makers: readonly Address[];
};

/**
 * Reads a market in one call: rules, status, ratios, price, rates and the next hour's fees, open interest, capacity,
 * insurance and bad debt.
 *
 * @example
 * const { skew, fundingRate, insurance } = await getMarket(client, { deployment });
 */
export async function getMarket(client: Client, { deployment }: MarketParameters): Promise<Market> {
  const raw = await readContract(client, {
    address: deployment.lens,
    abi: exchangeLensAbi,
    functionName: "getMarket",
    args: [deployment.marketId],
  });
  const hasPrice = raw.price !== 0n;
  return {
    ...toRates(raw),
    marketId: raw.marketId,
    status: marketStatusOf(raw.status),
    rules: toMarketRules({ ...raw.rules, ...raw.backstopRules }),
    initialMarginRatio: Number(raw.initialMarginRatio),
    maintenanceMarginRatio: Number(raw.maintenanceMarginRatio),
    target: {
      initialMarginRatio: Number(raw.targetInitialMarginRatio),
      maintenanceMarginRatio: Number(raw.targetMaintenanceMarginRatio),
      rampEnd: Number(raw.rampEnd),
    },
    price: hasPrice ? raw.price : undefined,
    confidence: hasPrice ? raw.confidence : undefined,
    priceError: unavailable(raw.priceError),
    lastPrice: raw.lastPrice === 0n ? undefined : { price: raw.lastPrice, publishTime: raw.lastPublishTime },
    isFrozen: raw.isFrozen,
    openInterest: {
      takerLong: raw.takerLong,
      takerShort: raw.takerShort,
      makerLong: raw.makerLong,
      makerShort: raw.makerShort,
    },
    skew: raw.skew,
    capacity: { makerLong: raw.makerLongCapacity, makerShort: raw.makerShortCapacity },
    utilization: { long: raw.longUtilRatio, short: raw.shortUtilRatio },
    insurance: raw.insurance,
    badDebt: raw.badDebt,
    balance: raw.balanceXCD,
    makers: raw.makers,
  };
}

const toRates = ({
  fundingRate,
  fundingVelocity,
  longBorrowingRate,
  shortBorrowingRate,
  nextHour,
}: RawMarket): MarketRates => ({ fundingRate, fundingVelocity, longBorrowingRate, shortBorrowingRate, nextHour });

/** Without the two statuses, which {@link getMarketStatus} reads as one. */
export const toMarketRules = ({
  priceBand,
  tradingFee,
  liquidationPenalty,
  liquidatorShare,
  minPositionValue,
  liquidationBounty,
  deleverageWindow,
  settlementDelay,
}: MarketRules): MarketRules => ({
  priceBand,
  tradingFee,
  liquidationPenalty,
  liquidatorShare,
  minPositionValue,
  liquidationBounty,
  deleverageWindow,
  settlementDelay,
});

/**
 * Reads what drives a market's fees, and what the next hour would cost.
 *
 * @example
 * const { fundingRate, nextHour } = await getRates(client, { deployment });
 * nextHour.takerLong.funding; // quote that a long of one base pays in the next hour
 */
export async function getRates(client: Client, { deployment }: MarketParameters): Promise<MarketRates> {
  const raw = await readContract(client, {
    address: deployment.lens,
    abi: exchangeLensAbi,
    functionName: "getMarket",
    args: [deployment.marketId],
  });
  return toRates(raw);
}

/** A maker. Ratios, sizes and share prices WAD. */
export type MakerState = {
  /** In the asset's own decimals. Zero while `valueError` says why the shares cannot be valued. */
  totalAssets: bigint;
  totalShares: bigint;
  /** Zero while `valueError` says why the shares cannot be valued. */
  sharePrice: bigint;
  /** Why the shares cannot be valued now: a position without a fresh price, or an action under way. */
  valueError: Unavailable | undefined;
  /** The vault owes as much as it has, or more. */
  isInsolvent: boolean;
  isRetired: boolean;
  isSpotHedged: boolean;
  asset: Address;
  utilization: { long: bigint; short: bigint };
  /** How far it can go long and short. */
  capacity: { long: bigint; short: bigint };
  position: Position;
  /** Its account in the market: value, pending fees, liquidation price. */
  account: AccountState;
};

/**
 * Reads a maker in one call: what its shares are worth, its position, its account and its utilization. Reverts
 * `UnknownMaker` for an address that is none.
 *
 * @example
 * const { sharePrice, utilization } = await getMaker(client, { deployment, maker: deployment.oracleMaker });
 */
export async function getMaker(client: Client, { deployment, maker }: GetMakerParameters): Promise<MakerState> {
  const raw = await readContract(client, {
    address: deployment.lens,
    abi: exchangeLensAbi,
    functionName: "getMaker",
    args: [maker],
  });
  const account = toAccountState(raw.account);
  const { size, openNotional, margin } = account;
  return {
    totalAssets: raw.totalAssets,
    totalShares: raw.totalSupply,
    sharePrice: raw.sharePrice,
    valueError: raw.isValued ? undefined : { revert: decodeRevert(raw.valueError), data: raw.valueError },
    isInsolvent: raw.isInsolvent,
    isRetired: raw.isRetired,
    isSpotHedged: raw.isSpotHedged,
    asset: raw.asset,
    utilization: { long: raw.longUtilRatio, short: raw.shortUtilRatio },
    capacity: { long: raw.longCapacity, short: raw.shortCapacity },
    position: { size, openNotional, margin },
    account,
  };
}
