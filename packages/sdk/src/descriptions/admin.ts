import { remedies, type Text } from "./text.js";

/** Settings, owners, the circuit breaker and the calls between contracts. */
export const admin = {
  AccessControlBadConfirmation: [
    "The confirmation is wrong",
    "An account can renounce only its own role.",
    "Send the call from the account that renounces.",
  ],
  AccessControlUnauthorizedAccount: [
    "The account lacks a role",
    "{account:address} does not have role {neededRole:n} of the timelock.",
    "Send the call from an account with this role.",
  ],
  BandTooNarrow: [
    "The price band is too narrow for a maker",
    "The band is {priceBand:ppm}, and maker {maker:address} may quote up to {required:ppm} from the oracle price.",
    "Choose a wider band, or narrow the maker's spread first.",
  ],
  DuplicateHolder: [
    "A holder is named twice",
    "{holder:address} is in the list more than once.",
    "Name each holder once.",
  ],
  FundingTooFast: [
    "The funding rate would move too fast",
    "Makers have a capacity of {capacity:base} on one side, and these settings admit {maxCapacity:base}: beyond it, takers could move the rate to its cap within an hour.",
    "Choose a lower maximum velocity or a larger skew scale.",
  ],
  InvalidBorrowing: [
    "The borrowing rate is invalid",
    "The rate is {maxRate:n}, and the limit is {limit:n} (in the contract's unit).",
    remedies.range,
  ],
  InvalidFeeIndexDecimals: [
    "The decimals of the fee index are invalid",
    "There are {decimals:n} decimals, and the maximum is {maxDecimals:n}.",
    remedies.range,
  ],
  InvalidFunding: [
    "The funding parameters are invalid",
    "The maximum rate is {maxRate:n}, the maximum velocity {maxVelocity:n} and the skew scale {skewScale:n} (in the contract's units).",
    remedies.range,
  ],
  InvalidMarginRatios: [
    "The margin ratios are invalid",
    "The initial ratio is {initialMarginRatio:ppm}, and the maintenance ratio is {maintenanceMarginRatio:ppm}.",
    "Choose a maintenance ratio above zero and below the initial ratio, which is at most 100%.",
  ],
  InvalidRamp: [
    "The duration of the change is invalid",
    "The duration is {duration:seconds}, and the range is {minDuration:seconds} to {maxDuration:seconds}.",
    remedies.range,
  ],
  InvalidStatusChange: [
    "The caller cannot make this change",
    "{caller:address} cannot change the status from {current:status} to {requested:status}.",
    "The guardian can choose a stricter status only. Send other changes from the owner. A settled market stays settled.",
  ],
  LimitNotLower: [
    "A guardian can only lower a limit",
    "The new limit is {maxOutflow:ppm} and at least {minimum:n}; the present one is {maxOutflowNow:ppm} and at least {minimumNow:n} (smallest unit of the token).",
    "Choose lower values, or let the owner raise the limit.",
  ],
  LimitOutOfRange: [
    "The limit is outside its range",
    "The limit is {maxOutflow:ppm}, and the highest is {highestMaxOutflow:ppm}.",
    remedies.range,
  ],
  MakerExists: [
    "The maker is registered already",
    "{maker:address} is a maker of market {marketId:n}.",
    "No action is needed, or register another maker.",
  ],
  MakerNotFlat: [
    "The account has a position",
    "{maker:address} has a position of {size:base}, and can neither become a maker nor stop being one.",
    "Close the position first.",
  ],
  MakerNotRetired: ["The maker is not retired", "{maker:address} is in service.", "Retire the maker first."],
  MarketExists: [
    "The market exists already",
    "Market {marketId:n} is configured.",
    "Use the functions that change a market, or another market id.",
  ],
  NoHolders: [
    "The limit has no holder",
    "A limit of {asset:address} is a ratio of its holders' balances and needs at least one.",
    "Name the contracts that hold the asset.",
  ],
  NoMakerForBothSides: [
    "No maker has capacity on both sides",
    "Market {marketId:n} cannot be active without such a maker.",
    "Register a maker with capacity, or give an existing one liquidity.",
  ],
  NotBackstop: ["The caller is not the Backstop", "{caller:address} is not {backstop:address}.", remedies.internal],
  NotClearingHouse: [
    "The caller is not the ClearingHouse",
    "{caller:address} is not {clearingHouse:address}.",
    remedies.internal,
  ],
  NotGateway: [
    "The caller is not a gateway",
    "{caller:address} is not an approved gateway.",
    "Trade through an order gateway of the exchange.",
  ],
  NotGuardian: [
    "The caller is not the guardian",
    "{caller:address} is not {guardian:address}.",
    "Send the call from the guardian or the owner.",
  ],
  NotProtected: [
    "The contract is not protected by the breaker",
    "{caller:address} is not registered at the circuit breaker.",
    remedies.internal,
  ],
  NotSelf: ["The call is internal", "{caller:address} is not the contract itself.", remedies.internal],
  OutflowLimitExceeded: [
    "The withdrawal limit is reached",
    "The withdrawal of {requested:n} exceeds the {available:n} that may leave now (smallest unit of {asset:address}). The next window starts at {availableAt:time}.",
    "Withdraw less, or wait for the next window.",
  ],
  OwnableInvalidOwner: ["The owner is invalid", "{owner:address} cannot own the contract.", "Name another owner."],
  OwnableUnauthorizedAccount: [
    "The caller is not the owner",
    "{account:address} does not own the contract.",
    remedies.owner,
  ],
  OwnerRequired: [
    "The breaker needs an owner",
    "{owner:address} cannot give up the ownership, since only an owner can raise a limit again.",
    "Transfer the ownership instead.",
  ],
  RuleOutOfRange: [
    "A rule of the market is outside its range",
    "Rule {rule:rule} is {value:n}, and the range is {min:n} to {max:n} (in the contract's unit).",
    remedies.range,
  ],
  StillRestricted: [
    "The exchange is still restricted",
    "Market {marketId:n} (0 is the whole exchange) is {status:status}, and only the owner can end this.",
    "End the restriction before you give up the ownership.",
  ],
  TooManyHolders: [
    "There are too many holders",
    "There are {count:n}, and the maximum is {maxCount:n}.",
    "Name fewer holders.",
  ],
  TooManyMakers: [
    "The market has too many makers",
    "Market {marketId:n} can have {limit:n} makers.",
    "Remove a maker first.",
  ],
  TooManyMarkets: ["There are too many markets", "The exchange can have {limit:n} markets.", "Use an existing market."],
  UnknownLimit: [
    "The asset has no limit",
    "The circuit breaker has no limit for {asset:address}.",
    "Set the limit first, or check the asset.",
  ],
  VaultMismatch: [
    "The Vault belongs to another exchange",
    "The Vault names ClearingHouse {vaultClearingHouse:address}, Backstop {vaultBackstop:address} and oracle {vaultOracle:address}.",
    remedies.setup,
  ],
  WindowOutOfRange: [
    "The window is outside its range",
    "The window is {window:seconds}, and the range is {minWindow:seconds} to {maxWindow:seconds}.",
    remedies.range,
  ],
  TimelockInsufficientDelay: [
    "The delay is too short",
    "The delay is {delay:seconds}, and the timelock requires {minDelay:seconds}.",
    "Schedule the operation with at least this delay.",
  ],
  TimelockInvalidOperationLength: [
    "The lists of the operation differ in length",
    "There are {targets:n} targets, {payloads:n} payloads and {values:n} values.",
    "Give one payload and one value for each target.",
  ],
  TimelockUnauthorizedCaller: [
    "The caller is not the timelock",
    "{caller:address} cannot change the timelock's delay.",
    "Schedule the change as an operation of the timelock itself.",
  ],
  TimelockUnexecutedPredecessor: [
    "An earlier operation is not executed",
    "The operation must follow {predecessorId:n}.",
    "Execute the earlier operation first.",
  ],
  TimelockUnexpectedOperationState: [
    "The operation is in another state",
    "Operation {operationId:n} is not in one of the states {expectedStates:n} (a bit for each state).",
    "Read the state of the operation: it may be unscheduled, waiting, or executed already.",
  ],
} as const satisfies Record<string, Text>;
