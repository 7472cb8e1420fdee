import { describe, expect, test } from "vitest";
import type { Mutant } from "./faults.js";
import { failureIn, type Outcome, summarize } from "./results.js";

const mutant = (id: string, more: Partial<Mutant> = {}): Mutant => ({
  id,
  fault: `the fault of ${id}`,
  original: "a",
  replacement: "b",
  file: "Vault.sol",
  tests: "vault/*.t.sol",
  ...more,
});

describe("failureIn", () => {
  test("default: the first failed test with its file", () => {
    const output = `
Ran 2 tests for packages/contracts/test/vault/Funds.t.sol:FundsTest
[PASS] test_Deposit() (gas: 12)
[PASS] test_Withdraw() (gas: 12)

Ran 1 test for packages/contracts/test/vault/Breaker.t.sol:BreakerTest
[FAIL: assertion failed: 1 != 2] test_C1_Limit() (gas: 34)
`;
    expect(failureIn(output)).toBe("vault/Breaker.t.sol: test_C1_Limit");
  });

  test("behavior: a reason over several lines, and a fuzz test", () => {
    const output = `Ran 1 test for packages/contracts/test/vault/Breaker.t.sol:BreakerTest
[FAIL: Error a == b not satisfied
  Left: 1; counterexample: calldata=0x args=[1]] testFuzz_Limit(uint256) (runs: 3, μ: 1, ~: 2)`;
    expect(failureIn(output)).toBe("vault/Breaker.t.sol: testFuzz_Limit");
  });

  test("behavior: undefined when the build failed", () => {
    expect(failureIn("Error: Compiler run failed:\nError (7576): Undeclared identifier.")).toBeUndefined();
  });
});

describe("summarize", () => {
  const summary = (entries: [Mutant, Outcome][], wanted = entries.length) =>
    summarize(new Map(entries), wanted, 120_000);

  test("default: all killed", () => {
    expect(summary([[mutant("a"), { result: "killed", by: "x" }]])).toEqual({
      text: "\n1 killed, 0 survived (0 not explained): 100.0% in 2 minutes",
      isGood: true,
    });
  });

  test("behavior: a survivor with an explanation counts against the score only", () => {
    const killed = Array.from({ length: 19 }, (_, index): [Mutant, Outcome] => [
      mutant(`k${index}`),
      { result: "killed" },
    ]);
    const { text, isGood } = summary([...killed, [mutant("s", { survives: "equivalent" }), { result: "survived" }]]);
    expect(isGood).toBe(true);
    expect(text).toContain("s, Vault.sol: the fault of s\n    equivalent");
    expect(text).toContain("19 killed, 1 survived (0 not explained): 95.0%");
  });

  test.each<[string, Mutant, Outcome, string]>([
    ["survives without a reason", mutant("a"), { result: "survived" }, "not explained in the list"],
    ["is killed with a reason to survive", mutant("a", { survives: "x" }), { result: "killed" }, "a is killed now"],
    ["is missed", mutant("a"), { result: "missed" }, "a is not noticed by vault/*.t.sol"],
    ["is broken", mutant("a"), { result: "broken" }, "a does not compile"],
  ])("error: a fault that %s", (_, fault, outcome, message) => {
    const { text, isGood } = summary([[fault, outcome]]);
    expect(isGood).toBe(false);
    expect(text).toContain(message);
  });

  test("behavior: reports an early end", () => {
    expect(summary([[mutant("a"), { result: "killed" }]], 3).text).toContain("Stopped after 1 of 3.");
  });
});
