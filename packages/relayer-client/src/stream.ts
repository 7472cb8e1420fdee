// Server-sent events of a market, with a new connection after a failure.

/** An event. `sequence` grows by one; a snapshot has that of the last event that it contains. */
export type MarketEvent = {
  type: "snapshot" | "book" | "trade" | "fill" | "order";
  sequence: bigint;
  /** As the relayer's documentation describes it; amounts are decimal texts. */
  data: Record<string, unknown>;
};

/** Parameters of {@link streamEvents}. */
export type StreamEventsParameters = {
  url: string;
  signal: AbortSignal;
  /** The sequence number of the last event that is known. Default: begins with a snapshot. */
  after?: string | undefined;
  fetch?: typeof fetch | undefined;
  /** Milliseconds before a new connection. Default 1,000. */
  retryAfter?: number | undefined;
};

/** The most characters of one event. */
const MAX_EVENT = 4_000_000;

/** Yields the events of a stream until the signal is aborted. */
export async function* streamEvents({
  url,
  signal,
  after,
  fetch: send = fetch,
  retryAfter = 1_000,
}: StreamEventsParameters): AsyncGenerator<MarketEvent> {
  let last = after;
  while (!signal.aborted) {
    try {
      const response = await send(url, {
        headers: { accept: "text/event-stream", ...(last !== undefined && { "last-event-id": last }) },
        signal,
      });
      if (response.ok && response.body) {
        for await (const event of eventsIn(response.body)) {
          last = event.sequence.toString();
          yield event;
        }
      }
    } catch {
      // The next connection continues after the last event.
    }
    if (!signal.aborted) await pause(retryAfter, signal);
  }
}

async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<MarketEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true }).replaceAll("\r", "");
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) yield event;
    }
    if (text.length > MAX_EVENT) throw new RangeError(`An event has more than ${MAX_EVENT} characters.`);
  }
}

/** One event; undefined for a comment. */
export function parseEvent(text: string): MarketEvent | undefined {
  let [type, id, data] = ["", "", ""];
  for (const line of text.split("\n")) {
    const [, field, value] = /^(event|id|data): ?(.*)$/.exec(line) ?? [];
    if (field === "event") type = value as string;
    else if (field === "id") id = value as string;
    else if (field === "data") data += data === "" ? value : `\n${value}`;
  }
  if (type === "" || !/^\d+$/.test(id)) return undefined;
  const { sequence: _, ...rest } = JSON.parse(data) as Record<string, unknown>;
  return { type: type as MarketEvent["type"], sequence: BigInt(id), data: rest };
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
