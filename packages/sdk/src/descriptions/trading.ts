import { remedies, type Text } from "./text.js";

/** Accounts, collateral, trades and liquidations. */
export const trading = {
  AmountTooLarge: [
    "The amount is too large",
    "The amount {amount:n} exceeds the largest amount that the contract stores, {maxAmount:n} (in the smallest unit).",
    "Use a smaller amount.",
  ],
  BelowMinMarginRatio: [
    "The maker lacks margin",
    "After the action the maker would have {accountValue:quote}, below the {required:quote} that its margin ratio requires.",
    "Use a smaller amount, or another maker.",
  ],
  BondMissing: [
    "The order needs a bond",
    "The order is marked as priced by a pool, but maker {maker:address} prices from the oracle.",
    "Create the order without the mark, so that it binds a bond.",
  ],
  CarryTooHigh: [
    "The maker pays too much funding",
    "The maker pays {rate:rate} for its position, above its limit of {maxRate:rate}, and takes no more of this side.",
    "Use another maker, or wait until funding has fallen.",
  ],
  DeadlinePassed: [
    "The deadline has passed",
    "The block's time is {timestamp:time}, and the deadline was {deadline:time}.",
    "Send the transaction again with a later deadline.",
  ],
  DeleverageFirst: [
    "The account must be deleveraged first",
    "The shortfall of {account:address} would leave insurance at {insurance:quote}. A liquidation with bad debt is possible from {debtAllowedAt:time} on.",
    "Deleverage the account against positions in profit, or flag its shortfall and wait for the window.",
  ],
  DepositCapExceeded: [
    "The deposit cap is reached",
    "The exchange would hold {totalXCD:collateral}, above its cap of {capXCD:collateral}.",
    "Deposit less, or wait until the cap is raised or others withdraw.",
  ],
  DrawnBelowZero: [
    "The maker's margin would be negative",
    "The maker drew from its margin for the fill and would end it with {margin:quote}.",
    "Trade a smaller amount, or against another maker.",
  ],
  InGracePeriod: [
    "The market has just resumed",
    "No account of market {marketId:n} is liquidated before {endsAt:time}, after a pause or an outage of the price.",
    "Wait until then. Margin can be added and positions reduced.",
  ],
  InsufficientFund: [
    "The fund is too small",
    "The action needs {requested:collateral}, and the account's fund has {available:collateral}.",
    "Deposit collateral, or move free margin from the market to the fund, or use a smaller amount.",
  ],
  InsufficientInitialMargin: [
    "Too little margin for this trade",
    "After the trade {account:address} would be worth {accountValue:quote}, below the initial requirement of {required:quote}.",
    "Add margin or trade a smaller amount. If the account is a maker, use another maker.",
  ],
  InsufficientInsurance: [
    "Insurance is too small",
    "The reward takes {requested:quote} from insurance, which has {available:quote}.",
    "Use a smaller amount, or wait until insurance has grown.",
  ],
  InsufficientMaintenanceMargin: [
    "The trade leaves too little margin",
    "After the trade {account:address} would be worth {accountValue:quote}, below its maintenance requirement of {required:quote}, with a lower margin ratio than before.",
    "Add margin, or close more of the position.",
  ],
  InsufficientMargin: [
    "Too little margin would remain",
    "After the withdrawal {left:quote} would remain. The position requires {required:quote}, and unrealised profit does not count.",
    "Withdraw less, or reduce the position first.",
  ],
  InsufficientMarketBalance: [
    "The market's balance is too small",
    "The payment needs {requested:collateral}, and the market holds {available:collateral}.",
    "Withdraw less, or wait until traders have settled their losses.",
  ],
  InvalidMarketId: [
    "The market id is not the next one",
    "The market id is {marketId:n}, and the next new market has id {nextMarketId:n}.",
    "Use the next id.",
  ],
  InvalidSignature: [
    "The signature is invalid",
    "The signature is not one of {account:address} over these values.",
    "Sign again with this account and on this chain, with the values of the call.",
  ],
  LiquidationPriceTooOld: [
    "The price is too old for a liquidation",
    "The stored price was published at {publishTime:time}. A liquidation against this maker needs one of {oldestAllowed:time} or later.",
    remedies.price,
  ],
  LiquidatorIsAccount: [
    "An account cannot liquidate itself",
    "The account {account:address} is also the liquidator.",
    "Send the liquidation from another account, or close the position with an order.",
  ],
  Locked: [
    "Another action is running",
    "{holder:address} holds the lock of the exchange during its own action.",
    "Make the call outside of a fill or a callback.",
  ],
  MakerCannotBeMatched: [
    "Makers cannot be matched",
    "{maker:address} is a registered maker, which cannot be matched with another account.",
    "Trade against the maker with an order, or match two traders.",
  ],
  MakerCapacityExceeded: [
    "The order exceeds the maker's capacity",
    "The order needs {requested:base}, and the maker has {available:base} left on this side.",
    "Use a smaller amount, or another maker.",
  ],
  MakerIsRetired: [
    "The maker is retired",
    "{maker:address} is retired, and only trades that reduce its position are possible.",
    "Use another maker.",
  ],
  MakerQuoteCapacityExceeded: [
    "The order exceeds the maker's capacity",
    "The order is for {requested:quote}, and the maker's remaining capacity is worth {available:quote}.",
    "Use a smaller amount, or another maker.",
  ],
  MarketFrozen: [
    "The market is paused",
    "Margin of an open position cannot leave market {marketId:n} while it is paused.",
    "Wait until the market is active again.",
  ],
  MarketNotActive: [
    "The market does not accept this action",
    "Market {marketId:n} is {status:status}.",
    "If it is reduce-only, reduce a position, or wait for the end of a grace period. If it is paused, wait. If it is settled, close at the settlement price.",
  ],
  NoFillWindow: [
    "There is no open fill",
    "{caller:address} can draw collateral only during a fill of market {marketId:n}, and none is open.",
    remedies.internal,
  ],
  NoPreview: [
    "The result is unknown before settlement",
    "A request at {maker:address} settles at a later price, so its result cannot be previewed.",
    "Use the quote of the maker as an estimate, and set a minimum in the request.",
  ],
  NoShortfall: [
    "The account has no shortfall",
    "{account:address} has a position of {size:base} and a margin of {margin:quote}. Only a flat account with a negative margin has a shortfall.",
    "Do nothing, or liquidate the open position first.",
  ],
  NoShortfallBeyondInsurance: [
    "Insurance covers the account",
    "{account:address} is worth {accountValue:quote}, and insurance has {insurance:quote}.",
    "Liquidate the account instead.",
  ],
  NotAuthorized: [
    "The caller is not authorized",
    "{caller:address} may not act for {account:address}.",
    "Send the call from the account itself, or let the account approve the caller as its operator first.",
  ],
  NotBetter: [
    "The account has no better rank",
    "{account:address} ranks at {rank:wad}, and the deleveraged account ranked at {rankOfCounterparty:wad}, or the account has traded since.",
    "Name an account with a higher rank that has not traded since the deleveraging.",
  ],
  NotLiquidatable: [
    "The account cannot be liquidated",
    "{account:address} is worth {accountValue:quote}, at or above its maintenance requirement of {required:quote}.",
    "Try again when the account is below its requirement at a newer price.",
  ],
  NotMaker: [
    "The caller is not a maker",
    "{caller:address} is not a registered maker of market {marketId:n}.",
    remedies.internal,
  ],
  NothingToDeleverage: [
    "No position can take the deleveraging",
    "No maker and none of the named accounts has an opposite position in profit at the bankruptcy price of {account:address}.",
    "Name accounts with opposite positions in profit, or wait for another price.",
  ],
  NothingToReduce: [
    "There is no position to reduce",
    "The position is {size:base}, and the reduce-only order would not reduce it.",
    "Check the side of the order, or create it without reduce-only.",
  ],
  OutageOver: [
    "The outage does not count any more",
    "The outage of market {marketId:n} ended at {outageEnd:time}. It was reported, or it ended before the last pause or too long ago.",
    "No action is needed.",
  ],
  PaysOwnDebt: [
    "The LP vault pays its shortfall itself",
    "{maker:address} holds assets that pay its shortfall before any account is deleveraged.",
    "Liquidate the LP vault, and let it sell base for its debt.",
  ],
  PositionBelowMinimum: [
    "The position would be too small",
    "The remaining position would be worth {value:quote}, below the market's minimum of {minValue:quote}.",
    "Close the whole position, or trade an amount that leaves at least the minimum.",
  ],
  PositionOpen: [
    "The account has an open position",
    "The position is {size:base}, so that not all margin can be withdrawn.",
    "Close the position first, or withdraw less.",
  ],
  PriceBandExceeded: [
    "The price is too far from the oracle",
    "The trade would have a price of {tradePrice:price}. The oracle price is {oraclePrice:price}, and the market accepts {priceBand:ppm} of distance.",
    "Use a smaller amount, or another maker.",
  ],
  PriceBoundExceeded: [
    "The price is worse than the liquidator's bound",
    "The oracle price is {price:price}, and the bound is {bound:price}.",
    "Send the liquidation again with a bound that accepts the price.",
  ],
  PriceOlderThanFill: [
    "The price is older than the last fill",
    "The price was published at {publishTime:time}, before the price of the account's last fill, {lastFillAt:time}.",
    remedies.price,
  ],
  ProfitTooSmall: [
    "The profit does not bear the deleveraging",
    "{account:address} has {profit:quote} of profit left for a cost of {cost:quote}, or would end below its maintenance requirement.",
    "Name another account, or take over a smaller part.",
  ],
  RewardTooLow: [
    "The reward is below the minimum",
    "The liquidation pays {reward:quote}, below the demanded {minReward:quote}.",
    "Demand less, or liquidate another account.",
  ],
  SenderNotApproved: [
    "The maker does not accept this sender",
    "The maker fills orders of approved senders only, and {sender:address} is none.",
    "Use a gateway or a maker that accepts the order.",
  ],
  SignatureExpired: [
    "The signature has expired",
    "The block's time is {timestamp:time}, and the signature was valid until {deadline:time}.",
    "Sign again with a later deadline.",
  ],
  SlippageExceeded: [
    "The price moved beyond your limit",
    "The trade would exchange {oppositeAmount:wad}, and the bound of the order is {bound:wad} (base or quote, the side that the order leaves open).",
    "Quote again, and create the order with a wider bound or a smaller amount.",
  ],
  SpotMarketLocked: [
    "The pool of the hedge is locked",
    "The caller acts inside a pool in which {maker:address} has to hedge.",
    "Send the call outside the callbacks and the lock of that pool.",
  ],
  TakerIsMaker: [
    "An account cannot trade with itself",
    "{account:address} is taker and maker of the trade.",
    "Name another maker.",
  ],
  TooManyCounterparties: [
    "Too many accounts are named",
    "{count:n} accounts are named, and the maximum is {maxCount:n}.",
    "Name the accounts with the highest ranks, and deleverage the rest in another call.",
  ],
  TradeQuoted: [
    "This is the result of a quote",
    "The trade would change the position by {base:base} and the quote amount by {quote:quote}.",
    "No action is needed: the quote reports its result as a revert. Use `quoteTrade` to read it.",
  ],
  UnknownDeleveraging: [
    "There is no such deleveraging",
    "Market {marketId:n} has no deleveraging with id {id:n}.",
    "Take the id from a Deleveraged event of this market.",
  ],
  UnknownMaker: [
    "The maker does not belong to this market",
    "{maker:address} is not a registered maker of market {marketId:n}: it is registered for market {makerMarketId:n} (0 is none).",
    "Name a maker of this market.",
  ],
  "UnknownMaker/1": ["The maker is unknown", "{maker:address} is not a registered maker.", "Name a registered maker."],
  UnknownMarket: [
    "The market does not exist",
    "There is no market {marketId:n}.",
    "Check the market id of the deployment.",
  ],
  "UnknownMarket/2": [
    "The market does not exist",
    "There is no market {marketId:n}. The exchange has {marketCount:n}.",
    "Check the market id of the deployment.",
  ],
  WindowOver: [
    "The deleveraging is final",
    "A correction was possible until {endsAt:time}, and it is {timestamp:time}.",
    "Corrections of this deleveraging are no longer possible.",
  ],
  WouldIncrease: [
    "The fill would not reduce the position",
    "The order is reduce-only, the position is {size:base}, and the fill is {fill:base}.",
    "Use an amount of at most the position, or an order that is not reduce-only.",
  ],
  ZeroAddress: ["An address is missing", "An address of the call is the zero address.", "Give the address."],
  ZeroAmount: ["The amount is zero", "An amount is zero, or so small that it rounds to zero.", "Use a larger amount."],
} as const satisfies Record<string, Text>;
