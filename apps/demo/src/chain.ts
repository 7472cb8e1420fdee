import {
  ArbitrageShortfallError,
  encodePythUpdate,
  TransactionRevertedError,
  updatePythDouble,
} from "@counterpoise/devnet";
import { abs } from "@counterpoise/testkit";
import type { Hex } from "viem";
import type { World } from "./world.js";

/** The clock of the local chain, the price double, the second source and the spot markets. Every block has a later second. */
export class Chain {
  readonly #world: World;
  #now: number;
  #transactions = 0;
  #stored: { price: bigint; time: number } | undefined;
  /** Price of the last alignment of the spot markets. */
  #aligned = 0n;
  #shortfalls = 0;

  constructor(world: World, now: number) {
    this.#world = world;
    this.#now = now;
  }

  /** Time of the last block, seconds. */
  get now(): number {
    return this.#now;
  }

  get transactions(): number {
    return this.#transactions;
  }

  /** How often the arbitrageur could not bring a spot market to the oracle price. */
  get shortfalls(): number {
    return this.#shortfalls;
  }

  /** The last price that the chain has published, WAD, and its time. */
  get stored(): { price: bigint; time: number } | undefined {
    return this.#stored;
  }

  /** Mines a block at `time`, so that reads and estimates see it. Nothing if the chain is there already. */
  async advance(time: number): Promise<void> {
    if (time <= this.#now) return;
    this.#now = time;
    await this.#world.deployer.setNextBlockTimestamp({ timestamp: BigInt(time) });
    await this.#world.deployer.mine({ blocks: 1 });
  }

  /** Prepares the next transaction: its block comes at `time`, or a second after the last one if that is later. */
  async next(time = this.#now + 1): Promise<void> {
    this.#now = Math.max(time, this.#now + 1);
    this.#transactions++;
    await this.#world.deployer.setNextBlockTimestamp({ timestamp: BigInt(this.#now) });
  }

  /** Sends a transaction a second after the last block. */
  async send<result>(transaction: () => Promise<result>): Promise<result> {
    await this.next();
    return transaction();
  }

  /** Stores a price at the price double. */
  async publish(price: bigint, time: number): Promise<void> {
    const { deployer, deployment } = this.#world;
    await this.next(time);
    const updates = [{ id: deployment.pythId, price, publishTime: this.#now }];
    await updatePythDouble(deployer, { pyth: deployment.pyth, updates });
    this.noteStored(price, this.#now);
  }

  /** Records that an execution has stored a price. */
  noteStored(price: bigint, time: number): void {
    if (this.#stored === undefined || time > this.#stored.time) this.#stored = { price, time };
  }

  /** The update data of the first price published at or after `time`. */
  update(price: bigint, time: bigint): Hex {
    return encodePythUpdate({
      id: this.#world.deployment.pythId,
      price,
      publishTime: time,
      prevPublishTime: time - 1n,
    });
  }

  /** The second source reports a round if one is due. */
  async follow(price: bigint): Promise<void> {
    const { secondSource } = this.#world;
    if (secondSource?.isDue(price, this.#now)) await this.report(price);
  }

  /** The second source reports a round. */
  async report(price: bigint): Promise<void> {
    await this.next();
    await this.#world.secondSource?.report(price, this.#now);
  }

  /** The arbitrageur brings the spot markets to a price, if that has moved or a hedge has traded since. */
  async align(price: bigint, hasTraded: boolean): Promise<void> {
    const { spot } = this.#world;
    const fee = spot.base.fee;
    // A swap for less than the pool's fee earns nothing. Half of it leaves room for what later prices add.
    if (!hasTraded && abs(price - this.#aligned) * 10n ** 18n * 2n < this.#aligned * fee) return;
    this.#aligned = price;
    for (const market of [spot.base, spot.quote]) {
      await this.next();
      try {
        const { swapped } = await market.moveTo(price, market.fee);
        if (swapped) continue;
      } catch (error) {
        if (!(error instanceof ArbitrageShortfallError || error instanceof TransactionRevertedError)) throw error;
        this.#shortfalls++;
        continue;
      }
      // No transaction: the next one takes its second.
      this.#now--;
      this.#transactions--;
    }
  }
}
