import type { Address, ContractFunctionReturnType } from "viem";
import type { Steps } from "../client/steps.js";
import type { getAccount } from "../generated/contracts/exchange-lens.js";
import type { CollateralAmount, Wad } from "../units.js";
import { type Unavailable, unavailableIn } from "./failure.js";
import { type MarketStatus, marketStatusOf } from "./market-status.js";

/** One account in the deployment's market; all amounts WAD. */
export type Position = {
  /** Long above zero. */
  size: Wad;
  /** Quote paid (negative) or received (positive) for the open size. */
  openNotional: Wad;
  /** May be negative while unrealised profit covers it. */
  margin: Wad;
};

/** Fees of one account, or of one unit of base. WAD quote; owed above zero. */
export type Fees = { funding: Wad; borrowing: Wad };

/** How a fill changed a margin, in parts, WAD quote: + realizedPnl - funding - borrowing. */
export type MarginChange = { realizedPnl: Wad; funding: Wad; borrowing: Wad };

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
  pendingFunding: Wad;
  /** Owed above zero; not yet deducted from `margin`. */
  pendingBorrowing: Wad;
  /** Whether the exchange would accept a liquidation now. */
  isLiquidatable: boolean;
  /**
   * The last price at which the account is not liquidatable, with pending fees as they are now. It needs no price. Undefined
   * without a position. Zero for a long that is safe at every price, and for a short that is liquidatable at every price.
   */
  liquidationPrice: Wad | undefined;
} & AccountValue;

/** The values of an account that need a price only with a position, known. */
type KnownAccountValue = {
  /**
   * The margin that the account can withdraw at the stored price, in the collateral's own decimals. With a position the
   * withdrawal needs a fresh price. Zero in a market that is frozen.
   */
  freeMargin: CollateralAmount;
  /** Undefined without a position. */
  valuation: AccountValuation | undefined;
  priceError: undefined;
};

/** The values of an account that has a position, while there is no fresh price. */
type UnknownAccountValue = {
  freeMargin: undefined;
  valuation: undefined;
  /** The reason why there is no fresh price. */
  priceError: Unavailable;
};

/** The values of an account that need a price; undefined where they are unknown, with the reason. `priceError` tells which. */
export type AccountValue = KnownAccountValue | UnknownAccountValue;

/** The value and the requirements of an account at the current price, WAD. */
export type AccountValuation = {
  price: Wad;
  /** Pending fees deducted. */
  accountValue: Wad;
  /** Account value over notional. */
  marginRatio: Wad;
  initialRequirement: Wad;
  maintenanceRequirement: Wad;
};

/** A trader in all markets where it has a position or margin. */
export type Trader = {
  account: Address;
  /** In the collateral's own decimals. */
  fund: CollateralAmount;
  markets: AccountState[];
  /** In the deployment's market; zeros where the trader has neither position nor margin. */
  market: AccountState;
};

type RawAccount = ContractFunctionReturnType<readonly [typeof getAccount], "view", "getAccount">;

/** The {@link AccountState} in a result of the lens. */
export function* accountStateOf(raw: RawAccount): Steps<AccountState> {
  const { marketId, isMaker, lastFillAt, closes, size, openNotional, margin, pendingFunding, pendingBorrowing } = raw;
  const { price, accountValue, marginRatio, initialRequirement, maintenanceRequirement } = raw;
  const priceError = raw.priceError === "0x" ? undefined : yield* unavailableIn(raw.priceError);
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
    isLiquidatable: raw.isLiquidatable,
    liquidationPrice: size === 0n ? undefined : raw.liquidationPrice,
    ...(priceError
      ? { freeMargin: undefined, valuation: undefined, priceError }
      : {
          freeMargin: raw.freeMarginXCD,
          valuation:
            price === 0n ? undefined : { price, accountValue, marginRatio, initialRequirement, maintenanceRequirement },
          priceError,
        }),
  };
}
