import type { Anvil } from "@counterpoise/devnet";
import {
  type ExchangeSetup,
  market,
  PARTIES_BEFORE_TAKERS,
  type Party,
  quoteVaultOf,
  setUpExchange,
  USD,
  WAD,
} from "@counterpoise/testkit";
import { type Address, keccak256, toHex } from "viem";

/** The deployed exchange, and the figures that depend on its first price. */
export type World = Omit<ExchangeSetup, "others"> & {
  anvil: Anvil;
  /** The demo always deploys a quote vault. */
  spotHedgeQuoteMaker: Address;
  /** Converts dollars to base at the first price, WAD. */
  baseWorth(dollars: bigint): bigint;
};

/** Dollars that each party starts with, and the OracleMaker's cap. */
const money = { pool: 20_000_000n, lp: 1_000_000n, taker: 250_000n, arbitrageur: 1_000_000_000n, cap: 1_000_000n };

/** Fee indices keep about 17 digits of a price. */
const feeIndexDecimals = (price: bigint) => Math.max(0, Math.min(18, 17 - String(price / WAD).length));

export type CreateWorldParameters = {
  anvil: Anvil;
  /** The first price, quote per base, WAD. */
  price: bigint;
  baseSymbol: string;
  takers: number;
};

/** Returns how many accounts the chain of a world needs. */
export const accountsOf = (takers: number): number => PARTIES_BEFORE_TAKERS + takers;

/** Deploys the exchange on a running Anvil and gives each party its tokens. */
export async function createWorld({ anvil, price, baseSymbol, takers }: CreateWorldParameters): Promise<World> {
  const baseWorth = (dollars: bigint) => (dollars * WAD * WAD) / price;
  const { baseVault, quoteVault, ...shared } = market;
  const setup = await setUpExchange({
    anvil,
    price,
    takers,
    spot: { base: "uniswapV3", quote: "uniswapV4" },
    spotDepth: baseWorth(money.pool),
    balances: {
      arbitrageur: { collateral: money.arbitrageur * USD, base: baseWorth(money.pool * 10n) },
      lp: { collateral: 2n * money.lp * USD, base: baseWorth(money.lp) },
      taker: { collateral: money.taker * USD },
    },
    config: {
      ...shared,
      baseSymbol,
      feed: { pythId: keccak256(toHex(`${baseSymbol}/USD`)), ...shared.feed },
      market: { ...shared.market, feeIndexDecimals: feeIndexDecimals(price) },
      // Full skew is the OracleMaker's cap.
      funding: { ...shared.funding, skewScale: baseWorth(money.cap) },
      oracleMaker: { ...shared.oracleMaker, maxAbsPosition: baseWorth(money.cap) },
      spotHedgeBaseMaker: baseVault,
      spotHedgeQuoteMaker: quoteVault,
      oracleFloat: WAD,
    },
  });
  return { ...setup, anvil, spotHedgeQuoteMaker: quoteVaultOf(setup.deployment), baseWorth };
}

/** The parties with their roles, in the order of the chain's accounts. */
export function rolesOf({ deployer, arbitrageur, keeper, lps, takers }: World, takerNames: readonly string[]) {
  const role = (name: string, { address }: Party) => ({ name, address });
  return [
    role("owner", deployer),
    role("arbitrageur", arbitrageur),
    role("keeper", keeper),
    ...lps.map((lp, i) => role(`LP ${i + 1}`, lp)),
    ...takers.map((taker, i) => role(`taker ${takerNames[i]}`, taker)),
  ];
}

export const startingMoney = {
  /** In the collateral's own decimals. */
  lp: money.lp * USD,
  /** In the collateral's own decimals. */
  taker: money.taker * USD,
  /** Dollars. */
  lpDollars: money.lp,
};
