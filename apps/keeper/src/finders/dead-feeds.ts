import { announceSettlement, getMarket, getMarketRules, getSettlement, settleMarket } from "@counterpoise/sdk";
import { callOf, type Finder } from "../work.js";

/** Settles a market whose feed is dead. Only on explicit configuration: it closes all positions of the market. */
export const deadFeeds: Finder = {
  kinds: ["dead-feed"],
  async find({ market, client, block, settings }) {
    if (!settings.settlesDeadFeeds) return [];
    const { deployment } = market;
    const [{ lastPrice, status }, { settlementDelay }, { settleableAt, settlementPrice }] = await Promise.all([
      getMarket(client, { deployment }),
      getMarketRules(client, { deployment }),
      getSettlement(client, { deployment }),
    ]);
    if (settlementPrice !== undefined || status === "settled" || !lastPrice) return [];
    const key = `dead-feed:${deployment.backstop}:${deployment.marketId}`;
    if (settleableAt !== undefined) {
      if (settleableAt > block.timestamp) return [];
      return [{ key: `${key}:settle`, kind: "dead-feed", ...callOf(settleMarket.call({ deployment })), income: {} }];
    }
    if (block.timestamp - lastPrice.publishTime < BigInt(settlementDelay)) return [];
    return [
      { key: `${key}:announce`, kind: "dead-feed", ...callOf(announceSettlement.call({ deployment })), income: {} },
    ];
  },
};
