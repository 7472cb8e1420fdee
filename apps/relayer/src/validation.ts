// Orders against the chain at one block, which is named by its hash: one call for all orders that wait.
import {
  type AccountState,
  batchReads,
  getAccount,
  getFund,
  getSignedOrder,
  type SignedOrder,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { vaultAbi } from "@counterpoise/sdk/abis";
import type { PinnedBlock, RpcPool } from "@counterpoise/service-kit";
import { type Address, type Hex, isErc6492Signature, zeroAddress } from "viem";
import { multicall } from "viem/actions";
import { ApiError } from "./errors.js";
import type { MarketRulesView, RelayerMarket } from "./market.js";

const PPM = 1_000_000n;
const WAD = 10n ** 18n;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The state of an order at a block. */
export type Verdict = {
  /** Why it cannot be filled; undefined if it can. */
  problem: ApiError | undefined;
  /** Whether the chain has ended it for good: `ORDER_CLOSED`, `WRONG_NONCE` and `ORDER_EXPIRED`. */
  isDead: boolean;
  /** WAD base; of all orders under its id, while it is open. */
  filled: bigint;
  /** WAD base that can still be filled; for a reduce-only order at most the position. */
  rest: bigint;
};

/** An order with its signature: that of a wallet which is not deployed yet may make the gateway its operator. */
export type Submitted = { order: SignedOrder; signature: Hex };

type Ask = { submitted: Submitted; done: (verdict: Verdict) => void; failed: (error: unknown) => void };

/** Most orders in one call: nodes limit its size. */
const MAX_BATCH = 64;

/** Validates orders of one market. Orders that arrive while a call runs share the next one. */
export class Validator {
  readonly #pool: RpcPool;
  readonly #market: RelayerMarket;
  readonly #head: () => PinnedBlock;
  readonly #fee: bigint;
  #waiting: Ask[] = [];
  #isRunning = false;

  constructor({ pool, market, head, fee }: ValidatorParameters) {
    this.#pool = pool;
    this.#market = market;
    this.#head = head;
    this.#fee = fee;
  }

  /** Validates an order at the latest block. */
  check(submitted: Submitted): Promise<Verdict> {
    return new Promise((done, failed) => {
      this.#waiting.push({ submitted, done, failed });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Validates orders at one block. */
  async checkAll(orders: readonly Submitted[], block: PinnedBlock): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (let i = 0; i < orders.length; i += MAX_BATCH) {
      verdicts.push(...(await this.#batch(orders.slice(i, i + MAX_BATCH), block)));
    }
    return verdicts;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const asks = this.#waiting.splice(0, MAX_BATCH);
      try {
        const verdicts = await this.#batch(
          asks.map(({ submitted }) => submitted),
          this.#head(),
        );
        for (const [i, { done }] of asks.entries()) done(verdicts[i] as Verdict);
      } catch (error) {
        for (const { failed } of asks) failed(error);
      }
    }
    this.#isRunning = false;
  }

  async #batch(submitted: readonly Submitted[], block: PinnedBlock): Promise<Verdict[]> {
    const { deployment } = this.#market;
    const client = this.#pool.atHash(block);
    const orders = submitted.map(({ order }) => order);
    const accounts = [...new Map(orders.map(({ account }) => [account.toLowerCase(), account])).values()];
    const operators = multicall(client, {
      contracts: accounts.map((account) => ({
        address: deployment.vault,
        abi: vaultAbi,
        functionName: "isOperator" as const,
        args: [account, deployment.signedOrderGateway] as const,
      })),
      allowFailure: false,
      deployless: true,
      batchSize: 0,
    });
    const reads = batchReads(client, {
      calls: [
        ...orders.map((order) => getSignedOrder.call({ deployment, order })),
        ...accounts.flatMap((account) => [
          getFund.call({ deployment, account }),
          getAccount.call({ deployment, account }),
        ]),
      ],
    });
    const [rules, isOperator, results] = await Promise.all([this.#market.refresh(client), operators, reads]);
    const holders = new Map(
      accounts.map((account, i) => [
        account.toLowerCase(),
        {
          isOperator: isOperator[i] as boolean,
          fund: results[orders.length + 2 * i] as bigint,
          state: results[orders.length + 2 * i + 1] as AccountState,
        },
      ]),
    );
    return orders.map((order, i) => {
      const state = results[i] as Awaited<ReturnType<typeof getSignedOrder>>;
      const known = holders.get(order.account.toLowerCase()) as Holder;
      const isWrapped = isErc6492Signature((submitted[i] as Submitted).signature);
      // The settlement's simulation decides for a wallet that the signature deploys.
      const holder = isWrapped ? { ...known, isOperator: true } : known;
      return verdictOf({ order, state, holder, rules, market: this.#market, fee: this.#fee });
    });
  }
}

/** Parameters of {@link Validator}. */
export type ValidatorParameters = {
  pool: RpcPool;
  market: RelayerMarket;
  /** The block at which submissions are validated. */
  head: () => PinnedBlock;
  /** The relayer's fee for a fill, in the collateral's own decimals. */
  fee: bigint;
};

type Holder = { isOperator: boolean; fund: bigint; state: AccountState };

function verdictOf({
  order,
  state: { status, filled },
  holder,
  rules,
  market,
  fee,
}: {
  order: SignedOrder;
  state: Pick<Awaited<ReturnType<typeof getSignedOrder>>, "status" | "filled">;
  holder: Holder;
  rules: MarketRulesView;
  market: RelayerMarket;
  fee: bigint;
}): Verdict {
  const ends = {
    closed: () => new ApiError("ORDER_CLOSED", "The order, or another one under its id, is filled or cancelled"),
    revoked: () =>
      new ApiError("WRONG_NONCE", "The account has cancelled all orders of this nonce", {
        field: "order.nonce",
        value: String(order.nonce),
      }),
    expired: () =>
      new ApiError("ORDER_EXPIRED", "The order has expired", {
        field: "order.expiresAt",
        value: String(order.expiresAt),
      }),
  };
  if (status !== "open") return { problem: ends[status](), isDead: true, filled, rest: 0n };
  const size = holder.state.size;
  const isOpposite = order.isBaseToQuote ? size > 0n : size < 0n;
  let rest = order.amount - smaller(filled, order.amount);
  if (order.isReduceOnly) {
    const position = isOpposite ? absolute(size) : 0n;
    rest = order.amount === WHOLE_POSITION ? position : smaller(position, rest);
  }
  const alive = { isDead: false, filled, rest };
  if (rest === 0n) {
    if (order.isReduceOnly && !isOpposite) {
      const problem = new ApiError("NOTHING_TO_REDUCE", "The account has no position that the order would reduce", {
        value: String(size),
      });
      return { ...alive, problem };
    }
    return { ...alive, isDead: true, problem: ends.closed() };
  }
  return { ...alive, problem: problemOf({ order, filled, rest, isOpposite, holder, rules, market, fee }) };
}

function problemOf({
  order,
  filled,
  rest,
  isOpposite,
  holder: { isOperator, fund, state },
  rules,
  market,
  fee,
}: {
  order: SignedOrder;
  filled: bigint;
  rest: bigint;
  isOpposite: boolean;
  holder: Holder;
  rules: MarketRulesView;
  market: RelayerMarket;
  fee: bigint;
}): ApiError | undefined {
  const { account, maker } = order;
  if (!isOperator) {
    return new ApiError("NOT_AUTHORIZED", `The gateway is not an operator of ${account}`, {
      limit: market.deployment.signedOrderGateway,
    });
  }
  if (maker !== zeroAddress && !market.makers.some((each) => each.toLowerCase() === maker.toLowerCase())) {
    return new ApiError("WRONG_MAKER", "The order names a maker that the market does not have", {
      field: "order.maker",
      value: maker,
      limit: market.makers.join(", "),
    });
  }
  // Keepers announce triggered orders that name a maker, for at least the market's minimum fee.
  const least = isForKeepers(order) ? rules.minRelayFee : fee;
  if (order.maxRelayFeeXCD < least) {
    return new ApiError("RELAY_FEE_TOO_LOW", "The order allows too low a fee", {
      field: "order.maxRelayFeeXCD",
      value: String(order.maxRelayFeeXCD),
      limit: String(least),
    });
  }
  const margin = filled === 0n ? order.marginXCD : 0n;
  const needed = margin + order.maxRelayFeeXCD;
  if (fund < needed) {
    return new ApiError("INSUFFICIENT_FUND", `The fund of ${account} does not cover the order's margin and fee`, {
      value: String(fund),
      limit: String(needed),
    });
  }
  const price = market.lastPrice() ?? state.valuation?.price;
  // Unknown values are no reason to refuse: the settlement's simulation decides.
  if (order.isReduceOnly || price === undefined || state.freeMargin === undefined) return undefined;
  const adds = isOpposite ? rest - smaller(rest, absolute(state.size)) : rest;
  const unit = 10n ** BigInt(18 - market.deployment.collateralDecimals);
  const requirement = (((adds * price) / WAD) * BigInt(rules.initialMarginRatio)) / PPM / unit;
  const available = state.freeMargin + margin;
  if (available >= requirement) return undefined;
  return new ApiError("INSUFFICIENT_MARGIN", `The margin of ${account} does not cover the order's initial margin`, {
    value: String(available),
    limit: String(requirement),
  });
}

/** Whether keepers execute the order: it waits for its trigger, and names the maker that they need. */
export const isForKeepers = ({ trigger, maker }: { trigger: number; maker: Address }): boolean =>
  trigger !== 0 && maker !== zeroAddress;

/** Whether the order rests in the book: it trades with any maker or order, and waits for no trigger. */
export const isForBook = ({ trigger, maker }: { trigger: number; maker: Address }): boolean =>
  trigger === 0 && maker === zeroAddress;
