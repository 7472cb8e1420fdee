import {
  type Address,
  bytesToBigInt,
  type Hash,
  type Hex,
  hashTypedData,
  numberToHex,
  parseAbiParameters,
  zeroAddress,
} from "viem";
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
  /** Zero: no take-profit. */
  takeProfitPrice: Wad;
  /** Zero: no stop. */
  stopPrice: Wad;
  exitFeeXCD: CollateralAmount;
  validFrom: bigint;
  expiresAt: bigint;
  nonce: bigint;
  id: bigint;
};

/** An order and its account's signature, as a relayer submits them. */
export type OrderSubmission = {
  order: SignedOrder;
  signature: Hex;
  /** The relayer's fee for this fill, paid from the account's fund, in the collateral's own decimals. Default: 0. */
  relayFee?: CollateralAmount;
};

/** A fill of an order in one transaction, from its account's side. Amounts are WAD. */
export type SignedFill = {
  /** {@link hashSignedOrderLeg}; the hash of the order for a fill of the order itself. */
  legHash: Hash;
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
    "uint256 marginXCD, uint256 maxRelayFeeXCD, uint256 takeProfitPrice, uint256 stopPrice, uint256 exitFeeXCD",
    "uint256 validFrom, uint256 expiresAt, uint256 nonce, uint256 id",
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

/** A part of an order that is announced and executed separately: the order itself, or one side of its bracket. */
export type SignedOrderLeg = "entry" | "take-profit" | "stop";

/** The contracts' number of a leg. */
export const legNumbers = { entry: 0, "take-profit": 1, stop: 2 } as const satisfies Record<SignedOrderLeg, number>;

/**
 * The hash by which the contracts identify a leg of an order. That of the entry is {@link hashSignedOrder}.
 *
 * @example
 * hashSignedOrderLeg({ deployment, order, leg: "stop" }); // "0x..."
 */
export const hashSignedOrderLeg = ({
  deployment,
  order,
  leg,
}: {
  deployment: Deployment;
  order: SignedOrder;
  leg: SignedOrderLeg;
}): Hash => numberToHex(BigInt(hashSignedOrder({ deployment, order })) ^ BigInt(legNumbers[leg]), { size: 32 });

/**
 * Whether the oracle price meets the trigger and the limit of a leg, so that a keeper can announce it. The price of the
 * fill also has the maker's spread. False for a leg that the order does not have.
 *
 * @example
 * if (isLegDue({ order, leg: "entry", price })) await announceSignedOrder(keeper, { deployment, order, signature, updateData });
 */
export function isLegDue({
  order,
  leg,
  price,
}: {
  order: SignedOrder;
  leg: SignedOrderLeg;
  /** WAD quote per base. */
  price: Wad;
}): boolean {
  const isMet = (isTakeProfit: boolean, isSale: boolean, triggerPrice: bigint) =>
    isTakeProfit === isSale ? price >= triggerPrice : price <= triggerPrice;
  const { isBaseToQuote, trigger, triggerPrice } = order;
  if (leg === "entry") {
    const isInside = isBaseToQuote ? price >= order.price : price <= order.price;
    return isInside && (trigger === 0 || isMet(trigger === 1, isBaseToQuote, triggerPrice));
  }
  const exitPrice = leg === "take-profit" ? order.takeProfitPrice : order.stopPrice;
  return exitPrice !== 0n && !order.isReduceOnly && isMet(leg === "take-profit", !isBaseToQuote, exitPrice);
}

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
  /**
   * WAD base; {@link WHOLE_POSITION} with `isReduceOnly` for the whole position. A fill that would leave less of an opposite
   * position than the market's minimum closes it, and so exceeds the amount by less than that minimum.
   */
  amount: Wad;
  /**
   * WAD base; the minimum of one fill. Default: the whole amount in one fill. It does not bind an announced order that the
   * maker has too little capacity for: that order fills up to the capacity, and its rest ends.
   */
  minFill?: Wad;
  /** True: the order closes at most the position, and fails without an opposite one. */
  isReduceOnly?: boolean;
  /**
   * The LP vault to trade with. Keepers announce only orders that name one. Default: any LP vault or another signed order,
   * at the relayer's choice.
   */
  maker?: Address;
  /** In the collateral's own decimals; moves from fund to margin with the first fill. Default: none. */
  margin?: CollateralAmount;
  /**
   * In the collateral's own decimals; the maximum that relayers and keepers charge for all fills together. A part of the
   * order pays its share. Keepers announce orders from the market's minimum on. Default: zero.
   */
  maxRelayFee?: CollateralAmount;
  /**
   * The bracket of an opening order: it closes what the order opened when the oracle price reaches one of its prices.
   * The fill of one side ends the other, and so does the end of the position.
   */
  bracket?: {
    /** WAD; the trigger price of the take-profit. Default: none. */
    takeProfitPrice?: Wad;
    /** WAD; the trigger price of the stop. Default: none. */
    stopPrice?: Wad;
    /** In the collateral's own decimals; the fee of the keepers that announce and execute the exit. */
    exitFee: CollateralAmount;
  };
  /** Seconds; the first second in which the order is valid. Default: zero, at once. */
  validFrom?: bigint;
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

/** The last number of this process. Its range is drawn when the first number is needed: 24 random bytes, followed by zeros. */
let lastId: bigint | undefined;

function nextId(): bigint {
  lastId = lastId === undefined ? bytesToBigInt(crypto.getRandomValues(new Uint8Array(24))) << 64n : lastId + 1n;
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
    takeProfitPrice: parameters.bracket?.takeProfitPrice ?? 0n,
    stopPrice: parameters.bracket?.stopPrice ?? 0n,
    exitFeeXCD: parameters.bracket?.exitFee ?? 0n,
    validFrom: parameters.validFrom ?? 0n,
    expiresAt,
    nonce,
    id: parameters.id ?? nextId(),
  };
}
