import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createProgress } from "./progress.js";

function fakeStream(isTTY: boolean) {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 100 }) as unknown as NodeJS.WriteStream, text: () => text };
}

describe("createProgress", () => {
  test("default", () => {
    const { stream, text } = fakeStream(false);
    const progress = createProgress({ total: 240, stream });
    for (let done = 1; done <= 240; done++) progress.update(done);
    progress.stop();
    const lines = text().trim().split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("10% | 24/240 steps");
    expect(lines.at(-1)).toBe("100% | 240/240 steps");
  });

  test("behavior: a note, and several steps at once", () => {
    const { stream, text } = fakeStream(false);
    const progress = createProgress({ total: 3, stream });
    progress.update(1, "3 orders");
    progress.update(3);
    expect(text()).toBe("30% | 1/3 steps | 3 orders\n100% | 3/3 steps\n");
  });

  test("behavior: the bar on a terminal is cleared and leaves no listener", () => {
    const listeners = process.listenerCount("SIGINT");
    const { stream, text } = fakeStream(true);
    const progress = createProgress({ total: 10, stream });
    progress.update(10, "settling");
    expect(process.listenerCount("SIGINT")).toBe(listeners);
    progress.stop();
    expect(text()).toContain("10/10 steps");
    expect(text()).toContain("left | settling");
    expect(text()).not.toContain("\n");
  });
});
