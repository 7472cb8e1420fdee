import { type Booking, Exchange, LawMonitor, MAKERS, rejectionOf } from "../src/index.js";
import type { Chain } from "./chain.js";
import { compareHedges, compareState, expectEqual, normalised } from "./compare.js";
import { Generator } from "./generator.js";
import { executeInEngine, type Operation, type Step } from "./operations.js";
import { settings } from "./setting.js";

const USD = 10n ** 6n;
/** Operations between two comparisons of the whole state. */
const STATE_EVERY = 100;

/** How often operations of each type succeeded, and how often both sides rejected them for the same reason. */
export type ReplayCounts = {
  operations: number;
  succeeded: Map<string, number>;
  rejected: Map<string, number>;
  /** Bookings compared. */
  bookings: number;
  /** Comparisons of the whole state. */
  states: number;
};

/** A law does not hold after an operation. */
export class LawBrokenError extends Error {
  override readonly name = "LawBrokenError";
  constructor(
    readonly law: string,
    readonly figure: bigint,
    where: string,
  ) {
    super(`${law} does not hold: ${figure} wei after ${where}`);
  }
}

export type ReplayParameters = {
  seed: number;
  /** Number of operations; fewer when the time is over. */
  operations: number;
  /** Milliseconds. Default: no limit. */
  maxTime?: number | undefined;
  onProgress?: ((done: number) => void) | undefined;
};

/** Executes the same random operations in the engine and on the chain. @throws {DifferenceError} at the first difference. */
export async function replay(
  chain: Chain,
  { seed, operations, maxTime = Number.POSITIVE_INFINITY, onProgress }: ReplayParameters,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = {
    ...{ operations: 0, succeeded: new Map(), rejected: new Map(), bookings: 0, states: 0 },
  };
  const began = Date.now();
  let booked: Booking[] = [];
  const laws = new LawMonitor();
  const exchange = new Exchange(settings.exchange, await chain.loadPool(), (booking) => {
    booked.push(booking);
    laws.add(booking);
  });
  const generator = new Generator(exchange, seed);

  const run = async ({ after, operation }: Step): Promise<void> => {
    const time = chain.time + after;
    exchange.setTime(time);
    booked = [];
    const rejection = rejectionOf(() => executeInEngine(exchange, operation));
    const onChain = await chain.execute(operation, time, rejection !== undefined);
    const where = `operation ${counts.operations} of seed ${seed}: ${describe(operation)}`;
    const isSame = rejection !== undefined && isSameReason(operation, rejection.errorName, onChain);
    if (!isSame) {
      const found = typeof onChain === "string" ? onChain : normalised(onChain);
      expectEqual(where, rejection?.errorName ?? normalised(booked), found);
    }
    for (const { id, figure, holds } of laws.check(exchange)) {
      if (!holds) throw new LawBrokenError(id, figure, where);
    }
    counts.operations++;
    counts.bookings += booked.length;
    const name = rejection ? `${operation.type}: ${rejection.errorName}` : operation.type;
    const tally = rejection ? counts.rejected : counts.succeeded;
    tally.set(name, (tally.get(name) ?? 0) + 1);
  };

  for (const operation of firstOperations()) await run({ after: 1n, operation });
  while (counts.operations < operations && Date.now() - began < maxTime) {
    await run(generator.next());
    if (counts.operations % STATE_EVERY === 0) {
      await compareState(exchange, chain);
      await compareHedges(exchange, chain);
      counts.states++;
      onProgress?.(counts.operations);
    }
  }
  await compareState(exchange, chain);
  await compareHedges(exchange, chain);
  counts.states++;
  return counts;
}

/**
 * Whether both reject for the same reason. A purchase from the base vault that is impossible for two reasons may name the other one: the
 * contracts pay the pool before they compare its price.
 */
const isSameReason = (operation: Operation, errorName: string, onChain: unknown): boolean =>
  errorName === onChain ||
  (onChain === "InsufficientMarketBalance" &&
    (operation.type === "trade" || operation.type === "liquidate") &&
    operation.maker === MAKERS.base);

/** A price, and deposits of LPs and takers. */
function firstOperations(): Operation[] {
  const [lp = ""] = settings.lps;
  return [
    { type: "publish", price: settings.price, confidence: 0n },
    { type: "depositLp", maker: MAKERS.oracle, lp, amountXCD: 200_000n * USD },
    { type: "depositLp", maker: MAKERS.base, lp, amountXCD: 300n * 10n ** 18n },
    { type: "depositLp", maker: MAKERS.quote, lp, amountXCD: 400_000n * USD },
    ...settings.takers.map((account): Operation => ({ type: "deposit", account, amountXCD: 3_000n * USD })),
  ];
}

const describe = (operation: Operation): string =>
  JSON.stringify(operation, (_, value) => (typeof value === "bigint" ? `${value}` : value));
