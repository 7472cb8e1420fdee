import type { Address, Hex } from "viem";
import { deposit } from "../actions/deposits.js";
import { depositToMargin } from "../actions/margin.js";
import { setOperator } from "../actions/operators.js";
import { type CreatedOrder, createOrder, createOrderWithDepositSync } from "../actions/orders/create.js";
import { getEscrow } from "../actions/orders/escrow.js";
import { getMinKeeperFee, getOrderRules } from "../actions/orders/reads.js";
import { signOrder } from "../actions/signed-orders/sign.js";
import { endsOrder } from "../client/order-failures.js";
import { type SigningClient, sendCall, waitForSuccess } from "../client/transaction.js";
import type { Deployment } from "../deployment.js";
import { bondOf, WHOLE_POSITION } from "../entities/order.js";
import type { SignedOrder } from "../entities/signed-order.js";
import { notionalCeil } from "../maths/amounts.js";
import { abs, mulDivDown, mulDivUp, PPM, positivePart } from "../maths/integers.js";
import type { Account } from "../models/account.js";
import { loadAccount } from "../models/load.js";
import type { Market, Obstacle } from "../models/market.js";
import { quoteOf } from "../models/quote.js";
import { type CollateralAmount, InvalidAmountError, type Ppm, type Wad, type Wei } from "../units.js";
import { leverageOf, marginOf, portionOf, slippageOf, triggerOf } from "./input.js";
import {
  approvalOf,
  type Call,
  callOf,
  hasPermits,
  isOperator,
  type PlanOptions,
  type Prediction,
  type Requirement,
  sendAll,
  type TradeQuote,
} from "./plan.js";
import { type RejectedRoute, type Route, routesOf } from "./route.js";

/** Parameters of every planned order. */
type TradeParameters = PlanOptions & {
  deployment: Deployment;
  /** The maximum distance of the fill from the quote, as in "0.5%". */
  slippage: string;
  /** Default: the maker with the best quote. */
  maker?: Address | undefined;
  /** Wei for the keeper. Default: a quarter above the minimum. */
  keeperFee?: Wei | undefined;
};

/** Parameters of {@link openPosition}. */
export type OpenPositionParameters = TradeParameters & {
  side: "long" | "short";
  /** Collateral from the wallet that becomes margin, as in "1000". */
  margin: string;
  /** Notional of the new size over `margin`, as in 5 or "2.5x". */
  leverage: number | string;
  /** The oracle price at which a signed order closes the position with a profit, as in "2300". Default: none. */
  takeProfit?: string | undefined;
  /** The oracle price at which a signed order closes the position with a loss, as in "1900". Default: none. */
  stopLoss?: string | undefined;
  /**
   * Collateral that an exit pays at most, from the account's fund, to the keepers that announce and execute it, as in "1". Required with
   * `takeProfit` or `stopLoss`: no keeper announces an exit without a fee. "0" is for exits that a relayer settles without one.
   */
  exitFee?: string | undefined;
};

/**
 * A signed exit, for a relayer, or for any account to announce; valid for 30 days. Both exits of a position share an id: the fill of
 * one ends the other.
 */
export type Exit = { kind: "take-profit" | "stop"; order: SignedOrder; signature: Hex };

/** A planned order. */
export type TradePlan<result> = {
  quote: TradeQuote;
  requirements: readonly Requirement[];
  /** Whether an execution at the present price would fail, and why. */
  prediction: Prediction;
  /** Collateral that the order binds as its bond, in its own decimals; zero for hedged makers. Free again after the order's end. */
  bond: CollateralAmount;
  /** Wei. */
  keeperFee: Wei;
  /** The makers that do not take the trade. */
  rejected: readonly RejectedRoute[];
  /** The transactions, in order: for EIP-5792, a multisig or any other batch. They use approvals and no signature. */
  calls: readonly Call[];
  /** Sends the trade, waits for it, and returns the created order. */
  send: () => Promise<result>;
};

/** The result of {@link openPosition}'s `send`. */
export type OpenedPosition = { order: CreatedOrder; exits: Exit[] };

/**
 * Plans a position of a margin and a leverage: quotes all makers and takes the cheapest, sizes the order, predicts its end, and lists
 * what the wallet must allow. `send` uses one transaction with a permit where the collateral has permits. The order executes at the
 * first price after its delay.
 *
 * @example
 * const plan = await openPosition(client, { deployment, side: "long", margin: "1000", leverage: 5, slippage: "0.5%" });
 * if (plan.prediction.outcome === "executes") await plan.send();
 * @throws {@link InvalidAmountError} with the field, for a text that is not an amount of its kind.
 * @throws {@link StalePriceError} without a fresh price; pass `prices`.
 * @throws {@link NoRouteError} when no maker takes the trade.
 */
export async function openPosition(
  client: SigningClient,
  parameters: OpenPositionParameters,
): Promise<TradePlan<OpenedPosition>> {
  const { deployment, side, takeProfit, stopLoss, exitFee, ...rest } = parameters;
  const margin = marginOf(deployment, "margin", parameters.margin);
  const leverage = leverageOf("leverage", parameters.leverage);
  const isBaseToQuote = side === "short";
  const reads = { ...readsOf(parameters), deployment };
  const account = await loadAccount(client, { ...reads, account: client.account.address });
  const { market } = account;
  const oraclePrice = market.priceFor("openPosition");
  const scale = 10n ** BigInt(18 - deployment.baseDecimals);
  const exact = mulDivDown(margin * market.collateralScale, leverage, oraclePrice);
  const size = exact - (exact % scale);
  if (size === 0n) {
    throw new InvalidAmountError({ field: "margin", value: parameters.margin, accepted: "a margin for a larger size" });
  }
  const isLong = side === "long";
  const triggers = [
    { kind: "take-profit", text: takeProfit, field: "takeProfit", isAbove: isLong },
    { kind: "stop", text: stopLoss, field: "stopLoss", isAbove: !isLong },
  ] as const;
  const exits = triggers.flatMap(({ kind, text, field, isAbove }) =>
    text === undefined ? [] : [{ kind, triggerPrice: triggerOf(field, text, { price: oraclePrice, isAbove }) }],
  );
  if (exits.length > 0 && exitFee === undefined) {
    const accepted =
      'an amount of collateral for the keepers of an exit, as in "1", or "0" for a relayer without a fee';
    throw new InvalidAmountError({ field: "exitFee", value: exitFee, accepted });
  }
  const relayFee = exitFee === undefined || exitFee === "0" ? 0n : marginOf(deployment, "exitFee", exitFee);
  const funded = account.addMargin(margin * market.collateralScale);
  const planned = await planOrder(client, rest, { deployment, account: funded, isBaseToQuote, size });

  const { request, bond } = planned;
  const escrow = await getEscrow(client, { ...reads, account: client.account.address });
  // The fund pays exit fees too, which the account deposits itself.
  const missingBond = positivePart(bond - (escrow.total - escrow.bound) - account.fund);
  const total = margin + missingBond;
  const [approval, canPermit, isGatewayOperator, isExitOperator] = await Promise.all([
    approvalOf(client, deployment, total),
    hasPermits(client, deployment),
    isOperator(client, deployment, deployment.orderGateway),
    exits.length === 0 ? true : isOperator(client, deployment, deployment.signedOrderGateway),
  ]);
  const caller = { account: { address: client.account.address } };
  const operatorCalls = [
    ...(isGatewayOperator ? [] : [setOperator.call({ deployment, approved: true })]),
    ...(isExitOperator
      ? []
      : [setOperator.call({ deployment, operator: deployment.signedOrderGateway, approved: true })]),
  ];
  const sequence = [
    ...approval.calls,
    ...operatorCalls,
    depositToMargin.call({ deployment, amount: margin }, caller),
    ...(missingBond === 0n ? [] : [deposit.call({ deployment, amount: missingBond }, caller)]),
    createOrder.call({ deployment, ...request, keeperFee: planned.keeperFee }),
  ];
  const send = async (): Promise<OpenedPosition> => {
    let order: CreatedOrder;
    if (canPermit) {
      const terms = { deployment, ...request, keeperFee: planned.keeperFee };
      order = await createOrderWithDepositSync(client, { ...terms, margin: total });
      if (!isExitOperator) {
        const call = setOperator.call({ deployment, operator: deployment.signedOrderGateway, approved: true });
        await waitForSuccess(client, await sendCall(client, call));
      }
    } else {
      const hash = await sendAll(client, sequence);
      order = createOrder.outcome(await waitForSuccess(client, hash), { deployment, ...request, keeperFee: 0n });
    }
    return { order, exits: await signExits() };
  };
  const signExits = async (): Promise<Exit[]> => {
    const signed: Exit[] = [];
    for (const { kind, triggerPrice } of exits) {
      const id = signed[0]?.order.id;
      const submission = await signOrder(client, {
        deployment,
        kind,
        triggerPrice,
        isBaseToQuote: !isBaseToQuote,
        isReduceOnly: true,
        amount: WHOLE_POSITION,
        maker: request.maker,
        maxRelayFee: relayFee,
        expiresAt: market.time + EXIT_VALIDITY,
        ...(id !== undefined && { id }),
      });
      signed.push({ kind, ...submission });
    }
    return signed;
  };
  return {
    quote: planned.quote,
    prediction: planned.prediction,
    bond,
    keeperFee: planned.keeperFee,
    rejected: planned.rejected,
    requirements: [
      approval.requirement,
      { kind: "permit", spender: deployment.orderGateway, amount: total, isSupported: canPermit },
      { kind: "operator", operator: deployment.orderGateway, isMet: isGatewayOperator },
      ...(exits.length === 0
        ? []
        : [{ kind: "operator", operator: deployment.signedOrderGateway, isMet: isExitOperator } as const]),
    ],
    calls: sequence.map(callOf),
    send,
  };
}

/** Seconds for which exits are valid: 30 days. */
const EXIT_VALIDITY = 30n * 86_400n;

/** Parameters of {@link closePosition}. */
export type ClosePositionParameters = TradeParameters & {
  /** The part of the position to close, as in "25%". Default: the whole position. */
  portion?: string | undefined;
  /** Whether the margin goes to the wallet when the order leaves no position. Default: false. */
  returnsMargin?: boolean | undefined;
};

/** The client's account has no position to close. */
export class NoPositionError extends InvalidAmountError {
  override name = "NoPositionError";
  constructor({ account }: { account: Address }) {
    super({ field: "position", value: 0n, accepted: `a position of account ${account}` });
  }
}

/**
 * Plans the close of the client's position, or of a part of it, by a reduce-only order against the cheapest maker.
 *
 * @example
 * const plan = await closePosition(client, { deployment, slippage: "0.5%", returnsMargin: true });
 * plan.realizedPnl; // 12340000000000000000n, WAD quote, before the trading fee
 * @throws {@link NoPositionError} without a position.
 * @throws {@link InvalidAmountError} with the field, for a text that is not an amount of its kind.
 * @throws {@link StalePriceError} without a fresh price; pass `prices`.
 * @throws {@link NoRouteError} when no maker takes the trade.
 */
export async function closePosition(
  client: SigningClient,
  { portion = "100%", returnsMargin = false, ...parameters }: ClosePositionParameters,
): Promise<TradePlan<CreatedOrder> & { realizedPnl: Wad }> {
  const { deployment, ...rest } = parameters;
  const part = BigInt(portionOf("portion", portion));
  const reads = { ...readsOf(parameters), deployment };
  const account = await loadAccount(client, { ...reads, account: client.account.address });
  if (account.size === 0n) throw new NoPositionError({ account: account.address });
  const isBaseToQuote = account.size > 0n;
  const held = abs(account.size);
  const size = part === PPM ? held : mulDivDown(held, part, PPM);
  const planned = await planOrder(client, rest, { deployment, account, isBaseToQuote, size, isReduceOnly: true });
  const isGatewayOperator = await isOperator(client, deployment, deployment.orderGateway);
  const { request, keeperFee, quote, prediction, bond, rejected, realizedPnl } = planned;
  // The whole position closes within the bound as it is, also if a liquidation takes a part of it before.
  const amount = part === PPM ? WHOLE_POSITION : request.amount;
  const order = { deployment, ...request, amount, returnsMargin, keeperFee };
  const sequence = [
    ...(isGatewayOperator ? [] : [setOperator.call({ deployment, approved: true })]),
    createOrder.call(order),
  ];
  return {
    ...{ quote, prediction, bond, keeperFee, rejected, realizedPnl },
    requirements: [{ kind: "operator", operator: deployment.orderGateway, isMet: isGatewayOperator }],
    calls: sequence.map(callOf),
    send: async () => createOrder.outcome(await waitForSuccess(client, await sendAll(client, sequence)), order),
  };
}

const readsOf = ({ blockNumber, stateOverride, blockTime, prices }: PlanOptions): PlanOptions => ({
  blockNumber,
  stateOverride,
  blockTime,
  prices,
});

/** Quotes an order of an exact size, sizes its bound, bond and keeper fee, and predicts its end. */
async function planOrder(
  client: SigningClient,
  { slippage, maker, keeperFee, ...options }: Omit<TradeParameters, "deployment">,
  {
    deployment,
    account,
    isBaseToQuote,
    size,
    isReduceOnly = false,
  }: { deployment: Deployment; account: Account; isBaseToQuote: boolean; size: Wad; isReduceOnly?: boolean },
) {
  const ratio = slippageOf("slippage", slippage);
  const { market } = account;
  const taker = account.address;
  const reads = readsOf(options);
  const request = { isBaseToQuote, isReduceOnly, amount: size };
  const [{ routes, rejected }, rules, minKeeperFee] = await Promise.all([
    routesOf(client, { ...reads, deployment, maker, taker, ...request }),
    getOrderRules(client, { deployment }),
    getMinKeeperFee(client, { deployment }),
  ]);
  const route = routes[0] as Route;
  const trade = await tradeOf(client, { deployment, account, route, reads });
  const prediction = predictionOf(trade.obstacle, { deployment, maker: route.maker });
  const isHedged = route.maker.toLowerCase() !== deployment.oracleMaker.toLowerCase();
  const lastPrice = market.fees.price === 0n ? market.priceFor("bond") : market.fees.price;
  const bond = isHedged
    ? 0n
    : bondOf({
        amount: size,
        isExactBase: true,
        price: lastPrice,
        bondRatio: rules.bondRatio,
        decimals: deployment.collateralDecimals,
      });
  const bound = boundOf(route.quote, ratio);
  return {
    request: { maker: route.maker, ...request, isExactInput: isBaseToQuote, oppositeBound: bound },
    quote: { ...trade.quote, bound },
    realizedPnl: trade.realizedPnl,
    prediction,
    rejected,
    bond,
    keeperFee: keeperFee ?? (minKeeperFee * 5n) / 4n,
  };
}

/** The trade at a maker's quote: its costs, and the account after it. */
async function tradeOf(
  client: SigningClient,
  {
    deployment,
    account,
    route,
    reads,
  }: {
    deployment: Deployment;
    account: Account;
    route: Route;
    reads: PlanOptions;
  },
): Promise<{ quote: Omit<TradeQuote, "bound">; obstacle: Obstacle | undefined; realizedPnl: Wad }> {
  const market: Market = account.market;
  const price = market.priceFor("quote");
  const maker = await loadAccount(client, { ...reads, deployment, account: route.maker });
  const { base, quote: quoted } = route;
  const details = quoteOf({ market, price, maker, taker: account }, { base, quote: quoted, makerFee: 0n });
  const after = account.apply(details.fill);
  const { tradingFee } = details;
  return {
    obstacle: account.obstacleTo(details.fill),
    realizedPnl: after.position.margin - account.margin + tradingFee,
    quote: {
      maker: route.maker,
      size: base,
      notional: notionalCeil(base, price),
      oraclePrice: price,
      averagePrice: details.averagePrice,
      fee: tradingFee,
      impact: details.impact,
      liquidationPrice: after.liquidationPrice,
      leverage: after.size === 0n ? undefined : after.leverage,
      feesPerHour: after.feesPerHour,
    },
  };
}

function predictionOf(
  obstacle: Obstacle | undefined,
  { deployment, maker }: { deployment: Deployment; maker: Address },
): Prediction {
  if (!obstacle) return { outcome: "executes", obstacle };
  const isSpotHedged = maker.toLowerCase() !== deployment.oracleMaker.toLowerCase();
  const revert = { errorName: obstacle.errorName, args: [], named: obstacle.named };
  const isEnd = endsOrder(revert as never, { isSpotHedged, isExactBase: true });
  return { outcome: isEnd ? "purged" : "skipped", obstacle };
}

/** The worst quote that an order accepts: received, rounded down, or paid, rounded up. */
const boundOf = (quote: Wad, slippage: Ppm): Wad =>
  quote > 0n ? mulDivDown(quote, PPM - BigInt(slippage), PPM) : mulDivUp(-quote, PPM + BigInt(slippage), PPM);
