// Waiting for the end of an order or a request. viem's watcher of blocks polls; there is no timer and no retry here.
import type { Address, Client } from "viem";
import { getBlock, watchBlocks } from "viem/actions";
import { getLpRequest, type LpRequest } from "../actions/lp/queue.js";
import { getOrderEvents, type OrderEvent } from "../actions/orders/events.js";
import { getOrderStatus } from "../actions/orders/reads.js";
import type { Occurrence } from "../client/history.js";
import type { Deployment } from "../deployment.js";
import type { Order } from "../entities/order.js";
import { WaitTimeoutError } from "./errors.js";

/** How long a waiting function waits. */
export type WaitOptions = {
  /** Unix seconds, by the chain's clock. Default: until the order or the request ends, at its expiry at the latest. */
  until?: bigint | undefined;
  /** Milliseconds between two looks at the chain's head. Default: the client's. */
  pollingInterval?: number | undefined;
  /** Ends the wait; the promise rejects with its reason. */
  signal?: AbortSignal | undefined;
};

/** Parameters of {@link waitForOrder}. */
export type WaitForOrderParameters = WaitOptions & {
  deployment: Deployment;
  orderId: bigint;
  order: Order;
  /** The block of the order's creation, or one before it. Default: the deployment's first block. */
  fromBlock?: bigint | undefined;
};

/** The end of an order: the event, or `expired` for an order that no account has removed yet. */
export type OrderEnd =
  | (OrderEvent & Occurrence & { type: "executed" | "purged" | "expired" })
  | { type: "expired"; orderId: bigint; hash?: undefined };

/** Looks at each new block, the latest first, until `look` returns a result. */
function watching<result>(
  client: Client,
  { until, pollingInterval, signal }: WaitOptions,
  id: bigint,
  look: (time: bigint) => Promise<result | undefined>,
): Promise<result> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let unwatch = () => {};
    const end = (finish: () => void) => {
      if (isOver) return;
      isOver = true;
      unwatch();
      signal?.removeEventListener("abort", abort);
      finish();
    };
    const abort = () => end(() => reject(signal?.reason));
    // One look after another.
    let work: Promise<void> = Promise.resolve();
    const see = (time: bigint) => {
      work = work.then(async () => {
        if (isOver) return;
        const result = await look(time);
        if (result !== undefined) return end(() => resolve(result));
        if (until !== undefined && time >= until) end(() => reject(new WaitTimeoutError({ id, until })));
      }, undefined);
      work.catch((error: unknown) => end(() => reject(error)));
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    getBlock(client).then(
      ({ timestamp }) => see(timestamp),
      (error: unknown) => end(() => reject(error)),
    );
    unwatch = watchBlocks(client, {
      poll: true,
      onBlock: ({ timestamp }) => see(timestamp),
      onError: (error) => end(() => reject(error)),
      ...(pollingInterval !== undefined && { pollingInterval }),
    });
  });
}

/**
 * Waits until a delayed order has been executed, purged or removed, or has expired. An order that is skipped stays open. Looks
 * at the chain once for each new block.
 *
 * @example
 * const created = await createOrderSync(trader, parameters);
 * const end = await waitForOrder(trader, { deployment, ...created });
 * if (end.type === "executed") console.log(end.price);
 * @throws {@link WaitTimeoutError} when the order is open at `until`. Errors of the node end the wait.
 */
export const waitForOrder = (
  client: Client,
  { deployment, orderId, order, fromBlock, ...options }: WaitForOrderParameters,
): Promise<OrderEnd> =>
  watching(client, options, orderId, async (time) => {
    const status = await getOrderStatus(client, { deployment, orderId, order });
    if (status === "expired") return { type: "expired", orderId };
    if (status !== "unknown") return undefined;
    const account = order.taker;
    const span = fromBlock === undefined ? {} : { fromBlock };
    const events = await getOrderEvents(client, { deployment, account, ...span });
    const isEnd = ({ type }: OrderEvent) => type === "executed" || type === "purged" || type === "expired";
    const end = events.find((event) => event.orderId === orderId && isEnd(event)) as OrderEnd | undefined;
    // A node that has the state of a block may not have its logs yet.
    return end ?? (time > order.expiresAt ? { type: "expired", orderId } : undefined);
  });

/** Parameters of {@link waitForLpRequest}. */
export type WaitForLpRequestParameters = WaitOptions & { requestVault: Address; requestId: bigint };

/**
 * The end of a request: `settled` in whole or in part, `returned`, or `expired` and not returned yet. The rest of the fields
 * are those of the request then: `claimable` and `returned` are the amounts to claim.
 */
export type LpRequestEnd = LpRequest & { type: "settled" | "returned" | "expired" };

/**
 * Waits until a request of an LP has nothing pending, or has expired. Looks at the chain once for each new block.
 *
 * @example
 * const { requestId } = await requestLpDepositSync(lp, parameters);
 * const { type, claimable } = await waitForLpRequest(lp, { requestVault, requestId });
 * if (type === "settled") await claimLpSharesSync(lp, { requestVault, assets: claimable });
 * @throws {@link WaitTimeoutError} when the request is pending at `until`. Errors of the node end the wait.
 */
export const waitForLpRequest = (
  client: Client,
  { requestVault, requestId, ...options }: WaitForLpRequestParameters,
): Promise<LpRequestEnd> =>
  watching(client, options, requestId, async (time) => {
    const request = await getLpRequest(client, { requestVault, requestId });
    if (request.pending === 0n) {
      return { ...request, type: request.claimable === 0n && request.returned > 0n ? "returned" : "settled" };
    }
    return time > request.expiresAt ? { ...request, type: "expired" } : undefined;
  });
