import { type Deployment, getHedge, getPosition, getQuoteHedge } from "@counterpoise/sdk";
import { type Address, type Client, isAddressEqual } from "viem";
import { checkLaw, type LawCheck } from "./law.js";
import { tokenBalance } from "./ledger.js";

/** A hedged vault at one moment, WAD base. */
export type HedgeSnapshot = {
  vault: Address;
  /** Base that the hedged vault's own ledger records. */
  held: bigint;
  /** Base that the hedged vault has yet to trade. */
  gap: bigint;
  /** Perpetual position. */
  size: bigint;
  /** The hedged vault's balance of the base token. */
  tokens: bigint;
};

/** Reads the hedge of the base vault or the quote vault. */
export async function readHedge(
  client: Client,
  { deployment, vault }: { deployment: Deployment; vault: Address },
): Promise<HedgeSnapshot> {
  const { base: token, spotHedgeQuoteMaker } = deployment;
  const isQuoteVault = spotHedgeQuoteMaker !== undefined && isAddressEqual(vault, spotHedgeQuoteMaker);
  const [hedge, { size }, tokens, quoteHedge] = await Promise.all([
    getHedge(client, { deployment, maker: vault }),
    getPosition(client, { deployment, account: vault }),
    tokenBalance(client, { token, owner: vault }),
    isQuoteVault ? getQuoteHedge(client, { maker: vault }) : undefined,
  ]);
  return { vault, held: quoteHedge?.baseBalance ?? hedge.assetBalance, gap: hedge.gap, size, tokens };
}

/**
 * Checks H1.
 *
 * @param lpBase Base that LPs have deposited, net, less the shortage of H3, WAD. Zero for the quote vault.
 */
export function checkHedge({ vault, held, gap, size }: HedgeSnapshot, lpBase: bigint): LawCheck {
  return { ...checkLaw("H1", held + gap + size - lpBase), vault };
}

/** Returns the quote vault of a deployment, and throws if the deployment has none. */
export function quoteVaultOf({ spotHedgeQuoteMaker }: Deployment): Address {
  if (!spotHedgeQuoteMaker) throw new Error("The deployment has no quote vault");
  return spotHedgeQuoteMaker;
}
