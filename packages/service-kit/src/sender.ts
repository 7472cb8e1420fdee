// Sends transactions, and follows each to its end: journal, signature, broadcast, replacement, block, confirmations.
//
// The chain decides what happened; the journal remembers what may have happened. An entry ends only when a block has one of its
// signed forms, or another transaction with its nonce, or when no node knows it and its work is done or impossible.
import {
  type Address,
  BaseError,
  type Hash,
  type Hex,
  hexToBigInt,
  hexToNumber,
  keccak256,
  type TransactionReceipt,
} from "viem";
import { call, getTransactionReceipt } from "viem/actions";
import type { Alarms } from "./alarms.js";
import type { CrashHook } from "./crash-points.js";
import { DuplicateFormError, DuplicateWorkError, GasPriceTooHighError, TooManyInFlightError } from "./errors.js";
import type { Attempt, Entry, Journal } from "./journal.js";
import { type Logger, reasonOf } from "./logger.js";
import type { Metrics } from "./metrics.js";
import type { PinnedBlock, RpcPool } from "./rpc-pool.js";
import type { Signer } from "./signers.js";

/** How transactions are sent. Fees in wei per gas, times in milliseconds. */
export type SenderConfig = {
  /** The most that a transaction pays. */
  maxFeePerGas: bigint;
  priorityFee: bigint;
  /** Blocks on top of a transaction's until its end is final. 0: its own block suffices. */
  confirmations: bigint;
  /** Until a transaction that is not mined is sent again with higher fees. */
  replaceAfter: number;
  /** Until a nonce that another transaction has used ends an entry: a node may not have indexed the receipt. */
  grace: number;
  /** Transactions without an end. */
  maxInFlight: number;
  /** Until a lease of a keeper that does nothing more expires. */
  leaseTime: number;
  /** Until a transaction that is not mined raises an alarm. */
  stuckAfter: number;
};

/** A transaction to send for some work. */
export type Submission = {
  key: string;
  kind: string;
  to: Address;
  data: Hex;
  /** Wei. */
  value: bigint;
  gas: bigint;
};

/** The end of a transaction. */
export type Ended = {
  entry: Entry;
  end: "succeeded" | "reverted" | "dropped";
  reason: string | undefined;
  gasCost: bigint;
};

/** The result of {@link TransactionSender.submit}. */
export type Submitted = { status: "sent"; hash: Hash } | { status: "duplicate" | "leased" | "full"; detail: string };

/** Parameters of {@link TransactionSender}. */
export type TransactionSenderParameters = {
  pool: RpcPool;
  signer: Signer;
  journal: Journal;
  config: SenderConfig;
  metrics: Metrics;
  alarms: Alarms;
  log: Logger;
  crash: CrashHook;
};

/** Milliseconds for which a dropped entry is watched: a form of it may be mined after all. */
const LATE_FORM = 3_600_000;
/** Milliseconds between two broadcasts of one form. */
const RESEND_PAUSE = 1_000;
const CANCELLATION_GAS = 21_000n;
/** A replacement has to pay at least an eighth more; nodes differ in rounding. */
const raised = (fee: bigint): bigint => (fee * 5n) / 4n + 1n;
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Sends the transactions of one signer. */
export class TransactionSender {
  readonly #own: TransactionSenderParameters;
  /** When an entry's nonce was first seen used by another transaction. */
  readonly #overtaken = new Map<string, number>();
  /** When an entry was last broadcast again. */
  readonly #sentAgainAt = new Map<string, number>();
  /** Entries that this process is about to sign: a reconciliation leaves them. */
  readonly #active = new Set<string>();

  constructor(parameters: TransactionSenderParameters) {
    this.#own = parameters;
  }

  get address(): Address {
    return this.#own.signer.address;
  }

  get journal(): Journal {
    return this.#own.journal;
  }

  /** Fees for a block; throws {@link GasPriceTooHighError} beyond the limit. */
  fees({ baseFee }: Pick<PinnedBlock, "baseFee">): Pick<Attempt, "maxFeePerGas" | "maxPriorityFeePerGas"> {
    const { maxFeePerGas: limit, priorityFee } = this.#own.config;
    const needed = baseFee + priorityFee;
    if (needed > limit) throw new GasPriceTooHighError({ needed, limit });
    return { maxFeePerGas: smaller(2n * baseFee + priorityFee, limit), maxPriorityFeePerGas: priorityFee };
  }

  /** Writes, signs and sends a transaction for work that was found at a block. Does not wait for the transaction's block. */
  async submit(
    submission: Submission,
    block: PinnedBlock,
    reserved: ReadonlySet<number> = new Set(),
  ): Promise<Submitted> {
    const { journal, pool, signer, config, crash } = this.#own;
    const { kind, key, ...rest } = submission;
    const fees = this.fees(block);
    crash("leased.before", kind);
    const epoch = await journal.lease(key, signer.address, config.leaseTime);
    if (epoch === undefined) return { status: "leased", detail: key };
    crash("leased.after", kind);
    const [mined, pending] = await this.#counts();
    const chooseNonce = (taken: ReadonlySet<number>): number => {
      let nonce = mined;
      // A nonce below the node's own count is that of a transaction that this journal does not know.
      while (taken.has(nonce) || reserved.has(nonce) || nonce < pending) nonce++;
      return nonce;
    };
    crash("prepared.before", kind);
    let entry: Entry;
    try {
      const { chain } = pool;
      const limit = config.maxInFlight;
      entry = await journal.prepare({
        chainId: chain.id,
        signer: signer.address,
        key,
        kind,
        ...rest,
        chooseNonce,
        limit,
        foundAt: block.number,
      });
    } catch (error) {
      if (error instanceof DuplicateWorkError) return { status: "duplicate", detail: error.message };
      if (error instanceof TooManyInFlightError) return { status: "full", detail: error.message };
      throw error;
    }
    this.#active.add(entry.id);
    try {
      crash("prepared.after", kind);
      const attempt = await this.#sign(entry, fees, false);
      await this.#broadcast({ ...entry, attempts: [attempt] }, attempt);
      return { status: "sent", hash: attempt.hash };
    } finally {
      this.#active.delete(entry.id);
    }
  }

  /**
   * Follows all entries without an end, and returns those that have ended. Also recovers after a kill: it is the only place
   * that ends an entry.
   */
  async reconcile(block: PinnedBlock): Promise<Ended[]> {
    const { journal, pool, signer, metrics, config, alarms } = this.#own;
    const live = await journal.live(pool.chain.id, signer.address);
    const ended: Ended[] = [];
    const [mined] = live.length > 0 ? await this.#counts() : [0];
    for (const entry of live) {
      if (this.#active.has(entry.id)) continue;
      const end = await this.#follow(entry, block, mined);
      if (end) ended.push(end);
    }
    ended.push(...(await this.#lateForms()));
    const left = live.filter((entry) => !ended.some((each) => each.entry.id === entry.id));
    metrics.inFlight.set(left.length);
    const stuck = left.find(({ state, createdAt }) => state !== "mined" && createdAt < Date.now() - config.stuckAfter);
    alarms.set("stuck-transaction", stuck !== undefined, stuck && `${stuck.key} with nonce ${stuck.nonce}`);
    await this.#fillGaps(left, block, mined);
    return ended;
  }

  /** Follows one entry. Returns its end, if it has one now. */
  async #follow(entry: Entry, block: PinnedBlock, mined: number): Promise<Ended | undefined> {
    const { journal, config, crash, log } = this.#own;
    const receipt = await this.#receiptOf(entry);
    if (receipt) {
      if (entry.state !== "mined" || entry.blockHash !== receipt.blockHash) {
        crash("mined.before", entry.kind);
        const { transactionHash: hash, blockNumber, blockHash } = receipt;
        await journal.change(entry, { state: "mined", hash, blockNumber, blockHash });
        crash("mined.after", entry.kind);
      }
      if (receipt.blockNumber + config.confirmations > block.number) return undefined;
      return this.#end(entry, receipt);
    }
    if (entry.state === "mined") {
      log.warn({ work: entry.key, block: entry.blockNumber }, "a reorganisation has removed the transaction");
      await journal.change(entry, { state: "sent", isUnmined: true });
    }
    const last = entry.attempts.at(-1);
    if (entry.nonce < mined) {
      // A node may show the nonce before the receipt.
      const since = this.#overtaken.get(entry.id) ?? Date.now();
      this.#overtaken.set(entry.id, since);
      if (Date.now() - since < config.grace) return undefined;
      return this.#drop(entry, `another transaction has used nonce ${entry.nonce}`);
    }
    if (!last) return this.#drop(entry, "it was never signed");
    const isKnown = await this.#isKnown(entry);
    const isLate = Date.now() - last.signedAt > config.replaceAfter;
    if (isKnown && !isLate) return undefined;
    const failure = await this.#failureOf(entry);
    // A node that refuses a fee below the block's does not keep the transaction.
    const isTooCheap = last.maxFeePerGas < block.baseFee;
    if (!isKnown && !isTooCheap) {
      // No node has it: the nonce is free, unless a form arrives late, which `#lateForms` finds.
      if (failure !== undefined) return this.#drop(entry, failure);
      const before = this.#sentAgainAt.get(entry.id) ?? 0;
      if (Date.now() - before < RESEND_PAUSE) return undefined;
      this.#sentAgainAt.set(entry.id, Date.now());
      log.info({ work: entry.key, nonce: entry.nonce }, "sending again");
      await this.#broadcast(entry, last);
      return undefined;
    }
    await this.#replace(entry, last, block, failure);
    return undefined;
  }

  /** The same nonce with higher fees: the work again, or nothing if the work is no longer possible. */
  async #replace(entry: Entry, last: Attempt, block: PinnedBlock, failure: string | undefined): Promise<void> {
    const { config, metrics, log, alarms } = this.#own;
    const { maxFeePerGas: limit } = config;
    const fresh = 2n * block.baseFee + config.priorityFee;
    const maxFeePerGas = larger(raised(last.maxFeePerGas), fresh);
    if (maxFeePerGas > limit) {
      alarms.raise("gas-price-above-limit", `${entry.key} needs ${maxFeePerGas} wei per gas, more than ${limit}`);
      return;
    }
    const maxPriorityFeePerGas = raised(last.maxPriorityFeePerGas);
    const isCancellation = failure !== undefined || last.isCancellation;
    log.warn({ work: entry.key, nonce: entry.nonce, maxFeePerGas, isCancellation, failure }, "replacing");
    const fees = { maxFeePerGas, maxPriorityFeePerGas: smaller(maxPriorityFeePerGas, maxFeePerGas) };
    const attempt = await this.#sign(entry, fees, isCancellation);
    metrics.replacements.inc();
    await this.#broadcast(entry, attempt);
  }

  async #sign(
    entry: Entry,
    fees: Pick<Attempt, "maxFeePerGas" | "maxPriorityFeePerGas">,
    isCancellation: boolean,
  ): Promise<Attempt> {
    const { journal, signer, pool, crash } = this.#own;
    const { nonce } = entry;
    const { to, data, value, gas } = isCancellation
      ? { to: signer.address, data: "0x" as Hex, value: 0n, gas: CANCELLATION_GAS }
      : entry;
    let { maxFeePerGas } = fees;
    const { maxPriorityFeePerGas } = fees;
    for (;;) {
      const raw = await signer.sign({
        ...{ chainId: pool.chain.id, nonce, to, data, value, gas },
        ...{ maxFeePerGas, maxPriorityFeePerGas },
      });
      const form = { hash: keccak256(raw), raw, maxFeePerGas, maxPriorityFeePerGas };
      const attempt = { ...form, isCancellation, signedAt: Date.now() };
      crash("signed.before", entry.kind);
      try {
        await journal.sign(entry, attempt);
      } catch (error) {
        if (!(error instanceof DuplicateFormError)) throw error;
        // The same work at the same nonce, after a reorganisation: one wei tells the two forms apart.
        maxFeePerGas++;
        continue;
      }
      crash("signed.after", entry.kind);
      return attempt;
    }
  }

  async #broadcast(entry: Entry, { raw, hash }: Attempt): Promise<void> {
    const { journal, pool, crash, log, alarms } = this.#own;
    crash("broadcast.before", entry.kind);
    try {
      await pool.broadcast("eth_sendRawTransaction", [raw]);
    } catch (error) {
      const reason = messageOf(error);
      // Known already, or mined already: the next reconciliation tells which.
      if (/already known|known transaction|already imported|nonce too low|already in mempool/i.test(reason)) return;
      if (/insufficient funds|balance/i.test(reason))
        alarms.raise("gas-wallet-empty", `${entry.signer} cannot pay for ${entry.key}`);
      // The signed form stays in the journal; a node that answered with an error may still have it.
      log.warn({ work: entry.key, nonce: entry.nonce, reason: reason.slice(0, 200) }, "not accepted");
      return;
    }
    crash("broadcast.after", entry.kind);
    log.info({ work: entry.key, nonce: entry.nonce, hash }, "sent");
    if (entry.state === "sent") return;
    crash("sent.before", entry.kind);
    await journal.change(entry, { state: "sent" });
    crash("sent.after", entry.kind);
  }

  async #end(entry: Entry, receipt: TransactionReceipt): Promise<Ended> {
    const { journal, crash, metrics, signer } = this.#own;
    const form = entry.attempts.find(({ hash }) => hash === receipt.transactionHash);
    const gasCost = receipt.gasUsed * receipt.effectiveGasPrice;
    const end = form?.isCancellation ? "dropped" : receipt.status === "success" ? "succeeded" : "reverted";
    const reason = form?.isCancellation
      ? "cancelled: the work was no longer possible"
      : end === "reverted"
        ? await this.#revertReason(entry, receipt)
        : undefined;
    crash("final.before", entry.kind);
    const { transactionHash: hash, blockNumber, blockHash } = receipt;
    await journal.change(entry, { state: end, hash, blockNumber, blockHash, ...(reason !== undefined && { reason }) });
    crash("final.after", entry.kind);
    await journal.release(entry.key, signer.address);
    metrics.confirmation.observe((Date.now() - entry.createdAt) / 1_000);
    metrics.gasSpent.inc(Number(gasCost));
    return this.#ended({ entry, end, reason, gasCost });
  }

  async #drop(entry: Entry, reason: string): Promise<Ended> {
    const { journal, crash, signer } = this.#own;
    crash("final.before", entry.kind);
    await journal.change(entry, { state: "dropped", reason });
    crash("final.after", entry.kind);
    await journal.release(entry.key, signer.address);
    return this.#ended({ entry, end: "dropped", reason, gasCost: 0n });
  }

  #ended(ended: Ended): Ended {
    const { entry, end, reason } = ended;
    const { metrics, log } = this.#own;
    this.#overtaken.delete(entry.id);
    this.#sentAgainAt.delete(entry.id);
    metrics.transactions.inc({ kind: entry.kind, end });
    const fields = { work: entry.key, nonce: entry.nonce, end, reason, gasCost: ended.gasCost };
    if (end === "succeeded") log.info(fields, "done");
    else log.warn(fields, "ended without effect");
    return ended;
  }

  /** Entries that were dropped, of which a form was mined after all. */
  async #lateForms(): Promise<Ended[]> {
    const { journal, pool, signer } = this.#own;
    const dropped = await journal.droppedSince(pool.chain.id, signer.address, Date.now() - LATE_FORM);
    const ended: Ended[] = [];
    for (const entry of dropped) {
      if (entry.hash !== undefined || entry.attempts.length === 0) continue;
      const receipt = await this.#receiptOf(entry);
      if (receipt) ended.push(await this.#end(entry, receipt));
    }
    return ended;
  }

  /** A nonce without a transaction below others: a transaction that does nothing uses it, so that the others can be mined. */
  async #fillGaps(live: readonly Entry[], block: PinnedBlock, mined: number): Promise<void> {
    const { signer, log, pool, journal } = this.#own;
    const nonces = new Set(live.map(({ nonce }) => nonce));
    const last = Math.max(...nonces, -1);
    for (let nonce = mined; nonce < last; nonce++) {
      if (nonces.has(nonce)) continue;
      const [, pending] = await this.#counts();
      if (nonce < pending) continue;
      log.warn({ nonce }, "filling a gap below other nonces");
      const entry = await journal.prepare({
        chainId: pool.chain.id,
        signer: signer.address,
        key: `filler:${nonce}`,
        kind: "filler",
        to: signer.address,
        data: "0x",
        value: 0n,
        gas: CANCELLATION_GAS,
        chooseNonce: () => nonce,
        limit: Number.POSITIVE_INFINITY,
      });
      const attempt = await this.#sign(entry, this.fees(block), true);
      await this.#broadcast(entry, attempt);
    }
  }

  /** The signer's transactions in blocks, and with those that wait at the node. */
  async #counts(): Promise<[number, number]> {
    const { pool, signer } = this.#own;
    const [mined, pending] = await Promise.all(
      ["latest", "pending"].map(async (tag) =>
        hexToNumber((await pool.request("eth_getTransactionCount", [signer.address, tag])) as Hex),
      ),
    );
    return [mined as number, Math.max(mined as number, pending as number)];
  }

  async #receiptOf({ attempts }: Entry): Promise<TransactionReceipt | undefined> {
    const client = this.#own.pool.client();
    for (const { hash } of [...attempts].reverse()) {
      try {
        return await getTransactionReceipt(client, { hash });
      } catch (error) {
        if ((error as Error).name !== "TransactionReceiptNotFoundError") throw error;
      }
    }
    return undefined;
  }

  async #isKnown({ attempts }: Entry): Promise<boolean> {
    for (const { hash } of [...attempts].reverse()) {
      if ((await this.#own.pool.request("eth_getTransactionByHash", [hash])) !== null) return true;
    }
    return false;
  }

  /** Why the entry's call would fail now; undefined if it would succeed. */
  async #failureOf({ to, data, value, gas, signer, attempts }: Entry): Promise<string | undefined> {
    if (attempts.at(-1)?.isCancellation) return undefined;
    try {
      await call(this.#own.pool.client(), { account: signer, to, data, value, gas });
      return undefined;
    } catch (error) {
      if (isRevert(error)) return reasonOf(error);
      throw error;
    }
  }

  async #revertReason(entry: Entry, receipt: TransactionReceipt): Promise<string> {
    const { to, data, value, gas, signer } = entry;
    try {
      await call(this.#own.pool.client(), {
        account: signer,
        to,
        data,
        value,
        gas,
        blockNumber: receipt.blockNumber - 1n,
      });
    } catch (error) {
      return reasonOf(error);
    }
    return "reverted in its block, and not on the block before: another transaction was first";
  }

  /** The balance of the signer's wallet, wei. */
  async balance(): Promise<bigint> {
    return hexToBigInt((await this.#own.pool.request("eth_getBalance", [this.address, "latest"])) as Hex);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof BaseError
    ? `${error.shortMessage} ${error.details}`
    : error instanceof Error
      ? error.message
      : String(error);

/** Whether a node says that a call reverts, in contrast to a failed request. */
export const isRevert = (error: unknown): boolean =>
  /revert|out of gas|invalid opcode|stack underflow/i.test(
    error instanceof BaseError ? `${error.message}` : String((error as Error).message),
  );
