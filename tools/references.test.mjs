import { expect, test } from "vitest";
import { anchorsOf, faultsIn } from "./references.mjs";

const pages = {
  "docs/decisions/README.md": "- [D1](prices.md#d1): one",
  "docs/decisions/prices.md": '<a id="d1"></a>\n## D1. One',
};
const messages = (/** @type {Record<string, string>} */ texts, /** @type {string[]} */ files = []) => {
  const all = { ...pages, ...texts };
  return faultsIn(new Map(Object.entries(all)), [...Object.keys(all), ...files]).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  );
};

test("default: links, files and decisions that exist", () => {
  const page =
    "[a](decisions/prices.md#d1) [b](decisions) `src/Vault.sol` `Vault.sol` D1, see [c](#a-heading)\n# A heading";
  expect(messages({ "docs/a.md": page }, ["packages/contracts/src/Vault.sol"])).toEqual([]);
});

test("error: links to a missing file or anchor", () => {
  expect(messages({ "docs/a.md": "\n[a](none.md)\n[b](decisions/prices.md#d2)" })).toEqual([
    "docs/a.md:2 links to none.md, which does not exist",
    "docs/a.md:3 links to #d2, which docs/decisions/prices.md does not have",
  ]);
});

test("error: names a file that does not exist", () => {
  expect(messages({ "docs/a.md": "`src/None.sol` and `None.t.sol`" })).toEqual([
    "docs/a.md:1 names src/None.sol, which does not exist",
    "docs/a.md:1 names None.t.sol, which does not exist",
  ]);
});

test("error: cites a decision without an anchor, in any file", () => {
  expect(messages({ "packages/contracts/src/A.sol": "/// See decision D2." })).toEqual([
    "packages/contracts/src/A.sol:1 cites D2, which docs/decisions does not have",
  ]);
});

test("error: a decision that the index lacks, or that two pages have", () => {
  expect(messages({ "docs/decisions/orders.md": '<a id="d1"></a><a id="d3"></a>' })).toEqual([
    "docs/decisions/orders.md:1 d1 is an anchor of docs/decisions/prices.md too",
    "docs/decisions/README.md:1 has no [D1](orders.md#d1)",
    "docs/decisions/README.md:1 has no [D3](orders.md#d3)",
  ]);
});

test("behavior: fenced code is not read", () => {
  expect(messages({ "docs/a.md": "```\n[a](none.md) `None.sol`\n```" })).toEqual([]);
});

test("anchorsOf: explicit anchors and those of headings", () => {
  expect(anchorsOf('<a id="d5"></a>\n## When Pyth is dead: `x` & [y](z.md)')).toEqual(["d5", "when-pyth-is-dead-x--y"]);
});
