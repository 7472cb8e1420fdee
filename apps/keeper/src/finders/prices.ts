import type { SigningClient } from "@counterpoise/sdk";
import { getAccount, getMarket } from "@counterpoise/sdk";
import { priceOf, storePrices } from "@counterpoise/sdk/prices";
import { callOf, type Finder } from "../work.js";

const PPM = 1_000_000n;

/**
 * Publishes the source's latest price when it differs from the stored one by the deviation, when the stored one is older than
 * the heartbeat, and at once when it makes an account liquidatable.
 */
export const prices: Finder = {
  kinds: ["price"],
  async find({ market, client, block, prices: source, settings }) {
    const { deployment } = market;
    const [update, { lastPrice }] = await Promise.all([source.latest(), getMarket(client, { deployment })]);
    const { price, publishTime } = priceOf(update, market.feed);
    if (lastPrice && publishTime <= lastPrice.publishTime) return [];
    const isDue = async (): Promise<boolean> => {
      if (!lastPrice) return true;
      const step = price > lastPrice.price ? price - lastPrice.price : lastPrice.price - price;
      if (step * PPM >= lastPrice.price * settings.deviation) return true;
      if (publishTime - lastPrice.publishTime >= settings.heartbeat) return true;
      if (step === 0n) return false;
      // A smaller step that an account does not survive.
      const accounts = await market.accounts(client, block);
      const states = await Promise.all(accounts.map((account) => getAccount(client, { deployment, account })));
      return states.some(({ size, liquidationPrice, isLiquidatable }) => {
        if (isLiquidatable || liquidationPrice === undefined) return false;
        return size > 0n ? price < liquidationPrice : price > liquidationPrice;
      });
    };
    if (!(await isDue())) return [];
    const call = await storePrices.call(
      { deployment, prices: { updateData: update.updateData, pyth: market.pyth } },
      client as unknown as SigningClient,
    );
    return [{ key: `price:${market.pyth}:${source.ids.join()}`, kind: "price", ...callOf(call), income: {} }];
  },
};
