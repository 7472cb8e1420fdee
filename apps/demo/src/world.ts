import type { TakerSpec } from "@counterpoise/agents";
import { type Anvil, createDevnetClient } from "@counterpoise/devnet";
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
import { type Address, keccak256, parseEther, toHex } from "viem";
import type { DemoConfig } from "./config.js";
import { deploySecondSource, type SecondSource } from "./second-source.js";

/** The deployed exchange, its parties, and the figures that depend on its first price. */
export type World = Omit<ExchangeSetup, "others"> & {
  anvil: Anvil;
  config: DemoConfig;
  liquidator: Party;
  /** The demo always deploys a quote vault. */
  spotHedgeQuoteMaker: Address;
  /** Undefined if the configuration has none. */
  secondSource: SecondSource | undefined;
  /** Converts dollars to base at the first price, WAD. */
  baseWorth(dollars: bigint): bigint;
};

/** Fee indices keep about 17 digits of a price. */
const feeIndexDecimals = (price: bigint) => Math.max(0, Math.min(18, 17 - String(price / WAD).length));

/** Most base of an OracleMaker's cap: the contract stores 104 bits. Below 0.00000005 dollars it is less than a million dollars. */
const MAX_CAP = 2n ** 104n - 1n;

const DAY = 86_400n;
const YEAR = 365n * DAY;

/** Multiples of the spot depth that the arbitrageur owns of each token: it can move a pool by a factor of a million. */
const ARBITRAGE_DEPTHS = 1_000n;

export type CreateWorldParameters = {
  anvil: Anvil;
  config: DemoConfig;
  /** The first price, quote per base, WAD. */
  price: bigint;
  baseSymbol: string;
};

/** One taker for each agent, in the order of the population: its specification, its number among its kind, its name. */
export const takersOf = ({ population }: DemoConfig): { spec: TakerSpec; index: number; name: string }[] =>
  population.takers.flatMap((spec) =>
    Array.from({ length: spec.count }, (_, index) => ({
      spec,
      index,
      name: spec.count === 1 ? spec.name : `${spec.name} ${index + 1}`,
    })),
  );

/** Returns how many accounts the chain of a world needs. */
export const accountsOf = (config: DemoConfig): number => PARTIES_BEFORE_TAKERS + takersOf(config).length + 1;

/** Deploys the exchange on a running Anvil and gives each party its tokens. */
export async function createWorld({ anvil, config, price, baseSymbol }: CreateWorldParameters): Promise<World> {
  const baseWorth = (dollars: bigint) => (dollars * WAD * WAD) / price;
  const { money, population, rates, market: rules, feed, orders } = config;
  const [depth, firstLp, secondLp] = [money.spotDepth, money.firstLp, population.lp.deposit].map((amount) =>
    BigInt(Math.ceil(amount)),
  ) as [bigint, bigint, bigint];
  const lp = firstLp > secondLp ? firstLp : secondLp;
  const collaterals = [...population.takers, population.liquidator].map(({ collateral }) => Math.ceil(collateral));
  const wantedCap = baseWorth(BigInt(config.oracleMaker.cap));
  const cap = wantedCap < MAX_CAP ? wantedCap : MAX_CAP;
  const maxFundingRate = (WAD * BigInt(rates.maxFundingPerDay)) / 1_000_000n / DAY;
  const owner = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: anvil.accounts[0]?.address as Address });
  const secondSource = config.secondSource.enabled
    ? await deploySecondSource(owner, { ...config.secondSource, price })
    : undefined;

  const { others: _, ...setup } = await setUpExchange({
    anvil,
    price,
    // The liquidator is funded like a taker.
    takers: takersOf(config).length + 1,
    spot: { base: "uniswapV3", quote: "uniswapV4" },
    spotDepth: baseWorth(depth),
    balances: {
      arbitrageur: { collateral: ARBITRAGE_DEPTHS * depth * USD, base: baseWorth(depth * ARBITRAGE_DEPTHS) },
      lp: { collateral: 10n * lp * USD, base: baseWorth(10n * lp) },
      taker: { collateral: BigInt(Math.max(...collaterals)) * USD },
    },
    config: {
      baseSymbol,
      feed: {
        pythId: keccak256(toHex(`${baseSymbol}/USD`)),
        maxAge: feed.maxAge,
        maxExecutionAge: orders.validity,
        freshAge: feed.freshAge,
        ...(secondSource && {
          aggregator: secondSource.address,
          heartbeat: config.secondSource.heartbeat,
          maxDeviation: feed.maxDeviation,
          // The answers of the replay are never clamped.
          minAnswer: 1n,
          maxAnswer: 10n ** 37n,
        }),
      },
      market: {
        ...rules,
        minPositionValue: BigInt(rules.minPositionValue) * WAD,
        feeIndexDecimals: feeIndexDecimals(price),
      },
      funding: {
        maxRate: maxFundingRate,
        // The cap is reached within a day at full skew, which is the OracleMaker's cap.
        maxVelocity: maxFundingRate / DAY,
        skewScale: cap,
      },
      maxBorrowingRate: (parseEther("1") * BigInt(rates.maxBorrowingPerYear)) / 1_000_000n / YEAR,
      rules: {
        ...market.rules,
        delay: orders.delay,
        priceWindow: orders.priceWindow,
        validity: orders.validity,
      },
      oracleMaker: {
        maxSpread: config.oracleMaker.maxSpread,
        minMarginRatio: config.oracleMaker.minMarginRatio,
        lpFee: config.oracleMaker.lpFee,
        maxAbsPosition: cap,
      },
      spotHedgeBaseMaker: config.baseVault,
      spotHedgeQuoteMaker: { ...market.quoteVault, ...config.quoteVault },
      oracleFloat: WAD,
    },
  });
  const takers = setup.takers.slice(0, -1);
  const liquidator = setup.takers.at(-1) as Party;
  const spotHedgeQuoteMaker = quoteVaultOf(setup.deployment);
  return { ...setup, takers, liquidator, anvil, config, spotHedgeQuoteMaker, secondSource, baseWorth };
}

/** The parties with their roles, in the order of the chain's accounts. */
export function rolesOf({ deployer, arbitrageur, keeper, liquidator, lps, takers, config }: World) {
  const role = (name: string, { address }: Party) => ({ name, address });
  const names = takersOf(config).map(({ name }) => name);
  return [
    role("owner", deployer),
    role("arbitrageur", arbitrageur),
    role("keeper", keeper),
    ...lps.map((lp, i) => role(`LP ${i + 1}`, lp)),
    ...takers.map((taker, i) => role(`taker ${names[i]}`, taker)),
    role("liquidator", liquidator),
  ];
}
