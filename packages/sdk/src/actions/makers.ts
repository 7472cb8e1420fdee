import type { Address } from "viem";
import { defineRead } from "../client/define-read.js";
import type { MakerParameters } from "../client/parameters.js";
import { type Steps, view } from "../client/steps.js";
import { type AccountState, accountStateOf, type Position } from "../entities/account.js";
import { type Unavailable, unavailableIn } from "../entities/failure.js";
import * as lens from "../generated/contracts/exchange-lens.js";
import type { AssetAmount, Wad } from "../units.js";

/** Parameters of {@link getMaker}. */
export type GetMakerParameters = MakerParameters;

/** The value of a maker's shares, known. */
type KnownShareValue = {
  /** In the asset's own decimals. */
  totalAssets: AssetAmount;
  /** WAD; zero for an insolvent maker. */
  sharePrice: Wad;
  /** The maker owes at least as much as it has. */
  isInsolvent: boolean;
  valueError: undefined;
};

/** The value of a maker's shares, unknown. */
type UnknownShareValue = {
  totalAssets: undefined;
  sharePrice: undefined;
  isInsolvent: undefined;
  /** The reason why the value is unknown now: a position without a fresh price, or an action in progress. */
  valueError: Unavailable;
};

/** The value of a maker's shares; undefined where it is unknown, with the reason. `valueError` tells which of both it is. */
export type ShareValue = KnownShareValue | UnknownShareValue;

/** A maker. Ratios, sizes and share prices WAD. */
export type MakerState = ShareValue & {
  totalShares: Wad;
  isRetired: boolean;
  isSpotHedged: boolean;
  asset: Address;
  utilization: { long: Wad; short: Wad };
  /** The maximum size of the maker's position on each side. */
  capacity: { long: Wad; short: Wad };
  position: Position;
  /** The maker's account in the market: value, pending fees, liquidation price. */
  account: AccountState;
};

const unknown = { totalAssets: undefined, sharePrice: undefined, isInsolvent: undefined } as const;

/**
 * Reads a maker in one call: the value of its shares, its position, its account and its utilization. Reverts with
 * `UnknownMaker` when the address is not a maker.
 *
 * @example
 * const { sharePrice, utilization } = await getMaker(client, { deployment, maker: deployment.oracleMaker });
 */
export const getMaker = /* @__PURE__ */ defineRead(function* ({
  deployment,
  maker,
}: GetMakerParameters): Steps<MakerState> {
  const state = yield* view(deployment.lens, lens.getMaker, [maker]);
  const { totalAssets, sharePrice, isInsolvent, isRetired, isSpotHedged, asset, ...raw } = state;
  const account = yield* accountStateOf(raw.account);
  const { size, openNotional, margin } = account;
  return {
    ...(raw.isValued
      ? { totalAssets, sharePrice, isInsolvent, valueError: undefined }
      : { ...unknown, valueError: yield* unavailableIn(raw.valueError) }),
    totalShares: raw.totalSupply,
    isRetired,
    isSpotHedged,
    asset,
    utilization: { long: raw.longUtilRatio, short: raw.shortUtilRatio },
    capacity: { long: raw.longCapacity, short: raw.shortCapacity },
    position: { size, openNotional, margin },
    account,
  };
});
