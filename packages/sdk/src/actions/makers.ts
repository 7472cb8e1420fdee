import type { Address, Client } from "viem";
import { exchangeLens } from "../client/contracts.js";
import type { MakerParameters } from "../client/parameters.js";
import { readContract } from "../client/reverts.js";
import { type AccountState, accountStateOf, type Position } from "../entities/account.js";
import type { Unavailable } from "../entities/failure.js";
import { decodeRevert } from "../reverts.js";

/** Parameters of {@link getMaker}. */
export type GetMakerParameters = MakerParameters;

/** A maker. Ratios, sizes and share prices WAD. */
export type MakerState = {
  /** In the asset's own decimals. Zero while there is a `valueError`. */
  totalAssets: bigint;
  totalShares: bigint;
  /** Zero while there is a `valueError`. */
  sharePrice: bigint;
  /** The reason why the shares have no value now: a position without a fresh price, or an action in progress. */
  valueError: Unavailable | undefined;
  /** The maker owes at least as much as it has. */
  isInsolvent: boolean;
  isRetired: boolean;
  isSpotHedged: boolean;
  asset: Address;
  utilization: { long: bigint; short: bigint };
  /** The maximum size of the maker's position on each side. */
  capacity: { long: bigint; short: bigint };
  position: Position;
  /** The maker's account in the market: value, pending fees, liquidation price. */
  account: AccountState;
};

/**
 * Reads a maker in one call: the value of its shares, its position, its account and its utilization. Reverts with
 * `UnknownMaker` when the address is not a maker.
 *
 * @example
 * const { sharePrice, utilization } = await getMaker(client, { deployment, maker: deployment.oracleMaker });
 */
export async function getMaker(client: Client, { deployment, maker }: GetMakerParameters): Promise<MakerState> {
  const call = { ...exchangeLens({ deployment }), functionName: "getMaker", args: [maker] } as const;
  const { totalAssets, sharePrice, isInsolvent, isRetired, isSpotHedged, asset, ...raw } = await readContract(
    client,
    call,
  );
  const account = accountStateOf(raw.account);
  const { size, openNotional, margin } = account;
  return {
    totalAssets,
    totalShares: raw.totalSupply,
    sharePrice,
    valueError: raw.isValued ? undefined : { revert: decodeRevert(raw.valueError), data: raw.valueError },
    isInsolvent,
    isRetired,
    isSpotHedged,
    asset,
    utilization: { long: raw.longUtilRatio, short: raw.shortUtilRatio },
    capacity: { long: raw.longCapacity, short: raw.shortCapacity },
    position: { size, openNotional, margin },
    account,
  };
}
