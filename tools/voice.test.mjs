import { describe, expect, test } from "vitest";
import { findingsIn, segmentsOf } from "./voice.mjs";

const words = (/** @type {string} */ file, /** @type {string} */ text) =>
  findingsIn(file, text).map(({ line, word }) => `${line} ${word}`);

describe("segmentsOf", () => {
  test("default: divides code, comments and strings", () => {
    expect(segmentsOf(`a = "b"; // c\n/* d */ e`)).toEqual([
      { kind: "code", offset: 0, text: 'a = "' },
      { kind: "string", offset: 5, text: "b" },
      { kind: "code", offset: 6, text: '"; ' },
      { kind: "comment", offset: 9, text: "// c" },
      { kind: "code", offset: 13, text: "\n" },
      { kind: "comment", offset: 14, text: "/* d */" },
      { kind: "code", offset: 21, text: " e" },
    ]);
  });

  test("behavior: loses no character", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source under test has a template.
    const source = "const a = `x ${b ? `y ${{ c: '}' }.c}` : /[/\"'`]/.test(d)} z`; // \"e\"\nf('\\'');";
    expect(
      segmentsOf(source)
        .map(({ text }) => text)
        .join(""),
    ).toBe(source);
  });

  test("behavior: code inside a template is code, also with braces", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source under test has a template.
    const strings = segmentsOf("`x ${ { a: 1 }.a } y`").filter(({ kind }) => kind === "string");
    expect(strings.map(({ text }) => text)).toEqual(["x ", " y"]);
  });

  test("behavior: no string begins in a regular expression or a comment", () => {
    const source = "x.match(/[\"'`]/g); // don't\ny;";
    expect(segmentsOf(source).filter(({ kind }) => kind === "string")).toEqual([]);
  });
});

describe("findingsIn", () => {
  test("default: gives the line, the word and the suggestion", () => {
    expect(findingsIn("a.sol", "uint256 a;\n/// Nobody may.")).toEqual([
      { line: 2, word: "Nobody", use: expect.stringContaining("no account") },
    ]);
  });

  test("behavior: reads comments, strings and names of code", () => {
    expect(words("a.ts", "// whoever\nconst a = 'somebody';\nfunction askDesk() {}")).toEqual([
      "1 whoever",
      "2 somebody",
      "3 Desk",
    ]);
    expect(words("a.t.sol", "function test_NobodyCanDraw() {}")).toEqual(["1 Nobody"]);
  });

  test("behavior: finds terms across the lines of a comment", () => {
    expect(words("a.sol", "/// An order is\n/// told nothing.")).toEqual(["1 is told"]);
  });

  test("behavior: Markdown is prose, its code included", () => {
    expect(words("a.md", "The `OrderLeft` event.\n\nWhat is pending stands.")).toEqual([
      "1 OrderLeft",
      "3 What",
      "3 stands",
    ]);
  });

  test("behavior: an LP vault is named exactly; the Vault is the exchange's", () => {
    expect(words("a.sol", "/// The vault pays. A flat\n/// vault pays in kind, another vault does not.")).toEqual([
      "1 The vault",
      "1 flat vault",
      "2 another vault",
    ]);
    expect(words("a.ts", "const a = 'its vaults';")).toEqual(["1 its vaults"]);
    expect(words("a.md", "The Vault holds margin of the base vault. An LP vault, in the vault/ folder.")).toEqual([]);
    expect(words("a.sol", "IVault vault = the.vault(); // a quote vault")).toEqual([]);
  });

  test("behavior: questions, and words that contain a forbidden one, are fine", () => {
    expect(words("a.md", "What is a maker? Outstanding orders are understood. `b` stands for base.")).toEqual([]);
    expect(words("a.ts", "import { readLpRequests } from './desktop';")).toEqual([]);
  });
});
