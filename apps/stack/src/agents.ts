// Runs the agents of the stack: takers that create orders, and an arbitrageur of the spot pool. Their decisions are pure
// functions of packages/agents.
import { noiseTaker, reversionTaker, type Taker, trendTaker } from "@counterpoise/agents/simple";
import { createOrderSync, getMinKeeperFee, getPosition } from "@counterpoise/sdk";
import { type Logger, pause, reasonOf } from "@counterpoise/service-kit";
import type { Party } from "@counterpoise/testkit";
import { type Address, parseEther } from "viem";
import { PYTH_ID, type Venue } from "./venue.js";

const TAKER_PAUSE = 4_000;
const ARBITRAGE_PAUSE = 2_000;
/** Prices that takers see. */
const WINDOW = 20;
const unit = parseEther("1");
const maxSize = parseEther("8");
const WAD = 10n ** 18n;
const PPM = 1_000_000n;
/** A bound of 5% on the price of an order. */
const BOUND = 50_000n;

/** Runs the agents until the signal is aborted. */
export async function runAgents(
  venue: Venue,
  { signal, log, seed }: { signal: AbortSignal; log: Logger; seed: number },
): Promise<void> {
  const { prices, takers, deployment } = venue;
  const strategies: Taker[] = [trendTaker(), reversionTaker(), noiseTaker(seed), noiseTaker(seed + 1)];
  // A base vault takes sales, and a quote vault purchases.
  const makersOf = (change: bigint): Address[] => {
    const vault = change < 0n ? deployment.spotHedgeBaseMaker : deployment.spotHedgeQuoteMaker;
    return [deployment.oracleMaker, ...(vault === undefined ? [] : [vault])];
  };
  const seen: bigint[] = [prices.priceOf(PYTH_ID)];
  const repeat = async (name: string, milliseconds: number, step: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await step().catch((error: unknown) => {
        if (!signal.aborted) log.debug({ agent: name, reason: reasonOf(error) }, "agent failed");
      });
      await pause(milliseconds, signal);
    }
  };
  await Promise.all([
    repeat("prices", 1_000, async () => {
      seen.push(prices.priceOf(PYTH_ID));
      if (seen.length > WINDOW) seen.shift();
    }),
    repeat("arbitrageur", ARBITRAGE_PAUSE, () => venue.arbitrage(prices.priceOf(PYTH_ID))),
    ...takers.map(async (taker, i) => {
      await pause((TAKER_PAUSE / takers.length) * i, signal);
      let count = i;
      await repeat(`taker ${i}`, TAKER_PAUSE, async () => {
        const { size } = await getPosition(taker, { deployment, account: taker.address });
        const change = (strategies[i % strategies.length] as Taker).decide({ size, prices: seen, unit, maxSize });
        if (change === undefined) return;
        const makers = makersOf(change);
        await trade(venue, taker, makers[count++ % makers.length] as Address, change);
      });
    }),
  ]);
}

async function trade({ deployment, prices }: Venue, taker: Party, maker: Address, change: bigint): Promise<void> {
  const isSale = change < 0n;
  const amount = isSale ? -change : change;
  const value = (amount * prices.priceOf(PYTH_ID)) / WAD;
  await createOrderSync(taker, {
    deployment,
    maker,
    isBaseToQuote: isSale,
    isExactInput: isSale,
    amount,
    oppositeBound: isSale ? (value * (PPM - BOUND)) / PPM : (value * (PPM + BOUND)) / PPM,
    keeperFee: (await getMinKeeperFee(taker, { deployment })) * 2n,
  });
}
