// Assertions for vitest. They start nothing, and read the chain only.
import {
  type Deployment,
  escrowIn,
  fundIn,
  getEscrow,
  getFund,
  getMarket,
  getPosition,
  getQuoteHedge,
  positionIn,
  type QuoteHedge,
  replayVaultLogs,
} from "@counterpoise/sdk";
import type { Address, Client, Log } from "viem";
import { getLogs } from "viem/actions";
import { expect } from "vitest";
import { hedgeShortage, settledFees } from "./fees.js";
import { formatExact } from "./format.js";
import { checkHedge, quoteVaultOf, readHedge } from "./laws/hedge.js";
import { LAWS, type LawCheck } from "./laws/law.js";
import { checkLedger, readLedger, tokenBalance } from "./laws/ledger.js";
import { COLLATERAL_DECIMALS, PPM } from "./units.js";

type LedgerParameters = {
  deployment: Deployment;
  /** All accounts that can hold a position, margin or a fund. */
  accounts: readonly Address[];
};

const logsOf = (client: Client, address: Address): Promise<Log[]> => getLogs(client, { address, fromBlock: 0n });

/** Asserts that a law holds. */
export function expectLaw({ id, figure, holds }: LawCheck): void {
  const { statement, unit } = LAWS[id];
  expect(holds, `${id}: ${statement}: ${formatExact(figure)} ${unit}`).toBe(true);
}

/** Asserts L1 to L5 of a market, and that the Vault holds no more tokens than it owes in all markets. */
export async function expectLedgerLaws(client: Client, { deployment, accounts }: LedgerParameters): Promise<void> {
  const { net } = settledFees(deployment, await logsOf(client, deployment.vault));
  const checks = checkLedger(await readLedger(client, { deployment, accounts, settledFees: net }));
  for (const check of checks) expectLaw(check);
  expect(checks.find(({ id }) => id === "L3")?.figure, "L3: no tokens beyond what is owed").toBe(0n);
}

/** Asserts that the Vault's events alone rebuild each fund, each position and each balance that its views return. */
export async function expectEventsRebuildLedger(
  client: Client,
  { deployment, accounts }: LedgerParameters,
): Promise<void> {
  const { marketId, vault } = deployment;
  const [logs, positions, funds, escrows, market] = await Promise.all([
    logsOf(client, vault),
    Promise.all(accounts.map((account) => getPosition(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getFund(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getEscrow(client, { deployment, account }))),
    getMarket(client, { deployment }),
  ]);
  const ledger = replayVaultLogs({ vault, collateralDecimals: COLLATERAL_DECIMALS, logs });
  for (const [i, account] of accounts.entries()) {
    expect(positionIn(ledger, marketId, account), `position of ${account}`).toEqual(positions[i]);
    expect(fundIn(ledger, account), `fund of ${account}`).toBe(funds[i]);
    expect(escrowIn(ledger, account, deployment.orderGateway), `escrow of ${account}`).toBe(escrows[i]?.total);
  }
  const rebuilt = ledger.markets.get(marketId);
  expect(rebuilt?.balance, "balance of the market").toBe(market.balance);
  expect(rebuilt?.insurance, "insurance").toBe(market.insurance - market.badDebt);
  const named = [...(rebuilt?.positions.keys() ?? []), ...ledger.funds.keys()];
  for (const account of named) expect(accounts, "events name only known accounts").toContain(account);
}

type HedgeParameters = {
  deployment: Deployment;
  /** Base that LPs have deposited, net, WAD. */
  lpBase: bigint;
};

/** Asserts H1 of the base vault with the base that H3 allows it to lack. A gap counts as held. */
export async function expectBaseVaultDrift(client: Client, { deployment, lpBase }: HedgeParameters): Promise<void> {
  const { spotHedgeBaseMaker: vault } = deployment;
  const shortage = hedgeShortage(vault, await logsOf(client, vault));
  expectLaw(checkHedge(await readHedge(client, { deployment, vault }), lpBase - shortage));
}

/** Asserts H1 of a base vault that has neither lost base nor left a gap, and that it holds the base it records. */
export async function expectBaseVaultHedged(client: Client, { deployment, lpBase }: HedgeParameters): Promise<void> {
  const hedge = await readHedge(client, { deployment, vault: deployment.spotHedgeBaseMaker });
  expectLaw(checkHedge(hedge, lpBase));
  expect(hedge.gap, "no hedge gap").toBe(0n);
  expect(hedge.tokens, "base tokens held").toBe(hedge.held);
}

/** Asserts H1 of the quote vault, that it is never long, and that it holds the tokens it records. */
export async function expectQuoteVaultHedged(
  client: Client,
  { deployment }: { deployment: Deployment },
): Promise<QuoteHedge> {
  const vault = quoteVaultOf(deployment);
  const [hedge, quoteHedge] = [
    await readHedge(client, { deployment, vault }),
    await getQuoteHedge(client, { maker: vault }),
  ];
  expectLaw(checkHedge(hedge, 0n));
  expect(hedge.gap, "no hedge gap").toBe(0n);
  expect(hedge.size).toBeLessThanOrEqual(0n);
  expect(hedge.tokens, "base tokens held").toBe(hedge.held);
  const tokens = await tokenBalance(client, { token: deployment.collateral, owner: vault });
  expect(tokens, "quote tokens held").toBe(quoteHedge.quoteBalance);
  return quoteHedge;
}

/** Asserts that an amount lies strictly within `ppm` parts per million of another one above zero. */
export function expectWithin(actual: bigint, expected: bigint, ppm: bigint): void {
  expect(actual).toBeGreaterThan((expected * (PPM - ppm)) / PPM);
  expect(actual).toBeLessThan((expected * (PPM + ppm)) / PPM);
}
