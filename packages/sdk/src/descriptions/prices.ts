import { remedies, type Text } from "./text.js";

/** Prices, feeds and settlement. */
export const prices = {
  CombinedPriceOverflow: [
    "The combined price is too large",
    "Pyth cannot represent the combination of the two prices.",
    "Check the feeds of the market.",
  ],
  ConfidenceTooWide: [
    "The price is too uncertain",
    "The confidence interval is {confidence:price}, and the maximum is {maxConfidence:price}.",
    "Wait for a more certain price. Positions can still be reduced.",
  ],
  ExecutionInProgress: [
    "An execution is running",
    "A price of market {marketId:n} is in use.",
    "Make the call outside of an execution.",
  ],
  ExponentOutOfRange: [
    "The exponent of the price is outside its range",
    "The exponent is {expo:n}, and the range is {minExpo:n} to {maxExpo:n}.",
    "Use another feed.",
  ],
  ExponentOverflow: [
    "The exponent of the price is too large",
    "Pyth cannot represent the price with this exponent.",
    "Check the feeds of the market.",
  ],
  FallbackOnlyReduces: [
    "Positions can only be reduced now",
    "The price of market {marketId:n} is one of the second source.",
    "Reduce a position, or wait until the first source publishes again.",
  ],
  FeeNotCovered: [
    "The fee of the price source is not covered",
    "The fee is {fee:wei}, and {available:wei} is available.",
    "Attach at least the fee.",
  ],
  FeedAlive: [
    "The price feed is alive",
    "It published at {publishTime:time}, and counts as dead at {deadAt:time}.",
    "Use the market as usual. It can be settled only when the feed is dead.",
  ],
  FeedExists: [
    "The market has a feed already",
    "Market {marketId:n} has feed {pythId:n}.",
    "Announce a change of the feed instead.",
  ],
  FeedNotYetApplicable: [
    "The new feed is not in force",
    "The block's time is {timestamp:time}, and the feed can be applied at {appliesAt:time}.",
    remedies.wait,
  ],
  FuturePrice: [
    "The price is from the future",
    "The price was published at {publishTime:time}, and the newest accepted time is {newestAllowed:time}.",
    "Wait some seconds and try again, and check the clock of the chain.",
  ],
  InsufficientFee: [
    "The fee of Pyth is not paid",
    "The attached value is below the fee of the price update.",
    "Read the fee of the update, and attach it.",
  ],
  InvalidFeed: [
    "The feed's parameters are invalid",
    "A parameter is outside its range: {feed:n}.",
    "Choose parameters inside the ranges that the oracle documents.",
  ],
  InvalidInputExpo: [
    "The exponent of the price is invalid",
    "Pyth cannot combine prices with this exponent.",
    "Check the feeds of the market.",
  ],
  InvalidPrice: ["The price is invalid", "The price of the source cannot be used.", remedies.price],
  InvalidTwapUpdateData: [
    "The update of the average price is invalid",
    "Pyth does not accept the data.",
    remedies.pyth,
  ],
  InvalidTwapUpdateDataSet: [
    "The updates of the average price do not belong together",
    "Pyth does not accept the set of updates.",
    remedies.pyth,
  ],
  InvalidUpdateData: ["The price update is invalid", "Pyth does not accept the data.", remedies.pyth],
  InvalidUpdateDataSource: [
    "The price update has a wrong source",
    "Pyth does not accept data of this source.",
    remedies.pyth,
  ],
  InvalidWormholeVaa: [
    "The signatures of the price update are invalid",
    "Pyth could not verify the message of Wormhole.",
    remedies.pyth,
  ],
  InvalidArgument: [
    "Pyth does not accept an argument",
    "An argument of the call to Pyth is invalid.",
    "Check the price update and the feed.",
  ],
  NeedsLivePart: [
    "The settlement needs a price of one part",
    "It needs the first price of feed {pythId:n} that was published at {minPublishTime:time} or later.",
    "Fetch this price update, and send it with the call.",
  ],
  NegativeInputPrice: [
    "The price is negative",
    "Pyth cannot combine a negative price.",
    "Check the feeds of the market.",
  ],
  NoFirstRound: [
    "The second source has no such round",
    "{aggregator:address} has no provable first round at {minPublishTime:time} or later.",
    "Wait until the second source publishes.",
  ],
  NoFreshUpdate: [
    "The price update is not newer",
    "The update has no price that is newer than the stored one.",
    "No action is needed, or fetch a newer update.",
  ],
  NoOutage: [
    "The price had no outage",
    "The source published nothing for {duration:seconds}, and an outage is {minDuration:seconds} or longer.",
    "No action is needed: liquidations continue.",
  ],
  NoPendingFeed: [
    "No change of the feed is announced",
    "Market {marketId:n} has no announced feed.",
    "Announce the feed first.",
  ],
  NotExecutor: [
    "The caller is not an executor",
    "{caller:address} may not set the price of an execution.",
    remedies.internal,
  ],
  NotOracle: [
    "Native coins come from the oracle only",
    "{caller:address} sent native coins.",
    "Send no native coins to this contract.",
  ],
  NotVault: ["The caller is not the Vault", "{caller:address} is not {vault:address}.", remedies.internal],
  OlderThanStored: [
    "The price is older than the stored one",
    "The update of feed {pythId:n} was published at {publishTime:time}, and the stored price at {storedPublishTime:time}.",
    "Fetch a newer update, or call without an update.",
  ],
  OutsideWindow: [
    "The price is outside the window",
    "The price was published at {publishTime:time}, and the window is {minPublishTime:time} to {maxPublishTime:time}.",
    "Fetch the first price update inside the window.",
  ],
  PartsApart: [
    "The two prices are too far apart in time",
    "They were published at {olderPublishTime:time} and {newerPublishTime:time}, and {maxSkew:seconds} is accepted.",
    "Fetch updates of both feeds of the same second.",
  ],
  PriceFeedNotFound: [
    "The price feed has no price",
    "Pyth has no price of this feed.",
    "Store a price update at Pyth first, and check the id of the feed.",
  ],
  PriceFeedNotFoundWithinRange: [
    "The update has no price for this time",
    "The update does not have the first price of the feed inside the window.",
    "Fetch the update for the time at which the order became executable.",
  ],
  PriceNotPositive: [
    "The price is not positive",
    "The source of feed {pythId:n} states {price:n} (in its own exponent).",
    "Wait for a valid price.",
  ],
  PriceOutOfRange: [
    "The price is outside its range",
    "The price is {price:price}, and the largest is {maxPrice:price}. It must be above zero.",
    "Wait for a valid price, or check the feed.",
  ],
  PrimaryAlive: [
    "The first source is alive",
    "Feed {pythId:n} published at {publishTime:time}, and the second source serves only if the first is silent for {fallbackAge:seconds}.",
    "Execute with a price of the first source.",
  ],
  SequencerDown: [
    "The sequencer is down or just back",
    "{sequencerFeed:address} reports that the L2's sequencer is down, or up for less than the grace period.",
    "Wait until the grace period has passed. Liquidations and openings wait ten minutes longer, in which margin can be added and positions reduced.",
  ],
  SequencerGraceTooLong: [
    "The grace period of the sequencer is too long",
    "The feed names {gracePeriod:seconds} after an outage of the sequencer, and the limit is {maxGracePeriod:seconds}: orders and liquidations wait for it.",
    "Choose a grace period within the limit.",
  ],
  SettlementNotDue: [
    "The settlement is not due",
    "The block's time is {timestamp:time}, and the market can be settled at {settleableAt:time}.",
    remedies.wait,
  ],
  SourcesDisagree: [
    "The two price sources disagree",
    "They state {primary:wad} and {secondary:wad} dollars for feed {pythId:n}, and {maxDeviation:ppm} of distance is accepted.",
    "Wait until they agree. Positions can still be reduced.",
  ],
  StalePrice: [
    "The price is too old",
    "The price of feed {pythId:n} was published at {publishTime:time}. The action needs one of {oldestAllowed:time} or later.",
    remedies.price,
  ],
  "StalePrice/0": ["The price is too old", "The stored price is older than Pyth's caller accepts.", remedies.price],
  UnknownFeed: [
    "The market has no price feed",
    "The oracle has no feed for market {marketId:n}.",
    "Let the owner set the feed of the market.",
  ],
  UnreadableSource: [
    "The price source cannot be read",
    "{source:address} returns no decimals, or too many.",
    "Check the address of the aggregator.",
  ],
  WrongFeed: [
    "The price is of another feed",
    "Pyth returned feed {pythId:n} instead of {expected:n}.",
    "Fetch the update of the market's own feed.",
  ],
} as const satisfies Record<string, Text>;
