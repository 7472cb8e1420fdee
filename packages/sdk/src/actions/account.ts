import type { Client } from "viem";
import { exchangeLens, vault } from "../client/contracts.js";
import { defineRead } from "../client/define-read.js";
import type { AccountParameters } from "../client/parameters.js";
import { readContract } from "../client/reverts.js";
import { type AccountState, accountStateOf, type Fees, type Position, type Trader } from "../entities/account.js";
import type { CollateralAmount } from "../units.js";

/**
 * Reads a position.
 *
 * @example
 * const { size, openNotional, margin } = await getPosition(client, { deployment, account });
 */
export const getPosition = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, account }: AccountParameters): Promise<Position> => {
    const { size, openNotional, margin } = await readContract(client, {
      ...vault({ deployment }),
      functionName: "positionOf",
      args: [deployment.marketId, account],
    });
    return { size, openNotional, margin };
  },
);

/** Reads an account's fund, in the collateral's own decimals. */
export const getFund = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, account }: AccountParameters): Promise<CollateralAmount> => {
    return readContract(client, { ...vault({ deployment }), functionName: "fundOf", args: [account] });
  },
);

/**
 * Reads the pending fees of an account, WAD quote: owed above zero, receivable below. The account's next fill settles
 * them.
 *
 * @example
 * const { funding, borrowing } = await getPendingFees(client, { deployment, account });
 */
export const getPendingFees = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, account }: AccountParameters): Promise<Fees> => {
    const args = [deployment.marketId, account] as const;
    const [funding, borrowing] = await readContract(client, {
      ...exchangeLens({ deployment }),
      functionName: "pendingFeesOf",
      args,
    });
    return { funding, borrowing };
  },
);

/**
 * Reads a trader's whole state in one call: fund, and for each market position, margin, pending fees, free margin,
 * requirements and liquidation price. A market without a fresh price has a `priceError`; the other markets are complete.
 *
 * @example
 * const { fund, market } = await getTrader(client, { deployment, account });
 * market.valuation?.marginRatio; // 250000000000000000n: 25%
 */
export const getTrader = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, account }: AccountParameters): Promise<Trader> => {
    const call = { ...exchangeLens({ deployment }), functionName: "getTrader", args: [account] } as const;
    const trader = await readContract(client, call);
    const markets = trader.markets.map(accountStateOf);
    const here = markets.find(({ marketId }) => marketId === deployment.marketId);
    const market = here ?? (await getAccount(client, { deployment, account }));
    return { account: trader.account, fund: trader.fundXCD, markets, market };
  },
);

/**
 * Reads one account in the deployment's market, also an account without position and margin.
 *
 * @example
 * const { size, pendingFunding, liquidationPrice } = await getAccount(client, { deployment, account });
 */
export const getAccount = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, account }: AccountParameters): Promise<AccountState> => {
    const args = [deployment.marketId, account] as const;
    return accountStateOf(
      await readContract(client, { ...exchangeLens({ deployment }), functionName: "getAccount", args }),
    );
  },
);
