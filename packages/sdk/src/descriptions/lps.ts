import { remedies, type Text } from "./text.js";

/** LP vaults, requests and hedges. */
export const lps = {
  AccountInDebt: [
    "The LP vault pays a debt first",
    "The account of the flat LP vault is worth {accountValue:quote} in its market.",
    "Let the LP vault pay: close its hedge gap, or rebalance a quote vault. Then withdraw again.",
  ],
  AdapterMismatch: [
    "The adapter has other tokens",
    "The adapter swaps {baseToken:address} and {quoteToken:address}, which are not the maker's tokens.",
    "Use an adapter for the maker's base token and collateral.",
  ],
  BoundBelowPathFee: [
    "The hedge bound is below the pools' fees",
    "The bound is {bound:ppm}, and the pools of the path charge {pathFee:ppm}, so that no hedge could succeed.",
    "Choose a bound above the fees of the path.",
  ],
  CannotHoldSlice: [
    "The account cannot leave in kind",
    "{account:address} is a maker, a request vault or the settlement account, and can hold no position of an LP.",
    "Start the exit from the account of the LP.",
  ],
  ClaimTooLarge: [
    "The claim is too large",
    "The claim is for {amount:n}, and {claimable:n} can be claimed (in the smallest unit).",
    "Claim at most the claimable amount.",
  ],
  ClaimsFull: [
    "The claims of the account are full",
    "{controller:address} has no room for another settled request.",
    "Claim the settled requests, then request again.",
  ],
  DelayBelowOrders: [
    "Requests would wait for less time than orders",
    "The delay is {delay:seconds}, and orders at {gateway:address} wait for {orderDelay:seconds}.",
    "Choose a delay of at least that of the orders.",
  ],
  DeleverageAlive: [
    "A deleveraging is announced already",
    "The block's time is {timestamp:time}, and the announcement expires at {expiresAt:time}.",
    "Execute the announced deleveraging, or wait until it has expired.",
  ],
  DeleverageExpired: [
    "The announced deleveraging has expired",
    "The block's time is {timestamp:time}, and the announcement expired at {expiresAt:time}.",
    "Announce the deleveraging again.",
  ],
  DeleverageNotDue: [
    "The deleveraging is not due",
    "The block's time is {timestamp:time}, and it is executable at {executableAt:time} (1970 stands for no announcement).",
    "Announce the deleveraging, or wait until it is executable.",
  ],
  DeleveragePriceTooFar: [
    "The announced price is too far from the market",
    "The announced price is {price:price}, the live price is {livePrice:price}, and the bound is {maxDeviation:ppm}.",
    "Wait until the announcement expires, and announce again.",
  ],
  EnoughFunds: [
    "The LP vault has enough funds",
    "Balance and account value are {funds:quote}, and {required:quote} is required.",
    "No action is needed. The LP vault can be deleveraged only when its funds do not suffice.",
  ],
  ExitNotExecutable: [
    "The exit is not executable now",
    "The block's time is {timestamp:time}. The exit is executable from {executableAt:time} to {lastAt:time}.",
    "Execute it within this time. Afterwards, return it and start another exit.",
  ],
  ExitNotLapsed: [
    "The exit has not lapsed",
    "The block's time is {timestamp:time}, and the exit is executable until {lastAt:time}.",
    "Execute the exit, or return it later.",
  ],
  FeeAboveLimit: [
    "The fee is too large a part of the request",
    "The settlement fee would take {fee:n} of the request's input, and the limit is {maxFee:n} (in the smallest unit).",
    "Request a larger amount, prepay the fee, or attach it.",
  ],
  FeeBalanceTooLow: [
    "The balance for settlement fees is too small",
    "The amount is {requested:wei}, and {available:wei} is available.",
    "Withdraw at most what is available.",
  ],
  FinerThanBaseToken: [
    "The amount has too many decimals",
    "The amount {amount:base} is not a multiple of {unit:base}, the smallest unit of the base token.",
    "Round the amount to the decimals of the base token.",
  ],
  GatewayCountOutOfRange: [
    "The number of gateways is outside its range",
    "There are {count:n} gateways, and the range is {min:n} to {max:n}.",
    remedies.range,
  ],
  HedgeGapClosedRecently: [
    "The hedge gap was closed a short time ago",
    "The block's time is {timestamp:time}, and the next part can be closed at {closableAt:time}.",
    remedies.wait,
  ],
  HedgeGapOpen: [
    "The LP vault still has base to sell",
    "The LP vault is flat and holds {gap:baseToken} of base.",
    "Close the hedge gap first, or withdraw immediately and receive the base in kind.",
  ],
  HedgeGapPartTooSmall: [
    "The part of the hedge gap is too small",
    "The part is {amount:baseToken}, and the minimum is {minAmount:baseToken}.",
    "Close at least the minimum, or the whole gap.",
  ],
  HedgeMismatch: [
    "The swap moved another amount",
    "The swap moved {moved:n}, and {expected:n} was expected (in the token's smallest unit).",
    "Check the adapter and the token: tokens with a transfer fee are not supported.",
  ],
  HedgePriceTooOld: [
    "The price is too old for a hedge",
    "The stored price is {age:seconds} old, and the maximum is {maxAge:seconds}.",
    remedies.price,
  ],
  HedgeTooFar: [
    "The pool's price is too far from the oracle",
    "The hedge would have a price of {hedgePrice:price}. The oracle price is {oraclePrice:price}, and the bound is {maxHedgeDeviation:ppm}.",
    remedies.pool,
  ],
  InsufficientAssetBalance: [
    "The LP vault holds too little of the asset",
    "The action needs {requested:asset}, and the LP vault holds {available:asset}.",
    "Use a smaller amount, or wait until the LP vault's position is reduced.",
  ],
  IntervalTooLong: [
    "The interval is too long",
    "The interval is {interval:seconds}, and the maximum is {maxInterval:seconds}.",
    remedies.range,
  ],
  InvalidConfidencePremium: [
    "The confidence premium is incomplete",
    "The factor is {confidenceFactor:ppm}, and the limit is {maxConfidencePremium:ppm}. Each needs the other one.",
    "Set both, or set both to zero.",
  ],
  InvalidExpiry: [
    "The expiry of the request is outside its range",
    "The expiry is {expiresAt:time}, and the range is {earliest:time} to {latest:time}.",
    "Choose an expiry inside the range.",
  ],
  InvalidMaxAbsPosition: [
    "The largest position is invalid",
    "The limit of the position is {maxAbsPosition:base}.",
    "Choose a limit above zero that fits the contract.",
  ],
  InvalidReceiver: [
    "The receiver would hold the tokens for others",
    "{receiver:address} is the aggregate vault or the controller's account in it.",
    "Name another receiver.",
  ],
  InvalidTimes: [
    "The times are invalid",
    "The delay is {delay:seconds}, the price window {priceWindow:seconds} and the validity {validity:seconds}.",
    "Choose times inside the ranges that the contract documents.",
  ],
  LessThanMinimum: [
    "The result is below your minimum",
    "The result is {amount:n}, and the minimum is {minimum:n} (shares for a deposit, the asset for a withdrawal, in the smallest unit).",
    "Quote again, and use a lower minimum.",
  ],
  LifetimeBelowOrders: [
    "Requests would expire earlier than orders",
    "Requests live for {lifetime:seconds}, and orders at {gateway:address} for {orderLifetime:seconds}.",
    "Choose times of at least those of the orders.",
  ],
  LpDepositCapExceeded: [
    "The deposit cap of the LP vault is reached",
    "The deposit is {amount:asset}, and {room:asset} is left below the cap.",
    "Deposit less, or wait until the cap is raised or other LPs withdraw.",
  ],
  MetInPart: [
    "The request was met in part",
    "Of {amount:n}, {met:n} was settled (in the smallest unit).",
    "Claim the returned rest, and request again later.",
  ],
  NoHedgeGap: ["There is no hedge gap", "The hedge of the LP vault matches its position.", "No action is needed."],
  NotAMaker: [
    "The address is not a maker",
    "{account:address} is not registered as a maker of any market.",
    "Pass the address of a maker whose shares the LP holds.",
  ],
  NotAdapter: ["The caller is not the adapter", "{caller:address} is not {adapter:address}.", remedies.internal],
  NotAggregateVault: [
    "The caller is not the aggregate vault",
    "{caller:address} is not {aggregateVault:address}.",
    remedies.internal,
  ],
  NotConfigured: [
    "The request vault is not configured",
    "Its rules or its gateways are not set.",
    "Let the owner set them before the first request.",
  ],
  NotExitOwner: [
    "Only the LP can add margin",
    "The call comes from {caller:address}, and the exit belongs to {owner:address}.",
    "Execute the exit without margin, or send the call from the account of the LP.",
  ],
  NotOperator: [
    "The caller is not an operator",
    "{caller:address} may not act for {account:address} at the request vault.",
    "Send the call from the account itself, or let the account approve the operator.",
  ],
  NotPending: [
    "The request is not pending",
    "{controller:address} has no pending request {requestId:n} of this kind.",
    "Read the requests again. It may be settled or returned, and can then be claimed.",
  ],
  NotRequestVault: [
    "The caller is not the request vault",
    "{caller:address} is not {requestVault:address}.",
    "Make a request at the request vault instead.",
  ],
  NotWhitelistLp: [
    "The account is not a whitelisted LP",
    "{caller:address} may not deposit or withdraw immediately.",
    "Make a request at the request vault, or let the owner approve the account.",
  ],
  NothingPayable: [
    "The LP vault cannot pay now",
    "The LP vault can pay for none of the {shares:shares}: its assets are bound as margin.",
    "Wait until traders reduce their positions, and redeem again.",
  ],
  NothingReturned: [
    "Nothing was returned",
    "{controller:address} has nothing to claim back from request {requestId:n}.",
    "Check the request: it may be pending, settled or claimed already.",
  ],
  NothingToClaim: [
    "There are no tokens to claim now",
    "{maker:address} owes {owner:address} nothing, or the circuit breaker admits no payment now.",
    "Read the claim. If there is one, try again when the window of the breaker has passed.",
  ],
  NothingToRebalance: [
    "There is nothing to rebalance",
    "The margin is {margin:quote}, and the target is {targetMargin:quote}.",
    "No action is needed.",
  ],
  NothingToSettle: [
    "No request can be settled",
    "Of {count:n} requests, none from number {head:n} on is due, or the price update for the first one is missing.",
    "Send the price update for the first due request, or wait until one is due.",
  ],
  NotThePool: ["The caller is not the pool", "{caller:address} is not {pool:address}.", remedies.internal],
  OrdersOutliveExitNotice: [
    "Orders would outlive the notice of exits in kind",
    "Orders at {gateway:address} live for {orderLifetime:seconds}, and LPs leave in kind after {exitNotice:seconds}.",
    "Choose a shorter delay or validity of orders.",
  ],
  PartialSwap: [
    "The pool has too little liquidity",
    "The pool exchanged {filled:n} of {requested:n} (in the token's smallest unit).",
    remedies.pool,
  ],
  PriceAgeTooLong: [
    "The price age is too long",
    "The age is {age:seconds}, and the maximum is {maxAge:seconds}.",
    remedies.range,
  ],
  PriceBandTooNarrow: [
    "The price band is too narrow for the maker",
    "The maker could fill {greatestDistance:ppm} from the oracle price, and the market's band is {priceBand:ppm}.",
    "Lower the spread, fee or confidence premium, or widen the band.",
  ],
  RatioOutOfRange: [
    "The ratio is outside its range",
    "The ratio is {ratio:n}, and the range is {minRatio:n} to {maxRatio:n} (in the contract's unit).",
    remedies.range,
  ],
  RequestExpired: [
    "The request has expired",
    "The block's time is {timestamp:time}, and the request expired at {expiresAt:time}.",
    "Claim the returned tokens, and request again.",
  ],
  RequestNotDue: [
    "The request is not due",
    "The block's time is {timestamp:time}, and the request is due at {executableAt:time}.",
    remedies.wait,
  ],
  RequestNotExpired: [
    "The request has not expired",
    "The block's time is {timestamp:time}, and the request expires at {expiresAt:time}.",
    "Wait until it is settled or has expired.",
  ],
  RequestRuleOutOfRange: [
    "A rule for requests is outside its range",
    "The value is {value:n}, and the range is {min:n} to {max:n}.",
    remedies.range,
  ],
  RequestVaultExists: [
    "The request vault is set already",
    "The maker has the request vault {requestVault:address}, which cannot be replaced.",
    "Use this request vault.",
  ],
  SliceBelowMaintenance: [
    "The LP's account would lack margin",
    "With the slice the account would be worth {accountValue:quote}, below its maintenance requirement of {required:quote}.",
    "Add margin in the execution, or to the account before it.",
  ],
  SliceBelowMinimum: [
    "The slice is too small",
    "The open notional of the slice or of the position that is left is {value:quote}, below the minimum of {minValue:quote}.",
    "Leave with more shares, or by a request.",
  ],
  SliceTooSmall: [
    "The shares are worth no unit of the position",
    "{shares:shares} are worth less than {baseUnit:base}.",
    "Leave with more shares, or by a request.",
  ],
  SwapInProgress: [
    "A swap is running",
    "A swap for {payer:address} is not finished.",
    "Make the call outside of a swap.",
  ],
  TooManyRequests: [
    "The account has too many open requests",
    "{controller:address} has {count:n} requests that are pending, or returned and not claimed, and the limit is {limit:n}.",
    "Wait until they settle, and claim what was returned.",
  ],
  TransferFee: [
    "The token takes a transfer fee",
    "{arrived:n} of {sent:n} arrived (smallest unit of {token:address}).",
    "Use a token without a transfer fee.",
  ],
  UnknownExit: [
    "The exit does not exist",
    "Exit {exitId:n} was not started, or it was executed or returned.",
    "Read the exit, and start one if there is none.",
  ],
  UseRequest: [
    "A request is needed",
    "The immediate path is closed while the LP vault has a position ({size:base}), or while a visible order could be anticipated.",
    "Make a request at {requestVault:address}. It settles at a later price.",
  ],
  VaultInsolvent: [
    "The LP vault is insolvent",
    "The LP vault owes more than it holds ({totalAssets:asset}), so that its shares have no price.",
    "Wait until the LP vault's value has recovered.",
  ],
  WrongShare: [
    "The request vault is of another maker",
    "It was deployed for the share {share:address}, and {expected:address} is needed.",
    remedies.setup,
  ],
} as const satisfies Record<string, Text>;
