import { type Address, type Hash, type Hex, hashTypedData, parseAbiParameters, zeroAddress } from "viem";
import { generatePrivateKey } from "viem/accounts";
import type { Deployment } from "../deployment.js";
import type { CollateralAmount, Wad } from "../units.js";
import { signedOrderDomain } from "./domains.js";
import { WHOLE_POSITION } from "./order.js";

/** An order as its account signs it; see {@link buildSignedOrder}. Sizes and prices are WAD. */
export type SignedOrder = {
  account: Address;
  marketId: bigint;
  maker: Address;
  isBaseToQuote: boolean;
  isReduceOnly: boolean;
  amount: Wad;
  minFill: Wad;
  price: Wad;
  /** 0: none, 1: take-profit, 2: stop. */
  trigger: number;
  triggerPrice: Wad;
  marginXCD: CollateralAmount;
  maxRelayFeeXCD: CollateralAmount;
  expiresAt: bigint;
  nonce: bigint;
  id: bigint;
};

/** An order and its account's signature, as a relayer submits them. */
export type OrderSubmission = {
  order: SignedOrder;
  signature: Hex;
  /** The relayer's fee, paid from the account's fund with the first fill, in the collateral's own decimals. Default: 0. */
  relayFee?: CollateralAmount;
};

/** A fill of an order in one transaction, from its account's side. Amounts are WAD. */
export type SignedFill = {
  orderHash: Hash;
  account: Address;
  counterparty: Address;
  base: Wad;
  quote: Wad;
  /** The oracle's. */
  price: Wad;
  /** In the collateral's own decimals. */
  relayFeeXCD: CollateralAmount;
};

const orderTypes = {
  SignedOrder: /* @__PURE__ */ parseAbiParameters([
    "address account, uint256 marketId, address maker, bool isBaseToQuote, bool isReduceOnly",
    "uint256 amount, uint256 minFill, uint256 price, uint8 trigger, uint256 triggerPrice",
    "uint256 marginXCD, uint256 maxRelayFeeXCD, uint256 expiresAt, uint256 nonce, uint256 id",
  ]),
} as const;

/** The EIP-712 typed data of an order, for signers that viem does not support. */
export const signedOrderTypedData = (deployment: Deployment, order: SignedOrder) =>
  ({ domain: signedOrderDomain(deployment), types: orderTypes, primaryType: "SignedOrder", message: order }) as const;

/**
 * The EIP-712 digest of an order: the account signs it, and the contracts identify the order by it.
 *
 * @example
 * hashSignedOrder({ deployment, order }); // "0x..."
 */
export const hashSignedOrder = ({ deployment, order }: { deployment: Deployment; order: SignedOrder }): Hash =>
  hashTypedData(signedOrderTypedData(deployment, order));

/** When an order may be filled: at once within its limit, or when the oracle price reaches its trigger. */
export type OrderKind = "market" | "limit" | "take-profit" | "stop";

const triggers = { market: 0, limit: 0, "take-profit": 1, stop: 2 } as const satisfies Record<OrderKind, number>;

type OrderPricing =
  | {
      kind: "market" | "limit";
      /** WAD; the minimum price of a sale, the maximum of a purchase: a limit, or the slippage bound of a market order. */
      price: Wad;
      triggerPrice?: undefined;
    }
  | {
      kind: "take-profit" | "stop";
      /** WAD; the slippage bound once the order is triggered. Default: any price. */
      price?: Wad;
      /** WAD; compared with the oracle price of the execution. */
      triggerPrice: Wad;
    };

/** Parameters of {@link buildSignedOrder}. */
export type BuildSignedOrderParameters = OrderPricing & {
  deployment: Deployment;
  account: Address;
  /** True: the account sells base. */
  isBaseToQuote: boolean;
  /** WAD base; {@link WHOLE_POSITION} with `isReduceOnly` for the whole position. */
  amount: Wad;
  /** WAD base; the minimum of one fill. Default: the whole amount in one fill. */
  minFill?: Wad;
  /** True: the order only reduces the position, else it fails. */
  isReduceOnly?: boolean;
  /** The LP vault to trade with. Default: any LP vault or another signed order, at the relayer's choice. */
  maker?: Address;
  /** In the collateral's own decimals; moves from fund to margin with the first fill. Default: none. */
  margin?: CollateralAmount;
  /** In the collateral's own decimals; the maximum that the relayer may charge, once. Default: zero. */
  maxRelayFee?: CollateralAmount;
  /** Seconds; the last second in which the order is valid. */
  expiresAt: bigint;
  /** The account's, see {@link getOrderNonce}. */
  nonce: bigint;
  /**
   * The account's number for the order. A fill or a cancellation closes the number, and with it every other order under
   * the same one: a take-profit and a stop that share a number are alternatives. Default: the number after the last one
   * of this process, in a random range of its own. Consecutive numbers share a storage word and are cheaper to close.
   */
  id?: bigint;
};

/** The last number of this process. The range is drawn when the first number is needed: a key is 32 random bytes. */
let lastId: bigint | undefined;

function nextId(): bigint {
  lastId = lastId === undefined ? (BigInt(generatePrivateKey()) >> 64n) << 64n : lastId + 1n;
  return lastId;
}

/**
 * Builds an order from its terms. A take-profit order that sells waits until the oracle price is at or above its trigger,
 * a stop until the price is at or below it. For orders that buy, the directions are reversed.
 *
 * @example
 * const order = buildSignedOrder({
 *   deployment,
 *   account,
 *   kind: "stop",
 *   isBaseToQuote: true,
 *   isReduceOnly: true,
 *   amount: WHOLE_POSITION,
 *   triggerPrice: parseEther("1800"),
 *   maxRelayFee: parseUnits("0.5", 6),
 *   expiresAt: now + 86_400n,
 *   nonce: await getOrderNonce(client, { deployment, account }),
 * });
 */
export function buildSignedOrder(parameters: BuildSignedOrderParameters): SignedOrder {
  const { deployment, account, kind, isBaseToQuote, amount, expiresAt, nonce } = parameters;
  return {
    account,
    marketId: deployment.marketId,
    maker: parameters.maker ?? zeroAddress,
    isBaseToQuote,
    isReduceOnly: parameters.isReduceOnly ?? false,
    amount,
    minFill: parameters.minFill ?? amount,
    price: parameters.price ?? (isBaseToQuote ? 0n : WHOLE_POSITION),
    trigger: triggers[kind],
    triggerPrice: parameters.triggerPrice ?? 0n,
    marginXCD: parameters.margin ?? 0n,
    maxRelayFeeXCD: parameters.maxRelayFee ?? 0n,
    expiresAt,
    nonce,
    id: parameters.id ?? nextId(),
  };
}
