// Whether a signature is an account's. A key's signature is recovered here; one of a wallet runs the wallet's code, which is
// bounded in gas and time, and has places of its own: a hostile wallet delays no other account.
import { type Deployment, hashSignedOrder, type SignedOrder } from "@counterpoise/sdk";
import type { PinnedBlock, RpcPool } from "@counterpoise/service-kit";
import PQueue from "p-queue";
import {
  type Address,
  BaseError,
  encodeFunctionData,
  type Hash,
  type Hex,
  isAddressEqual,
  isErc6492Signature,
  numberToHex,
  parseAbi,
  recoverAddress,
} from "viem";
import { ApiError } from "./errors.js";

const walletAbi = parseAbi([
  "function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)",
  "function isValidSignature(address account, bytes32 hash, bytes signature) returns (bool)",
]);
/** The answer of a wallet that accepts a signature (ERC-1271), as the first bytes of a word. */
const ACCEPTED = "0x1626ba7e";

/** Bounds of checks by wallets. */
export type SignatureLimits = {
  walletGas: bigint;
  deploymentGas: bigint;
  /** Milliseconds. */
  timeout: number;
  concurrency: number;
  waiting: number;
};

/** A signature to check. */
export type SignatureQuestion = {
  deployment: Deployment;
  account: Address;
  digest: Hash;
  signature: Hex;
  block: PinnedBlock;
  /** The address of the request: one wallet's checks run one at a time for each client. */
  client: string;
};

/** Checks signatures as the gateway does: the account's key first, then its wallet. */
export class SignatureChecks {
  readonly #pool: RpcPool;
  readonly #limits: SignatureLimits;
  readonly #queue: PQueue;
  readonly #running = new Set<string>();

  constructor(pool: RpcPool, limits: SignatureLimits) {
    this.#pool = pool;
    this.#limits = limits;
    this.#queue = new PQueue({ concurrency: limits.concurrency });
  }

  /** Checks by wallets that wait or run. */
  get pending(): number {
    return this.#queue.size + this.#queue.pending;
  }

  /**
   * Requires that a signature is the account's.
   *
   * @throws {@link ApiError} `INVALID_SIGNATURE`; `SIGNATURE_CHECK_FAILED` for a wallet that needs too much gas or time;
   * `TOO_MANY_REQUESTS` while too many checks wait.
   */
  async require(question: SignatureQuestion): Promise<void> {
    if (await isOfKey(question)) return;
    const { account, signature } = question;
    const isWrapped = isErc6492Signature(signature);
    const invalid = new ApiError("INVALID_SIGNATURE", `The signature is not one of ${account}`, { field: "signature" });
    const { waiting, timeout } = this.#limits;
    const key = `${question.client} ${account.toLowerCase()}`;
    if (this.#running.has(key) || this.#queue.size >= waiting) {
      throw new ApiError("TOO_MANY_REQUESTS", "Too many signatures of wallets wait for their check", {
        limit: this.#running.has(key) ? "one at once for a wallet" : `${waiting} waiting`,
        retryAfter: Math.max(1, Math.ceil(timeout / 1_000)),
      });
    }
    this.#running.add(key);
    try {
      const isValid = await this.#queue.add(() => this.#byWallet(question, isWrapped));
      if (isValid) return;
    } finally {
      this.#running.delete(key);
    }
    throw invalid;
  }

  async #byWallet(
    { deployment, account, digest, signature, block }: SignatureQuestion,
    isWrapped: boolean,
  ): Promise<boolean> {
    const { walletGas, deploymentGas, timeout } = this.#limits;
    const gas = isWrapped ? deploymentGas : walletGas;
    const [to, args] = isWrapped
      ? [deployment.counterfactualVerifier, [account, digest, signature] as const]
      : [account, [digest, signature] as const];
    const data = encodeFunctionData({ abi: walletAbi, functionName: "isValidSignature", args: args as never });
    const request = this.#pool.request("eth_call", [
      { to, data, gas: numberToHex(gas) },
      { blockHash: block.hash },
    ]) as Promise<Hex>;
    const late = (reason: string) =>
      new ApiError("SIGNATURE_CHECK_FAILED", `The wallet's check of the signature ${reason}`, {
        field: "signature",
        limit: `${gas} gas, ${timeout} ms`,
      });
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = await Promise.race([
        request,
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(late("takes too long")), timeout);
        }),
      ]);
      if (isWrapped) return answer.length === 66 && BigInt(answer) === 1n;
      return answer.startsWith(ACCEPTED) && answer.length >= 66;
    } catch (error) {
      request.catch(() => undefined);
      if (error instanceof ApiError) throw error;
      const text = error instanceof BaseError ? error.message : String((error as Error).message);
      if (/out of gas|outofgas|gas required|intrinsic gas|exceeds/i.test(text)) throw late("needs too much gas");
      // The wallet reverts, or has no such function.
      if (/revert|invalid|opcode|stack|execution|EVM/i.test(text)) return false;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Half of the order of secp256k1: the contracts refuse a greater s. */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Whether the contracts recover the account from the signature: 65 bytes, with a low s, and 27 or 28 at the end. */
async function isOfKey({ account, digest, signature }: SignatureQuestion): Promise<boolean> {
  if (signature.length !== 132 || !/1[bc]$/i.test(signature)) return false;
  if (BigInt(`0x${signature.slice(66, 130)}`) > MAX_S) return false;
  try {
    return isAddressEqual(await recoverAddress({ hash: digest, signature }), account);
  } catch {
    return false;
  }
}

/** The question of an order's signature. */
export const orderQuestion = (
  order: SignedOrder,
  rest: Omit<SignatureQuestion, "account" | "digest">,
): SignatureQuestion => ({
  ...rest,
  account: order.account,
  digest: hashSignedOrder({ deployment: rest.deployment, order }),
});
