import { expect, test } from "vitest";
import { InvalidConfigError, marketName, parseConfig } from "./config.js";

const address = `0x${"11".repeat(20)}`;
const market = {
  chainId: 31_337,
  startBlock: "17",
  marketId: "1",
  collateralSymbol: "USDC",
  collateralDecimals: 6,
  baseSymbol: "WETH",
  baseDecimals: 18,
  pythId: `0x${"22".repeat(32)}`,
  ...Object.fromEntries(
    [
      ...["collateral", "base", "pyth", "oracle", "vault", "clearingHouse", "backstop", "breaker", "timelock", "lens"],
      ...["orderGateway", "signedOrderGateway", "counterfactualVerifier", "oracleMaker", "spotHedgeBaseMaker"],
      ...["oracleMakerRequestVault", "spotHedgeBaseMakerRequestVault", "spotHedgeBaseMakerAdapter"],
    ].map((name) => [name, address]),
  ),
};
const valid = { rpcUrls: ["https://rpc.example/key"], markets: [market] };
const base = "https://app.example/trade/ETH-USDC";

test("default: needs endpoints and markets only", () => {
  const config = parseConfig(valid, base);
  expect(config.rpcUrls).toEqual(["https://rpc.example/key"]);
  expect(config.priceUrls).toEqual([]);
  expect(config.ordersUrl).toBeUndefined();
  expect(marketName(config.markets[0])).toBe("ETH-USDC");
});

test("behavior: addresses may be relative to the page", () => {
  expect(parseConfig({ ...valid, ordersUrl: "/v1/orders" }, base).ordersUrl).toBe("https://app.example/v1/orders");
});

test.each([
  ["rpcUrls", { rpcUrls: [] }],
  ["rpcUrls[0]", { rpcUrls: ["javascript:alert(1)"] }],
  ["pollingInterval", { pollingInterval: 10 }],
  ["maxBlockRange", { maxBlockRange: 0 }],
  ["markets", { markets: [] }],
  ["markets[0].vault", { markets: [{ ...market, vault: "0x12" }] }],
  ["markets[1].chainId", { markets: [market, { ...market, chainId: 1 }] }],
])("error: %s", (field, change) => {
  const parse = () => parseConfig({ ...valid, ...change }, base);
  expect(parse).toThrowError(InvalidConfigError);
  expect(parse).toThrowError(expect.objectContaining({ field }));
});
