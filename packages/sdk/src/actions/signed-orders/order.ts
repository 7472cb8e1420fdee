import { type Address, type Client, type Hash, type Hex, hashTypedData, zeroAddress } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { getBlock, readContract, signTypedData } from "viem/actions";
import type { Deployment } from "../../deployment.js";
import { WHOLE_POSITION } from "../orders.js";
import type { SigningClient } from "../write.js";
import { signedGateway } from "./gateway.js";

/** An order as its account signs it; see {@link buildSignedOrder}. Sizes and prices are WAD. */
export type SignedOrder = {
  account: Address;
  marketId: bigint;
  maker: Address;
  isBaseToQuote: boolean;
  isReduceOnly: boolean;
  amount: bigint;
  minFill: bigint;
  price: bigint;
  /** 0: none, 1: take-profit, 2: stop. */
  trigger: number;
  triggerPrice: bigint;
  marginXCD: bigint;
  maxRelayFeeXCD: bigint;
  expiresAt: bigint;
  nonce: bigint;
  id: bigint;
};

/** An order and its account's signature: all that a relayer needs. */
export type OrderSubmission = {
  order: SignedOrder;
  signature: Hex;
  /** What the relayer takes out of the account's fund with the first fill, in the collateral's own decimals. Default: 0. */
  relayFee?: bigint;
};

const orderTypes = {
  SignedOrder: [
    { name: "account", type: "address" },
    { name: "marketId", type: "uint256" },
    { name: "maker", type: "address" },
    { name: "isBaseToQuote", type: "bool" },
    { name: "isReduceOnly", type: "bool" },
    { name: "amount", type: "uint256" },
    { name: "minFill", type: "uint256" },
    { name: "price", type: "uint256" },
    { name: "trigger", type: "uint8" },
    { name: "triggerPrice", type: "uint256" },
    { name: "marginXCD", type: "uint256" },
    { name: "maxRelayFeeXCD", type: "uint256" },
    { name: "expiresAt", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "id", type: "uint256" },
  ],
} as const;

/** The domain that the gateway verifies signatures in. */
export const domainOf = (deployment: Deployment) => ({
  name: "Counterpoise SignedOrderGateway",
  version: "1",
  chainId: deployment.chainId,
  verifyingContract: deployment.signedOrderGateway,
});

/** What a wallet is asked to sign for an order, for signers that viem does not reach. */
export const signedOrderTypedData = (deployment: Deployment, order: SignedOrder) =>
  ({ domain: domainOf(deployment), types: orderTypes, primaryType: "SignedOrder", message: order }) as const;

/**
 * What an order is known by on the chain, and what its account signs: its EIP-712 digest.
 *
 * @example
 * hashSignedOrder({ deployment, order }); // "0x..."
 */
export const hashSignedOrder = ({ deployment, order }: { deployment: Deployment; order: SignedOrder }): Hash =>
  hashTypedData(signedOrderTypedData(deployment, order));

/** What orders of an account must carry to be good. */
export async function getOrderNonce(
  client: Client,
  { deployment, account }: { deployment: Deployment; account: Address },
): Promise<bigint> {
  return readContract(client, {
    ...signedGateway({ deployment }),
    functionName: "nonceOf",
    args: [account],
  });
}

/** When an order may be filled: at once within its limit, or once the oracle price meets its trigger. */
export type OrderKind = "market" | "limit" | "take-profit" | "stop";

const triggers = { market: 0, limit: 0, "take-profit": 1, stop: 2 } as const satisfies Record<OrderKind, number>;

type OrderPricing =
  | {
      kind: "market" | "limit";
      /** WAD; the least to sell at, the most to buy at: a limit, or how far a market order may slip. */
      price: bigint;
      triggerPrice?: undefined;
    }
  | {
      kind: "take-profit" | "stop";
      /** WAD; how far it may slip once it is triggered. Default: any price. */
      price?: bigint;
      /** WAD; compared with the oracle price of the execution. */
      triggerPrice: bigint;
    };

/** What {@link buildSignedOrder} takes. */
export type BuildSignedOrderParameters = OrderPricing & {
  deployment: Deployment;
  account: Address;
  /** True: the account sells base. */
  isBaseToQuote: boolean;
  /** WAD base; {@link WHOLE_POSITION} with `isReduceOnly` for whatever there is. */
  amount: bigint;
  /** WAD base; the least of one fill. Default: all or nothing. */
  minFill?: bigint;
  /** True: refuse to do anything but reduce the position. */
  isReduceOnly?: boolean;
  /** The LP vault to trade with. Default: any of them or another signed order, as the relayer finds it. */
  maker?: Address;
  /** In the collateral's own decimals; moves from fund to margin with the first fill. Default: none. */
  margin?: bigint;
  /** In the collateral's own decimals; the most that the relayer takes, once. Default: nothing. */
  maxRelayFee?: bigint;
  /** Seconds; the last one in which the order is good. */
  expiresAt: bigint;
  /** The account's, see {@link getOrderNonce}. */
  nonce: bigint;
  /**
   * The account's number for it. Filled or cancelled, it closes the number, and with it every other order under the same
   * one: a take-profit and a stop that share it are alternatives. Default: one that nobody else has, next to the last one
   * of this process, which is cheaper to close than one far from it.
   */
  id?: bigint;
};

/** A range of numbers for this process, drawn when the first one is needed: a key is 32 random bytes. */
let lastId: bigint | undefined;

function nextId(): bigint {
  lastId = lastId === undefined ? (BigInt(generatePrivateKey()) >> 64n) << 64n : lastId + 1n;
  return lastId;
}

/**
 * Puts an order together. A take-profit order that sells waits until the oracle price is at or above its trigger, a stop
 * until it is at or below; orders that buy the other way round.
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

type DistributiveOmit<type, keys extends PropertyKey> = type extends unknown ? Omit<type, keys> : never;

/** Seconds from the latest block for which an order is good unless the caller says otherwise. */
const ORDER_VALIDITY = 3_600n;

/** What {@link signOrder} takes. */
export type SignOrderParameters = DistributiveOmit<BuildSignedOrderParameters, "account" | "nonce" | "expiresAt"> & {
  /** Default: the client's account. A contract's, where the client signs for a wallet. */
  account?: Address;
  /** Seconds. Default: an hour after the latest block. */
  expiresAt?: bigint;
  /** Default: the account's at the gateway. */
  nonce?: bigint;
};

/**
 * Puts an order together and signs it. Nothing happens on the chain: a relayer brings it there, or anybody announces it.
 * Before the first one, the account makes the gateway its operator: `setOperator` with
 * `operator: deployment.signedOrderGateway`.
 *
 * @example
 * const submission = await signOrder(trader, {
 *   deployment,
 *   kind: "limit",
 *   isBaseToQuote: false,
 *   amount: parseEther("1"),
 *   price: parseEther("1950"),
 * });
 */
export async function signOrder(
  client: SigningClient,
  { account = client.account.address, expiresAt, nonce, ...rest }: SignOrderParameters,
): Promise<{ order: SignedOrder; signature: Hex }> {
  const { deployment } = rest;
  const order = buildSignedOrder({
    ...rest,
    account,
    expiresAt: expiresAt ?? (await getBlock(client)).timestamp + ORDER_VALIDITY,
    nonce: nonce ?? (await getOrderNonce(client, { deployment, account })),
  });
  const data = signedOrderTypedData(deployment, order);
  return { order, signature: await signTypedData(client, { account: client.account, ...data }) };
}
