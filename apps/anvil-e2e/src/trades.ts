import { createOrderSync, WHOLE_POSITION } from "@counterpoise/sdk";
import { abs, NO_UPPER_BOUND } from "@counterpoise/testkit";
import type { Address } from "viem";
import { type Actor, type Exchange, executed, KEEPER_FEE } from "./exchange.js";

/** An order that buys an exact amount of base, at any price. */
export const buyBase = {
  isBaseToQuote: false,
  isExactInput: false,
  oppositeBound: NO_UPPER_BOUND,
  keeperFee: KEEPER_FEE,
} as const;

/** An order that sells an exact amount of base, at any price. */
export const sellBase = { isBaseToQuote: true, isExactInput: true, oppositeBound: 0n, keeperFee: KEEPER_FEE } as const;

/** An order that closes a whole position, at any price. */
export const close = (isLong: boolean) => ({
  ...(isLong ? sellBase : buyBase),
  isReduceOnly: true,
  amount: WHOLE_POSITION,
});

/** Creates an order of a taker to buy (positive) or sell base, WAD, by default from the OracleMaker. */
export const createTrade = (
  { deployment }: Exchange,
  taker: Actor,
  { base, maker = deployment.oracleMaker }: { base: bigint; maker?: Address },
) => createOrderSync(taker, { deployment, maker, ...(base < 0n ? sellBase : buyBase), amount: abs(base) });

/** A taker buys (positive) or sells base, WAD, with an order that the keeper executes at `price`. */
export async function tradeBase(
  world: Exchange,
  taker: Actor,
  { base, price, maker }: { base: bigint; price: bigint; maker?: Address },
) {
  const created = await createTrade(world, taker, { base, ...(maker && { maker }) });
  return executed(await world.execute(created, price));
}

/** A taker closes its whole position with an order that the keeper executes at `price`. */
export async function closeWhole(
  world: Exchange,
  taker: Actor,
  { isLong, price, maker = world.deployment.oracleMaker }: { isLong: boolean; price: bigint; maker?: Address },
) {
  const created = await createOrderSync(taker, { deployment: world.deployment, maker, ...close(isLong) });
  return executed(await world.execute(created, price));
}

/** Lets time pass, and publishes a price (WAD) at the end of it. */
export async function pass(world: Exchange, seconds: bigint, price: bigint): Promise<void> {
  await world.warpBy(seconds);
  await world.publish(price);
}
