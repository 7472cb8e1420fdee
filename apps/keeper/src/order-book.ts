// Signed orders that wait for their trigger or limit, from files and from the feeds of relayers. The chain decides whether an
// order is alive; a source that is dead, late or lying delays its own orders only.
import { readFile, stat } from "node:fs/promises";
import { type Deployment, hashSignedOrder, type SignedOrder } from "@counterpoise/sdk";
import type { Address, Hash, Hex } from "viem";
import { z } from "zod";

/** Where orders come from. */
export type OrderSource = { file: string } | { url: string };

/** An order and its account's signature. */
export type WaitingOrder = { order: SignedOrder; signature: Hex; hash: Hash };

const MAX_ORDERS = 1_000;
const MAX_BYTES = 4_000_000;
const TIMEOUT = 2_000;

const amount = z
  .union([z.string().regex(/^\d{1,78}$/), z.number().int().nonnegative()])
  .transform((value) => BigInt(value));
const address = z
  .string()
  .regex(/^0x[\da-fA-F]{40}$/)
  .transform((value) => value as Address);
const orderSchema = z.object({
  signature: z
    .string()
    .regex(/^0x([\da-fA-F]{2}){0,4096}$/)
    .transform((value) => value as Hex),
  order: z.object({
    account: address,
    marketId: amount,
    maker: address,
    isBaseToQuote: z.boolean(),
    isReduceOnly: z.boolean(),
    amount,
    minFill: amount,
    price: amount,
    trigger: z.number().int().min(0).max(2),
    triggerPrice: amount,
    marginXCD: amount,
    maxRelayFeeXCD: amount,
    takeProfitPrice: amount,
    stopPrice: amount,
    exitFeeXCD: amount,
    validFrom: amount,
    expiresAt: amount,
    nonce: amount,
    id: amount,
  }),
});

type SourceState = {
  source: OrderSource;
  orders: unknown[];
  version: string;
  failure: string | undefined;
  isReading: boolean;
};

/** The waiting orders of all sources. */
export class SignedOrderBook {
  readonly #sources: SourceState[];
  /** Hashes of orders that the chain or their form has ended. */
  readonly #ended = new Set<Hash>();

  constructor(sources: readonly OrderSource[] = []) {
    this.#sources = sources.map((source) => ({
      source,
      orders: [],
      version: "",
      failure: undefined,
      isReading: false,
    }));
  }

  /** Reads all sources at once, each within two seconds. A source that fails keeps the orders that it had. */
  async refresh(): Promise<void> {
    await Promise.all(this.#sources.map((each) => this.#read(each)));
  }

  /** Sources that fail now, with their problem. */
  get failures(): readonly string[] {
    return this.#sources.flatMap(({ source, failure }) =>
      failure === undefined ? [] : [`${"file" in source ? source.file : new URL(source.url).host}: ${failure}`],
    );
  }

  /** The orders of a market that may be alive, without duplicates. */
  waiting(deployment: Deployment): WaitingOrder[] {
    const found = new Map<Hash, WaitingOrder>();
    for (const { orders } of this.#sources) {
      for (const raw of orders) {
        const parsed = orderSchema.safeParse(raw);
        if (!parsed.success || parsed.data.order.marketId !== deployment.marketId) continue;
        const { order, signature } = parsed.data;
        const hash = hashSignedOrder({ deployment, order });
        if (!this.#ended.has(hash)) found.set(hash, { order, signature, hash });
      }
    }
    return [...found.values()];
  }

  /** Deletes an order that the chain has ended. */
  end(hash: Hash): void {
    this.#ended.add(hash);
    if (this.#ended.size > 100_000) this.#ended.delete(this.#ended.values().next().value as Hash);
  }

  async #read(state: SourceState): Promise<void> {
    if (state.isReading) return;
    state.isReading = true;
    try {
      const { source } = state;
      if ("file" in source) {
        const { mtimeMs, size } = await stat(source.file);
        const version = `${mtimeMs}-${size}`;
        if (version !== state.version) {
          state.orders = listOf(await readFile(source.file, "utf8"));
          state.version = version;
        }
      } else {
        const response = await fetch(source.url, { signal: AbortSignal.timeout(TIMEOUT) });
        if (!response.ok) throw new Error(`status ${response.status}`);
        state.orders = listOf(await response.text());
      }
      state.failure = undefined;
    } catch (error) {
      state.failure = (error as Error).message;
    } finally {
      state.isReading = false;
    }
  }
}

/** A list in JSON, an object with `orders`, or an order on each line. */
function listOf(text: string): unknown[] {
  if (text.length > MAX_BYTES) throw new Error(`${text.length} bytes, more than ${MAX_BYTES}`);
  const trimmed = text.trim();
  if (trimmed === "") return [];
  let list: unknown;
  try {
    list = JSON.parse(trimmed);
  } catch {
    list = trimmed.split("\n").flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        return [];
      }
    });
  }
  const orders = Array.isArray(list) ? list : ((list as { orders?: unknown }).orders ?? [list]);
  if (!Array.isArray(orders)) throw new Error("no list of orders");
  if (orders.length > MAX_ORDERS) throw new Error(`${orders.length} orders, more than ${MAX_ORDERS}`);
  return orders;
}
