import { type Address, type Hash, isAddressEqual } from "viem";
import { orderGatewayWrite } from "../../client/contracts.js";
import type { PermitOptions } from "../../client/parameters.js";
import { readContract } from "../../client/reverts.js";
import { signPermit } from "../../client/signatures.js";
import type { SigningClient } from "../../client/transaction.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Order, OrderRequest } from "../../entities/order.js";
import * as orderGateway from "../../generated/contracts/order-gateway.js";
import * as vault from "../../generated/contracts/vault.js";
import type { CollateralAmount, Wei } from "../../units.js";
import { signSetOperator } from "../operators.js";

/** Parameters of {@link createOrder}. */
export type CreateOrderParameters = OrderRequest & {
  deployment: Deployment;
  /** Wei in escrow for the keeper, at least {@link getMinKeeperFee}. It follows the base fee of the block of creation. */
  keeperFee: Wei;
  /**
   * An earlier order that must end, with any outcome, before this one executes: for example an open before its close.
   * It must be of the same market, else `OtherMarket`. An order against a maker that prices from the oracle waits for
   * such an order only, else `MayNotWait`, and only while that order's price can still be published, else
   * `TooLateToWait`. A waiting order executes at Pyth's price only: to close a position while Pyth is dead, do not wait.
   */
  after?: { orderId: bigint; order: Order };
};

const termsOf = ({ deployment, ...request }: OrderRequest & { deployment: Deployment }) => ({
  marketId: deployment.marketId,
  isReduceOnly: false,
  returnsMargin: false,
  isPoolPriced: isSpotHedged(deployment, request.maker),
  ...request,
});

const isSpotHedged = ({ spotHedgeBaseMaker, spotHedgeQuoteMaker }: Deployment, maker: Address): boolean =>
  [spotHedgeBaseMaker, spotHedgeQuoteMaker].some((hedged) => hedged !== undefined && isAddressEqual(hedged, maker));

/** A created order and its id, as its execution needs them. */
export type CreatedOrder = { orderId: bigint; order: Order; hash: Hash };

type Created = { event: (name: "OrderCreated") => { orderId: bigint; order: Order }; hash: Hash };

const created = ({ event, hash }: Created): CreatedOrder => {
  const { orderId, order } = event("OrderCreated");
  return { orderId, order, hash };
};

/**
 * Creates a delayed order. Any account can execute it, at the first price published at or after its `executableAt`. The
 * order cannot be cancelled before it has expired.
 *
 * An order against a maker that prices from the oracle binds a bond out of the account's escrow, fund or free margin, see
 * {@link bondOf}. The account loses the bond to the maker's LPs when it makes the order fail: when it revokes the gateway,
 * or lacks the margin or the position that the order needs. The bond is free again after every other end, and stays in the
 * escrow for the next order ({@link withdrawEscrow}).
 *
 * Reverts with `KeeperFeeTooLow` below {@link getMinKeeperFee}, `InsufficientMargin` without collateral for the bond,
 * `OrderExists` for the same terms in the same second, `FeedChangesMeanwhile` while the market's price feed is about to be
 * replaced, and `SequencerDown` in an outage of an L2 and in the grace period after it.
 *
 * `createOrder.simulate` also runs the order's trade at the stored price (while that is too old, at the last one without
 * confidence), and throws {@link OrderWouldFailError} if an execution at that price would purge or skip the order. It cannot
 * tell while the order has to wait for another one (`after`), and before the first price.
 *
 * @example
 * const hash = await createOrder(client, {
 *   deployment,
 *   maker: deployment.oracleMaker,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 *   oppositeBound: parseEther("2020"),
 *   keeperFee: ((await getMinKeeperFee(client, { deployment })) * 5n) / 4n,
 * });
 */
export const createOrder = /* @__PURE__ */ orderGatewayWrite(
  [orderGateway.createOrderAfter, orderGateway.createOrder, orderGateway.OrderCreated],
  ({ keeperFee: value, after, ...request }: CreateOrderParameters) =>
    after
      ? { functionName: "createOrderAfter", args: [termsOf(request), after.orderId, after.order], value }
      : { functionName: "createOrder", args: [termsOf(request)], value },
  created,
  async (client, { keeperFee: _, after, ...request }) => {
    const { foreseeOrder, isAlive } = await import("../../client/foresee.js");
    const mustWait = after !== undefined && (await isAlive(client, request.deployment, after));
    if (!mustWait) await foreseeOrder(client, request);
  },
);
/** Sends {@link createOrder}, waits for it, and returns the order with its id. */
export const createOrderSync = /* @__PURE__ */ confirmed(createOrder);

/** Parameters of {@link createOrderWithDeposit}. */
export type CreateOrderWithDepositParameters = Omit<CreateOrderParameters, "after"> &
  PermitOptions & {
    /**
     * Collateral from the wallet, in its own decimals. The part of the order's bond that escrow and fund do not cover stays
     * in the escrow, and the rest becomes margin of the market. Zero: none.
     */
    margin: CollateralAmount;
  };

/**
 * Creates a first order with its margin in one transaction. The client signs an ERC-2612 permit of the collateral for the
 * OrderGateway and, unless the gateway is its operator already, the approval as an operator. The gateway moves the
 * collateral into the margin and creates the order. Reverts like {@link createOrder}, and with `InvalidSignature` or
 * `SignatureExpired`. `createOrderWithDeposit.simulate` runs the order's trade as that of {@link createOrder} does, with the
 * deposited margin.
 *
 * @example
 * const hash = await createOrderWithDeposit(client, { deployment, ...request, keeperFee, margin: parseUnits("1000", 6) });
 */
export const createOrderWithDeposit = /* @__PURE__ */ orderGatewayWrite(
  [orderGateway.createOrderWithDeposit, orderGateway.OrderCreated],
  async (
    { keeperFee, margin, deadline, domain, ...request }: CreateOrderWithDepositParameters,
    client: SigningClient,
  ) => {
    const { deployment } = request;
    const operator = deployment.orderGateway;
    const isOperator = await readContract(client, {
      address: deployment.vault,
      abi: [vault.isOperator],
      functionName: "isOperator",
      args: [client.account.address, operator],
    });
    const permit =
      margin === 0n
        ? undefined
        : await signPermit(client, { deployment, spender: operator, amount: margin, domain, deadline });
    const signed = isOperator
      ? undefined
      : await signSetOperator(client, { deployment, operator, approved: true, deadline });
    const none = `0x${"00".repeat(32)}` as const;
    const depositTerms = {
      amountXCD: margin,
      permitDeadline: permit?.deadline ?? 0n,
      v: permit?.v ?? 0,
      r: permit?.r ?? none,
      s: permit?.s ?? none,
      operatorDeadline: signed?.deadline ?? 0n,
      operatorSignature: signed?.signature ?? ("0x" as const),
    };
    const args = [termsOf(request), depositTerms] as const;
    return { functionName: "createOrderWithDeposit", args, value: keeperFee } as const;
  },
  created,
  async (client, { keeperFee: _, margin, deadline: __, domain: ___, ...request }) => {
    const { foreseeOrder } = await import("../../client/foresee.js");
    await foreseeOrder(client, request, margin);
  },
);
/** Sends {@link createOrderWithDeposit}, waits for it, and returns the order with its id. */
export const createOrderWithDepositSync = /* @__PURE__ */ confirmed(createOrderWithDeposit);
