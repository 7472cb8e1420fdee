/** The statuses of a market, from none to settled, in the order of the contracts' enumeration. Each allows less than the one before. */
export const marketStatuses = ["none", "active", "reduceOnly", "paused", "settled"] as const;

/** The status of a market; see {@link marketStatuses}. */
export type MarketStatus = (typeof marketStatuses)[number];

/** A status that the owner can set. The guardian can set it if it is stricter than the present one. */
export type SettableStatus = Extract<MarketStatus, "active" | "reduceOnly" | "paused">;

/** The contracts' number of a status. */
export const marketStatusId = (status: MarketStatus): number => marketStatuses.indexOf(status);

/** The status for a number of the contracts, such as the `status` of a `MarketNotActive` error. */
export function marketStatusOf(id: number): MarketStatus {
  const status = marketStatuses[id];
  if (status === undefined) throw new RangeError(`No market status has the number ${id}`);
  return status;
}
