import { fundIn, getFund, getMarket, getPosition, positionIn, replayVaultLogs } from "@counterpoise/sdk";
import { expect } from "vitest";
import type { Exchange } from "./exchange.js";

/** The Vault's events alone, from its first one on, lead to what its views say: every fund, position and balance. */
export async function expectEventsTellAll(exchange: Exchange): Promise<void> {
  const { keeper: client, deployment, accounts } = exchange;
  const { marketId, vault } = deployment;
  const [logs, positions, funds, market] = await Promise.all([
    client.getLogs({ address: vault, fromBlock: 0n }),
    Promise.all(accounts.map((account) => getPosition(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getFund(client, { deployment, account }))),
    getMarket(client, { deployment }),
  ]);
  const ledger = replayVaultLogs({ vault, collateralDecimals: 6, logs });
  for (const [i, account] of accounts.entries()) {
    expect(positionIn(ledger, marketId, account), `position of ${account}`).toEqual(positions[i]);
    expect(fundIn(ledger, account), `fund of ${account}`).toBe(funds[i]);
  }
  const book = ledger.markets.get(marketId);
  expect(book?.balance, "balance of the market").toBe(market.balance);
  expect(book?.insurance, "insurance").toBe(market.insurance - market.badDebt);
  const known = new Set(accounts);
  for (const account of [...(book?.positions.keys() ?? []), ...ledger.funds.keys()]) {
    expect(known, "nobody else is named").toContain(account);
  }
}
