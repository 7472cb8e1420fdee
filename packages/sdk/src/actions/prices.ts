import type { Client } from "viem";
import { pythOracle } from "../client/contracts.js";
import { defineRead } from "../client/define-read.js";
import type { MarketParameters } from "../client/parameters.js";
import { priced } from "../client/priced.js";
import { getDecodedRevert, readContract } from "../client/reverts.js";
import type { Revert } from "../reverts.js";
import type { Wad } from "../units.js";

/** A price, WAD, and its publish time, Unix seconds: the older of the two of a composite price. */
export type PublishedPrice = { price: Wad; publishTime: bigint };

/**
 * Reads the stored oracle price, its confidence (WAD) and its publish time.
 *
 * @throws {@link StalePriceError} when the price is too old. {@link getMarket} returns the last price at any age.
 */
export const getPrice = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<PublishedPrice & { confidence: Wad }> => {
    const call = { ...pythOracle({ deployment }), args: [deployment.marketId] } as const;
    const [price, confidence, publishTime] = await priced(readContract(client, { ...call, functionName: "getPrice" }));
    return { price, confidence, publishTime };
  },
);

/** The result of a read: a value, or the error that it reverted with. */
export type Attempt<value> = { ok: true; value: value } | { ok: false; revert: Revert };

/** The actions that the market's price allows now; prices WAD. */
export type PriceState = {
  /** The stored price, for immediate trades, and its confidence. */
  trade: Attempt<PublishedPrice & { confidence: Wad }>;
  /** Whether that price allows to open and increase positions, and to settle LP requests. */
  increase: Attempt<undefined>;
  /** The price that liquidations use. It liquidates accounts whose last fill is not later. */
  liquidation: Attempt<PublishedPrice>;
};

/**
 * Reads the actions that the market's price allows, with the reason for each that it does not.
 *
 * @example
 * const { increase } = await getPriceState(client, { deployment });
 * if (!increase.ok) console.log(formatRevert(increase.revert)); // "SourcesDisagree (pythId 0x..., primary ...)"
 */
export const getPriceState = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<PriceState> => {
    const call = { ...pythOracle({ deployment }), args: [deployment.marketId] } as const;
    const [trade, increase, liquidation] = await Promise.all([
      attempt(() => getPrice(client, { deployment })),
      attempt(async () => {
        // `checkIncrease` reverts for a stale price only when it has a second source to compare with.
        await readContract(client, { ...call, functionName: "getPrice" });
        await readContract(client, { ...call, functionName: "checkIncrease" });
        return undefined;
      }),
      attempt(async () => {
        const [price, publishTime] = await readContract(client, { ...call, functionName: "getLiquidationPrice" });
        return { price, publishTime };
      }),
    ]);
    return { trade, increase, liquidation };
  },
);

async function attempt<value>(read: () => Promise<value>): Promise<Attempt<value>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    const revert = getDecodedRevert(error);
    if (!revert) throw error;
    return { ok: false, revert };
  }
}
