import { readdirSync, readFileSync } from "node:fs";
import type { Abi } from "viem";
import { describe, expect, test } from "vitest";
import * as generated from "../src/generated/abis.js";
import { fragmentsOf, moduleOf } from "../tools/fragments.js";

const contracts = [
  "Backstop",
  "CircuitBreaker",
  "ClearingHouse",
  "ExchangeLens",
  "LpAggregateVault",
  "LpRequestVault",
  "OracleMaker",
  "OrderGateway",
  "SignedOrderGateway",
  "PythErrors",
  "PythOracle",
  "SpotHedgeBaseMaker",
  "SpotHedgeQuoteMaker",
  "UniswapV3Adapter",
  "UniswapV4Adapter",
  "Vault",
] as const;

const artifactAbi = (name: string): unknown => {
  const url = new URL(`../../contracts/out/${name}.sol/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).abi;
};

const exportName = (contract: string) => `${contract.charAt(0).toLowerCase()}${contract.slice(1)}Abi`;

/** The order of the entries says nothing, and the types of Solidity are left out. */
const normalized = (abi: unknown) => (abi as object[]).map(sortedJson).sort();

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (key, nested: unknown) => {
    if (key === "internalType") return undefined;
    return nested && typeof nested === "object" && !Array.isArray(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)))
      : nested;
  });

describe("generated ABIs", () => {
  test.each(contracts)("default: %s is what the contracts were built to", (contract) => {
    const abi = (generated as Record<string, unknown>)[exportName(contract)];
    expect(normalized(abi), "run `pnpm --filter @counterpoise/sdk generate`").toEqual(
      normalized(artifactAbi(contract)),
    );
  });

  test("behavior: without the types of Solidity, which nothing reads", () => {
    expect(JSON.stringify(generated)).not.toContain("internalType");
  });

  test("behavior: no others", () => {
    expect(Object.keys(generated).sort()).toEqual(contracts.map(exportName).sort());
  });
});

describe("generated fragments", () => {
  const withFragments = contracts.filter((contract) => contract !== "PythErrors");

  test.each(withFragments)("default: %s, each function and event once", async (contract) => {
    const module = await import(`../src/generated/contracts/${moduleOf(contract)}.ts`);
    const abi = (generated as unknown as Record<string, Abi>)[exportName(contract)] as Abi;
    expect(Object.entries(module).sort()).toEqual(fragmentsOf(abi));
    const named = abi.filter((item) => item.type === "function" || item.type === "event");
    expect(fragmentsOf(abi).length).toBe(named.length);
  });

  test("behavior: no others", () => {
    const files = readdirSync(new URL("../src/generated/contracts", import.meta.url));
    expect(files.sort()).toEqual(withFragments.map((contract) => `${moduleOf(contract)}.ts`).sort());
  });
});
