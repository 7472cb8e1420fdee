import type { Address, ContractFunctionReturnType } from "viem";
import type { exchangeLensAbi } from "../generated/abis.js";
import { type Unavailable, unavailableOf } from "./failure.js";
import { type MarketStatus, marketStatusOf } from "./market-status.js";

/** One account in the deployment's market; all amounts WAD. */
export type Position = {
  /** Long above zero. */
  size: bigint;
  /** Quote paid (negative) or received (positive) for the open size. */
  openNotional: bigint;
  /** May be negative while unrealised profit covers it. */
  margin: bigint;
};

/** Fees of one account, or of one unit of base. WAD quote; owed above zero. */
export type Fees = { funding: bigint; borrowing: bigint };

/** How a fill changed a margin, in parts, WAD quote: + realizedPnl - funding - borrowing. */
export type MarginChange = { realizedPnl: bigint; funding: bigint; borrowing: bigint };

/** One account in one market. Amounts WAD unless stated otherwise. */
export type AccountState = Position & {
  marketId: bigint;
  status: MarketStatus;
  isMaker: boolean;
  /**
   * Publish time of the price of the last fill, Unix seconds. Liquidations and withdrawals need a price that is not older.
   */
  lastFillAt: bigint;
  /** How often the position became flat or changed its sign, modulo 2^15. */
  closes: bigint;
  /** Owed above zero; not yet deducted from `margin`. */
  pendingFunding: bigint;
  /** Owed above zero; not yet deducted from `margin`. */
  pendingBorrowing: bigint;
  /**
   * The margin that the account can withdraw at the stored price, in the collateral's own decimals. The withdrawal needs a
   * fresh price.
   */
  freeMargin: bigint;
  /** Whether the exchange would accept a liquidation now. */
  isLiquidatable: boolean;
  /**
   * The last price at which the account is not liquidatable, with pending fees as they are now. Zero without a position,
   * for a long that is safe at every price, and for a short that is liquidatable at every price.
   */
  liquidationPrice: bigint;
  /** Values that need a price; undefined without a position or a fresh price. */
  valuation: AccountValuation | undefined;
  /** The reason why a position has no fresh price. */
  priceError: Unavailable | undefined;
};

/** The value and the requirements of an account at the current price, WAD. */
export type AccountValuation = {
  price: bigint;
  /** Pending fees deducted. */
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
  /** In the deployment's market; zeros where the trader has neither position nor margin. */
  market: AccountState;
};

type RawAccount = ContractFunctionReturnType<typeof exchangeLensAbi, "view", "getAccount">;

/** The {@link AccountState} in a result of the lens. */
export function accountStateOf(raw: RawAccount): AccountState {
  const { marketId, isMaker, lastFillAt, closes, size, openNotional, margin, pendingFunding, pendingBorrowing } = raw;
  const { price, accountValue, marginRatio, initialRequirement, maintenanceRequirement } = raw;
  return {
    marketId,
    status: marketStatusOf(raw.status),
    isMaker,
    lastFillAt,
    closes,
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
    priceError: unavailableOf(raw.priceError),
  };
}
