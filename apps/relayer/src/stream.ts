// The event streams of the API. Each begins with a snapshot, or after the last event that its client has seen; then it has every
// event with the next sequence number. A client that cannot follow is disconnected, and continues with its Last-Event-ID.
import type { Logger } from "@counterpoise/service-kit";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { RelayerConfig } from "./config.js";
import { ApiError } from "./errors.js";
import type { RelayerMetrics } from "./metrics.js";
import type { Store } from "./store.js";

const DEPTH = 200;
/** Events of one request to the database. */
const PAGE = 500;
/** Milliseconds between two signs of life. */
const HEARTBEAT = 15_000;

const text = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each));

/** The open streams. */
export class StreamHub {
  readonly #store: Store;
  readonly #limits: RelayerConfig["api"]["streams"];
  readonly #metrics: RelayerMetrics;
  readonly #log: Logger;
  readonly #wakers = new Set<() => void>();
  readonly #perClient = new Map<string, number>();
  #total = 0;
  #isStopped = false;

  constructor(parameters: { store: Store; config: RelayerConfig; metrics: RelayerMetrics; log: Logger }) {
    this.#store = parameters.store;
    this.#limits = parameters.config.api.streams;
    this.#metrics = parameters.metrics;
    this.#log = parameters.log;
  }

  /** Tells all streams to look for events. */
  notify(): void {
    for (const wake of this.#wakers) wake();
  }

  /** Ends all streams. */
  stop(): void {
    this.#isStopped = true;
    this.notify();
  }

  /** Opens a stream. @throws {ApiError} `TOO_MANY_STREAMS` */
  open(context: Context, marketId: bigint, client: string, after: bigint | undefined): Response {
    const own = this.#perClient.get(client) ?? 0;
    const { total, perClient } = this.#limits;
    if (this.#total >= total || own >= perClient) {
      throw new ApiError("TOO_MANY_STREAMS", "Too many event streams", {
        limit: own >= perClient ? `${perClient} of an address` : String(total),
        retryAfter: 10,
      });
    }
    this.#count(client, 1);
    context.header("X-Accel-Buffering", "no");
    return streamSSE(context, async (stream) => {
      try {
        await this.#serve(stream, marketId, after);
      } catch (error) {
        this.#log.debug({ error }, "a stream ended");
      } finally {
        this.#count(client, -1);
      }
    });
  }

  #count(client: string, change: 1 | -1): void {
    this.#total += change;
    const own = (this.#perClient.get(client) ?? 0) + change;
    if (own === 0) this.#perClient.delete(client);
    else this.#perClient.set(client, own);
    this.#metrics.streams.set(this.#total);
  }

  async #serve(stream: SSEStreamingApi, marketId: bigint, after: bigint | undefined): Promise<void> {
    let last = after;
    let isDue = true;
    let wake = () => {};
    const waker = () => {
      isDue = true;
      wake();
    };
    this.#wakers.add(waker);
    stream.onAbort(waker);
    try {
      while (!stream.aborted && !this.#isStopped) {
        isDue = false;
        const events = last === undefined ? [] : await this.#store.events(marketId, last, PAGE);
        const first = events[0]?.sequence;
        // Without the event after the last one, the client has missed some that are no longer kept.
        const hasGap = last !== undefined && first !== undefined && first !== last + 1n;
        if (last === undefined || hasGap || (events.length === 0 && (await this.#isAhead(marketId, last)))) {
          last = await this.#snapshot(stream, marketId);
          isDue = true;
        } else {
          for (const { sequence, type, data } of events) {
            await stream.writeSSE({ id: sequence.toString(), event: type, data: text({ sequence, ...data }) });
            last = sequence;
          }
          if (events.length === PAGE) isDue = true;
        }
        if (isDue || stream.aborted || this.#isStopped) continue;
        const isAwake = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), HEARTBEAT);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
          if (isDue) wake();
        });
        if (!isAwake) await stream.write(": alive\n\n");
      }
    } finally {
      this.#wakers.delete(waker);
    }
  }

  /** Whether a client claims events that the market has not had. */
  async #isAhead(marketId: bigint, last: bigint): Promise<boolean> {
    return last > (await this.#store.lastSequence(marketId));
  }

  async #snapshot(stream: SSEStreamingApi, marketId: bigint): Promise<bigint> {
    const { sequence, bids, asks } = await this.#store.snapshot(marketId, DEPTH);
    await stream.writeSSE({ id: sequence.toString(), event: "snapshot", data: text({ sequence, bids, asks }) });
    return sequence;
  }
}
