// Ids of the requests that this browser has made, in local storage: the contracts list pending requests only.
import type { Address } from "viem";

const KEPT = 50;
const keyOf = (account: Address, requestVault: Address) =>
  `counterpoise.lp-requests.${account}.${requestVault}`.toLowerCase();

/** The ids, the newest first. */
export function requestsOf(account: Address, requestVault: Address): bigint[] {
  const text = localStorage.getItem(keyOf(account, requestVault)) ?? "";
  return text.split(",").flatMap((id) => (/^\d+$/.test(id) ? [BigInt(id)] : []));
}

/** Keeps an id. */
export function keepRequest(account: Address, requestVault: Address, requestId: bigint): void {
  const ids = [requestId, ...requestsOf(account, requestVault).filter((each) => each !== requestId)];
  localStorage.setItem(keyOf(account, requestVault), ids.slice(0, KEPT).join(","));
}
