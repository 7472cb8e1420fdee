import {
  getFund,
  getHedge,
  getMarket,
  getPendingFees,
  getPosition,
  getQuoteHedge,
  type QuoteHedge,
} from "@counterpoise/sdk";
import { spotHedgeBaseMakerAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { type Address, parseEventLogs } from "viem";
import { expect } from "vitest";
import { COLLATERAL_SCALE, type Exchange } from "./exchange.js";

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

/** The ledger laws that a reader from outside can check. `others`: accounts besides the exchange's own parties. */
export async function expectLedgerLaws(exchange: Exchange, others: readonly Address[] = []): Promise<void> {
  const { keeper: client, deployment } = exchange;
  const accounts = [...exchange.accounts, ...others];
  const [positions, fees, funds, market, tokens, settled] = await Promise.all([
    Promise.all(accounts.map((account) => getPosition(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getPendingFees(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getFund(client, { deployment, account }))),
    getMarket(client, { deployment }),
    exchange.collateralOf(deployment.vault),
    settledFees(exchange),
  ]);
  const marketBalance = market.balance * COLLATERAL_SCALE;
  expect(sum(positions.map(({ size }) => size)), "L1: sizes sum to zero").toBe(0n);
  // With L1, the price drops out of the sum of account values.
  const values = sum(positions.map(({ margin, openNotional }) => margin + openNotional));
  const pending = sum(fees.map(({ funding, borrowing }) => funding + borrowing));
  const dust = marketBalance - (values - pending + market.insurance - market.badDebt);
  expect(dust, "L2: accounts are worth no more than the market holds").toBeGreaterThanOrEqual(0n);
  expect(dust, "L2: and no less, but for dust").toBeLessThan(COLLATERAL_SCALE);
  expect(settled + pending, "L4: what is paid covers what is received").toBeGreaterThanOrEqual(0n);
  expect(settled + pending, "L4: and is no more, but for dust").toBeLessThan(COLLATERAL_SCALE);
  expect(tokens, "L3: the Vault holds what funds and markets are owed").toBe(sum(funds) + market.balance);
}

/** Funding and borrowing that fills have settled: what was paid less what was received, WAD quote. */
async function settledFees({ keeper, deployment }: Exchange): Promise<bigint> {
  const logs = await keeper.getLogs({ address: deployment.vault, fromBlock: 0n });
  const events = parseEventLogs({ abi: vaultAbi, eventName: "PositionsChanged", logs });
  return sum(
    events
      .flatMap(({ args }) => [args.takerMargin, args.makerMargin])
      .map(({ funding, borrowing }) => funding + borrowing),
  );
}

/** H3: base that the spot-hedged maker could not buy back, since fees, the price of a forced change or of its swap have eaten it. WAD. */
export async function hedgeShortage({ keeper, deployment }: Exchange): Promise<bigint> {
  const logs = await keeper.getLogs({ address: deployment.spotHedgeBaseMaker, fromBlock: 0n });
  const events = parseEventLogs({ abi: spotHedgeBaseMakerAbi, eventName: ["HedgeShortage", "HedgeUnderfunded"], logs });
  return sum(events.map(({ args }) => args.base));
}

/** H1: base held, yet to be bought and long in perpetuals, less what LPs have put in, net. */
export async function hedgeDrift({ keeper, deployment }: Exchange, lpBase: bigint): Promise<bigint> {
  const [{ assetBalance, gap }, { size }] = await Promise.all([
    getHedge(keeper, { deployment }),
    getPosition(keeper, { deployment, account: deployment.spotHedgeBaseMaker }),
  ]);
  return assetBalance + gap + size - lpBase;
}

/** H1 of the base vault, to the last decimal, and that the base is there. */
export async function expectBaseVaultHedged(exchange: Exchange, lpBase: bigint): Promise<void> {
  const { keeper, deployment } = exchange;
  expect(await hedgeDrift(exchange, lpBase), "H1: base held plus size is what LPs have put in").toBe(0n);
  const { assetBalance, gap } = await getHedge(keeper, { deployment });
  expect(gap).toBe(0n);
  expect(await exchange.baseOf(deployment.spotHedgeBaseMaker), "base held is there").toBe(assetBalance);
}

/** H1 of the vault of quote, to the last decimal, that it is never long, and that its tokens are there. */
export async function expectQuoteVaultHedged(exchange: Exchange): Promise<QuoteHedge> {
  const maker = quoteMakerOf(exchange);
  const hedge = await getQuoteHedge(exchange.keeper, { maker });
  expect(hedge.baseBalance + hedge.size, "H1: base held is what the vault is short").toBe(0n);
  expect(hedge.size).toBeLessThanOrEqual(0n);
  expect(await exchange.baseOf(maker), "base held is there").toBe(hedge.baseBalance);
  expect(await exchange.collateralOf(maker), "quote held is there").toBe(hedge.quoteBalance);
  return hedge;
}

/** The vault of quote of an exchange that was started with one. */
export function quoteMakerOf({ deployment }: Exchange): Address {
  if (!deployment.spotHedgeQuoteMaker) throw new Error("The deployment has no vault of quote");
  return deployment.spotHedgeQuoteMaker;
}
