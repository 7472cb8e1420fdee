// Signed orders of this browser: their delivery to keepers, and their copies in local storage.
import type { Deployment, SignedOrder } from "@counterpoise/sdk";
import { parseSubmission, serializeSubmission } from "@counterpoise/sdk/relay";
import type { Address, Hex } from "viem";
import { strings } from "../strings.js";

export type SignedKind = "limit" | "take-profit" | "stop";
/** A signed order with the signature that a relayer needs. */
export type StoredOrder = { kind: SignedKind; order: SignedOrder; signature: Hex };

/** The service for signed orders did not accept one. */
export class OrderServiceError extends Error {
  override name = "OrderServiceError";
  readonly status: number;
  constructor({ status, text }: { status: number; text: string }) {
    super(strings.errors.service(`${status} ${text.slice(0, 200)}`));
    this.status = status;
  }
}

const KEPT = 100;
const keyOf = ({ chainId, signedOrderGateway }: Deployment, account: Address): string =>
  `counterpoise.signed.${chainId}.${signedOrderGateway}.${account}`.toLowerCase();

/** The stored orders of an account, newest first. Malformed entries are left out. */
export function storedOrders(deployment: Deployment, account: Address): StoredOrder[] {
  try {
    const entries = JSON.parse(localStorage.getItem(keyOf(deployment, account)) ?? "[]") as { kind: SignedKind }[];
    return entries.flatMap((entry) => {
      try {
        return [{ kind: entry.kind, ...parseSubmission(entry) }];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Stores an order, and delivers it. @throws {OrderServiceError} when the service rejects it */
export async function deliver(url: string, deployment: Deployment, stored: StoredOrder): Promise<void> {
  const { account } = stored.order;
  const entry = { kind: stored.kind, ...serializeSubmission(stored) };
  const body = JSON.stringify(serializeSubmission(stored));
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!response.ok) throw new OrderServiceError({ status: response.status, text: await response.text() });
  const before = storedOrders(deployment, account).map((each) => ({ kind: each.kind, ...serializeSubmission(each) }));
  localStorage.setItem(keyOf(deployment, account), JSON.stringify([entry, ...before].slice(0, KEPT)));
}
