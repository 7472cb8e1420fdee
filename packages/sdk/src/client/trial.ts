// Trades that run in `eth_call` only.
import { type Address, BaseError, type Client, maxUint256, parseAbi, type StateOverride } from "viem";
import { readContract, simulateContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import type { OrderRequest } from "../entities/order.js";
import { isRevert } from "../errors.js";
import type { Revert } from "../reverts.js";
import type { Wad } from "../units.js";
import { getDecodedRevert, revertIn } from "./decoded.js";
import { pretendPrice } from "./overrides.js";
import { decodingReverts } from "./reverts.js";

// Not the generated fragments: a bundler would move those that a trial shares with actions, and their neighbours, into every
// bundle with one of these actions, since trials are loaded on demand. A test compares them with the generated ABIs.
/** Fragments of the ClearingHouse, the oracle, the gateways and the makers. */
export const trialAbi = /* @__PURE__ */ parseAbi([
  "struct TradeParams { uint256 marketId; uint256 amount; uint256 oppositeBound; uint256 deadline; address taker; address maker; bool isBaseToQuote; bool isExactInput; bool isReduceOnly; }",
  "function quoteTrade(TradeParams params, address sender)",
  "function provePrice(uint256 marketId, bytes[] updateData, uint256 minPublishTime) payable returns (uint256 price)",
  "function getLastPrice(uint256 marketId) view returns (uint256 price, uint256 publishTime)",
  "function isSpotHedged() view returns (bool)",
  "function assetScale() view returns (uint256)",
  "function commitmentOf(uint256 orderId) view returns (bytes32)",
  "struct SignedOrder { address account; uint256 marketId; address maker; bool isBaseToQuote; bool isReduceOnly; uint256 amount; uint256 minFill; uint256 price; uint8 trigger; uint256 triggerPrice; uint256 marginXCD; uint256 maxRelayFeeXCD; uint256 takeProfitPrice; uint256 stopPrice; uint256 exitFeeXCD; uint256 validFrom; uint256 expiresAt; uint256 nonce; uint256 id; }",
  "struct Announcement { address maker; address announcer; uint8 leg; uint64 announcedAt; uint64 executableAt; uint64 expiresAt; uint128 relayFeeXCD; uint128 bondXCD; }",
  "function fillAnnounced(SignedOrder order, bytes32 orderHash, Announcement announcement, uint256 price, address keeper, uint256 most)",
]);

/** The amounts of a trade, WAD, from the taker's side: received above zero. */
export type TradeAmounts = { base: Wad; quote: Wad };

/** The result of a trial: the amounts, or the error. */
export type Trial = { amounts: TradeAmounts; failure?: undefined } | { amounts?: undefined; failure: TrialFailure };

/** The error of a trial, and its reason if it is an error of the exchange. */
export type TrialFailure = { revert: Revert | undefined; cause: BaseError | undefined };

/** A trade on trial. */
export type TrialTrade = Omit<OrderRequest, "oppositeBound" | "returnsMargin"> & {
  taker: Address;
  /** The account that sends the trade. */
  sender: Address;
  /** Default: none. */
  oppositeBound?: bigint | undefined;
};

/** Runs a trade, which reverts with its amounts. Throws errors of the node. */
export async function tryTrade(
  client: Client,
  { clearingHouse, marketId }: Deployment,
  { taker, sender, maker, isBaseToQuote, isExactInput, isReduceOnly = false, amount, oppositeBound }: TrialTrade,
  stateOverride: StateOverride,
): Promise<Trial> {
  const params = {
    marketId,
    taker,
    maker,
    isBaseToQuote,
    isExactInput,
    isReduceOnly,
    amount,
    oppositeBound: oppositeBound ?? (isExactInput ? 0n : maxUint256),
    deadline: maxUint256,
  };
  const call = { address: clearingHouse, abi: trialAbi, functionName: "quoteTrade", args: [params, sender] } as const;
  const failure = await failureOfCall(simulateContract(client, { ...call, ...overriding(stateOverride) }));
  // The function always reverts: without an error, the contract at that address is not a ClearingHouse.
  if (failure === undefined) return { failure: { revert: undefined, cause: undefined } };
  if (!isRevert(failure.revert, "TradeQuoted")) return { failure };
  const { base, quote } = failure.revert.named;
  return { amounts: { base, quote } };
}

/** The parameter for viem, which sends an empty override too. Nodes without support for overrides refuse it. */
export const overriding = (stateOverride: StateOverride) => (stateOverride.length > 0 ? { stateOverride } : {});

/** The reason of a call that reverts; undefined for one that does not. Throws errors of the node. */
export async function failureOfCall(call: Promise<unknown>): Promise<TrialFailure | undefined> {
  try {
    await decodingReverts(() => call);
    return undefined;
  } catch (error) {
    if (!(error instanceof BaseError) || !revertIn(error)) throw error;
    return { revert: getDecodedRevert(error), cause: error };
  }
}

/** The last stored price at any age, WAD. Undefined before the first one. */
export async function lastPriceOf(client: Client, { oracle, marketId }: Deployment): Promise<bigint | undefined> {
  const call = { address: oracle, abi: trialAbi, functionName: "getLastPrice", args: [marketId] } as const;
  let price: bigint | undefined;
  await failureOfCall(
    readContract(client, call).then((answer) => {
      [price] = answer;
    }),
  );
  return price;
}

/**
 * Runs a trial at the stored price, or, while that is too old, at the last one. Returns undefined when the trade succeeds, and
 * when there has never been a price, so that the result is unknown.
 */
export async function failureAtLastPrice(
  client: Client,
  deployment: Deployment,
  run: (stateOverride: StateOverride, price: bigint) => Promise<TrialFailure | undefined>,
): Promise<TrialFailure | undefined> {
  const price = await lastPriceOf(client, deployment);
  if (price === undefined) return undefined;
  const failure = await run([], price);
  return isRevert(failure?.revert, "StalePrice") ? run([pretendPrice(deployment, price)], price) : failure;
}

/** Whether a maker swaps on a spot market. False for an address that is not a maker. */
export async function isSpotHedged(client: Client, maker: Address): Promise<boolean> {
  let answer = false;
  await failureOfCall(
    readContract(client, { address: maker, abi: trialAbi, functionName: "isSpotHedged" }).then((hedged) => {
      answer = hedged;
    }),
  );
  return answer;
}
