import { expect, test } from "vitest";
import { matches } from "./files.js";

test("default: a star matches within a folder", () => {
  expect(matches("makers/Lp.t.sol", ["makers/*.t.sol"])).toBe(true);
  expect(matches("makers/lp/Lp.t.sol", ["makers/*.t.sol"])).toBe(false);
  expect(matches("makers/Lpxtxsol", ["makers/*.t.sol"])).toBe(false);
});

test("behavior: braces match either name", () => {
  const glob = "makers/Lp{Vault,Fee}.t.sol";
  expect(["LpVault", "LpFee", "LpCap"].map((name) => matches(`makers/${name}.t.sol`, [glob]))).toEqual([
    true,
    true,
    false,
  ]);
});
