import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { deployment, deploymentJson, exchangeParts, exchangeJson as json } from "../test/fixtures.js";
import { InvalidDeploymentError, marketDeployment, parseExchangeDeployment } from "./index.js";

const { market, maker, base, token } = exchangeParts;
const { vault } = deploymentJson;

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
    expect(of({ markets: [market, { ...market, symbol: "BTC" }] })).toThrow(
      '"markets.1.id" is missing or malformed: 1',
    );
    expect(of({ markets: [market, { ...market, id: 2 }] })).toThrow('"markets.1.symbol" is missing or malformed: ETH');
    expect(of({ markets: [{ ...market, makers: [maker, maker] }] })).toThrow('"markets.0.makers.1.name"');
    expect(of({ markets: [{ ...market, makers: [maker, { ...maker, name: "second" }] }] })).toThrow(
      '"markets.0.makers.1.address"',
    );
    expect(of({ markets: [{ ...market, makers: [{ ...base, adapter: undefined }] }] })).toThrow(
      '"markets.0.makers.0.adapter" is missing or malformed: undefined',
    );
    const elsewhere = { tokens: [deploymentJson.base, vault], fees: [500] };
    expect(of({ markets: [{ ...market, makers: [{ ...base, path: elsewhere }] }] })).toThrow(
      '"markets.0.makers.0.path.tokens"',
    );
    expect(of({ markets: [{ ...market, makers: [{ ...base, path: { ...base.path, fees: [] } }] }] })).toThrow(
      '"markets.0.makers.0.path.fees"',
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
