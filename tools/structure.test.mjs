import { describe, expect, test } from "vitest";
import { declarationsOf, deepInheritance, folderCycles, parseSource, pragmas, selectorImports } from "./structure.mjs";

/** @param {Record<string, string>} texts */
const sourcesOf = (texts) =>
  Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, parseSource(file, text)]));

describe("parseSource", () => {
  test("default: resolves relative imports and skips packages and comments", () => {
    const { imports, code } = parseSource(
      "vault/Funds.sol",
      `import {A, B as C} from "../types/A.sol"; // import {X} from "../x/X.sol";
       import {IERC20} from "@openzeppelin/contracts/IERC20.sol";
       contract Funds {}`,
    );
    expect(imports).toEqual([{ from: "types/A.sol", names: ["A", "C"] }]);
    expect(code.trim()).toBe("contract Funds {}");
  });
});

describe("folderCycles", () => {
  test("default: names the imports of a cycle", () => {
    const sources = sourcesOf({
      "a/A.sol": 'import {B} from "../b/B.sol";',
      "b/B.sol": 'import {C} from "../a/c/C.sol";',
      "a/c/C.sol": 'import {A} from "../A.sol";',
    });
    expect(folderCycles(sources)).toEqual([
      "folders import each other: a/A.sol imports b/B.sol; b/B.sol imports a/c/C.sol; a/c/C.sol imports a/A.sol",
    ]);
  });

  test("behavior: imports inside a folder and in one direction are no cycle", () => {
    const sources = sourcesOf({
      "a/A.sol": 'import {B} from "../b/B.sol"; import {A2} from "./A2.sol";',
      "a/A2.sol": 'import {A} from "./A.sol";',
      "b/B.sol": "",
    });
    expect(folderCycles(sources)).toEqual([]);
  });
});

describe("deepInheritance", () => {
  const chain = (/** @type {number} */ length) =>
    Array.from({ length }, (_, i) => `abstract contract B${i} ${i > 0 ? `is B${i - 1}, I${i} ` : ""}{}`).join("\n");

  test("default: counts contracts of the graph once, and no interfaces", () => {
    const sources = sourcesOf({ "A.sol": `interface I1 {} ${chain(5)} contract A is B4, B3 {}` });
    expect(deepInheritance(declarationsOf(sources))).toEqual([]);
  });

  test("error: more than six", () => {
    const sources = sourcesOf({ "A.sol": `${chain(6)} contract A is B5 { constructor() {} }` });
    expect(deepInheritance(declarationsOf(sources))).toEqual([
      "A inherits 7 own contracts of at most 6: A, B5, B4, B3, B2, B1, B0",
    ]);
  });

  test("error: more than the contract's own limit", () => {
    const faultsOf = (/** @type {number} */ bases) => {
      const code = `${chain(bases)} contract BaseVaultModule is B${bases - 1} {}`;
      return deepInheritance(declarationsOf(sourcesOf({ "BaseVaultModule.sol": code })));
    };
    expect(faultsOf(7)).toEqual([]);
    expect(faultsOf(8)).toHaveLength(1);
  });

  test("behavior: arguments of base constructors are no bases", () => {
    const sources = sourcesOf({ "A.sol": 'contract A is B("x", 1), C {}' });
    expect(declarationsOf(sources).get("A")?.bases).toEqual(["B", "C"]);
  });
});

describe("selectorImports", () => {
  const other = { "b/B.sol": "abstract contract B { error Bad(); struct S { uint256 x; } }" };

  test("error: a contract for a selector only", () => {
    const sources = sourcesOf({
      ...other,
      "A.sol":
        'import {B} from "./b/B.sol"; contract A { bytes4 x = B.Bad.selector; function f() external { revert B.Bad(); } }',
    });
    expect(selectorImports(sources, declarationsOf(sources))).toEqual([
      "A.sol imports the contract B for its errors only: declare them in an interface",
    ]);
  });

  test("behavior: bases, types and structs are uses", () => {
    for (const use of [
      "contract A is B {}",
      "contract A { B b; bytes4 x = B.Bad.selector; }",
      "contract A { B.S s; }",
    ]) {
      const sources = sourcesOf({ ...other, "A.sol": `import {B} from "./b/B.sol"; ${use}` });
      expect(selectorImports(sources, declarationsOf(sources))).toEqual([]);
    }
  });

  test("behavior: interfaces are the place for errors", () => {
    const sources = sourcesOf({
      "b/IB.sol": "interface IB { error Bad(); }",
      "A.sol": 'import {IB} from "./b/IB.sol"; contract A { bytes4 x = IB.Bad.selector; }',
    });
    expect(selectorImports(sources, declarationsOf(sources))).toEqual([]);
  });
});

describe("pragmas", () => {
  test("error: names the line", () => {
    const sources = sourcesOf({ "A.sol": "\n// slither-disable-next-line x\n// forge-lint: disable-next-line(y)" });
    expect(pragmas(sources)).toEqual(["A.sol:2 has a slither-disable pragma", "A.sol:3 has a forge-lint pragma"]);
  });
});
