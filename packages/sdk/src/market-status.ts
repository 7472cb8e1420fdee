/** What a market allows, each less than the one before it, in the order of the contracts' enumeration. */
export const marketStatuses = ["none", "active", "reduceOnly", "paused", "settled"] as const;

/** What a market allows; see {@link marketStatuses}. */
export type MarketStatus = (typeof marketStatuses)[number];

/** A status that the owner (or, if it is stricter, the guardian) can set. */
export type SettableStatus = Extract<MarketStatus, "active" | "reduceOnly" | "paused">;

/** The contracts' number of a status. */
export const marketStatusId = (status: MarketStatus): number => marketStatuses.indexOf(status);

/** The status behind a number of the contracts, such as the `status` of a `MarketNotActive` error. */
export function marketStatusOf(id: number): MarketStatus {
  const status = marketStatuses[id];
  if (status === undefined) throw new RangeError(`No market status has the number ${id}`);
  return status;
}
