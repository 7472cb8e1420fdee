import { remedies, type Text } from "./text.js";

/** Gateways, keepers and signed orders. */
export const orders = {
  AnnouncedTooSoon: [
    "The order cannot be announced again yet",
    "The block's time is {timestamp:time}. The order can be announced again at {allowedAt:time}.",
    remedies.wait,
  ],
  AnnouncementIsExecutable: [
    "The announcement can no longer be cancelled",
    "It became executable at {executableAt:time}, and the block's time is {time:time}.",
    "Wait until it is executed or has expired.",
  ],
  AnnouncementNotExpired: [
    "The announcement has not expired",
    "The block's time is {timestamp:time}, and the announcement expires at {expiresAt:time}.",
    "Execute it, or wait until it has expired.",
  ],
  AnnouncementPastExpiry: [
    "The announcement has expired",
    "The block's time is {timestamp:time}, and the announcement expired at {expiresAt:time}.",
    "Clear the announcement. The order can then be announced again, if it is still valid.",
  ],
  BondRatioOutOfRange: [
    "The bond ratio is outside its range",
    "The ratio is {ratio:ppm}. The times of the market's orders require {min:ppm} to {max:ppm}.",
    remedies.range,
  ],
  BracketNotActive: [
    "The bracket is not active",
    "Leg {leg:n} of order {orderHash:n} does not exist, is executed or cancelled, or ended with its position.",
    "Read the active brackets of the account, and use one of them.",
  ],
  FeedChangesBefore: [
    "The price feed changes before the expiry",
    "The order or request would live until {expiresAt:time}, and the feed changes at {changeAt:time}.",
    "Choose an expiry before the change, or wait until the new feed is in force.",
  ],
  FeedChangesMeanwhile: [
    "The price feed changes before the expiry",
    "The order could be open until {expiresAt:time}, and the feed changes at {changesAt:time}.",
    "Create the order after the change.",
  ],
  FillOutOfRange: [
    "The fill is too small or too large",
    "The fill is {amount:base}. The order accepts {least:base} to {left:base}.",
    "Fill an amount inside this range.",
  ],
  IdIsAnnounced: [
    "Another order with this id is announced",
    "Order id {id:n} of {account:address} has an announcement with a bond.",
    "Wait until the announcement is executed or cleared, or sign the order with another id.",
  ],
  InvalidRules: [
    "The rules of the gateway are invalid",
    "A time, ratio or fee of the rules is outside its range: {rules:n}.",
    "Choose rules inside the ranges that the gateway documents.",
  ],
  KeeperFeeRuleOutOfRange: [
    "A rule of the keeper fee is outside its range",
    "The value is {value:n}, and the range is {min:n} to {max:n} (gas, percent of the base fee, or wei).",
    remedies.range,
  ],
  KeeperFeeTooLow: [
    "The keeper fee is too low",
    "The attached fee is {fee:wei}, and the minimum is {minFee:wei}.",
    "Attach at least the minimum. It follows the base fee, so add a margin.",
  ],
  LifetimeTooLong: [
    "Orders would live too long",
    "The rules permit a life of {lifetime:seconds}, and the maximum is {maxLifetime:seconds}.",
    "Choose a shorter delay, window or validity.",
  ],
  LimitExceeded: [
    "The price is worse than the order's limit",
    "The price is {price:price}, and the limit is {limit:price}.",
    "Settle at a better price, or wait until the market meets the limit.",
  ],
  MarginTooLow: [
    "The account cannot carry the order",
    "The account has {availableXCD:collateral} for the order, which needs {requiredXCD:collateral} for initial margin and bond.",
    "Deposit collateral to the account, or announce a smaller order.",
  ],
  MarketNotConfigured: [
    "The gateway does not serve the market",
    "The gateway has no rules for market {marketId:n}.",
    "Use another gateway, or let the owner set the rules of the market.",
  ],
  MayNotWait: [
    "The order cannot wait for this order",
    "An order at a fixed price ({maker:address}) cannot wait for an order against {previousMaker:address}, which a taker could delay.",
    "Create the order after the earlier one is executed, or wait for an order of the same kind.",
  ],
  NeedsPrimaryPrice: [
    "The order needs a price of the first source",
    "A price of the second source executes only reduce-only orders that wait for no other order (market {marketId:n}).",
    "Wait until the first source publishes again.",
  ],
  NotEnoughGas: [
    "Too little gas",
    "{gasLeft:n} gas is left, and the call needs {minGas:n}.",
    "Send the transaction with a higher gas limit.",
  ],
  NotEnoughGasForSource: [
    "Too little gas for the price source",
    "{gasLeft:n} gas is left, and the read needs {minGas:n}.",
    "Send the transaction with a higher gas limit.",
  ],
  NotOpposite: [
    "The orders do not match",
    "Orders {takerHash:n} and {makerHash:n} are not two sides of one market.",
    "Match a buy order with a sell order of the same market.",
  ],
  NotOrderAccount: [
    "The order belongs to another account",
    "{caller:address} is not {account:address}, which signed the order.",
    "Send the call from the account of the order, or use its signature.",
  ],
  NotRelayer: [
    "The caller is not a relayer",
    "{caller:address} is not approved to settle signed orders.",
    "Announce the order instead, or send it through an approved relayer.",
  ],
  NotYetExecutable: [
    "The order's delay has not passed",
    "The block's time is {timestamp:time}. The order can be executed from {executableAt:time} on.",
    remedies.wait,
  ],
  NothingCredited: [
    "There is nothing to withdraw",
    "{account:address} has no credit of native coins.",
    "No action is needed. Check the account.",
  ],
  OrderClosed: [
    "The order is closed",
    "Order id {id:n} of {account:address}, or another order with this id, is filled or cancelled.",
    "Sign a new order with another id.",
  ],
  OrderExists: [
    "The same order exists already",
    "Order {orderId:n} has the same terms and times.",
    "Wait a second, or change the amount or the keeper fee.",
  ],
  OrderIsAnnounced: [
    "The order is announced already",
    "The order or leg {legHash:n} has an open announcement.",
    "Wait until the announcement is executed, or clear it after its expiry.",
  ],
  OrderNotExpired: [
    "The order has not expired",
    "The block's time is {timestamp:time}, and the order expires at {expiresAt:time}.",
    "Wait until the expiry. Until then a keeper can execute the order.",
  ],
  OrderNotStarted: [
    "The order is not valid yet",
    "The block's time is {timestamp:time}, and the order is valid from {validFrom:time} on.",
    remedies.wait,
  ],
  OrderPastExpiry: [
    "The order has expired",
    "The order would execute at {timestamp:time}, and its expiry is {expiresAt:time}.",
    "Create or sign a new order. If the expired one is at the order gateway, cancel it to receive its escrow.",
  ],
  OtherMarket: [
    "The orders are of different markets",
    "An order of market {marketId:n} cannot wait for an order of market {previousMarketId:n}.",
    "Create the order without an earlier one, or wait for an order of the same market.",
  ],
  PreviousOrderAlive: [
    "An earlier order is still open",
    "Order {orderId:n} must wait for order {previousOrderId:n}.",
    "Execute or cancel the earlier order first.",
  ],
  RelayFeeTooHigh: [
    "The relay fee is too high",
    "The fee is {fee:collateral}. After this fill the order pays at most {max:collateral}.",
    "Charge at most this fee.",
  ],
  RelayFeeTooLow: [
    "The relay fee is too low",
    "The order pays keepers {fee:collateral}, and the minimum is {minFee:collateral}.",
    "Sign the order with a relay fee of at least the minimum.",
  ],
  SourceFeeTooLow: [
    "The fee of the price source is not covered",
    "The attached value is {value:wei}, and the price source charges {sourceFee:wei}.",
    "Attach at least the fee of the price source.",
  ],
  TooLateToWait: [
    "The earlier order ends too early",
    "The order is executable at {executableAt:time}, and the price window of the earlier order ends at {previousLastPriceAt:time}.",
    "Create the order without an earlier one.",
  ],
  TriggerNotMet: [
    "The trigger is not met",
    "The price is {price:price}, and the trigger is {triggerPrice:price}.",
    "Wait until the price reaches the trigger.",
  ],
  UnknownAnnouncement: [
    "The announcement does not exist",
    "The stored hash of {legHash:n} is {commitment:n} (0 is none), which does not match the given values.",
    "Read the announcement again. It may have been executed, cancelled or cleared.",
  ],
  UnknownOrder: [
    "The order does not exist",
    "The stored hash of order {orderId:n} is {commitment:n} (0 is none), which does not match the given values.",
    "Read the order again. It may have been executed or cancelled.",
  ],
  WrongMaker: [
    "The order names another maker",
    "The fill uses {maker:address}, and the order names {wanted:address}.",
    "Settle the order against the maker that it names.",
  ],
  WrongNonce: [
    "The order was cancelled with all others",
    "The order of {account:address} has nonce {nonce:n}, and the account's nonce is {current:n}.",
    "Sign the order again with the present nonce.",
  ],
} as const satisfies Record<string, Text>;
