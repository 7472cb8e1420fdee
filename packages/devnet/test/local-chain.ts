import { type Address, parseUnits } from "viem";
import { afterAll, beforeAll } from "vitest";
import { type Anvil, startAnvil } from "../src/anvil.js";
import { createDevnetClient, type DevnetClient } from "../src/client.js";
import { deployTestToken, mintTestToken, type Token } from "../src/tokens.js";

export type LocalChain = { anvil: Anvil; owner: Address; client: DevnetClient };

/** Starts a chain, with a client of its first account. */
export async function startLocalChain(): Promise<LocalChain> {
  const anvil = await startAnvil({ timestamp: 1_516_000_000 });
  return { anvil, ...clientOf(anvil, 0) };
}

/** Starts a chain before the tests of a file and stops it after them. `setUp` deploys what they need. */
export function useLocalChain(setUp: (chain: LocalChain) => Promise<unknown>): () => LocalChain {
  let chain: LocalChain;
  beforeAll(async () => {
    chain = await startLocalChain();
    await setUp(chain);
  });
  afterAll(() => chain?.anvil.stop());
  return () => chain;
}

/** A client of one of the chain's accounts. */
export function clientOf({ rpcUrl, accounts }: Anvil, index: number): { owner: Address; client: DevnetClient } {
  const account = accounts[index];
  if (!account) throw new Error(`The chain has no account ${index}`);
  return { owner: account.address, client: createDevnetClient({ rpcUrl, account: account.address }) };
}

/** Deploys a token and mints ten billion of it to the chain's owner. */
export async function fundedToken({ client, owner }: LocalChain, decimals: number): Promise<Token> {
  const token = await deployTestToken(client, { decimals });
  await mintTestToken(client, { token: token.address, to: owner, amount: parseUnits("10000000000", decimals) });
  return token;
}
