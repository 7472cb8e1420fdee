import type { QuoteHedge } from "@counterpoise/sdk";
import { checkHedge, readHedge } from "@counterpoise/testkit";
import * as assertions from "@counterpoise/testkit/assertions";
import type { Address } from "viem";
import type { Exchange } from "./exchange.js";

/** Asserts the ledger laws. `others`: accounts besides the exchange's own parties. */
export async function expectLedgerLaws(exchange: Exchange, others: readonly Address[] = []): Promise<void> {
  const { keeper, deployment, accounts } = exchange;
  await assertions.expectLedgerLaws(keeper, { deployment, accounts: [...accounts, ...others] });
}

/** Asserts the ledger laws, and that the Vault's events alone rebuild its ledger. */
export async function expectSoundLedger(exchange: Exchange): Promise<void> {
  await expectLedgerLaws(exchange);
  await assertions.expectEventsRebuildLedger(exchange.keeper, exchange);
}

/** Asserts H1 of the base vault, that it has no hedge gap, and that it holds the base it records. */
export const expectBaseVaultHedged = ({ keeper, deployment }: Exchange, lpBase: bigint): Promise<void> =>
  assertions.expectBaseVaultHedged(keeper, { deployment, lpBase });

/** Asserts H1 of the base vault, less the base that H3 allows it to lack. */
export const expectBaseVaultDrift = ({ keeper, deployment }: Exchange, lpBase: bigint): Promise<void> =>
  assertions.expectBaseVaultDrift(keeper, { deployment, lpBase });

/** Asserts H1 of the quote vault, that it is never long, and that it holds the tokens it records. */
export const expectQuoteVaultHedged = ({ keeper, deployment }: Exchange): Promise<QuoteHedge> =>
  assertions.expectQuoteVaultHedged(keeper, { deployment });

/** The figure of H1 for the base vault: base held, in a gap and long in perpetuals, less the net base of LPs. WAD. */
export async function hedgeDrift({ keeper, deployment }: Exchange, lpBase: bigint): Promise<bigint> {
  const hedge = await readHedge(keeper, { deployment, vault: deployment.spotHedgeBaseMaker });
  return checkHedge(hedge, lpBase).figure;
}
