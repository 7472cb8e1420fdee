// The latest block that a service has read, and the alarm for a chain without a new one.
import type { Alarms } from "./alarms.js";
import type { Metrics } from "./metrics.js";
import type { PinnedBlock, RpcPool } from "./rpc-pool.js";

/** Parameters of {@link HeadWatch}. */
export type HeadWatchParameters = {
  pool: RpcPool;
  metrics: Pick<Metrics, "headAge">;
  alarms: Alarms;
  /** Seconds without a new block until `chain-stalled` is raised. */
  stalledAfter: number;
};

/** Reads the chain's head. */
export class HeadWatch {
  readonly #p: HeadWatchParameters;
  #block: PinnedBlock | undefined;
  /** When the latest block was first seen, milliseconds. */
  #seenAt = Date.now();

  constructor(parameters: HeadWatchParameters) {
    this.#p = parameters;
  }

  /** The latest block; undefined before the first read. */
  get block(): PinnedBlock | undefined {
    return this.#block;
  }

  /** Reads the latest block. Throws when no endpoint answers. */
  async read(): Promise<PinnedBlock> {
    const { pool, metrics, alarms, stalledAfter } = this.#p;
    const block = await pool.probe();
    if (block.hash !== this.#block?.hash) {
      this.#block = block;
      this.#seenAt = Date.now();
    }
    const still = (Date.now() - this.#seenAt) / 1_000;
    metrics.headAge.set(still);
    alarms.set("chain-stalled", still > stalledAfter, `no new block for ${Math.round(still)} s`);
    return block;
  }
}
