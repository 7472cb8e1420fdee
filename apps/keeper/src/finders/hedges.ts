import {
  announceVaultDeleverage,
  closeHedgeGap,
  deleverageVault,
  getHedge,
  getQuoteHedge,
  rebalance,
} from "@counterpoise/sdk";
import { PriceNotFoundError } from "@counterpoise/sdk/prices";
import type { Address } from "viem";
import { callOf, type Finder, type Work } from "../work.js";

/** Moves the quote vault's margin to its target, and closes a part of its position when its balance is spent. */
export const quoteVaults: Finder = {
  kinds: ["quote-vault"],
  async find({ market, client, block, prices }) {
    const { deployment } = market;
    const maker = deployment.spotHedgeQuoteMaker;
    if (!maker) return [];
    const { toMove, toClose, deleverageAt } = await getQuoteHedge(client, { maker });
    const work = (action: string, call: Parameters<typeof callOf>[0]): Work[] => [
      { key: `quote-vault:${maker}:${action}`, kind: "quote-vault", ...callOf(call), income: {} },
    ];
    if (deleverageAt !== undefined && deleverageAt <= block.timestamp) {
      try {
        const { updateData } = await prices.at(deleverageAt);
        const against = deployment.oracleMaker;
        return work(`deleverage-${deleverageAt}`, deleverageVault.call({ maker, against, updateData }));
      } catch (error) {
        if (error instanceof PriceNotFoundError) return [];
        throw error;
      }
    }
    if (toMove !== 0n) return work("rebalance", rebalance.call({ maker }));
    if (toClose > 0n && deleverageAt === undefined) return work("announce", announceVaultDeleverage.call({ maker }));
    return [];
  },
};

/** Trades the gaps that forced changes have left in the hedges of the spot-hedged vaults. */
export const hedgeGaps: Finder = {
  kinds: ["hedge-gap"],
  async find({ market, client, block }) {
    const { deployment } = market;
    const makers = [deployment.spotHedgeBaseMaker, deployment.spotHedgeQuoteMaker].filter(
      (maker): maker is Address => maker !== undefined,
    );
    const works = await Promise.all(
      makers.map(async (maker): Promise<Work[]> => {
        const { gap, gapClosableAt } = await getHedge(client, { deployment, maker });
        if (gap === 0n || gapClosableAt > block.timestamp) return [];
        const call = closeHedgeGap.call({ deployment, maker });
        return [{ key: `hedge-gap:${maker}`, kind: "hedge-gap", ...callOf(call), income: {} }];
      }),
    );
    return works.flat();
  },
};
