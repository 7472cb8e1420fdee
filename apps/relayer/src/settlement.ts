// From a planned fill to the call of the gateway that makes it: each call is simulated alone at the block, and those that
// succeed share one transaction and one price update.
import {
  batchSignedOrders,
  type Deployment,
  matchSignedOrders,
  type Revert,
  type SignedOrder,
  settleSignedOrder,
} from "@counterpoise/sdk";
import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import { type PinnedBlock, type RpcPool, reasonOf, revertOf } from "@counterpoise/service-kit";
import { type Address, decodeFunctionResult, type Hash, type Hex, numberToHex } from "viem";

/** An order with what its settlement needs. */
export type SettledOrder = {
  hash: Hash;
  order: SignedOrder;
  signature: Hex;
  /** WAD base; of the fills under its id. */
  filled: bigint;
  /** WAD base that is left of it. */
  rest: bigint;
  /** Relay fees of its fills so far, in the collateral's own decimals. */
  relayFees: bigint;
};

/** A fill to settle. */
export type Candidate = { taker: SettledOrder; amount: bigint } & (
  | { maker: SettledOrder; vault?: undefined }
  | { vault: Address; maker?: undefined }
);

/** A candidate whose call succeeds at the block. */
export type Simulated = {
  candidate: Candidate;
  /** Whether it needs the price update. */
  needsUpdate: boolean;
  gas: bigint;
  /** WAD quote per base that the taker pays or receives. */
  price: bigint;
};

/** A candidate whose call would revert. */
export type Failed = { candidate: Candidate; reason: string; revert: Revert | undefined };

const WAD = 10n ** 18n;
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
/** A call of a batch needs its gas and an allowance for the batch's own steps. */
const BATCH_GAS = 200_000n;

/** Parameters of {@link Settler}. */
export type SettlerParameters = {
  pool: RpcPool;
  deployment: Deployment;
  relayer: Address;
  /** In the collateral's own decimals, for a fill. */
  fee: bigint;
  gasPerFill: bigint;
};

/** Builds the calls of settlements. */
export class Settler {
  readonly #p: SettlerParameters;

  constructor(parameters: SettlerParameters) {
    this.#p = parameters;
  }

  /** The fee of a fill: the relayer's, or the share of the order's maximum that is due, as the gateway counts it. */
  feeOf({ order, filled, rest, relayFees }: SettledOrder, amount: bigint): bigint {
    let due = order.maxRelayFeeXCD;
    if (amount < rest) due = (due * (filled + amount)) / (filled + rest);
    return smaller(this.#p.fee, due > relayFees ? due - relayFees : 0n);
  }

  #callOf({ taker, maker, vault, amount }: Candidate, updateData: readonly Hex[]) {
    const { deployment } = this.#p;
    const submission = (each: SettledOrder) => ({
      order: each.order,
      signature: each.signature,
      relayFee: this.feeOf(each, amount),
    });
    return maker
      ? matchSignedOrders.call({ deployment, taker: submission(taker), maker: submission(maker), amount, updateData })
      : settleSignedOrder.call({ deployment, ...submission(taker), maker: vault, amount, updateData });
  }

  /** Simulates a fill at the block, without the price update where a match does not need it. */
  async simulate(candidate: Candidate, block: PinnedBlock, updateData: readonly Hex[]): Promise<Simulated | Failed> {
    if (candidate.maker) {
      const plain = await this.#try(candidate, block, [], false);
      if (!("reason" in plain) || plain.revert?.errorName !== "StalePrice") return plain;
    }
    return this.#try(candidate, block, updateData, true);
  }

  async #try(
    candidate: Candidate,
    block: PinnedBlock,
    updateData: readonly Hex[],
    needsUpdate: boolean,
  ): Promise<Simulated | Failed> {
    const { pool, relayer, gasPerFill } = this.#p;
    const { to, data } = this.#callOf(candidate, updateData);
    try {
      const result = (await pool.request("eth_call", [
        { from: relayer, to, data, gas: numberToHex(gasPerFill) },
        { blockHash: block.hash },
      ])) as Hex;
      const price = candidate.maker ? candidate.maker.order.price : priceIn(result);
      return { candidate, needsUpdate, gas: gasPerFill, price };
    } catch (error) {
      const revert = revertOf(error);
      // Without a contract's error, the node has failed: that is no fault of an order.
      if (!revert && !/revert|out of gas|OutOfGas/i.test(String((error as Error).message))) throw error;
      return { candidate, reason: reasonOf(error), revert };
    }
  }

  /** The cheapest LP vault for an order's rest: the best price for its account. Undefined when none fills it now. */
  async bestVault(
    taker: SettledOrder,
    vaults: readonly Address[],
    block: PinnedBlock,
    updateData: readonly Hex[],
  ): Promise<{ best: Simulated | undefined; failures: Failed[] }> {
    const tried = await Promise.all(
      vaults.map((vault) => this.simulate({ taker, vault, amount: taker.rest }, block, updateData)),
    );
    const failures = tried.filter((each): each is Failed => "reason" in each);
    const fills = tried.filter((each): each is Simulated => !("reason" in each));
    const isSale = taker.order.isBaseToQuote;
    const best = fills.reduce<Simulated | undefined>((before, each) => {
      if (!before) return each;
      return (isSale ? each.price > before.price : each.price < before.price) ? each : before;
    }, undefined);
    return { best, failures };
  }

  /** One transaction of all fills: the gateway's own call for one, a batch for several. The first call brings the price. */
  transaction(fills: readonly Simulated[], updateData: readonly Hex[]): { to: Address; data: Hex; gas: bigint } {
    const { deployment, gasPerFill } = this.#p;
    const calls = this.sequence(fills).map(({ candidate, needsUpdate }, i) =>
      this.#callOf(candidate, needsUpdate && i === 0 ? updateData : []),
    );
    const [first] = calls;
    if (calls.length === 1 && first) {
      const { to, data } = first;
      return { to, data, gas: gasPerFill };
    }
    const { to, data } = batchSignedOrders.call({ deployment, calls, gasPerCall: gasPerFill });
    return { to, data, gas: (gasPerFill + gasPerFill / 16n + 50_000n) * BigInt(calls.length) + BATCH_GAS };
  }

  /** The sequence in which {@link transaction} makes the calls: the one that brings the price comes first. */
  sequence(fills: readonly Simulated[]): Simulated[] {
    return [...fills].sort((a, b) => Number(b.needsUpdate) - Number(a.needsUpdate));
  }
}

function priceIn(result: Hex): bigint {
  const [base, quote] = decodeFunctionResult({ abi: signedOrderGatewayAbi, functionName: "settle", data: result });
  return base === 0n ? 0n : (absolute(quote) * WAD) / absolute(base);
}
