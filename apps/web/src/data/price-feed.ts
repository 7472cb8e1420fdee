// The live price of a market: a stream of a price service, if the app has one. Without it, the chain's stored price is used.
import { type Deployment, getFeed, type Wad } from "@counterpoise/sdk";
import { feedIdsOf, hermesPrices, type PriceUpdate, priceOf } from "@counterpoise/sdk/prices";
import { useSyncExternalStore } from "react";
import type { Client } from "viem";

/** A price that was published. */
export type Tick = { price: Wad; confidence: Wad /** Seconds. */; publishTime: bigint };

/** The state of the stream. */
export type LivePrice = {
  /** The latest price; undefined before the first, and without a service. */
  tick: Tick | undefined;
  /** Its update, for reads and plans at this price. */
  update: PriceUpdate | undefined;
  /** The last prices, oldest first. */
  ticks: readonly Tick[];
  /** `off`: no service is configured. */
  status: "off" | "connecting" | "live" | "failing";
};

/** A running stream of prices. */
export type PriceFeed = {
  get(): LivePrice;
  subscribe(listener: () => void): () => void;
  stop(): void;
};

const KEPT = 3_600;
/** Milliseconds until a failed start of the stream is tried again. */
const RESTART = 5_000;

/** Starts the stream of a market's prices. */
export function startPriceFeed(client: Client, deployment: Deployment, urls: readonly string[]): PriceFeed {
  let live: LivePrice = {
    tick: undefined,
    update: undefined,
    ticks: [],
    status: urls.length === 0 ? "off" : "connecting",
  };
  const listeners = new Set<() => void>();
  const controller = new AbortController();
  const set = (change: Partial<LivePrice>) => {
    live = { ...live, ...change };
    for (const listener of listeners) listener();
  };
  const run = async (): Promise<void> => {
    const { signal } = controller;
    const feed = await getFeed(client, { deployment });
    const source = hermesPrices({ ids: feedIdsOf(feed), endpoints: urls.map((url) => ({ url })) });
    const onError = () => set({ status: "failing" });
    for await (const update of source.stream({ signal, onError })) {
      const tick = priceOf(update, feed);
      set({ tick, update, ticks: [...live.ticks.slice(1 - KEPT), tick], status: "live" });
    }
  };
  const start = (): void => {
    run().catch(() => {
      if (controller.signal.aborted) return;
      set({ status: "failing" });
      setTimeout(() => controller.signal.aborted || start(), RESTART);
    });
  };
  if (urls.length > 0) start();
  return {
    get: () => live,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => controller.abort(),
  };
}

/** The live price, followed. */
export const useLivePrice = (feed: PriceFeed): LivePrice => useSyncExternalStore(feed.subscribe, feed.get);
