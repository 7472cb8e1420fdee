// One process of the relayer: a front end of the API, and, with a signer, the matchers of those markets whose locks it gets.

import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import {
  type Alarms,
  HeadWatch,
  type Logger,
  type PinnedBlock,
  type RpcPool,
  reasonOf,
  type TransactionSender,
} from "@counterpoise/service-kit";
import type pg from "pg";
import type { Address } from "viem";
import { readContract } from "viem/actions";
import type { RelayerConfig } from "./config.js";
import { FencedError } from "./errors.js";
import type { RelayerMarket } from "./market.js";
import { Matcher } from "./matcher.js";
import type { RelayerMetrics } from "./metrics.js";
import { Settler } from "./settlement.js";
import type { Store } from "./store.js";
import type { Validator } from "./validation.js";

/** The class of the relayer's advisory locks. */
const LOCK_CLASS = 7_217;
/** Milliseconds between two attempts to get a market's lock. */
const LOCK_PAUSE = 1_000;
/** Milliseconds for which a stopping relayer follows what is in flight. */
const DRAIN_TIME = 5_000;

/** Parts that a relayer with a signer has in addition. */
export type MatchingParts = {
  sender: TransactionSender;
  /** Makes an epoch the current one at the signer: it refuses earlier ones from then on. */
  beginEpoch: (marketId: bigint, epoch: number) => Promise<void>;
  /** The epoch in which transactions of a market are signed. */
  epochs: Map<bigint, number>;
};

/** Parameters of {@link Relayer}. */
export type RelayerParameters = {
  config: RelayerConfig;
  pool: RpcPool;
  store: Store;
  markets: readonly RelayerMarket[];
  validators: ReadonlyMap<bigint, Validator>;
  matching?: MatchingParts | undefined;
  metrics: RelayerMetrics;
  alarms: Alarms;
  log: Logger;
};

/** A relayer's work beside its API. */
export class Relayer {
  readonly #p: RelayerParameters;
  readonly #matchers = new Map<bigint, Matcher>();
  #session: pg.Client | undefined;
  readonly #head: HeadWatch;
  #lockedAt = 0;
  #isPaused = false;
  #isDue = true;
  #wake = () => {};

  constructor(parameters: RelayerParameters) {
    this.#p = parameters;
    this.#head = new HeadWatch({ ...parameters, stalledAfter: parameters.config.stalledAfter });
  }

  /** The latest block. */
  get head(): PinnedBlock {
    const { block } = this.#head;
    if (!block) throw new TypeError("start reads the head");
    return block;
  }

  /** The matcher of a market, if this process has its lock. */
  matcher(marketId: bigint): Matcher | undefined {
    return this.#matchers.get(marketId);
  }

  /** State for `/health`. */
  status(): Record<string, unknown> {
    const { config, pool, matching } = this.#p;
    return {
      name: config.name,
      relayer: matching?.sender.address,
      block: this.#head.block?.number,
      matchers: Object.fromEntries([...this.#matchers].map(([id, each]) => [String(id), each.status()])),
      endpoints: pool.states,
      isPaused: this.#isPaused,
    };
  }

  /** Stops settling, or goes on. Transactions in flight are followed in both cases. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** Orders have arrived: the next round begins at once. */
  notify(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** Reads the first block. Throws when no endpoint answers. */
  async start(): Promise<void> {
    await this.readHead();
  }

  /** Rounds until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { config, log } = this.#p;
    signal.addEventListener("abort", () => this.notify(), { once: true });
    let seen: string | undefined;
    while (!signal.aborted) {
      try {
        const block = await this.readHead();
        // Without a new block or a new order there is nothing to do.
        if (block.hash !== seen || this.#isDue || this.#matchers.size === 0) {
          this.#isDue = false;
          await this.#round(block);
          seen = block.hash;
        }
        this.#p.alarms.clear("rpc-down");
      } catch (error) {
        this.#failed(error);
      }
      if (signal.aborted) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, config.interval);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (this.#isDue) this.#wake();
      });
    }
    await this.#drain().catch((error: unknown) => log.warn({ error }, "could not follow what is in flight"));
    await this.#giveUp();
  }

  /** Reads the latest block. */
  async readHead(): Promise<PinnedBlock> {
    const { pool, alarms, config } = this.#p;
    const block = await this.#head.read();
    const usable = pool.states.filter(({ isUsable }) => isUsable).length;
    alarms.set("rpc-degraded", usable < config.rpc.length, `${usable} of ${config.rpc.length} endpoints answer`);
    return block;
  }

  async #round(block: PinnedBlock): Promise<void> {
    const { store, markets, matching, metrics, alarms, log, config } = this.#p;
    const end = metrics.roundTime.startTimer();
    try {
      await store.ping();
      alarms.clear("database-down");
      if (matching) {
        await this.#takeLocks(matching);
        if (this.#matchers.size > 0) {
          await this.#session?.query("SELECT 1");
          await matching.sender.reconcile(block);
        }
      }
      const canSend = this.#matchers.size > 0 && !this.#isPaused && (await this.#canSend(block));
      for (const [id, matcher] of this.#matchers) {
        try {
          const counts = await matcher.round(block, canSend);
          log.debug({ market: String(id), block: block.number, ...counts }, "round");
        } catch (error) {
          if (!(error instanceof FencedError)) throw error;
          log.error({ error }, "another matcher has the market");
          this.#matchers.delete(id);
          matching?.epochs.delete(id);
        }
      }
      const ages = await Promise.all(markets.map(({ id }) => store.matcherAge(id)));
      const absent = markets.filter((market, i) => {
        const age = ages[i];
        metrics.matcherAge.set({ market: market.name }, age ?? config.stalledAfter);
        return age === undefined || age > config.stalledAfter;
      });
      alarms.set(
        "matcher-absent",
        absent.length > 0,
        `no matcher works on ${absent.map(({ name }) => name).join(", ")}`,
      );
      alarms.clear("round-failed");
      metrics.rounds.inc({ result: "done" });
    } catch (error) {
      metrics.rounds.inc({ result: "failed" });
      throw error;
    } finally {
      end();
    }
  }

  #failed(error: unknown): void {
    const { alarms, log } = this.#p;
    const { name = "", message = "", code = "" } = error as { name?: string; message?: string; code?: string };
    log.warn({ error }, "round failed");
    if (/RpcUnavailable|No endpoint answered/.test(`${name} ${message}`)) {
      alarms.raise("rpc-down", reasonOf(error));
    } else if (/^(ECONN|57P|08|53)/.test(code) || /terminat|Connection|timeout expired|database/i.test(message)) {
      alarms.raise("database-down", reasonOf(error));
      // The locks may be lost with their connection.
      this.#loseLocks();
    } else {
      alarms.raise("round-failed", reasonOf(error));
    }
  }

  /** The locks of the sender and of the markets: one process works with a key, and one on a market. */
  async #takeLocks({ sender, beginEpoch, epochs }: MatchingParts): Promise<void> {
    const { store, markets, pool, log } = this.#p;
    if (this.#matchers.size === markets.length || Date.now() - this.#lockedAt < LOCK_PAUSE) return;
    this.#lockedAt = Date.now();
    if (!this.#session) {
      const opened = await store.session();
      opened.once("end", () => {
        if (this.#session === opened) this.#loseLocks();
      });
      this.#session = opened;
    }
    const session = this.#session;
    const locks = async (name: string): Promise<boolean> => {
      const text = "SELECT pg_try_advisory_lock($1, hashtext($2)) AS held";
      const { rows } = await session.query<{ held: boolean }>(text, [LOCK_CLASS, name]);
      return rows[0]?.held === true;
    };
    const senderLock = `sender:${pool.chain.id}:${sender.address.toLowerCase()}`;
    if (this.#matchers.size === 0 && !(await locks(senderLock))) return;
    for (const market of markets) {
      if (this.#matchers.has(market.id) || !(await locks(`market:${pool.chain.id}:${market.id}`))) continue;
      const epoch = await store.beginEpoch(market.id);
      // From here on, the signer refuses every earlier matcher, also one that has been asleep.
      await beginEpoch(market.id, epoch);
      epochs.set(market.id, epoch);
      const matcher = this.#matcherOf(market, epoch, sender);
      await matcher.start();
      this.#matchers.set(market.id, matcher);
      log.info({ market: market.name, epoch }, "took the market's lock");
    }
  }

  #matcherOf(market: RelayerMarket, epoch: number, sender: TransactionSender): Matcher {
    const { config, pool, store, validators, metrics, alarms, log } = this.#p;
    const { fee, gasPerFill } = config.settlement;
    const settler = new Settler({ pool, deployment: market.deployment, relayer: sender.address, fee, gasPerFill });
    const validator = validators.get(market.id) as Validator;
    return new Matcher({ config, market, pool, store, validator, settler, sender, epoch, metrics, alarms, log });
  }

  #loseLocks(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#matchers.clear();
    this.#p.matching?.epochs.clear();
    void session?.end().catch(() => undefined);
  }

  async #giveUp(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#matchers.clear();
    await session?.end().catch(() => undefined);
  }

  /** Whether the wallet has gas, and the gateways accept the relayer. */
  async #canSend(block: PinnedBlock): Promise<boolean> {
    const { config, metrics, alarms, matching, markets, pool } = this.#p;
    if (!matching) return false;
    const { sender } = matching;
    const balance = await sender.balance();
    const { floor, ceiling } = config.gas;
    const { address } = sender;
    metrics.balance.set(Number(balance));
    alarms.set("gas-wallet-empty", balance < floor, `${address} has ${balance} wei, less than ${floor}`);
    alarms.set("gas-wallet-above-ceiling", balance > ceiling, `${address} has ${balance} wei, more than ${ceiling}`);
    const client = pool.at(block);
    const refusing = await Promise.all(
      [...new Set(markets.map(({ deployment }) => deployment.signedOrderGateway))].map(async (gateway: Address) => {
        const isRelayer = await readContract(client, {
          address: gateway,
          abi: signedOrderGatewayAbi,
          functionName: "isRelayer",
          args: [address],
        });
        return isRelayer ? [] : [gateway];
      }),
    );
    const refused = refusing.flat();
    alarms.set("relayer-not-approved", refused.length > 0, `${refused.join(", ")} does not accept ${address}`);
    return balance >= floor && refused.length === 0;
  }

  /** Follows what is in flight for some seconds. The journal has what is left. */
  async #drain(): Promise<void> {
    const { matching, pool } = this.#p;
    if (!matching || this.#matchers.size === 0) return;
    const deadline = Date.now() + DRAIN_TIME;
    while (Date.now() < deadline) {
      const live = await matching.sender.journal.live(pool.chain.id, matching.sender.address);
      if (live.length === 0) break;
      const block = await pool.probe();
      await matching.sender.reconcile(block);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const block = await pool.probe();
    for (const matcher of this.#matchers.values()) await matcher.round(block, false);
  }
}
