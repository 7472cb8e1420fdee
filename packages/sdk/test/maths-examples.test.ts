// Runs the examples of the modules of maths: each exported function has one, which ends with its result.
import { readdirSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as math from "../src/maths/index.js";

const folder = new URL("../src/maths/", import.meta.url);
const files = readdirSync(folder).filter(
  (file) =>
    /^[a-z0-9-]+\.ts$/.test(file) && !["index.ts", "integers.ts", "exponential.ts", "fee-state.ts"].includes(file),
);

/** The examples of a file, with the name of the export that follows each. */
function examplesOf(file: string): { name: string; code: string; result: string }[] {
  const source = readFileSync(new URL(file, folder), "utf8");
  return [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:function|const) (\w+)/g)].flatMap(
    ([, comment = "", name = ""]) => {
      const [, example] = /@example\n([\s\S]*?)(?=\n \* @|$)/.exec(comment) ?? [];
      const text = example?.replace(/^ \* ?/gm, "").trim() ?? "";
      const [, code, result] = /^([\s\S]*?);? \/\/ (.*)$/.exec(text) ?? [];
      return code === undefined || result === undefined ? [] : [{ name, code, result }];
    },
  );
}

const run = (code: string): unknown => runInNewContext(`(${code})`, { ...math });

describe.each(files)("%s", (file) => {
  const examples = examplesOf(file);
  if (examples.length === 0) test.skip("has none", () => {});

  test.each(examples.map(({ name, code, result }) => [name, code, result] as const))(
    "default: %s",
    (_, code, result) => {
      // Objects of another context have other prototypes.
      expect(show(run(code))).toBe(show(run(result)));
    },
  );

  test("default: each exported function has an example", () => {
    const source = readFileSync(new URL(file, folder), "utf8");
    const functions = [...source.matchAll(/^export (?:function (\w+)|const (\w+) = \()/gm)].map(([, a, b]) => a ?? b);
    const internal = ["accrueFunding"];
    expect(
      functions.filter((name) => name && !internal.includes(name) && !examples.some((e) => e.name === name)),
    ).toEqual([]);
  });
});

const show = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part)) ?? "undefined";
