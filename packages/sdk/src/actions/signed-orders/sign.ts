import type { Address, Hex } from "viem";
import { getBlock, signTypedData } from "viem/actions";
import { defaultDeadline } from "../../client/signatures.js";
import type { SigningClient } from "../../client/transaction.js";
import type { Deployment } from "../../deployment.js";
import { bracketCancellationTypedData, cancellationTypedData, type OrderId } from "../../entities/cancellation.js";
import {
  type BuildSignedOrderParameters,
  buildSignedOrder,
  type SignedOrder,
  signedOrderTypedData,
} from "../../entities/signed-order.js";
import { getOrderNonce } from "./reads.js";

type DistributiveOmit<type, keys extends PropertyKey> = type extends unknown ? Omit<type, keys> : never;

/** Parameters of {@link signOrder}. */
export type SignOrderParameters = DistributiveOmit<
  BuildSignedOrderParameters,
  "account" | "nonce" | "expiresAt" | "validFrom"
> & {
  /** Default: the client's account. A wallet contract that the client signs for is another one. */
  account?: Address;
  /** Seconds. Default: one hour after the latest block. */
  expiresAt?: bigint;
  /** Seconds; keepers announce the order with prices from then on. Default: the time of the latest block. */
  validFrom?: bigint;
  /** Default: the account's nonce at the gateway. */
  nonce?: bigint;
};

/**
 * Builds an order and signs it, without a transaction: a relayer submits the order, or any account announces it. The
 * account makes the gateway its operator before its first order: `setOperator` with
 * `operator: deployment.signedOrderGateway`.
 *
 * @example
 * const submission = await signOrder(trader, {
 *   deployment,
 *   kind: "limit",
 *   isBaseToQuote: false,
 *   amount: parseEther("1"),
 *   price: parseEther("1950"),
 * });
 */
export async function signOrder(
  client: SigningClient,
  { account = client.account.address, expiresAt, validFrom, nonce, ...rest }: SignOrderParameters,
): Promise<{ order: SignedOrder; signature: Hex }> {
  const { deployment } = rest;
  const order = buildSignedOrder({
    ...rest,
    account,
    expiresAt: expiresAt ?? (await defaultDeadline(client)),
    validFrom: validFrom ?? (await getBlock(client)).timestamp,
    nonce: nonce ?? (await getOrderNonce(client, { deployment, account })),
  });
  const data = signedOrderTypedData(deployment, order);
  return { order, signature: await signTypedData(client, { account: client.account, ...data }) };
}

/**
 * Signs the cancellation of an order, for the relayers that hold it. Relayers are trusted to respect it; an account that
 * does not trust them submits it on the chain with {@link cancelSignedOrderBySig}.
 *
 * @example
 * const signature = await signOrderCancellation(trader, { deployment, order });
 * // The relayer:
 * if (await isOrderCancellation(client, { deployment, order, signature })) remove(order);
 */
export async function signOrderCancellation(
  client: SigningClient,
  { deployment, order }: { deployment: Deployment; order: OrderId },
): Promise<Hex> {
  return signTypedData(client, { account: client.account, ...cancellationTypedData(deployment, order) });
}

/**
 * Signs the cancellation of an order's bracket, for {@link cancelBracket} and, while one of its legs is announced, for
 * {@link cancelAnnouncement}. It stays valid for brackets that later fills of the order activate. The cancellation of an
 * order leaves the bracket of its filled part active.
 *
 * @example
 * const signature = await signBracketCancellation(trader, { deployment, order });
 * await cancelBracket(anyAccount, { deployment, order, signature });
 */
export async function signBracketCancellation(
  client: SigningClient,
  { deployment, order }: { deployment: Deployment; order: SignedOrder },
): Promise<Hex> {
  return signTypedData(client, { account: client.account, ...bracketCancellationTypedData(deployment, order) });
}
