import { readdirSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";
import { describe, expect, test } from "vitest";
import { configOf, parsed, type World } from "../test/world.js";
import { networkOf, networkProblems } from "./networks.js";

const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}` as const;
const world = {
  anvil: { chainId: 8_453, accounts: [1, 2, 3].map((n) => ({ address: address(n) })) },
  ...{ deployer: address(1), owner: address(2), collateral: address(4), bitcoin: address(5), pyth: address(6) },
  uniswap: { factory: address(7), weth: { address: address(8) } },
} as unknown as World;

describe("networks", () => {
  test("every address has a valid checksum, a source and a date", () => {
    const ids = readdirSync(path.join(repositoryRoot, "deployments/networks")).map((file) => Number.parseInt(file, 10));
    expect(ids.sort((a, b) => a - b)).toEqual([10, 8_453, 42_161, 84_532, 421_614, 11_155_420]);
    for (const id of ids) expect(networkOf(id)?.chainId).toBe(id);
    expect(networkOf(31_337)).toBeUndefined();
  });

  test("a configuration with other addresses than the confirmed ones", () => {
    const problems = networkProblems(parsed(configOf(world)));
    expect(problems).toHaveLength(5);
    expect(problems[0]).toBe(
      `collateral: ${address(4)} is not 0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913, which @bgd-labs/aave-address-book 4.44.22 has for Base`,
    );
    expect(problems.join("\n")).toMatch(
      /pyth: .*\nmarkets.ETH.base: .*\nmarkets.ETH.base.path: .*\nmarkets.ETH.quote.path/,
    );
  });
});
