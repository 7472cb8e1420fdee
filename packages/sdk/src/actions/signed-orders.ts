import {
  type Abi,
  type Address,
  type Client,
  encodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  type Hash,
  type Hex,
  hashTypedData,
  keccak256,
  parseEventLogs,
  zeroAddress,
} from "viem";
import { generatePrivateKey } from "viem/accounts";
import { getBlock, readContract, signTypedData, verifyTypedData } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { decodeRevert, type Revert } from "../errors.js";
import { signedOrderGatewayAbi } from "../generated/abis.js";
import { WHOLE_POSITION } from "./orders.js";
import { type ContractCall, findEvent, requireEvent, type SigningClient, sendCall, waitForSuccess } from "./write.js";

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

/** The number that an order is cancelled by: a {@link SignedOrder} has both. */
export type OrderId = { account: Address; id: bigint };

/** An order and its account's signature: all that a relayer needs. */
export type OrderSubmission = {
  order: SignedOrder;
  signature: Hex;
  /** What the relayer takes out of the account's fund with the first fill, in the collateral's own decimals. Default: 0. */
  relayFee?: bigint;
};

/** A signed order that is executed without a relayer. */
export type Announcement = {
  maker: Address;
  /** Seconds. */
  executableAt: bigint;
  /** Seconds. */
  expiresAt: bigint;
  /** Wei. */
  keeperFee: bigint;
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

const cancelTypes = {
  CancelOrder: [
    { name: "account", type: "address" },
    { name: "id", type: "uint256" },
  ],
} as const;

const domainOf = (deployment: Deployment) => ({
  name: "Counterpoise SignedOrderGateway",
  version: "1",
  chainId: deployment.chainId,
  verifyingContract: deployment.signedOrderGateway,
});

/** What a wallet is asked to sign for an order, for signers that viem does not reach. */
export const signedOrderTypedData = (deployment: Deployment, order: SignedOrder) =>
  ({ domain: domainOf(deployment), types: orderTypes, primaryType: "SignedOrder", message: order }) as const;

const cancellationTypedData = (deployment: Deployment, { account, id }: OrderId) =>
  ({
    domain: domainOf(deployment),
    types: cancelTypes,
    primaryType: "CancelOrder",
    message: { account, id },
  }) as const;

/**
 * What an order is known by on the chain, and what its account signs: its EIP-712 digest.
 *
 * @example
 * hashSignedOrder({ deployment, order }); // "0x..."
 */
export const hashSignedOrder = ({ deployment, order }: { deployment: Deployment; order: SignedOrder }): Hash =>
  hashTypedData(signedOrderTypedData(deployment, order));

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

// ---- relayers ----

const gatewayCall = (
  deployment: Deployment,
  functionName: string,
  args: readonly unknown[],
  value?: bigint,
): ContractCall => ({
  address: deployment.signedOrderGateway,
  abi: signedOrderGatewayAbi,
  functionName,
  args,
  ...(value === undefined ? {} : { value }),
});

const submissionOf = ({ order, signature, relayFee = 0n }: OrderSubmission) => ({
  order,
  signature,
  relayFeeXCD: relayFee,
});

export type SettleSignedOrderParameters = OrderSubmission & {
  deployment: Deployment;
  /** The order's, or, where it names none, the relayer's choice. */
  maker: Address;
  /** WAD base. Default: all that is left. */
  amount?: bigint;
  /** A current price. Default: the stored one, if it is recent. */
  updateData?: readonly Hex[];
  /** Wei for the price source; what it does not take comes back. Default: the oracle pays from its own balance. */
  value?: bigint;
};

export type MatchSignedOrdersParameters = {
  deployment: Deployment;
  taker: OrderSubmission;
  /** The order whose price both trade at. */
  maker: OrderSubmission;
  /** WAD base. Default: all that both have left. */
  amount?: bigint;
  /** A current price. Default: the stored one. */
  updateData?: readonly Hex[];
  /** As for {@link settleSignedOrder}. */
  value?: bigint;
};

/** The calls of the gateway, to be sent one by one or, but for values, in a {@link batchSignedOrders}. */
export const signedOrderCalls = {
  settle: ({
    deployment,
    maker,
    amount = WHOLE_POSITION,
    updateData = [],
    value,
    ...submission
  }: SettleSignedOrderParameters): ContractCall =>
    gatewayCall(deployment, "settle", [submissionOf(submission), maker, amount, updateData], value),
  match: ({
    deployment,
    taker,
    maker,
    amount = WHOLE_POSITION,
    updateData = [],
    value,
  }: MatchSignedOrdersParameters): ContractCall =>
    gatewayCall(deployment, "matchOrders", [submissionOf(taker), submissionOf(maker), amount, updateData], value),
  cancel: ({ deployment, id }: CancelSignedOrderParameters): ContractCall =>
    gatewayCall(deployment, "cancelOrder", [id]),
  cancelBySig: ({ deployment, order: { account, id }, signature }: SignedCancellation): ContractCall =>
    gatewayCall(deployment, "cancelOrderBySig", [account, id, signature]),
  execute: ({ deployment, order, announcement, updateData, value }: ExecuteAnnouncedParameters): ContractCall =>
    gatewayCall(deployment, "executeAnnounced", [order, announcement, updateData], value),
} as const;

/** What came of an order in one transaction, from its account's side. Amounts are WAD. */
export type SignedFill = {
  orderHash: Hash;
  account: Address;
  counterparty: Address;
  base: bigint;
  quote: bigint;
  /** The oracle's. */
  price: bigint;
  /** In the collateral's own decimals. */
  relayFeeXCD: bigint;
};

/**
 * Fills a signed order against an LP vault, as a relayer. Reverts `NotRelayer`; `OrderExpired`, `WrongNonce`,
 * `InvalidSignature`, `OrderClosed` for orders that are not good; `FillOutOfRange`, `TriggerNotMet`, `RelayFeeTooHigh`;
 * `OlderThanStored` for prices; and whatever a trade reverts with.
 *
 * @example
 * await settleSignedOrder(relayer, { deployment, ...submission, relayFee: 500_000n, maker: deployment.oracleMaker, updateData });
 */
export async function settleSignedOrder(client: SigningClient, parameters: SettleSignedOrderParameters): Promise<Hash> {
  return sendCall(client, signedOrderCalls.settle(parameters));
}

/** {@link settleSignedOrder}, waits, and returns the fill. */
export async function settleSignedOrderSync(
  client: SigningClient,
  parameters: SettleSignedOrderParameters,
): Promise<SignedFill & { hash: Hash; gasUsed: bigint }> {
  const receipt = await waitForSuccess(client, await settleSignedOrder(client, parameters));
  const { args } = requireEvent(receipt, { ...gatewayEvents(parameters.deployment), eventName: "OrderFilled" });
  return { ...args, hash: receipt.transactionHash, gasUsed: receipt.gasUsed };
}

/**
 * Fills two signed orders with each other at the maker's price, as a relayer. Reverts as {@link settleSignedOrder} does,
 * and `NotOpposite`, `LimitExceeded`, `PriceBandExceeded`.
 *
 * @example
 * await matchSignedOrders(relayer, { deployment, taker: { ...alices, relayFee }, maker: bobs });
 */
export async function matchSignedOrders(client: SigningClient, parameters: MatchSignedOrdersParameters): Promise<Hash> {
  return sendCall(client, signedOrderCalls.match(parameters));
}

/** {@link matchSignedOrders}, waits, and returns both fills. */
export async function matchSignedOrdersSync(
  client: SigningClient,
  parameters: MatchSignedOrdersParameters,
): Promise<{ taker: SignedFill; maker: SignedFill; hash: Hash; gasUsed: bigint }> {
  const { deployment } = parameters;
  const receipt = await waitForSuccess(client, await matchSignedOrders(client, parameters));
  const fillOf = ({ order }: OrderSubmission): SignedFill => {
    const orderHash = hashSignedOrder({ deployment, order });
    const logs = receipt.logs.filter(({ topics }) => topics[1] === orderHash);
    return requireEvent(
      { logs, transactionHash: receipt.transactionHash },
      { ...gatewayEvents(deployment), eventName: "OrderFilled" },
    ).args;
  };
  const { transactionHash: hash, gasUsed } = receipt;
  return { taker: fillOf(parameters.taker), maker: fillOf(parameters.maker), hash, gasUsed };
}

export type BatchSignedOrdersParameters = {
  deployment: Deployment;
  /** Of {@link signedOrderCalls}, without values: price sources are paid from the oracle's balance. */
  calls: readonly ContractCall[];
  /** What each call may use. Default: 1,500,000. */
  gasPerCall?: bigint;
};

/** Gas of one call of a batch: above what a fill takes, wallets' own verification included. */
const GAS_PER_CALL = 1_500_000n;

/** Several of the gateway's calls in one transaction, each for itself: one that fails spoils no other. */
export async function batchSignedOrders(
  client: SigningClient,
  { deployment, calls, gasPerCall = GAS_PER_CALL }: BatchSignedOrdersParameters,
): Promise<Hash> {
  const data = calls.map(({ functionName, args }) =>
    encodeFunctionData({ abi: signedOrderGatewayAbi as Abi, functionName, args: args as readonly unknown[] }),
  );
  // Every call must find all of its gas, whatever it uses: more than a node would estimate.
  const gas = (gasPerCall + gasPerCall / 16n + 50_000n) * BigInt(calls.length) + 200_000n;
  return sendCall(client, gatewayCall(deployment, "batch", [data, gasPerCall]), { gas });
}

export type SignedBatchOutcome = {
  fills: SignedFill[];
  /** The calls that did nothing, by their place in the batch. */
  failures: { index: number; reason: Revert | undefined; data: Hex }[];
  hash: Hash;
  gasUsed: bigint;
};

/** {@link batchSignedOrders}, waits, and tells what was filled and what failed. */
export async function batchSignedOrdersSync(
  client: SigningClient,
  parameters: BatchSignedOrdersParameters,
): Promise<SignedBatchOutcome> {
  const receipt = await waitForSuccess(client, await batchSignedOrders(client, parameters));
  const { abi, address } = gatewayEvents(parameters.deployment);
  const logs = receipt.logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const failures = parseEventLogs({ abi, eventName: "CallFailed", logs, strict: true });
  return {
    fills: parseEventLogs({ abi, eventName: "OrderFilled", logs, strict: true }).map(({ args }) => args),
    failures: failures.map(({ args: { index, reason } }) => ({
      index: Number(index),
      reason: decodeRevert(reason),
      data: reason,
    })),
    hash: receipt.transactionHash,
    gasUsed: receipt.gasUsed,
  };
}

// ---- cancelling ----

export type SignedOrderParameters = { deployment: Deployment; order: SignedOrder };

export type CancelSignedOrderParameters = { deployment: Deployment; id: bigint };

/** An account's word that its orders under an id are not to be filled any more. */
export type SignedCancellation = { deployment: Deployment; order: OrderId; signature: Hex };

/**
 * Cancels the client's orders under an id on the chain. Reverts `OrderIsAnnounced` while it is announced, because its price may be
 * known by then, and `OrderClosed` when it is filled or cancelled.
 */
export async function cancelSignedOrder(client: SigningClient, parameters: CancelSignedOrderParameters): Promise<Hash> {
  return sendCall(client, signedOrderCalls.cancel(parameters));
}

/** Cancels all orders that the client has signed so far, but for those that are announced. */
export async function cancelAllSignedOrders(
  client: SigningClient,
  { deployment }: { deployment: Deployment },
): Promise<Hash> {
  return sendCall(client, gatewayCall(deployment, "cancelAll", []));
}

/**
 * Signs that an order is not to be filled any more, for the relayers that have it. They are trusted to honour it; who does
 * not want to trust them brings it to the chain with {@link cancelSignedOrderBySig}.
 *
 * @example
 * const signature = await signOrderCancellation(trader, { deployment, order });
 * // The relayer:
 * if (await isOrderCancellation(client, { deployment, order, signature })) drop(order);
 */
export async function signOrderCancellation(
  client: SigningClient,
  { deployment, order }: { deployment: Deployment; order: OrderId },
): Promise<Hex> {
  return signTypedData(client, { account: client.account, ...cancellationTypedData(deployment, order) });
}

/** Whether a signature is the account's for {@link signOrderCancellation}; also a wallet's, deployed or not. */
export async function isOrderCancellation(
  client: Client,
  { deployment, order, signature }: SignedCancellation,
): Promise<boolean> {
  return verifyTypedData(client, {
    address: order.account,
    signature,
    ...cancellationTypedData(deployment, order),
  });
}

/** Brings what {@link signOrderCancellation} signed to the chain; anybody may. Reverts as {@link cancelSignedOrder} does. */
export async function cancelSignedOrderBySig(client: SigningClient, parameters: SignedCancellation): Promise<Hash> {
  return sendCall(client, signedOrderCalls.cancelBySig(parameters));
}

// ---- announcements ----

export type AnnounceSignedOrderParameters = {
  deployment: Deployment;
  order: SignedOrder;
  /** Not needed from the order's own account. */
  signature?: Hex;
  /** Default: the order's. Where it names none, the choice of the order's account. */
  maker?: Address;
  /** Wei in escrow for the keeper, at least the market's minimum. */
  keeperFee: bigint;
};

/**
 * Has an order executed without a relayer: at the first price published at or after a delay from now, whoever executes it.
 * It cannot be cancelled from here on until that is over. Reverts `KeeperFeeTooLow`, `OrderIsAnnounced`, `WrongMaker`, and
 * for orders that are not good as {@link settleSignedOrder} does.
 */
export async function announceSignedOrder(
  client: SigningClient,
  { deployment, order, signature = "0x", maker = order.maker, keeperFee }: AnnounceSignedOrderParameters,
): Promise<Hash> {
  return sendCall(client, gatewayCall(deployment, "announce", [order, signature, maker], keeperFee));
}

/** {@link announceSignedOrder}, waits, and returns the announcement, which whoever executes it presents. */
export async function announceSignedOrderSync(
  client: SigningClient,
  parameters: AnnounceSignedOrderParameters,
): Promise<{ orderHash: Hash; announcement: Announcement; hash: Hash }> {
  const receipt = await waitForSuccess(client, await announceSignedOrder(client, parameters));
  const { args } = requireEvent(receipt, { ...gatewayEvents(parameters.deployment), eventName: "OrderAnnounced" });
  return { orderHash: args.orderHash, announcement: args.announcement, hash: receipt.transactionHash };
}

export type ExecuteAnnouncedParameters = {
  deployment: Deployment;
  order: SignedOrder;
  announcement: Announcement;
  /** The first price update published at or after the announcement's `executableAt`. */
  updateData: readonly Hex[];
  /** As for {@link settleSignedOrder}. */
  value?: bigint;
};

/**
 * Executes an announced order as a keeper, who gets the fee in escrow also when the announcement is purged. Reverts, and
 * leaves it, for what is not the account's doing; see `executeOrder`.
 */
export async function executeAnnounced(client: SigningClient, parameters: ExecuteAnnouncedParameters): Promise<Hash> {
  return sendCall(client, signedOrderCalls.execute(parameters));
}

export type AnnouncedOutcome =
  | ({ status: "executed"; hash: Hash; gasUsed: bigint } & SignedFill)
  | { status: "purged"; reason: Revert | undefined; data: Hex; hash: Hash; gasUsed: bigint };

/** {@link executeAnnounced}, waits, and tells how it ended. */
export async function executeAnnouncedSync(
  client: SigningClient,
  parameters: ExecuteAnnouncedParameters,
): Promise<AnnouncedOutcome> {
  const receipt = await waitForSuccess(client, await executeAnnounced(client, parameters));
  const { gasUsed, transactionHash: hash } = receipt;
  const from = gatewayEvents(parameters.deployment);
  const purged = findEvent(receipt, { ...from, eventName: "AnnouncementPurged" });
  if (purged) {
    const { reason } = purged.args;
    return { status: "purged", reason: decodeRevert(reason), data: reason, gasUsed, hash };
  }
  const { args } = requireEvent(receipt, { ...from, eventName: "OrderFilled" });
  return { status: "executed", ...args, gasUsed, hash };
}

export type ClearAnnouncementParameters = { deployment: Deployment; order: SignedOrder; announcement: Announcement };

/** Clears an expired announcement; the fee in escrow goes to the caller. Reverts `AnnouncementNotExpired` before. */
export async function clearAnnouncement(
  client: SigningClient,
  { deployment, order, announcement }: ClearAnnouncementParameters,
): Promise<Hash> {
  return sendCall(client, gatewayCall(deployment, "clearAnnouncement", [order, announcement]));
}

// ---- reads ----

/** What has become of an order. */
export type SignedOrderState = {
  orderHash: Hash;
  /** WAD base; what parts have come to so far, while the order is open. What filled it, its events tell. */
  filled: bigint;
  /** `closed`: it, or another one under its id, is filled or cancelled. `revoked`: the account has cancelled all orders since. */
  status: "open" | "closed" | "revoked" | "expired";
  /** While it is, the order cannot be cancelled. */
  isAnnounced: boolean;
};

/**
 * What has become of a signed order.
 *
 * @example
 * const { filled, status } = await getSignedOrder(client, { deployment, order });
 */
export async function getSignedOrder(
  client: Client,
  { deployment, order }: SignedOrderParameters,
): Promise<SignedOrderState> {
  const orderHash = hashSignedOrder({ deployment, order });
  const gateway = { address: deployment.signedOrderGateway, abi: signedOrderGatewayAbi } as const;
  const [filled, isClosed, commitment, nonce, { timestamp }] = await Promise.all([
    readContract(client, { ...gateway, functionName: "filledOf", args: [order.account, order.id] }),
    readContract(client, { ...gateway, functionName: "isClosed", args: [order.account, order.id] }),
    readContract(client, { ...gateway, functionName: "announcementOf", args: [order.account, order.id] }),
    getOrderNonce(client, { deployment, account: order.account }),
    getBlock(client),
  ]);
  let status: SignedOrderState["status"] = "open";
  if (isClosed) status = "closed";
  else if (order.nonce !== nonce) status = "revoked";
  else if (timestamp > order.expiresAt) status = "expired";
  return { orderHash, filled, status, isAnnounced: BigInt(commitment) !== 0n };
}

/** What orders of an account must carry to be good. */
export async function getOrderNonce(
  client: Client,
  { deployment, account }: { deployment: Deployment; account: Address },
): Promise<bigint> {
  return readContract(client, {
    address: deployment.signedOrderGateway,
    abi: signedOrderGatewayAbi,
    functionName: "nonceOf",
    args: [account],
  });
}

export type SignedOrderRules = {
  /** Seconds from an announcement to its `executableAt`. */
  delay: number;
  /** Seconds after `executableAt` within which an announced order's price must have been published. */
  priceWindow: number;
  /** Seconds after `executableAt` for which an announced order can be executed. */
  validity: number;
  /** Seconds; how old a price may be that a relayer settles at. */
  relayerMaxAge: number;
  /** Wei. */
  minKeeperFee: bigint;
};

/** The market's rules for signed orders. */
export async function getSignedOrderRules(
  client: Client,
  { deployment }: { deployment: Deployment },
): Promise<SignedOrderRules> {
  return readContract(client, {
    address: deployment.signedOrderGateway,
    abi: signedOrderGatewayAbi,
    functionName: "rulesOf",
    args: [deployment.marketId],
  });
}

const announcementParameters = getAbiItem({ abi: signedOrderGatewayAbi, name: "hashAnnouncement" }).inputs;

/** What the chain keeps of an announced order. */
export const hashAnnouncement = ({
  deployment,
  order,
  announcement,
}: SignedOrderParameters & { announcement: Announcement }): Hash =>
  keccak256(encodeAbiParameters(announcementParameters, [hashSignedOrder({ deployment, order }), announcement]));

const gatewayEvents = (deployment: Deployment) =>
  ({ abi: signedOrderGatewayAbi, address: deployment.signedOrderGateway }) as const;
