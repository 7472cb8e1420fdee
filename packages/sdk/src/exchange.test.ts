import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { deployment, deploymentJson } from "../test/fixtures.js";
import { InvalidDeploymentError, marketDeployment, parseExchangeDeployment } from "./index.js";

const { oracle, vault, clearingHouse, backstop, lens, orderGateway, signedOrderGateway, counterfactualVerifier, pyth } =
  deploymentJson;
const token = (address: string, symbol: string, decimals: number) => ({ address, symbol, decimals });
const maker = { kind: "oracle", name: "oracle", address: deploymentJson.oracleMaker, requestVault: lens };
const base = {
  kind: "spotHedgeBase",
  name: "base",
  address: deploymentJson.spotHedgeBaseMaker,
  requestVault: backstop,
  adapter: deploymentJson.spotHedgeBaseMakerAdapter,
  path: { tokens: [deploymentJson.base, deploymentJson.collateral], fees: [500] },
};
const market = {
  id: 1,
  symbol: "ETH",
  base: token(deploymentJson.base, "WETH", 18),
  feed: { pythId: deploymentJson.pythId },
  makers: [maker, base, { ...maker, name: "second", address: vault }],
};
const json = {
  version: 1,
  name: "main",
  chainId: 31337,
  startBlock: "7",
  collateral: token(deploymentJson.collateral, "USDC", 6),
  pyth,
  exchange: { oracle, vault, clearingHouse, backstop, lens, orderGateway, signedOrderGateway, counterfactualVerifier },
  markets: [market, { ...market, id: 2, symbol: "BTC", base: token(vault, "WBTC", 8), makers: [maker] }],
  contracts: {},
};

describe("parseExchangeDeployment", () => {
  test("default: each market is a deployment for the actions", () => {
    const exchange = parseExchangeDeployment(json);
    expect(marketDeployment(exchange, "ETH")).toEqual({ ...deployment, startBlock: 7n });
    expect(exchange.markets[0]?.makers.map(({ name }) => name)).toEqual(["oracle", "base", "second"]);
    const second = marketDeployment(exchange, 2n);
    expect(second).toMatchObject({
      marketId: 2n,
      baseSymbol: "WBTC",
      baseDecimals: 8,
      spotHedgeBaseMaker: zeroAddress,
    });
    expect(second.spotHedgeQuoteMaker).toBeUndefined();
  });

  test("error: the path of the field", () => {
    const of = (changed: object) => () => parseExchangeDeployment({ ...json, ...changed });
    expect(of({ exchange: undefined })).toThrow('Deployment field "exchange" is missing or malformed: undefined.');
    expect(of({ version: 2 })).toThrow(InvalidDeploymentError);
    expect(of({ collateral: token(vault, "USDC", 19) })).toThrow('"collateral.decimals" is missing or malformed: 19');
    expect(of({ markets: [{ ...market, makers: [{ ...maker, kind: "other" }] }] })).toThrow(
      '"markets.0.makers.0.kind" is missing or malformed: other',
    );
    const path = { tokens: ["0x12"], fees: [500] };
    expect(of({ markets: [{ ...market, makers: [{ ...base, path }] }] })).toThrow(
      '"markets.0.makers.0.path.tokens.0" is missing or malformed: 0x12',
    );
  });

  test("error: a market that the exchange does not have", () => {
    expect(() => marketDeployment(parseExchangeDeployment(json), "DOGE")).toThrow(
      'Deployment field "markets" is missing or malformed: DOGE.',
    );
  });
});
