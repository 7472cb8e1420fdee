// Whether an order that the chain accepts would execute at the present price.
import type { Address, StateOverride } from "viem";
import { readContract, simulateContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import type { OrderRequest } from "../entities/order.js";
import { hashSignedOrder, type SignedOrder } from "../entities/signed-order.js";
import type { Revert } from "../reverts.js";
import { OrderWouldFailError } from "../state-errors.js";
import { signedOrderGateway } from "./contracts.js";
import { endsOrder } from "./order-failures.js";
import { pretendAccount } from "./overrides.js";
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

/** Runs the fill of an announced order against `maker`, at the stored price or else at the last one. */
export async function foreseeAnnounced(
  client: SigningClient,
  { deployment, order, maker }: { deployment: Deployment; order: SignedOrder; maker: Address },
): Promise<void> {
  // Only the gateway itself calls the function: it makes a separate call for each fill.
  const account = deployment.signedOrderGateway;
  const fill = { ...signedOrderGateway({ deployment }), functionName: "fillAnnounced", account } as const;
  const orderHash = hashSignedOrder({ deployment, order });
  const failure = await failureAtLastPrice(client, deployment, (overrides, price) => {
    const args = [order, orderHash, maker, price] as const;
    return failureOfCall(simulateContract(client, { ...fill, args, ...overriding(overrides) }));
  });
  if (failure) throw await orderErrorOf(client, failure, { maker, isExactBase: true, ends: endsAnnouncement });
}

/** Errors of a fill that end an announcement, beside those that end any order. */
const endsAnnouncement = ["TriggerNotMet", "OrderClosed"];

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
