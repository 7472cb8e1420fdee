import { cancelOrder, executeOrder, getOpenOrders } from "@counterpoise/sdk";
import { PriceNotFoundError } from "@counterpoise/sdk/prices";
import { callOf, type Finder, type Work } from "../work.js";

/** Executes delayed orders at the first price after their delay, and cancels expired ones for half their fee. */
export const orders: Finder = {
  kinds: ["order", "expired-order"],
  async find({ market, client, prices }) {
    const { deployment } = market;
    const open = await getOpenOrders(client, { deployment, ...market.ordersSpan });
    const works = open.map(async ({ orderId, order, status }): Promise<Work[]> => {
      const key = `${deployment.orderGateway}:${orderId}`;
      if (status === "expired") {
        const call = cancelOrder.call({ deployment, orderId, order });
        return [
          {
            key: `expired-order:${key}`,
            kind: "expired-order",
            ...callOf(call),
            income: { wei: order.keeperFee / 2n },
          },
        ];
      }
      if (status !== "executable") return [];
      try {
        const { updateData } = await prices.at(order.executableAt);
        const call = executeOrder.call({ deployment, orderId, order, updateData });
        return [{ key: `order:${key}`, kind: "order", ...callOf(call), income: { wei: order.keeperFee } }];
      } catch (error) {
        // Not published yet.
        if (error instanceof PriceNotFoundError) return [];
        throw error;
      }
    });
    return settledOf(works);
  },
};

/** The work that was found. Throws only if all searches failed. */
export async function settledOf(searches: Promise<Work[]>[]): Promise<Work[]> {
  const results = await Promise.allSettled(searches);
  const failed = results.find((each) => each.status === "rejected");
  const found = results.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  if (failed && found.length === 0) throw failed.reason;
  return found;
}
