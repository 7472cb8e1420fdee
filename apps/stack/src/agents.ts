// Runs the agents of the stack: takers, and an arbitrageur of the spot pool. The takers' decisions are those of the population in
// packages/agents. Those for the OracleMaker are signed orders for the relayer, and those for hedged vaults are created on the chain.
import {
  type AccountView,
  createRandom,
  type Decision,
  decideTaker,
  type MarketView,
  type Random,
  type TakerSpec,
} from "@counterpoise/agents";
import { createRelayerClient, type RelayerClient } from "@counterpoise/relayer-client";
import {
  createOrderSync,
  getMinKeeperFee,
  getPosition,
  getSignedOrderRules,
  signOrder,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { type Logger, pause, reasonOf } from "@counterpoise/service-kit";
import type { Party } from "@counterpoise/testkit";
import type { Address } from "viem";
import { PYTH_ID, type Venue } from "./venue.js";

const TAKER_PAUSE = 4_000;
const ARBITRAGE_PAUSE = 2_000;
/** Prices that takers see, one a second. */
const WINDOW = 300;
const WAD = 10n ** 18n;
const PPM = 1_000_000n;
/** A bound of 5% on the price of an order that trades at once. */
const BOUND = 50_000n;
/** Distance of a limit that waits in the book, and of a stop. */
const PASSIVE = 300n;
const STOP = 10_000n;
/** Seconds for which a signed order is valid. */
const LIFETIME = 90n;

const terms = { count: 1, collateral: 25_000, size: [2_000, 20_000], leverage: [1, 5], hedgedShare: 0.4 } as const;
/** One taker of each kind that needs no knowledge of the future: the demo's simulator has the others. */
const specs: readonly TakerSpec[] = [
  { type: "momentum", name: "trend", ...terms, direction: "with", lookback: 20, threshold: 0.0005, hold: 60 },
  { type: "momentum", name: "reversion", ...terms, direction: "against", lookback: 20, threshold: 0.0005, hold: 45 },
  { type: "noise", name: "noise-1", ...terms, every: 12, hold: 30, longShare: 0.5 },
  { type: "noise", name: "noise-2", ...terms, every: 20, hold: 40, longShare: 0.5 },
];

/** Runs the agents until the signal is aborted. */
export async function runAgents(
  venue: Venue,
  { signal, log, seed, relayerUrl }: { signal: AbortSignal; log: Logger; seed: number; relayerUrl: string },
): Promise<void> {
  const { prices, takers, deployment } = venue;
  const relayer = createRelayerClient({ url: relayerUrl });
  const seen: bigint[] = [prices.priceOf(PYTH_ID)];
  const repeat = async (name: string, milliseconds: number, step: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await step().catch((error: unknown) => {
        if (!signal.aborted) log.debug({ agent: name, reason: reasonOf(error) }, "agent failed");
      });
      await pause(milliseconds, signal);
    }
  };
  const market = (): MarketView => {
    const price = seen.at(-1) as bigint;
    return {
      time: Math.floor(Date.now() / 1_000),
      price,
      priceAge: 0,
      priceAgo: (seconds) => seen.at(-1 - Math.min(seconds, seen.length - 1)) as bigint,
      // No agent of the stack knows the future.
      priceAhead: () => price,
      dailyFunding: 0,
    };
  };
  await Promise.all([
    repeat("prices", 1_000, async () => {
      seen.push(prices.priceOf(PYTH_ID));
      if (seen.length > WINDOW) seen.shift();
    }),
    repeat("arbitrageur", ARBITRAGE_PAUSE, () => venue.arbitrage(prices.priceOf(PYTH_ID))),
    ...takers.map(async (taker, i) => {
      await pause((TAKER_PAUSE / takers.length) * i, signal);
      const spec = specs[i % specs.length] as TakerSpec;
      const random = createRandom(seed, spec.name, i);
      let openedAt = 0;
      let askedAt = Date.now();
      await repeat(spec.name, TAKER_PAUSE, async () => {
        const { size } = await getPosition(taker, { deployment, account: taker.address });
        const now = Date.now();
        if (size === 0n) openedAt = 0;
        else if (openedAt === 0) openedAt = now;
        const account: AccountView = {
          size,
          heldFor: openedAt === 0 ? 0 : Math.floor((now - openedAt) / 1_000),
          elapsed: (now - askedAt) / 1_000,
        };
        askedAt = now;
        const decision = decideTaker(spec, market(), account, random);
        if (decision) await trade({ venue, relayer, taker, size, decision, price: seen.at(-1) as bigint, random });
      });
    }),
  ]);
}

type Trade = {
  venue: Venue;
  relayer: RelayerClient;
  taker: Party;
  size: bigint;
  decision: Decision;
  price: bigint;
  random: Random;
};

async function trade(parameters: Trade): Promise<void> {
  const { size, decision, price } = parameters;
  const isOpening = decision.action === "open";
  const isSale = isOpening ? !decision.isLong : size > 0n;
  const held = size < 0n ? -size : size;
  const part = isOpening ? PPM : BigInt(Math.round(decision.part * Number(PPM)));
  const amount = isOpening ? (decision.notional * WAD) / price : (held * part) / PPM;
  if (amount === 0n) return;
  if (decision.venue === "hedged") await createOnChain(parameters, isSale, amount);
  else await submitSigned(parameters, isSale, amount, isOpening);
}

/** A signed order: half of the opening ones wait in the book, and some carry a stop that keepers announce. */
async function submitSigned(
  { venue: { deployment }, relayer, taker, price, random }: Trade,
  isBaseToQuote: boolean,
  amount: bigint,
  isOpening: boolean,
): Promise<void> {
  const { timestamp } = await taker.getBlock();
  const expiresAt = timestamp + LIFETIME;
  const isPassive = isOpening && random.chance(0.5);
  const distance = isPassive ? PASSIVE : BOUND;
  const isAbove = isBaseToQuote === isPassive;
  const limit = (price * (isAbove ? PPM + distance : PPM - distance)) / PPM;
  const shared = { deployment, expiresAt } as const;
  await relayer.submit(
    await signOrder(taker, {
      ...{ ...shared, kind: isPassive ? "limit" : "market", isBaseToQuote, price: limit },
      ...{ amount, minFill: isOpening ? amount / 4n : amount, isReduceOnly: !isOpening },
    }),
  );
  if (!isOpening || !random.chance(0.25)) return;
  const { minRelayFee } = await getSignedOrderRules(taker, { deployment });
  const triggerPrice = (price * (isBaseToQuote ? PPM + STOP : PPM - STOP)) / PPM;
  await relayer.submit(
    await signOrder(taker, {
      ...{ ...shared, kind: "stop", triggerPrice, isBaseToQuote: !isBaseToQuote, isReduceOnly: true },
      ...{ amount: WHOLE_POSITION, maker: deployment.oracleMaker, maxRelayFee: 2n * minRelayFee },
    }),
  );
}

/** An order on the chain, for the hedged vault of its side: a base vault takes sales, and a quote vault purchases. */
async function createOnChain({ venue: { deployment }, taker, price }: Trade, isSale: boolean, amount: bigint) {
  const vault: Address | undefined = isSale ? deployment.spotHedgeBaseMaker : deployment.spotHedgeQuoteMaker;
  const value = (amount * price) / WAD;
  await createOrderSync(taker, {
    deployment,
    maker: vault ?? deployment.oracleMaker,
    isBaseToQuote: isSale,
    isExactInput: isSale,
    amount,
    oppositeBound: isSale ? (value * (PPM - BOUND)) / PPM : (value * (PPM + BOUND)) / PPM,
    keeperFee: (await getMinKeeperFee(taker, { deployment })) * 2n,
  });
}
