import type { Address, Client } from "viem";
import { getAccount } from "../actions/account.js";
import { getMarket } from "../actions/market.js";
import { getOrderCredit } from "../actions/orders/cancel.js";
import { type Escrow, getEscrow } from "../actions/orders/escrow.js";
import { getOrderStatus, type OpenOrder } from "../actions/orders/reads.js";
import { type AnnouncedOrder, getOrderNonce } from "../actions/signed-orders/reads.js";
import { announcedOrders } from "../client/announced-orders.js";
import { createdOrders } from "../client/created-orders.js";
import { reading } from "../client/define-history.js";
import { type ClientRead, defineClientRead } from "../client/define-read.js";
import type { BlockSpan } from "../client/history.js";
import type { AccountParameters } from "../client/parameters.js";
import { runBatched } from "../client/run-batched.js";
import { all, type Steps, view } from "../client/steps.js";
import type { Deployment } from "../deployment.js";
import { accountStateOf, type Trader } from "../entities/account.js";
import { hashAnnouncement, legOf } from "../entities/announcement.js";
import type { Market } from "../entities/market.js";
import { hashSignedOrderLeg } from "../entities/signed-order.js";
import { getTrader } from "../generated/contracts/exchange-lens.js";
import { announcementOf } from "../generated/contracts/signed-order-gateway.js";
import type { CollateralAmount, Wei } from "../units.js";

/** The balance of an ERC-20. */
export const balanceOf = {
  type: "function",
  name: "balanceOf",
  inputs: [{ name: "account", type: "address" }],
  outputs: [{ type: "uint256" }],
  stateMutability: "view",
} as const;

/** The fund and the markets of an account. The deployment's market is read beside, in the same request. */
function* getMarketsOf(deployment: Deployment, account: Address): Steps<Omit<Trader, "market">> {
  const { fundXCD, markets } = yield* view(deployment.lens, getTrader, [account]);
  return { account, fund: fundXCD, markets: yield* all(markets.map(accountStateOf)) };
}

/** Parameters of {@link getTraderAccount}. */
export type GetTraderAccountParameters = AccountParameters & Omit<BlockSpan, "toBlock">;

/** The whole state of a trader. */
export type TraderAccount = Trader & {
  /** The deployment's market: prices, rates, rules. */
  marketState: Market;
  /** The wallet's balance, in the collateral's own decimals. */
  wallet: CollateralAmount;
  /** Collateral that the OrderGateway holds for the account's delayed orders. */
  orderEscrow: Escrow;
  /** Collateral that the SignedOrderGateway holds for the account's announced orders. */
  signedOrderEscrow: Escrow;
  /** Wei at the OrderGateway, for `withdrawOrderCredit`. */
  orderCredit: Wei;
  /** The nonce that the account's signed orders must carry. */
  orderNonce: bigint;
  /** Open delayed orders, oldest first. */
  orders: OpenOrder[];
  /** Announced signed orders, oldest first. Their times tell whether they can be executed. */
  announced: Omit<AnnouncedOrder, "status">[];
};

/**
 * Reads the whole state of a trader in four requests, of which two are for events: fund, margin and positions, the market,
 * escrow, credit, nonce, open delayed orders and announced ones. More than about fifty open orders need a request more. Orders
 * expire within minutes, so a recent block suffices for `fromBlock`: see `getBlockAt`.
 *
 * @example
 * const { fund, market, orders } = await getTraderAccount(client, { deployment, account, fromBlock });
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of `fromBlock`.
 */
export const getTraderAccount: ClientRead<GetTraderAccountParameters, TraderAccount> = /* @__PURE__ */ defineClientRead(
  async (client: Client, parameters: GetTraderAccountParameters): Promise<TraderAccount> => {
    const { deployment, account } = parameters;
    const { signedOrderGateway } = deployment;
    const [state, created, announcements] = await Promise.all([
      runBatched(
        client,
        all([
          getMarketsOf(deployment, account),
          getAccount.call({ deployment, account }),
          getMarket.call({ deployment }),
          view(deployment.collateral, balanceOf, [account]),
          getEscrow.call({ deployment, account }),
          getEscrow.call({ deployment, account, gateway: signedOrderGateway }),
          getOrderCredit.call({ deployment, account }),
          getOrderNonce.call({ deployment, account }),
        ]),
      ),
      reading(createdOrders)(client, parameters),
      reading(announcedOrders)(client, parameters),
    ]);
    const [trader, market, marketState, wallet, orderEscrow, signedOrderEscrow, orderCredit, orderNonce] = state;
    const [statuses, commitments] = await runBatched(
      client,
      all([
        all(created.map(({ orderId, order }) => getOrderStatus.call({ deployment, orderId, order }))),
        all(
          announcements.map(({ order, announcement }) => {
            const leg = legOf(announcement);
            return view(signedOrderGateway, announcementOf, [hashSignedOrderLeg({ deployment, order, leg })]);
          }),
        ),
      ]),
    );
    return {
      ...trader,
      ...{ market, marketState, wallet, orderEscrow, signedOrderEscrow, orderCredit, orderNonce },
      orders: created.flatMap(({ orderId, order }, i) => {
        const status = statuses[i] ?? "unknown";
        return status === "unknown" ? [] : [{ orderId, order, status }];
      }),
      announced: announcements.flatMap(({ order, announcement }, i) =>
        commitments[i] === hashAnnouncement({ deployment, order, announcement }) ? [{ order, announcement }] : [],
      ),
    };
  },
);
