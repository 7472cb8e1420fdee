import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { foundryBinary, repositoryRoot } from "@counterpoise/toolchain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeReplay } from "./replay.js";
import { type Finding, readOutcome } from "./results.js";

const forge = foundryBinary("forge");
const SUITE = "packages/contracts/test/Sum.t.sol";
const suites = ["SumInvariants", "StepInvariants"].map((contract) => ({
  contract,
  file: SUITE,
  invariants: 1,
  fuzz: 0,
}));

/** A project whose first suite breaks its invariant, and whose second has an action that reverts. */
const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface Vm {
    function warp(uint256) external;
    function roll(uint256) external;
    function prank(address) external;
}

contract Handler {
    uint256 public sum;
    string public note;

    function add(uint8 amount) external {
        sum += amount;
    }

    function write(string calldata text) external {
        note = text;
    }
}

contract StrictHandler is Handler {
    uint256 public steps;

    function step() external {
        require(sum < 100, "step beyond 100");
        steps++;
    }
}

abstract contract Suite {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bool public constant IS_TEST = true;
    Handler internal handler;

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }
}

contract SumInvariants is Suite {
    function setUp() public {
        handler = new Handler();
    }

    function invariant_Sum() public view {
        require(handler.sum() < 300, "the sum is 300 or more");
    }
}

contract StepInvariants is Suite {
    function setUp() public {
        handler = new StrictHandler();
    }

    function invariant_Step() public view {}
}
`;

let root: string;

function run(...args: string[]) {
  return spawnSync(forge, args, { cwd: root, encoding: "utf8", env: { ...process.env, FOUNDRY_OFFLINE: "true" } });
}

/** The first failure of a suite. */
function findingOf(contract: string): Finding {
  const { stdout } = run("test", "--json", "--match-contract", `^${contract}$`, "--match-test", "^invariant_");
  const job = {
    name: contract,
    contract,
    tests: "",
    count: 1,
    seconds: 1,
    threads: 1,
    repetition: 0,
    isInvariant: true,
  };
  const results = stdout.split("\n").findLast((line) => line.startsWith("{")) ?? "";
  const [finding] = readOutcome(job, results).failures;
  if (finding === undefined) throw new Error(stdout.slice(0, 1_000));
  return finding;
}

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "replay-"));
  mkdirSync(path.join(root, path.dirname(SUITE)), { recursive: true });
  writeFileSync(path.join(root, SUITE), SOURCE);
  writeFileSync(
    path.join(root, "foundry.toml"),
    `[profile.default]
src = "packages/contracts/test"
test = "packages/contracts/test"
libs = []
solc = "${path.join(repositoryRoot, "packages/contracts/tools/solc.mjs")}"

[profile.default.invariant]
runs = 100
depth = 50
fail_on_revert = true
`,
  );
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

// The compiler of the repository and forge itself: the test has to compile and fail there.
describe("writeReplay", { timeout: 120_000 }, () => {
  test.each([
    ["SumInvariants", "the sum is 300 or more"],
    ["StepInvariants", "step beyond 100"],
  ])("default: the calls of %s as a test that fails for the same reason", (contract, reason) => {
    const finding = findingOf(contract);
    expect(finding.reason).toContain(reason);
    const file = writeReplay({ root, forge }, finding, suites);
    expect(file).toMatch(new RegExp(`^packages/contracts/test/replay/${contract}_invariant_\\w+_Replay\\.t\\.sol$`));
    const { status, stdout } = run("test", "--match-test", "test_Replay", "--match-contract", `^${contract}_`);
    expect(stdout).toContain(`[FAIL: ${reason}]`);
    expect(stdout).toContain("test_Replay");
    expect(status).not.toBe(0);
  });

  test("behavior: nothing without calls, or for an unknown suite", () => {
    const finding = { test: "SumInvariants.invariant_Sum()", reason: "r", sequence: [] };
    expect(writeReplay({ root, forge }, finding, suites)).toBeUndefined();
    expect(writeReplay({ root, forge }, { ...finding, test: "Other.invariant_Sum()" }, suites)).toBeUndefined();
  });
});
