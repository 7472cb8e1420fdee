import type { AccountId, Exchange, LimitedSwap, LiquidationParameters, TradeParameters } from "../src/index.js";

/** An operation that engine and contracts execute. Amounts WAD; those that end in `XCD` are in the token's own decimals. */
export type Operation =
  | { type: "publish"; price: bigint; confidence: bigint }
  | { type: "deposit"; account: AccountId; amountXCD: bigint }
  | { type: "withdraw"; account: AccountId; amountXCD: bigint }
  | ({ type: "trade" } & TradeParameters)
  | ({ type: "liquidate" } & LiquidationParameters)
  | { type: "flagShortfall"; account: AccountId; keeper: AccountId }
  | { type: "resolveShortfall"; account: AccountId }
  | { type: "deleverage"; account: AccountId; caller: AccountId; counterparties: readonly AccountId[] }
  | { type: "donate"; donor: AccountId; amountXCD: bigint }
  | ({ type: "swapSpot" } & LimitedSwap)
  | { type: "closeGap"; maker: AccountId; maxAmount: bigint }
  | { type: "rebalance" }
  | { type: "depositLp"; maker: AccountId; lp: AccountId; amountXCD: bigint }
  | { type: "redeemLp"; maker: AccountId; lp: AccountId; shares: bigint };

/** The types of all operations. */
export const OPERATION_TYPES = [
  ...["publish", "deposit", "withdraw", "trade", "liquidate", "flagShortfall", "resolveShortfall", "deleverage"],
  ...["donate", "swapSpot", "closeGap", "rebalance", "depositLp", "redeemLp"],
] as const;

/** An operation some seconds after the one before it. */
export type Step = { after: bigint; operation: Operation };

/** Executes an operation in the engine, whose time is set. @throws {Rejection} */
export function executeInEngine(exchange: Exchange, operation: Operation): unknown {
  switch (operation.type) {
    case "publish":
      return exchange.publish({ ...operation, publishTime: exchange.ledger.time });
    case "deposit":
      return exchange.deposit(operation.account, operation.amountXCD);
    case "withdraw":
      return exchange.withdraw(operation.account, operation.amountXCD);
    case "trade":
      return exchange.trade(operation);
    case "liquidate":
      return exchange.liquidate(operation);
    case "flagShortfall":
      return exchange.flagShortfall(operation.account, operation.keeper);
    case "resolveShortfall":
      return exchange.shortfalls.resolve(operation.account);
    case "deleverage":
      return exchange.deleverage(operation);
    case "donate":
      return exchange.donate(operation.donor, operation.amountXCD);
    case "swapSpot":
      return exchange.pool.swapTo(operation);
    case "closeGap":
      return exchange.hedgedVaultOf(operation.maker).closeGap(operation.maxAmount);
    case "rebalance":
      return exchange.quoteVault.rebalance();
    case "depositLp":
      return exchange.lpVaultOf(operation.maker).deposit(operation.lp, operation.amountXCD);
    case "redeemLp":
      return exchange.lpVaultOf(operation.maker).withdraw(operation.lp, operation.shares);
  }
}
