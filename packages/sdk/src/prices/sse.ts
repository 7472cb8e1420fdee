// Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

/** An event of a stream. */
export type ServerSentEvent = { type: string; data: string };

/** Longest line, in characters: a thousand feeds are a quarter of it. */
const MAX_LENGTH = 2 ** 22;

/** The events of a body, without those that have no data. `onByte` is called for each part of it, comments included. */
export async function* eventsIn(
  body: ReadableStream<Uint8Array>,
  onByte?: () => void,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let type = "";
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onByte?.();
    text += decoder.decode(value, { stream: true });
    if (text.length > MAX_LENGTH) throw new Error("The line is too long");
    // A carriage return at the end may be half of a line's end.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    text = lines.pop() ?? "";
    for (const line of lines) {
      const [, name, content = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (name === "data") data.push(content);
      if (name === "event") type = content;
      if (line !== "") continue;
      if (data.length > 0) yield { type: type || "message", data: data.join("\n") };
      type = "";
      data = [];
    }
  }
}
