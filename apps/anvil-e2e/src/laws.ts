import { getFund, getHedge, getMarket, getPosition } from "@counterpoise/sdk";
import { expect } from "vitest";
import { COLLATERAL_SCALE, type Exchange } from "./exchange.js";

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

/** The ledger laws that a reader from outside can check. */
export async function expectLedgerLaws(exchange: Exchange): Promise<void> {
  const { keeper: client, deployment, accounts } = exchange;
  const [positions, funds, market, tokens] = await Promise.all([
    Promise.all(accounts.map((account) => getPosition(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getFund(client, { deployment, account }))),
    getMarket(client, { deployment }),
    exchange.collateralOf(deployment.vault),
  ]);
  const marketBalance = market.balance * COLLATERAL_SCALE;
  expect(sum(positions.map(({ size }) => size)), "L1: sizes sum to zero").toBe(0n);
  // With L1, the price drops out of the sum of account values.
  const values = sum(positions.map(({ margin, openNotional }) => margin + openNotional));
  expect(values + market.insurance, "L2: accounts are worth what the market holds").toBe(marketBalance);
  expect(tokens, "L3: the Vault holds what funds and markets are owed").toBe(sum(funds) + market.balance);
}

/** H1: base held plus perpetual size less what LPs have put in, net. */
export async function hedgeDrift({ keeper, deployment }: Exchange, lpBase: bigint): Promise<bigint> {
  const [{ assetBalance }, { size }] = await Promise.all([
    getHedge(keeper, { deployment }),
    getPosition(keeper, { deployment, account: deployment.spotHedgeBaseMaker }),
  ]);
  return assetBalance + size - lpBase;
}
