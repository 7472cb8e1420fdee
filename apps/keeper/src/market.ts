// The state of a market between rounds. All of it can be read from the chain again.
import {
  type Deployment,
  type Feed,
  getBlockAt,
  getFeed,
  getFills,
  getOrderRules,
  getSignedOrderRules,
  type MarketParameters,
} from "@counterpoise/sdk";
import { feedIdsOf } from "@counterpoise/sdk/prices";
import { createSharedPrices, type PinnedBlock, type PoolClient, type SharedPrices } from "@counterpoise/service-kit";
import type { Address, Hex } from "viem";
import { zeroAddress } from "viem";

/** Milliseconds after which rules and feeds are read again. */
const RULES_AGE = 60_000;
/** Milliseconds after which all fills are read again: events are hints, the sweep is the truth. */
const SWEEP_AGE = 300_000;
/** Blocks that are read again in each round: a reorganisation may have changed them. */
const OVERLAP = 32n;
/** Seconds beyond the validity of orders from which they are read: expired ones pay a fee, too. */
const EXTRA_HISTORY = 900n;

/** Creates a market's price source. */
export type PricesFactory = (ids: readonly Hex[]) => SharedPrices;

/** One market of a deployment. */
export class MarketView {
  readonly deployment: Deployment;
  readonly name: string;
  readonly #createPrices: PricesFactory;
  readonly #maxBlockRange: bigint | undefined;
  #feed: Feed | undefined;
  #prices: SharedPrices | undefined;
  #rulesReadAt = 0;
  /** The first block whose orders may be alive. */
  #ordersFrom = 0n;
  #accounts = new Set<Address>();
  #accountsTo: bigint | undefined;
  #sweptAt = 0;

  constructor(
    deployment: Deployment,
    createPrices: PricesFactory = (ids) => createSharedPrices({ ids, endpoints: [] }),
    maxBlockRange?: bigint,
  ) {
    this.deployment = deployment;
    this.name = `${deployment.baseSymbol}-${deployment.marketId}`;
    this.#createPrices = createPrices;
    this.#maxBlockRange = maxBlockRange;
  }

  /** Reads rules and feed, unless they were read within a minute. Returns the market's price source. */
  async refresh(client: PoolClient, block: PinnedBlock): Promise<SharedPrices> {
    const { deployment } = this;
    const isFresh = Date.now() - this.#rulesReadAt < RULES_AGE;
    if (this.#prices && isFresh) return this.#prices;
    const parameters: MarketParameters = { deployment };
    const [feed, rules, signedRules] = await Promise.all([
      getFeed(client, parameters),
      getOrderRules(client, parameters),
      getSignedOrderRules(client, parameters),
    ]);
    const life = BigInt(Math.max(rules.delay + rules.validity, signedRules.delay + signedRules.validity));
    const timestamp = block.timestamp - life - EXTRA_HISTORY;
    const start = deployment.startBlock ?? 0n;
    const from = timestamp <= 0n ? 0n : await getBlockAt(client, { timestamp });
    this.#ordersFrom = from > start ? from : start;
    const ids = feedIdsOf(feed);
    const before = this.#prices;
    if (!before || before.ids.join() !== ids.join()) this.#prices = this.#createPrices(ids);
    this.#feed = feed;
    this.#rulesReadAt = Date.now();
    return this.#prices as SharedPrices;
  }

  /** Of {@link refresh}. */
  get feed(): Feed {
    if (!this.#feed) throw new TypeError("refresh reads the feed");
    return this.#feed;
  }

  /** Pyth's contract of the market's feed. */
  get pyth(): Address {
    return this.feed.pyth === zeroAddress ? this.deployment.pyth : this.feed.pyth;
  }

  /** The blocks in which orders that may be alive were created. */
  get ordersSpan(): { fromBlock: bigint; maxBlockRange?: bigint } {
    return {
      fromBlock: this.#ordersFrom,
      ...(this.#maxBlockRange !== undefined && { maxBlockRange: this.#maxBlockRange }),
    };
  }

  /** All accounts that have ever had a fill, makers included. */
  async accounts(client: PoolClient, block: PinnedBlock): Promise<readonly Address[]> {
    const { deployment } = this;
    const start = deployment.startBlock ?? 0n;
    const isSweep = this.#accountsTo === undefined || Date.now() - this.#sweptAt > SWEEP_AGE;
    const overlapped = (this.#accountsTo ?? start) - OVERLAP;
    const fromBlock = isSweep || overlapped < start ? start : overlapped;
    const span = {
      fromBlock,
      toBlock: block.number,
      ...(this.#maxBlockRange !== undefined && { maxBlockRange: this.#maxBlockRange }),
    };
    const fills = await getFills(client, { deployment, ...span });
    for (const { taker, maker } of fills) this.#accounts.add(taker).add(maker);
    this.#accountsTo = block.number;
    if (isSweep) this.#sweptAt = Date.now();
    return [...this.#accounts];
  }
}
