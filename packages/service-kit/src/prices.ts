// A price source for all parts of a service: one rate budget, one request for equal questions, and prices that never change kept.
import { type HermesEndpoint, hermesPrices, type PriceSource, type PriceUpdate } from "@counterpoise/sdk/prices";
import type { Hex } from "viem";

/** Parameters of {@link createSharedPrices}. */
export type SharedPricesParameters = {
  ids: readonly Hex[];
  endpoints: readonly HermesEndpoint[];
  /** Requests for each endpoint in `per` milliseconds. Default: Hermes' public limit, 10 in 10 s. */
  budget?: { requests: number; per: number } | undefined;
  /** Milliseconds of a request. Default 3,000. */
  timeout?: number | undefined;
  /** Milliseconds for which an answer to `latest` is reused. Default 800. */
  reuse?: number | undefined;
  /** First prices that are kept. Default 512. */
  kept?: number | undefined;
  /** Default: Hermes services at the endpoints. */
  source?: PriceSource | undefined;
};

/** A price source that several parts of a service share. */
export type SharedPrices = PriceSource & {
  /** The latest update that any request has returned. */
  last(): PriceUpdate | undefined;
};

/** Creates a {@link SharedPrices}. */
export function createSharedPrices({
  ids,
  endpoints,
  budget,
  timeout = 3_000,
  reuse = 800,
  kept = 512,
  source = hermesPrices({ ids, endpoints, budget, timeout, retries: 1, maxWait: 1_000 }),
}: SharedPricesParameters): SharedPrices {
  const first = new Map<bigint, Promise<PriceUpdate>>();
  let latest: { time: number; update: Promise<PriceUpdate> } | undefined;
  let last: PriceUpdate | undefined;
  const publishTimeOf = (update: PriceUpdate | undefined) =>
    update?.feeds.reduce((time, each) => (each.publishTime < time ? each.publishTime : time), 2n ** 63n) ?? -1n;
  const remember = (update: PriceUpdate): PriceUpdate => {
    if (publishTimeOf(update) > publishTimeOf(last)) last = update;
    return update;
  };
  return {
    ids,
    latest: () => {
      const now = Date.now();
      if (!latest || latest.time + reuse < now) {
        const update = source.latest().then(remember);
        const entry = { time: now, update };
        latest = entry;
        update.catch(() => {
          if (latest === entry) latest = undefined;
        });
      }
      return latest.update;
    },
    at: (time) => {
      const before = first.get(time);
      if (before) return before;
      // The first price at or after a time never changes.
      const update = source.at(time);
      first.set(time, update);
      update.catch(() => first.delete(time));
      if (first.size > kept) first.delete(first.keys().next().value as bigint);
      return update;
    },
    stream: (options) => source.stream(options),
    last: () => last,
  };
}
