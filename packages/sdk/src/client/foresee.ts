// Whether an order that the chain accepts would execute at the present price.
import { type Address, type Hex, maxUint256, type StateOverride } from "viem";
import { readContract, simulateContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { hashOrder, type Order, type OrderRequest } from "../entities/order.js";
import { hashSignedOrder, legNumbers, type SignedOrder, type SignedOrderLeg } from "../entities/signed-order.js";
import type { Revert } from "../reverts.js";
import { OrderWouldFailError } from "../state-errors.js";
import { endsOrder } from "./order-failures.js";
import { pretendAccount, pretendPrice } from "./overrides.js";
import type { SigningClient } from "./transaction.js";
import {
  failureAtLastPrice,
  failureOfCall,
  isSpotHedged,
  overriding,
  type TrialFailure,
  trialAbi,
  tryTrade,
} from "./trial.js";

/** Whether an order is open with these terms. */
export async function isAlive(
  client: SigningClient,
  { orderGateway: address }: Deployment,
  { orderId, order }: { orderId: bigint; order: Order },
): Promise<boolean> {
  const call = { address, abi: trialAbi, functionName: "commitmentOf", args: [orderId] } as const;
  return (await readContract(client, call)) === hashOrder(order);
}

/** The {@link OrderWouldFailError} for the failure of an order's trade. */
async function orderErrorOf(
  client: SigningClient,
  { revert, cause }: TrialFailure,
  { maker, isExactBase, ends = [] }: { maker: Address; isExactBase: boolean; ends?: readonly string[] },
): Promise<OrderWouldFailError> {
  const isEnd = (known: Revert | undefined) => known !== undefined && ends.includes(known.errorName);
  const isPurged = isEnd(revert) || endsOrder(revert, { isSpotHedged: await isSpotHedged(client, maker), isExactBase });
  return new OrderWouldFailError({ outcome: isPurged ? "purged" : "skipped", revert, cause });
}

/**
 * Runs the trade of an order of the client's account, at the stored price or else at the last one.
 *
 * @param deposit collateral, in its own decimals, that the order deposits into the margin; such an order approves the gateway
 */
export async function foreseeOrder(
  client: SigningClient,
  { deployment, ...request }: OrderRequest & { deployment: Deployment },
  deposit?: bigint,
): Promise<void> {
  const { orderGateway: sender } = deployment;
  const taker = client.account.address;
  const failure = await failureAtLastPrice(client, deployment, async (overrides) => {
    const funded = deposit === undefined ? [] : [await fundedAccount(client, deployment, deposit)];
    const trial = await tryTrade(client, deployment, { ...request, taker, sender }, [...funded, ...overrides]);
    return trial.failure;
  });
  if (!failure) return;
  const isExactBase = request.isBaseToQuote === request.isExactInput;
  throw await orderErrorOf(client, failure, { maker: request.maker, isExactBase });
}

/** The fill of an announcement that is not made yet. */
type ForeseenFill = {
  deployment: Deployment;
  order: SignedOrder;
  leg: SignedOrderLeg;
  maker: Address;
  /** Price updates that show that the leg is due; empty for the stored price. */
  updateData: readonly Hex[];
  /** Wei for the price source. */
  value?: bigint | undefined;
};

/**
 * Runs the fill of a leg against `maker`, at the price of the update data, else at the stored price or else at the last one.
 * It pays no relay fee: the fee comes from the gateway's escrow, where the announcement puts it.
 */
export async function foreseeAnnounced(client: SigningClient, foreseen: ForeseenFill): Promise<void> {
  const { deployment, order, leg, maker } = foreseen;
  // Only the gateway itself calls the function: it makes a separate call for each fill.
  const account = deployment.signedOrderGateway;
  const fill = { address: account, abi: trialAbi, functionName: "fillAnnounced", account } as const;
  const keeper = client.account.address;
  const times = { announcedAt: 0n, executableAt: 0n, expiresAt: 0n };
  const announcement = { ...times, maker, announcer: keeper, leg: legNumbers[leg], relayFeeXCD: 0n, bondXCD: 0n };
  const orderHash = hashSignedOrder({ deployment, order });
  const run = (overrides: StateOverride, price: bigint) => {
    const args = [{ ...order, exitFeeXCD: 0n }, orderHash, announcement, price, keeper, maxUint256] as const;
    return failureOfCall(simulateContract(client, { ...fill, args, ...overriding(overrides) }));
  };
  const failure = foreseen.updateData.length
    ? await failureAtProof(client, foreseen, run)
    : await failureAtLastPrice(client, deployment, run);
  if (failure) throw await orderErrorOf(client, failure, { maker, isExactBase: true, ends: endsAnnouncement });
}

/** Runs a trial at the price of the update data, as the oracle returns it to the gateway. Unknown where it returns none. */
async function failureAtProof(
  client: SigningClient,
  { deployment, updateData, value }: ForeseenFill,
  run: (overrides: StateOverride, price: bigint) => Promise<TrialFailure | undefined>,
): Promise<TrialFailure | undefined> {
  const { oracle, signedOrderGateway: account, marketId } = deployment;
  const proof = { address: oracle, abi: trialAbi, functionName: "provePrice", account } as const;
  // The gateway forwards the value of its caller. It has no balance of its own.
  const paid = value ? { value, stateOverride: [{ address: account, balance: value }] } : {};
  let price: bigint | undefined;
  await failureOfCall(
    simulateContract(client, { ...proof, args: [marketId, updateData, 0n], ...paid }).then(({ result }) => {
      price = result;
    }),
  );
  return price === undefined ? undefined : run([pretendPrice(deployment, price)], price);
}

/** Errors of a fill that end an announcement, beside those that end any order. */
const endsAnnouncement = ["TriggerNotMet", "OrderClosed", "BracketNotActive"];

/** The Vault after the deposit of an order and the approval of its gateway. */
async function fundedAccount(
  client: SigningClient,
  deployment: Deployment,
  deposit: bigint,
): Promise<StateOverride[number]> {
  const call = { address: deployment.vault, abi: trialAbi, functionName: "assetScale" } as const;
  const scale = deposit === 0n ? 0n : await readContract(client, call);
  return pretendAccount(client, deployment, {
    account: client.account.address,
    operator: deployment.orderGateway,
    margin: (stored) => stored + deposit * scale,
  });
}
