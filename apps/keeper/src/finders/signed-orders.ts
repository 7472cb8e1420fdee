import {
  announceSignedOrder,
  executeAnnounced,
  getAnnouncedOrders,
  getBracketedOrders,
  getSignedOrder,
  hashAnnouncement,
  hashSignedOrderLeg,
  isLegDue,
  type SignedOrder,
  type SignedOrderLeg,
} from "@counterpoise/sdk";
import { PriceNotFoundError, priceOf } from "@counterpoise/sdk/prices";
import { type Hex, zeroAddress } from "viem";
import { callOf, type Finder, type FinderContext, type Income, type Work } from "../work.js";
import { settledOf } from "./orders.js";

const quoteOf = ({ market }: FinderContext, amount: bigint): Income => ({
  quote: amount * 10n ** BigInt(18 - market.deployment.collateralDecimals),
});

/** Executes announced orders at the first price after their delay. */
export const announcedOrders: Finder = {
  kinds: ["announced-order"],
  async find(context) {
    const { market, client, prices, keeper } = context;
    const { deployment } = market;
    const announced = await getAnnouncedOrders(client, { deployment, ...market.ordersSpan });
    return settledOf(
      announced.map(async ({ order, announcement, status }): Promise<Work[]> => {
        if (status !== "executable") return [];
        try {
          const { updateData } = await prices.at(announcement.executableAt);
          const call = executeAnnounced.call({ deployment, order, announcement, updateData });
          const { relayFeeXCD, announcer } = announcement;
          // The account that announced its own order pays the whole fee; a keeper that announced receives the other half, too.
          const isWhole = announcer.toLowerCase() === order.account.toLowerCase() || announcer === keeper;
          const key = `announced-order:${hashAnnouncement({ deployment, order, announcement })}`;
          const income = quoteOf(context, isWhole ? relayFeeXCD : relayFeeXCD / 2n);
          return [{ key, kind: "announced-order", ...callOf(call), income }];
        } catch (error) {
          if (error instanceof PriceNotFoundError) return [];
          throw error;
        }
      }),
    );
  },
};

/** Announces stops, limits and take-profits that the latest price proves due, for the half of their fee. */
export const announcements: Finder = {
  kinds: ["announcement"],
  async find(context) {
    const { market, client, block, prices, orders } = context;
    const { deployment } = market;
    const waiting = orders.waiting(deployment);
    const brackets = await getBracketedOrders(client, { deployment });
    if (waiting.length === 0 && brackets.length === 0) return [];
    const update = await prices.latest();
    const { price } = priceOf(update, market.feed);

    const announce = (order: SignedOrder, leg: SignedOrderLeg, signature: Hex): Work => {
      const maker = order.maker === zeroAddress ? deployment.oracleMaker : order.maker;
      const { updateData } = update;
      const call = announceSignedOrder.call({ deployment, order, leg, signature, maker, updateData });
      const fee = leg === "entry" ? order.maxRelayFeeXCD : order.exitFeeXCD;
      return {
        key: `announcement:${hashSignedOrderLeg({ deployment, order, leg })}`,
        kind: "announcement",
        ...callOf(call),
        // Paid when the order fills: the keeper that announces receives one half.
        income: quoteOf(context, fee / 2n),
      };
    };
    const entries = waiting.map(async ({ order, signature, hash }): Promise<Work[]> => {
      if (!isLegDue({ order, leg: "entry", price }) || order.validFrom > block.timestamp) return [];
      const { status, isAnnounced, announceableAt } = await getSignedOrder(client, { deployment, order });
      if (status !== "open") orders.end(hash);
      if (status !== "open" || isAnnounced || announceableAt > block.timestamp) return [];
      return [announce(order, "entry", signature)];
    });
    const legs = brackets.flatMap(({ order }) =>
      (["take-profit", "stop"] as const)
        .filter((leg) => isLegDue({ order, leg, price }))
        .map(async (leg) => [announce(order, leg, "0x")]),
    );
    return settledOf([...entries, ...legs]);
  },
};
