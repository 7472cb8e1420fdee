import { defineRead } from "../client/define-read.js";
import type { AccountParameters } from "../client/parameters.js";
import { all, type Steps, view } from "../client/steps.js";
import { type AccountState, accountStateOf, type Fees, type Position, type Trader } from "../entities/account.js";
import * as lens from "../generated/contracts/exchange-lens.js";
import * as vault from "../generated/contracts/vault.js";
import type { CollateralAmount } from "../units.js";

/**
 * Reads a position.
 *
 * @example
 * const { size, openNotional, margin } = await getPosition(client, { deployment, account });
 */
export const getPosition = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<Position> {
  const args = [deployment.marketId, account] as const;
  const { size, openNotional, margin } = yield* view(deployment.vault, vault.positionOf, args);
  return { size, openNotional, margin };
});

/** Reads an account's fund, in the collateral's own decimals. */
export const getFund = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<CollateralAmount> {
  return yield* view(deployment.vault, vault.fundOf, [account]);
});

/**
 * Reads the pending fees of an account, WAD quote: owed above zero, receivable below. The account's next fill settles
 * them.
 *
 * @example
 * const { funding, borrowing } = await getPendingFees(client, { deployment, account });
 */
export const getPendingFees = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<Fees> {
  const [funding, borrowing] = yield* view(deployment.lens, lens.pendingFeesOf, [deployment.marketId, account]);
  return { funding, borrowing };
});

/**
 * Reads a trader's whole state in one call: fund, and for each market position, margin, pending fees, free margin,
 * requirements and liquidation price. A market without a fresh price has a `priceError`; the other markets are complete.
 *
 * @example
 * const { fund, market } = await getTrader(client, { deployment, account });
 * market.valuation?.marginRatio; // 250000000000000000n: 25%
 */
export const getTrader = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<Trader> {
  const trader = yield* view(deployment.lens, lens.getTrader, [account]);
  const markets = yield* all(trader.markets.map(accountStateOf));
  const here = markets.find(({ marketId }) => marketId === deployment.marketId);
  const market = here ?? (yield* getAccount.call({ deployment, account }));
  return { account: trader.account, fund: trader.fundXCD, markets, market };
});

/**
 * Reads one account in the deployment's market, also an account without position and margin.
 *
 * @example
 * const { size, pendingFunding, liquidationPrice } = await getAccount(client, { deployment, account });
 */
export const getAccount = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<AccountState> {
  return yield* accountStateOf(yield* view(deployment.lens, lens.getAccount, [deployment.marketId, account]));
});
