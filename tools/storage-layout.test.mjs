import { describe, expect, test } from "vitest";
import { storageLayouts, variablesOf } from "./storage-layout.mjs";

const layouts = storageLayouts([
  "src/Backstop.sol",
  "src/ClearingHouse.sol",
  "src/clearing-house/MarketAdmin.sol",
  "src/backstop/BackstopModule.sol",
  "src/gateways/AnnouncementModule.sol",
  "src/Vault.sol",
  "src/gateways/SignedOrderGateway.sol",
  "src/makers/OracleMaker.sol",
  "src/makers/SpotHedgeBaseMaker.sol",
  "src/makers/SpotHedgeQuoteMaker.sol",
  "src/makers/oracle/OracleQuotes.sol",
  "src/makers/spot-hedge/BaseVaultModule.sol",
  "src/makers/spot-hedge/BaseVaultQuotes.sol",
  "src/makers/spot-hedge/QuoteMargin.sol",
  "src/makers/spot-hedge/QuoteVaultModule.sol",
  "src/makers/spot-hedge/QuoteVaultQuotes.sol",
  "src/vault/MarketSettings.sol",
]);

const layoutOf = (/** @type {string} */ name) => {
  const layout = layouts[name];
  if (layout === undefined) throw new Error(`${name} was not compiled`);
  return layout;
};

describe("a module runs on its maker's storage", () => {
  test.each([
    ["OracleQuotes", "OracleMaker"],
    ["BaseVaultModule", "SpotHedgeBaseMaker"],
    ["BaseVaultQuotes", "SpotHedgeBaseMaker"],
    ["QuoteVaultModule", "SpotHedgeQuoteMaker"],
    ["QuoteVaultQuotes", "SpotHedgeQuoteMaker"],
    ["QuoteMargin", "SpotHedgeQuoteMaker"],
  ])("%s has the layout of %s", (module, maker) => {
    expect(layoutOf(module).storage.length).toBeGreaterThan(10);
    expect(layoutOf(module).storage).toEqual(layoutOf(maker).storage);
    // The maker's transient variables belong to its swaps.
    expect(layoutOf(module).transient).toEqual([]);
  });
});

test("AnnouncementModule has the layout of SignedOrderGateway, on whose storage it runs", () => {
  expect(layoutOf("AnnouncementModule").storage.length).toBeGreaterThan(5);
  expect(layoutOf("AnnouncementModule").storage).toEqual(layoutOf("SignedOrderGateway").storage);
});

test("MarketSettings has the layout of the Vault, on whose storage it runs", () => {
  const settings = layoutOf("MarketSettings").storage;
  expect(settings.length).toBeGreaterThan(5);
  expect(layoutOf("Vault").storage).toEqual(settings);
  expect(layoutOf("MarketSettings").transient).toEqual(layoutOf("Vault").transient);
});

test("MarketAdmin has the layout of the ClearingHouse, on whose storage it runs", () => {
  const admin = layoutOf("MarketAdmin").storage;
  expect(admin.length).toBeGreaterThan(10);
  // The ClearingHouse adds the records of liquidations.
  expect(layoutOf("ClearingHouse").storage.slice(0, admin.length)).toEqual(admin);
  expect(layoutOf("MarketAdmin").transient).toEqual(layoutOf("ClearingHouse").transient);
});

test("BackstopModule has the first part of the layout of the Backstop, on whose storage it runs", () => {
  const module = layoutOf("BackstopModule").storage;
  expect(module.length).toBeGreaterThan(2);
  // The Backstop adds shortfalls, deleveragings and settlements.
  expect(layoutOf("Backstop").storage.slice(0, module.length)).toEqual(module);
  expect(layoutOf("Backstop").storage.length).toBeGreaterThan(module.length);
  expect(layoutOf("BackstopModule").transient).toEqual(layoutOf("Backstop").transient);
});

test("a layout shows slots, offsets, mappings and the members of structs", () => {
  expect(layoutOf("SpotHedgeQuoteMaker").storage).toContain("assetBalance 13:0 uint128");
  expect(layoutOf("SpotHedgeQuoteMaker").storage).toContain("assetLiability 13:16 uint128");
  expect(layoutOf("SpotHedgeQuoteMaker").storage.find((variable) => variable.startsWith("_whitelist"))).toMatch(
    /mapping\(address => uint256\) of uint256$/,
  );
  expect(layoutOf("SpotHedgeQuoteMaker").storage.find((variable) => variable.startsWith("_lpRules"))).toMatch(
    /\{depositCap 0:0 uint128, requestFee 0:16 uint24, isWhitelistEnded 0:19 bool\}$/,
  );
});

test("layouts differ by a name, a place or a type", () => {
  const types = { t_uint128: { label: "uint128" }, t_uint256: { label: "uint256" } };
  /** @param {{ label?: string, slot?: string, offset?: number, type?: string }} change */
  const layout = (change) =>
    variablesOf({ storage: [{ label: "balance", slot: "0", offset: 0, type: "t_uint128", ...change }], types });
  const same = layout({});
  for (const change of [{ label: "liability" }, { slot: "1" }, { offset: 16 }, { type: "t_uint256" }]) {
    expect(layout(change)).not.toEqual(same);
  }
});
