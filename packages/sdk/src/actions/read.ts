import { type Address, BaseError, type Client, ContractFunctionRevertedError } from "viem";
import { readContract, simulateContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { getRevert, QuoteFailedError } from "../errors.js";
import {
  clearingHouseAbi,
  errorsAbi,
  oracleMakerAbi,
  orderGatewayAbi,
  pythOracleAbi,
  vaultAbi,
} from "../generated/abis.js";
import { hashOrder, type Order, type OrderRequest } from "./orders.js";

/** For reads that concern the deployment's market as a whole. */
export type MarketParameters = { deployment: Deployment };

export type AccountParameters = { deployment: Deployment; account: Address };

/** One account in the deployment's market; all amounts WAD. */
export type Position = {
  /** Long above zero. */
  size: bigint;
  /** Quote paid (negative) or received (positive) for the open size. */
  openNotional: bigint;
  /** May be negative while unrealised profit covers it. */
  margin: bigint;
};

/**
 * Reads a position.
 *
 * @example
 * const { size, openNotional, margin } = await getPosition(client, { deployment, account });
 */
export async function getPosition(client: Client, { deployment, account }: AccountParameters): Promise<Position> {
  const { size, openNotional, margin } = await readContract(client, {
    address: deployment.vault,
    abi: vaultAbi,
    functionName: "positionOf",
    args: [deployment.marketId, account],
  });
  return { size, openNotional, margin };
}

/** Reads a fund, in the collateral's own decimals. */
export async function getFund(client: Client, { deployment, account }: AccountParameters): Promise<bigint> {
  return readContract(client, { address: deployment.vault, abi: vaultAbi, functionName: "fundOf", args: [account] });
}

/** Reads the stored oracle price and its confidence, WAD. Reverts `StalePrice` when it is too old. */
export async function getPrice(
  client: Client,
  { deployment }: MarketParameters,
): Promise<{ price: bigint; confidence: bigint }> {
  const [price, confidence] = await readContract(client, {
    address: deployment.oracle,
    abi: pythOracleAbi,
    functionName: "getPrice",
    args: [deployment.marketId],
  });
  return { price, confidence };
}

/** How delayed orders of the deployment's market go. */
export type OrderRules = {
  /** Seconds from creation to `executableAt`. */
  delay: number;
  /** Seconds after `executableAt` within which the price must have been published. */
  priceWindow: number;
  /** Seconds after `executableAt` for which an order can be executed. */
  validity: number;
  /** Wei that an order must carry for its keeper. */
  minKeeperFee: bigint;
};

/** Reads the OrderGateway's rules for the deployment's market. */
export async function getOrderRules(client: Client, { deployment }: MarketParameters): Promise<OrderRules> {
  const { delay, priceWindow, validity, minKeeperFee } = await readContract(client, {
    address: deployment.orderGateway,
    abi: orderGatewayAbi,
    functionName: "rulesOf",
    args: [deployment.marketId],
  });
  return { delay, priceWindow, validity, minKeeperFee };
}

export type IsOrderAliveParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Whether an order still waits to be executed or cleared, exactly as given. */
export async function isOrderAlive(
  client: Client,
  { deployment, orderId, order }: IsOrderAliveParameters,
): Promise<boolean> {
  const commitment = await readContract(client, {
    address: deployment.orderGateway,
    abi: orderGatewayAbi,
    functionName: "commitmentOf",
    args: [orderId],
  });
  return commitment === hashOrder(order);
}

export type GetMakerParameters = { deployment: Deployment; maker: Address };

/** Marginal prices of the OracleMaker at its inventory, WAD. Reverts `StalePrice` when the stored price is too old. */
export async function getMakerPrices(
  client: Client,
  { deployment }: MarketParameters,
): Promise<{ bid: bigint; ask: bigint; reservationPrice: bigint }> {
  const [bid, ask, reservationPrice] = await readContract(client, {
    address: deployment.oracleMaker,
    abi: oracleMakerAbi,
    functionName: "getPrices",
  });
  return { bid, ask, reservationPrice };
}

export type QuoteTradeParameters = Omit<OrderRequest, "oppositeBound"> & {
  deployment: Deployment;
  taker: Address;
  /** Default: no bound. */
  oppositeBound?: bigint;
  /** Who would bring the order. Default: the OrderGateway, which the taker must have made its operator. */
  sender?: Address;
};

/** What a trade gives and takes, WAD, from the taker's side: positive is received. */
export type TradeQuote = { base: bigint; quote: bigint };

/**
 * What a trade would give at the stored price: the code of a trade runs and reverts with its result.
 *
 * @example
 * const { base, quote } = await quoteTrade(client, {
 *   deployment,
 *   taker,
 *   maker: deployment.oracleMaker,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 * });
 * @throws {@link QuoteFailedError} with the decoded reason when the trade would fail.
 */
export async function quoteTrade(
  client: Client,
  { deployment, taker, sender, oppositeBound, ...request }: QuoteTradeParameters,
): Promise<TradeQuote> {
  const params = {
    marketId: deployment.marketId,
    taker,
    isReduceOnly: false,
    oppositeBound: oppositeBound ?? (request.isExactInput ? 0n : 2n ** 256n - 1n),
    deadline: 2n ** 256n - 1n,
    ...request,
  };
  try {
    await simulateContract(client, {
      address: deployment.clearingHouse,
      abi: [...clearingHouseAbi, ...errorsAbi] as unknown as typeof clearingHouseAbi,
      functionName: "quoteTrade",
      args: [params, sender ?? deployment.orderGateway],
    });
  } catch (error) {
    const revert = getRevert(error);
    if (revert?.errorName === "TradeQuoted") return { base: revert.args[0] as bigint, quote: revert.args[1] as bigint };
    if (error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError)) {
      throw new QuoteFailedError({ revert, cause: error });
    }
    throw error;
  }
  // The function always reverts: whatever lives at that address is no ClearingHouse.
  throw new QuoteFailedError({});
}
