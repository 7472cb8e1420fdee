// The rules of the signer. It assumes that the matcher is hostile: a signature is given for settlements of configured markets, and
// for the transaction that does nothing but use a nonce. Everything else is refused.
import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import type { TransactionToSign } from "@counterpoise/service-kit";
import { type Address, decodeFunctionData, encodeFunctionData, type Hex, isAddressEqual } from "viem";

/** Codes of refusals. */
export type RefusalCode =
  | "WRONG_CHAIN"
  | "WRONG_CONTRACT"
  | "WRONG_CALL"
  | "WRONG_MARKET"
  | "WRONG_EPOCH"
  | "TOO_MUCH_GAS"
  | "FEE_TOO_HIGH"
  | "GAS_BUDGET_SPENT"
  | "VALUE_BUDGET_SPENT"
  | "NOT_A_TRANSACTION";

/** The signer refuses a request. */
export class SignerRefusal extends Error {
  override name = "SignerRefusal";
  readonly code: RefusalCode;
  readonly value: string;
  readonly limit: string;
  constructor({ code, value, limit }: { code: RefusalCode; value: unknown; limit: unknown }) {
    super(`${code}: ${String(value).slice(0, 100)}; accepted: ${String(limit).slice(0, 300)}`);
    this.code = code;
    this.value = String(value);
    this.limit = String(limit);
  }
}

/** Limits of the signer. Wei and gas. */
export type SignerLimits = { gas: bigint; maxFeePerGas: bigint; gasPerHour: bigint; valuePerHour: bigint };

/** A market whose settlements are signed. */
export type SignedMarket = { marketId: bigint; gateway: Address };

/** The state that outlives the process: epochs by market, and what was signed in the last hour. */
export type SignerState = {
  epochs: Record<string, number>;
  /** By nonce: at most one transaction of a nonce is mined, so the most expensive one counts. */
  spent: Record<string, { time: number; gas: string; value: string }>;
};

/** Keeps a state. `save` returns when it is durable. */
export type StateKeeper = { load(): SignerState; save(state: SignerState): void };

/** The epochs in which a request is made, by market id. */
export type SigningContext = { epochs: Record<string, number> };

const HOUR = 3_600_000;
const CANCELLATION_GAS = 21_000n;

/** Decides what is signed. */
export class SigningPolicy {
  readonly #chainId: number;
  readonly #address: Address;
  readonly #markets: readonly SignedMarket[];
  readonly #limits: SignerLimits;
  readonly #keeper: StateKeeper;
  readonly #now: () => number;
  readonly #state: SignerState;

  constructor(parameters: {
    chainId: number;
    /** The signer's own account. */
    address: Address;
    markets: readonly SignedMarket[];
    limits: SignerLimits;
    keeper: StateKeeper;
    now?: () => number;
  }) {
    this.#chainId = parameters.chainId;
    this.#address = parameters.address;
    this.#markets = parameters.markets;
    this.#limits = parameters.limits;
    this.#keeper = parameters.keeper;
    this.#now = parameters.now ?? Date.now;
    this.#state = parameters.keeper.load();
  }

  /** The sums that were signed for in the last hour, wei. */
  get spent(): { gas: bigint; value: bigint } {
    const since = this.#now() - HOUR;
    let [gas, value] = [0n, 0n];
    for (const [nonce, each] of Object.entries(this.#state.spent)) {
      if (each.time <= since) delete this.#state.spent[nonce];
      else [gas, value] = [gas + BigInt(each.gas), value + BigInt(each.value)];
    }
    return { gas, value };
  }

  /** The current epochs by market id. */
  get epochs(): Readonly<Record<string, number>> {
    return this.#state.epochs;
  }

  /** Makes an epoch the current one. @throws {SignerRefusal} for one that is not later than the current one */
  beginEpoch(marketId: string, epoch: number): void {
    const current = this.#state.epochs[marketId] ?? 0;
    const isKnown = this.#markets.some((market) => market.marketId.toString() === marketId);
    if (!isKnown) throw this.#wrongMarket(marketId);
    if (!Number.isSafeInteger(epoch) || epoch <= current) {
      throw new SignerRefusal({ code: "WRONG_EPOCH", value: epoch, limit: `more than ${current}` });
    }
    this.#state.epochs[marketId] = epoch;
    this.#keeper.save(this.#state);
  }

  /**
   * Accepts a transaction, and counts it. Its signature may be given once this has returned.
   *
   * @throws {SignerRefusal} with the offending and the accepted value.
   */
  accept(transaction: TransactionToSign, context: SigningContext): void {
    const { chainId, gas, maxFeePerGas, value, nonce } = transaction;
    const limits = this.#limits;
    const refuse = (code: RefusalCode, given: unknown, limit: unknown): never => {
      throw new SignerRefusal({ code, value: given, limit });
    };
    if (chainId !== this.#chainId) refuse("WRONG_CHAIN", chainId, this.#chainId);
    if (maxFeePerGas > limits.maxFeePerGas) refuse("FEE_TOO_HIGH", maxFeePerGas, limits.maxFeePerGas);
    if (gas > limits.gas) refuse("TOO_MUCH_GAS", gas, limits.gas);
    if (isAddressEqual(transaction.to, this.#address)) this.#requireCancellation(transaction, context);
    else this.#requireSettlement(transaction, context);
    const cost = gas * maxFeePerGas;
    const spent = this.spent;
    const before = this.#state.spent[nonce];
    const larger = (a: bigint, b: bigint) => (a > b ? a : b);
    const [gasBefore, valueBefore] = [BigInt(before?.gas ?? 0), BigInt(before?.value ?? 0)];
    const next = { gas: larger(gasBefore, cost), value: larger(valueBefore, value) };
    const total = { gas: spent.gas - gasBefore + next.gas, value: spent.value - valueBefore + next.value };
    if (total.gas > limits.gasPerHour) refuse("GAS_BUDGET_SPENT", total.gas, `${limits.gasPerHour} wei in an hour`);
    if (total.value > limits.valuePerHour) {
      refuse("VALUE_BUDGET_SPENT", total.value, `${limits.valuePerHour} wei in an hour`);
    }
    this.#state.spent[nonce] = { time: this.#now(), gas: next.gas.toString(), value: next.value.toString() };
    this.#keeper.save(this.#state);
  }

  /** A transfer of nothing to the own account: it replaces a settlement that is no longer possible. */
  #requireCancellation({ data, value, gas }: TransactionToSign, { epochs }: SigningContext): void {
    if (data !== "0x" || value !== 0n || gas !== CANCELLATION_GAS) {
      throw new SignerRefusal({
        code: "WRONG_CALL",
        value: `${data} with ${value} wei and ${gas} gas to the own account`,
        limit: `no data, no value, ${CANCELLATION_GAS} gas`,
      });
    }
    const isCurrent = Object.entries(epochs).some(
      ([marketId, epoch]) => epoch > 0 && this.#state.epochs[marketId] === epoch,
    );
    if (!isCurrent) {
      throw new SignerRefusal({
        code: "WRONG_EPOCH",
        value: JSON.stringify(epochs),
        limit: JSON.stringify(this.#state.epochs),
      });
    }
  }

  #requireSettlement({ to, data }: TransactionToSign, { epochs }: SigningContext): void {
    const markets = this.#markets.filter(({ gateway }) => isAddressEqual(gateway, to));
    if (markets.length === 0) {
      const limit = [...new Set(this.#markets.map(({ gateway }) => gateway))].join(", ");
      throw new SignerRefusal({ code: "WRONG_CONTRACT", value: to, limit });
    }
    for (const marketId of marketsIn(data)) {
      if (!markets.some((market) => market.marketId === marketId)) throw this.#wrongMarket(marketId);
      const [given, current] = [epochs[marketId.toString()], this.#state.epochs[marketId.toString()]];
      if (given === undefined || given !== current) {
        throw new SignerRefusal({ code: "WRONG_EPOCH", value: given, limit: current ?? "none has begun" });
      }
    }
  }

  #wrongMarket(marketId: unknown): SignerRefusal {
    const limit = this.#markets.map((market) => market.marketId).join(", ");
    return new SignerRefusal({ code: "WRONG_MARKET", value: marketId, limit });
  }
}

const LIMIT = "settle, matchOrders, or a batch of them";

/** The markets of a settlement's orders. @throws {SignerRefusal} for any other call, and for bytes after the arguments */
function marketsIn(data: Hex, isInner = false): Set<bigint> {
  const refusal = new SignerRefusal({ code: "WRONG_CALL", value: data.slice(0, 10), limit: LIMIT });
  let decoded: ReturnType<typeof decodeFunctionData<typeof signedOrderGatewayAbi>>;
  try {
    decoded = decodeFunctionData({ abi: signedOrderGatewayAbi, data });
  } catch {
    throw refusal;
  }
  const { functionName, args } = decoded;
  // Equal bytes: no second reading of the same data.
  if (encodeFunctionData({ abi: signedOrderGatewayAbi, functionName, args } as never) !== data.toLowerCase()) {
    throw refusal;
  }
  if (functionName === "settle") return new Set([args[0].order.marketId]);
  if (functionName === "matchOrders") return new Set([args[0].order.marketId, args[1].order.marketId]);
  if (functionName !== "batch" || isInner) throw refusal;
  const [calls] = args;
  if (calls.length === 0) throw refusal;
  return new Set(calls.flatMap((each) => [...marketsIn(each, true)]));
}
