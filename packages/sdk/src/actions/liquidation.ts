import type { Address, Client, Hash } from "viem";
import { maxUint256, zeroAddress } from "viem";
import { clearingHouseWrite } from "../client/contracts.js";
import { defineClientRead } from "../client/define-read.js";
import { call } from "../client/define-write.js";
import type { BlockSpan } from "../client/history.js";
import type { MarketParameters } from "../client/parameters.js";
import { runBatched } from "../client/run-batched.js";
import { all } from "../client/steps.js";
import { type Caller, confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import type { AccountState } from "../entities/account.js";
import * as clearingHouse from "../generated/contracts/clearing-house.js";
import type { Wad } from "../units.js";
import { getAccount } from "./account.js";
import { getFills } from "./fills.js";

/**
 * Accrues the market's funding and borrowing up to now; later time accrues at the current price. Open to any account.
 * Reverts with `StalePrice` when the stored price is too old.
 */
export const accrue = /* @__PURE__ */ clearingHouseWrite([clearingHouse.accrue], ({ deployment }: MarketParameters) =>
  call("accrue", [deployment.marketId]),
);
/** Sends {@link accrue} and waits for it. */
export const accrueSync = /* @__PURE__ */ confirmed(accrue);

/** Parameters of {@link liquidate}. */
export type LiquidateParameters = {
  deployment: Deployment;
  /** The account whose position is closed; also a failed maker. */
  account: Address;
  /** The maker that the position is closed against. Default: the liquidator takes it over. */
  maker?: Address;
  /** The receiver of the reward, and of the position in a take-over. Default: the client's account. */
  liquidator?: Address;
  /** WAD base; the maximum size to close. Default: as much as may be closed. */
  amount?: Wad;
  /** WAD quote; the minimum reward after the maker's difference to the oracle price. Default: none. */
  minReward?: Wad;
  /** WAD; the worst oracle price at which the liquidator takes over. Default: any. */
  priceBound?: Wad;
};

/** The size that a liquidation closed, and the liquidator's reward; WAD. */
export type LiquidationResult = {
  base: Wad;
  reward: Wad;
  /** The part of the loss that insurance could not pay, WAD quote. */
  badDebt: Wad;
  hash: Hash;
};

/**
 * Closes a position below its maintenance requirement at the oracle price: half while the account has more than half of
 * the requirement, else all. The liquidator takes it over and needs margin for it, or closes it against a maker.
 *
 * Reverts with `NotLiquidatable` and the account's value and requirement when the account is safe, with
 * `PriceOlderThanFill` when the stored price was published before the account's last fill, with `LiquidationPriceTooOld` when
 * the OracleMaker needs a fresher one, with `RewardTooLow` or
 * `PriceBoundExceeded` when a bound is not met, with `InsufficientInitialMargin` when the liquidator lacks margin for the
 * position, and with `DeleverageFirst` when the loss exceeds insurance: see {@link flagShortfall} and {@link deleverage}.
 *
 * @example
 * const { base, reward } = await liquidateSync(client, { deployment, account, maker: deployment.oracleMaker });
 */
export const liquidate = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.liquidate, clearingHouse.Liquidated, clearingHouse.BadDebtRecorded],
  (
    {
      deployment: { marketId },
      account,
      maker = zeroAddress,
      liquidator,
      amount = maxUint256,
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
/** Sends {@link liquidate}, waits for it, and returns its result. */
export const liquidateSync = /* @__PURE__ */ confirmed(liquidate);

/** Parameters of {@link getLiquidatable}. */
export type GetLiquidatableParameters = BlockSpan & { deployment: Deployment };

/**
 * Reads the accounts in the deployment's market that the exchange would accept a liquidation for now, makers included,
 * among the accounts with a fill in these blocks. A keeper that polls often stores the accounts and calls
 * {@link getAccount} for each.
 *
 * @example
 * for (const { account } of await getLiquidatable(keeper, { deployment })) await liquidate(keeper, { deployment, account });
 */
export const getLiquidatable = /* @__PURE__ */ defineClientRead(
  async (
    client: Client,
    { deployment, ...span }: GetLiquidatableParameters,
  ): Promise<(AccountState & { account: Address })[]> => {
    const fills = await getFills(client, { deployment, ...span });
    const accounts = [...new Set(fills.flatMap(({ taker, maker }) => [taker, maker]))];
    const states = await runBatched(client, all(accounts.map((account) => getAccount.call({ deployment, account }))));
    return accounts.flatMap((account, i) => {
      const state = states[i];
      return state?.isLiquidatable ? [{ account, ...state }] : [];
    });
  },
);
