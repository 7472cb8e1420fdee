import { type Address, BaseError, type Client, ContractFunctionRevertedError, zeroAddress } from "viem";
import { readContract, simulateContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { getRevert, QuoteFailedError } from "../errors.js";
import {
  circuitBreakerAbi,
  clearingHouseAbi,
  errorsAbi,
  oracleMakerAbi,
  orderGatewayAbi,
  pythOracleAbi,
  vaultAbi,
} from "../generated/abis.js";
import type { CurveFill } from "../maths/inventory-curve.js";
import { hashOrder, type Order, type OrderRequest } from "./orders.js";

/** For reads that concern the deployment's market as a whole. */
export type MarketParameters = { deployment: Deployment };

/** For reads that concern one account in the deployment's market. */
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

/** What {@link isOrderAlive} takes. */
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

/** For reads that concern one maker. */
export type GetMakerParameters = { deployment: Deployment; maker: Address };

/** What {@link getOutflow} takes. */
export type GetOutflowParameters = {
  deployment: Deployment;
  /** A token that the exchange holds: its collateral, or a hedged vault's base. */
  asset: Address;
  /** Whose credit to ask for: who takes out of the Vault, or the LP vault that pays. */
  account: Address;
};

/** What the circuit breaker lets leave of an asset, in its own decimals. */
export type Outflow = {
  /** What everybody together may take out now. */
  available: bigint;
  /** Seconds; the next window begins then at the earliest. */
  availableAt: bigint;
  /** What the account has brought in during this window and may take out besides. */
  credit: bigint;
};

/**
 * Reads what may still leave of an asset. Undefined where nothing limits it: there is no circuit breaker, or it has no
 * limit for this asset.
 *
 * @example
 * const outflow = await getOutflow(client, { deployment, asset: deployment.collateral, account });
 */
export async function getOutflow(
  client: Client,
  { deployment, asset, account }: GetOutflowParameters,
): Promise<Outflow | undefined> {
  if (deployment.breaker === zeroAddress) return undefined;
  const call = { address: deployment.breaker, abi: circuitBreakerAbi } as const;
  const [[available, availableAt], credit] = await Promise.all([
    readContract(client, { ...call, functionName: "available", args: [asset] }),
    readContract(client, { ...call, functionName: "creditOf", args: [asset, account] }),
  ]);
  return availableAt === 0n ? undefined : { available, availableAt, credit };
}

/**
 * Marginal prices of the OracleMaker at its inventory, WAD: what the next vanishing sell (`bid`) and buy (`ask`) would
 * trade at, fee and confidence premium included, and the reservation price without them. Reverts `StalePrice` when the
 * stored price is too old.
 */
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

/** What the OracleMaker quotes by. Ratios in parts per million. */
export type OracleMakerParameters = {
  /** Premium at the cap. */
  maxSpread: number;
  /** Margin ratio that fills that increase its exposure, and withdrawals, must leave. */
  minMarginRatio: number;
  /** Cap of the inventory on either side, WAD base. */
  maxAbsPosition: bigint;
  /** What stays with the LPs of every fill, of what the taker would pay or get without it. */
  lpFee: number;
  /** How many times the oracle's confidence buys cost more and sells yield less: 1,000,000 is once. */
  confidenceFactor: number;
  /** The most that confidence adds or takes, of the oracle price. Zero exactly when `confidenceFactor` is. */
  maxConfidencePremium: number;
};

/**
 * Reads what the OracleMaker quotes by. With price, confidence and inventory beside it, `inventoryCurve` answers without
 * a chain what {@link getMakerQuote} asks one for.
 *
 * @example
 * const parameters = await getOracleMakerParameters(client, { deployment });
 * const { price, confidence } = await getPrice(client, { deployment });
 * const { size } = await getPosition(client, { deployment, account: deployment.oracleMaker });
 * inventoryCurve.quoteForBase({ ...parameters, price, confidence, inventory: size }, { takerBuys: true, size: 10n ** 18n });
 */
export async function getOracleMakerParameters(
  client: Client,
  { deployment }: MarketParameters,
): Promise<OracleMakerParameters> {
  return readContract(client, { address: deployment.oracleMaker, abi: oracleMakerAbi, functionName: "parameters" });
}

/**
 * What takers can still buy from the OracleMaker and sell to it before its inventory is at the cap, WAD base. Its margin
 * ratio may allow less, which {@link quoteTrade} knows.
 */
export async function getMakerCapacity(
  client: Client,
  { deployment }: MarketParameters,
): Promise<{ buys: bigint; sells: bigint }> {
  const [buys, sells] = await readContract(client, {
    address: deployment.oracleMaker,
    abi: oracleMakerAbi,
    functionName: "getRemainingCapacity",
  });
  return { buys, sells };
}

/** Whose orders the OracleMaker takes: gateways', as a rule. */
export async function isValidSender(
  client: Client,
  { deployment, sender }: { deployment: Deployment; sender: Address },
): Promise<boolean> {
  const call = { address: deployment.oracleMaker, abi: oracleMakerAbi } as const;
  return readContract(client, { ...call, functionName: "isValidSender", args: [sender] });
}

/** What {@link getMakerQuote} takes. */
export type GetMakerQuoteParameters = Pick<OrderRequest, "isBaseToQuote" | "isExactInput" | "amount"> & {
  deployment: Deployment;
};

/** What an order would trade at, as the OracleMaker's events would report it. */
export type MakerQuote = CurveFill;

/**
 * What the OracleMaker's curve gives for an order at the stored price, by the code of a fill. It needs no taker and says
 * nothing of margin, for which there is {@link quoteTrade}. Reverts `MakerCapacityExceeded`, `MakerQuoteCapacityExceeded`,
 * `StalePrice`.
 *
 * @example
 * const { quote, price, fee } = await getMakerQuote(client, {
 *   deployment,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 * });
 */
export async function getMakerQuote(
  client: Client,
  { deployment, isBaseToQuote, isExactInput, amount }: GetMakerQuoteParameters,
): Promise<MakerQuote> {
  const { base, quote, tradePrice, fee, spread } = await readContract(client, {
    address: deployment.oracleMaker,
    abi: oracleMakerAbi,
    functionName: "previewFill",
    args: [isBaseToQuote, isExactInput, amount],
  });
  return { base, quote, price: tradePrice, fee, spread };
}

/** What {@link quoteTrade} takes. */
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
