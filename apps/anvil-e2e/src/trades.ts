import { createOrderSync, WHOLE_POSITION } from "@counterpoise/sdk";
import type { Address } from "viem";
import { type Actor, type Exchange, executed, KEEPER_FEE } from "./exchange.js";

const NO_BOUND = 2n ** 256n - 1n;

/** A taker buys (above zero) or sells base, WAD, through an order that executes at `price`. */
export async function tradeBase(
  world: Exchange,
  taker: Actor,
  { base, price, maker = world.deployment.oracleMaker }: { base: bigint; price: bigint; maker?: Address },
) {
  const sells = base < 0n;
  const created = await createOrderSync(taker, {
    deployment: world.deployment,
    maker,
    isBaseToQuote: sells,
    isExactInput: sells,
    amount: sells ? -base : base,
    oppositeBound: sells ? 0n : NO_BOUND,
    keeperFee: KEEPER_FEE,
  });
  return executed(await world.execute(created, price));
}

/** A taker closes its whole position through an order that executes at `price`. */
export async function closeWhole(
  world: Exchange,
  taker: Actor,
  { isLong, price, maker = world.deployment.oracleMaker }: { isLong: boolean; price: bigint; maker?: Address },
) {
  const created = await createOrderSync(taker, {
    deployment: world.deployment,
    maker,
    isBaseToQuote: isLong,
    isExactInput: isLong,
    isReduceOnly: true,
    amount: WHOLE_POSITION,
    oppositeBound: isLong ? 0n : NO_BOUND,
    keeperFee: KEEPER_FEE,
  });
  return executed(await world.execute(created, price));
}

/** Lets time pass, and stores a price (WAD) at the end of it. */
export async function pass(world: Exchange, seconds: bigint, price: bigint): Promise<void> {
  await world.warpTo((await world.now()) + seconds);
  await world.publish(price);
}
