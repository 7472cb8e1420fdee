// Sends the transactions of a deployment, one after another. Nothing is stored: each transaction has the account's next nonce, so a
// transaction of an earlier run and its repetition exclude each other, and the chain shows which steps are done.
import { setTimeout as sleep } from "node:timers/promises";
import type { Signer } from "@counterpoise/service-kit";
import { type Address, type Hex, keccak256, type PublicClient, type TransactionReceipt } from "viem";
import { describeError } from "./artifacts.js";
import { NotMinedError, StepRevertedError } from "./errors.js";

export type Call = { to: Address; value: bigint; data: Hex };

/** Called around the durable moments of a transaction, with the step's id. */
export type TransactionHook = (point: "broadcast.before" | "broadcast.after" | "mined.after", step: string) => void;

export type SenderOptions = {
  client: PublicClient;
  chainId: number;
  signer: Signer;
  hook: TransactionHook;
  /** Milliseconds between reads. Default 500. */
  pollInterval?: number | undefined;
  /** Seconds until a transaction is sent again with a fee that is a quarter higher. Default 60. */
  replaceAfter?: number | undefined;
  /** Seconds until a transaction is given up. Default 900. */
  timeout?: number | undefined;
};

/** Gas of a call as a multiple of its estimate, percent: reading an aggregator needs more gas to be left than it uses (D223). */
const CALL_MARGIN = 300n;
const CREATION_MARGIN = 125n;
/** Largest gas limit of a transaction by EIP-7825. */
const MAX_GAS = 2n ** 24n;

export class TransactionSender {
  /** The account's nonce after its last mined call. A lower one shows that a reorganisation has undone calls. */
  private nextNonce = 0;

  constructor(private readonly options: SenderOptions) {}

  get address(): Address {
    return this.options.signer.address;
  }

  /**
   * Waits for transactions of an earlier run that are still in the pool. After the replacement time they are given up: the next
   * step takes their nonce, with a higher fee.
   */
  async settle(): Promise<void> {
    const { pollInterval = 500, replaceAfter = 60 } = this.options;
    const deadline = Date.now() + replaceAfter * 1_000;
    for (;;) {
      const [mined, pending] = await this.nonces();
      if (pending <= mined || Date.now() > deadline) return;
      await sleep(pollInterval);
    }
  }

  /**
   * Sends a call and waits until it is mined. Returns undefined if the account's nonce changed without it, or if a reorganisation
   * has undone an earlier call: the caller then reads the state again.
   */
  async send(step: string, call: Call, isCreation = false): Promise<TransactionReceipt | undefined> {
    const { client, chainId, signer, hook, pollInterval = 500, replaceAfter = 60, timeout = 900 } = this.options;
    const [nonce, pending] = await this.nonces();
    const isUndone = nonce < this.nextNonce;
    this.nextNonce = nonce;
    if (isUndone) return undefined;
    const gas = await this.gasOf(step, call, isCreation);
    let { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas();
    const bump = () => {
      maxFeePerGas = (maxFeePerGas * 5n) / 4n + 1n;
      maxPriorityFeePerGas = (maxPriorityFeePerGas * 5n) / 4n + 1n;
    };
    // A transaction of an earlier run has this nonce and was not mined: this one must replace it.
    if (pending > nonce) bump();
    const hashes: Hex[] = [];
    const start = Date.now();
    let sentAt = 0;
    for (;;) {
      if (sentAt === 0 || Date.now() - sentAt > replaceAfter * 1_000) {
        if (sentAt !== 0) bump();
        const raw = await signer.sign({ chainId, nonce, gas, maxFeePerGas, maxPriorityFeePerGas, ...call });
        hook("broadcast.before", step);
        hashes.push(keccak256(raw));
        const problem = await this.broadcast(raw);
        hook("broadcast.after", step);
        if (problem === "underpriced") {
          bump();
          await sleep(pollInterval);
          continue;
        }
        sentAt = Date.now();
      }
      // The nonce is read before the receipts: a transaction that is mined between the reads is then found here.
      const [mined] = await this.nonces();
      for (const hash of hashes) {
        const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
        if (!receipt) continue;
        hook("mined.after", step);
        this.nextNonce = nonce + 1;
        if (receipt.status === "success") return receipt;
        throw new StepRevertedError(step, hash, await this.reasonOf(call, receipt.blockNumber));
      }
      // A higher nonce: another transaction took this one. A lower one: a reorganisation undid earlier transactions.
      if (mined !== nonce) return undefined;
      if (Date.now() - start > timeout * 1_000) throw new NotMinedError(step, nonce, timeout);
      await sleep(pollInterval);
    }
  }

  private async nonces(): Promise<[mined: number, pending: number]> {
    const { client, signer } = this.options;
    const [mined, pending] = await Promise.all(
      (["latest", "pending"] as const).map((blockTag) =>
        client.getTransactionCount({ address: signer.address, blockTag }),
      ),
    );
    return [mined as number, pending as number];
  }

  /** Sends a signed transaction. An answer that leaves open whether the node has it is no failure: the receipt decides. */
  private async broadcast(raw: Hex): Promise<"underpriced" | undefined> {
    try {
      await this.options.client.request({ method: "eth_sendRawTransaction", params: [raw] }, { retryCount: 0 });
    } catch (error) {
      const text = `${(error as Error).message} ${(error as { details?: string }).details ?? ""}`;
      if (/underpriced/i.test(text)) return "underpriced";
      if (/insufficient funds/i.test(text)) throw error;
    }
    return undefined;
  }

  private async gasOf(step: string, call: Call, isCreation: boolean): Promise<bigint> {
    try {
      const estimate = await this.options.client.estimateGas({ account: this.address, ...call });
      const gas = (estimate * (isCreation ? CREATION_MARGIN : CALL_MARGIN)) / 100n;
      return gas <= MAX_GAS ? gas : estimate > MAX_GAS ? estimate : MAX_GAS;
    } catch (error) {
      throw new StepRevertedError(step, "0x", errorText(error));
    }
  }

  private async reasonOf(call: Call, blockNumber: bigint): Promise<string> {
    try {
      await this.options.client.call({ account: this.address, ...call, blockNumber: blockNumber - 1n });
      return "out of gas, or another state";
    } catch (error) {
      return errorText(error);
    }
  }
}

/** The decoded revert of an RPC error, else its message. */
export function errorText(error: unknown): string {
  for (
    let cause = error as { data?: unknown; cause?: unknown } | undefined;
    cause;
    cause = cause.cause as typeof cause
  ) {
    const data =
      typeof cause.data === "object" && cause.data !== null ? (cause.data as { data?: Hex }).data : cause.data;
    if (typeof data === "string" && data.startsWith("0x")) return describeError(data as Hex);
  }
  return (error as { shortMessage?: string }).shortMessage ?? (error as Error).message;
}
