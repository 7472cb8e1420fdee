import { describe, expect, test } from "vitest";
import { eventsIn, type ServerSentEvent } from "./sse.js";

/** The events of a body that arrives in these parts, and the number of parts. */
async function read(parts: readonly (string | Uint8Array)[]) {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const part of parts) controller.enqueue(typeof part === "string" ? encoder.encode(part) : part);
      controller.close();
    },
  });
  const events: ServerSentEvent[] = [];
  let bytes = 0;
  for await (const event of eventsIn(body, () => bytes++)) events.push(event);
  return { events, bytes };
}

const message = (data: string): ServerSentEvent => ({ type: "message", data });

describe("eventsIn", () => {
  test.each([
    ["default", "data:one\n\ndata: two\n\n", [message("one"), message("two")]],
    ["several lines, and one space only is left out", "data:  a\ndata:b\ndata\n\n", [message(" a\nb\n")]],
    ["types, for one event only", "event:error\ndata:x\n\ndata:y\n\n", [{ type: "error", data: "x" }, message("y")]],
    ["comments, other fields, and a type without data", ":\n\nid:1\nretry:5\nevent:x\n\ndata:y\n\n", [message("y")]],
    ["all ends of lines", "data:a\r\rdata:b\r\n\r\ndata:c\n\r\n", [message("a"), message("b"), message("c")]],
    ["an event without its empty line is none", "data:a\n\ndata:b\n", [message("a")]],
    ["a byte order mark", "\uFEFFdata:a\n\n", [message("a")]],
    ["colons in data", 'data:{"a":1}\n\n', [message('{"a":1}')]],
  ])("behavior: %s", async (_, text, expected) => {
    expect((await read([text])).events).toEqual(expected);
    // In parts of one byte.
    const bytes = new TextEncoder().encode(text);
    const single = await read([...bytes].map((byte) => Uint8Array.of(byte)));
    expect(single).toEqual({ events: expected, bytes: bytes.length });
  });

  test("behavior: a character in two parts", async () => {
    const bytes = new TextEncoder().encode("data:€\n\n");
    expect((await read([bytes.slice(0, 6), bytes.slice(6)])).events).toEqual([message("€")]);
  });

  test("error: a line without an end", async () => {
    await expect(read(Array(5).fill("x".repeat(2 ** 20)))).rejects.toThrow("too long");
  });
});
