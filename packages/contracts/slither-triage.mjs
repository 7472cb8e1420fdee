// Triage of slither's findings of high and medium impact: why each of them is not a fault. `pnpm analyze` reads this list,
// fails on a finding without an entry, and fails on an entry without a finding.

/**
 * @typedef {object} Element An identifier or a line of code that a finding names.
 * @property {string} type
 * @property {string} name
 * @property {{ filename_relative: string, lines: number[] }} source_mapping
 * @property {{ parent?: Element }} [type_specific_fields] The contract of a function, the function of a line.
 */

/**
 * @typedef {object} Finding
 * @property {string} check
 * @property {string} impact
 * @property {string} description
 * @property {Element[]} elements
 */

/**
 * Findings about idioms, wherever they occur.
 *
 * @type {{ detector: string, reason: string, applies: (finding: Finding) => boolean }[]}
 */
export const IDIOMS = [
  {
    detector: "uninitialized-local",
    reason: "Solidity initializes local variables with zero, and the code relies on it.",
    applies: () => true,
  },
  {
    detector: "unused-return",
    reason: "The tuple on the left names the values that are used and leaves the others empty.",
    applies: ({ description }) => /ignores return value by \(.*\bNone\b.*\) = /.test(description.replaceAll("\n", " ")),
  },
  {
    detector: "incorrect-equality",
    reason: "The comparison with zero tests for presence. No account gains by making the amount non-zero.",
    applies: ({ elements }) =>
      elements
        .slice(1)
        .every(({ name }) => Array.from(name.matchAll(/[=!]= ?([\w.]+)/g)).every(([, to]) => to === "0")),
  },
  {
    detector: "boolean-cst",
    reason: "The constant is the key of a mapping, not a condition.",
    applies: ({ elements }) => elements.slice(1).every(({ name }) => /\]\[(true|false)\]/.test(name)),
  },
  {
    detector: "incorrect-return",
    reason: "A function that runs on a module ends the call with the return data of the module. That is its purpose.",
    applies: ({ description }) => / calls ModuleCall\./.test(description),
  },
];

const OTHER_HALF_WRITES =
  "The maker and its module share this storage. One of them writes the variable and the other reads it, and slither analyzes each contract alone.";
const LOCK_FIRST =
  "The Vault makes no external call when it grants the lock, and everything after that happens under the lock.";
const FILL_LOCKED =
  "Only the ClearingHouse can call the maker, inside a fill. The Vault has held the system lock since the fill was opened, and the maker accepts a payment request only from the adapter of its own swap.";
const AGE_CHECKED_HERE = "The function checks the publish time itself and reverts with this contract's own error.";

/**
 * Findings in one function, or about one state variable. An entry covers all findings of its detector there.
 *
 * @type {{ detector: string, contract: string, member: string, reason: string }[]}
 */
export const FINDINGS = [
  // ------------------------------------------------------------------------------------------------------- core ----
  {
    detector: "unused-return",
    contract: "AccountLens",
    member: "_addExposure",
    reason: "The value of a trader's account does not depend on the confidence.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "Trading",
    member: "matchTrade",
    reason: "The caller opened the match in the Vault, which has held the system lock since.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "Trading",
    member: "_trade",
    reason: "The Vault has held the system lock since the fill was opened, including during the call of the maker.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "Liquidation",
    member: "liquidate",
    reason: "The call acquires the system lock, which is held until the fill is closed.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "MarketAdmin",
    member: "setSystemStatus",
    reason: "The callee is the exchange's Vault, which makes no external call in `setFrozen`.",
  },
  {
    detector: "divide-before-multiply",
    contract: "FeeMath",
    member: "_accrueFunding",
    reason:
      "The division yields the whole seconds until the funding rate reaches its cap. The area is that of these seconds.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "Margin",
    member: "_receiveMargin",
    reason:
      "The lock is held, and the circuit breaker is an immutable part of the system that makes no call but balance reads.",
  },
  {
    detector: "unused-return",
    contract: "MarketSettlement",
    member: "_checkDead",
    reason: "The function only tests whether the oracle returns a price.",
  },
  {
    detector: "uninitialized-state",
    contract: "CircuitBreaker",
    member: "_assets",
    reason: "The functions write the mapping through storage pointers, which slither does not follow.",
  },
  // ----------------------------------------------------------------------------------------------------- makers ----
  {
    detector: "unused-return",
    contract: "SpotHedgeQuoteMaker",
    member: "_supplyMargin",
    reason: "The realized result is credited to the margin of the position in memory, which the function reads next.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "LpRequestVault",
    member: "settle",
    reason:
      "The oracle makes no external call here. The calls of the loop move tokens only under the lock, and `settle` requires the lock to be free, so the queue cannot be entered again before its head is written.",
  },
  {
    detector: "arbitrary-send-erc20",
    contract: "LpRequestVault",
    member: "_requestDeposit",
    reason: "The caller is the owner of the tokens or an operator that the owner has set.",
  },
  {
    detector: "reentrancy-balance",
    contract: "LpRequestVault",
    member: "_requestDeposit",
    reason: "The Vault makes no external call when it releases the lock, and both balances are read under the lock.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "LpRequestVault",
    member: "_settle",
    reason:
      "The maker moves tokens only under the lock, and `settle` reverts while the lock is held. Expired requests, which can be cancelled, and closed requests are not settled.",
  },
  {
    detector: "uninitialized-state",
    contract: "SpotHedgeStorage",
    member: "assetLiability",
    reason: OTHER_HALF_WRITES,
  },
  {
    detector: "uninitialized-state",
    contract: "SpotHedgeStorage",
    member: "assetBalance",
    reason: OTHER_HALF_WRITES,
  },
  {
    detector: "uninitialized-state",
    contract: "SpotHedgeStorage",
    member: "hedgeGap",
    reason: OTHER_HALF_WRITES,
  },
  {
    detector: "uninitialized-state",
    contract: "QuoteVaultStorage",
    member: "baseBalance",
    reason: OTHER_HALF_WRITES,
  },
  {
    detector: "reentrancy-no-eth",
    contract: "SpotHedgeLpModule",
    member: "_payFromBalance",
    reason: LOCK_FIRST,
  },
  { detector: "reentrancy-no-eth", contract: "SpotHedgeBaseMaker", member: "fillOrder", reason: FILL_LOCKED },
  {
    detector: "reentrancy-no-eth",
    contract: "QuoteMargin",
    member: "rebalance",
    reason: `${LOCK_FIRST} The hedge gap was closed under a lock of its own, before the function read any state.`,
  },
  {
    detector: "reentrancy-no-eth",
    contract: "QuoteVaultModule",
    member: "_payOut",
    reason:
      "The function holds the lock. SpotHedgeLpModule reads the balance again in `_payFromBalance` before it reduces it.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "QuoteMargin",
    member: "_deleverage",
    reason:
      "Every earlier step held the lock during its external calls, so no account was paid in between. The balance that pays the keeper is read after them.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "SpotHedgeMaker",
    member: "_beginGapClosing",
    reason:
      "The Vault makes no external call when it grants the lock, and a forced change holds the lock already. The hedge gap is the one that was read.",
  },
  // ----------------------------------------------------------------------------------------------------- oracle ----
  {
    detector: "reentrancy-eth",
    contract: "PythOracle",
    member: "beginExecution",
    reason:
      "Only executors can call it, and only while no execution price is set. Pyth is a contract that the owner has chosen, and the refund of the caller is the last step.",
  },
  {
    detector: "reentrancy-eth",
    contract: "PythOracle",
    member: "beginCurrent",
    reason:
      "Only executors can call it, and only while no execution price is set. Pyth is a contract that the owner has chosen, and the refund of the caller is the last step.",
  },
  {
    detector: "arbitrary-send-eth",
    contract: "SettlementPrices",
    member: "_parse",
    reason: "The fee goes to the Pyth contract of the feed, which changes only after SOURCE_DELAY.",
  },
  {
    detector: "pyth-unchecked-confidence",
    contract: "PythOracle",
    member: "getLastPrice",
    reason: "The function returns the last price with any confidence. Its callers settle markets whose feed is dead.",
  },
  {
    detector: "pyth-unchecked-confidence",
    contract: "StoredPrices",
    member: "_stored",
    reason:
      "The function returns the confidence. `checkIncrease` limits it for increases only, because a wide confidence must not stop an account from closing.",
  },
  { detector: "pyth-unchecked-publishtime", contract: "StoredPrices", member: "_stored", reason: AGE_CHECKED_HERE },
  {
    detector: "pyth-unchecked-confidence",
    contract: "SettlementPrices",
    member: "settlementTime",
    reason: "The last price of a dead feed has any age and any confidence. The Backstop checks the age.",
  },
  {
    detector: "pyth-unchecked-publishtime",
    contract: "SettlementPrices",
    member: "settlementTime",
    reason: "The last price of a dead feed has any age and any confidence. The Backstop checks the age.",
  },
  {
    detector: "pyth-unchecked-confidence",
    contract: "SettlementPrices",
    member: "settlementPrice",
    reason: "The last price of a dead feed has any age and any confidence. The Backstop checks the age.",
  },
  {
    detector: "pyth-unchecked-publishtime",
    contract: "SettlementPrices",
    member: "settlementPrice",
    reason: "The last price of a dead feed has any age and any confidence. The Backstop checks the age.",
  },
  {
    detector: "pyth-unchecked-confidence",
    contract: "SettlementPrices",
    member: "_death",
    reason: "The last price of a dead feed has any age and any confidence. The Backstop checks the age.",
  },
  {
    detector: "pyth-unchecked-publishtime",
    contract: "SettlementPrices",
    member: "_death",
    reason: "The last price of a dead feed has any age and any confidence. The Backstop checks the age.",
  },
  {
    detector: "reentrancy-no-eth",
    contract: "MarketSettlement",
    member: "announceSettlement",
    reason:
      "The oracle calls the Pyth contract that the owner has chosen and returns native coins to this contract only. The refund of the caller is the last step.",
  },
  {
    detector: "pyth-unchecked-confidence",
    contract: "FallbackPrices",
    member: "_liquidationPart",
    reason: "A wide confidence must not stop liquidations.",
  },
  // --------------------------------------------------------------------------------------------------- gateways ----
  {
    detector: "reentrancy-eth",
    contract: "SignedOrderGateway",
    member: "settle",
    reason:
      "The signature check can call the account's wallet before the order is loaded. The reentrancy guard then rejects fills, announcements and cancellations, and `cancelAll` only affects orders that are not validated yet.",
  },
  {
    detector: "reentrancy-eth",
    contract: "SignedOrderGateway",
    member: "matchOrders",
    reason:
      "The signature checks can call the accounts' wallets before the orders are loaded. The reentrancy guard then rejects fills, announcements and cancellations, and `cancelAll` only affects orders that are not validated yet.",
  },
  {
    detector: "msg-value-in-nonpayable",
    contract: "SignedOrderGateway",
    member: "_beginCurrent",
    reason: "The function is private, and only payable functions call it.",
  },
  {
    detector: "msg-value-in-nonpayable",
    contract: "AnnouncementModule",
    member: "_beginFirst",
    reason: "The function is private, and only payable functions call it.",
  },
  {
    detector: "msg-value-in-nonpayable",
    contract: "AnnouncementModule",
    member: "_requireDue",
    reason: "The function is private, and only payable functions call it.",
  },
  {
    detector: "msg-value-in-nonpayable",
    contract: "AnnouncementModule",
    member: "_returnValue",
    reason: "The function is private, and only payable functions call it.",
  },
  {
    detector: "reentrancy-eth",
    contract: "AnnouncementModule",
    member: "announce",
    reason:
      "The signature check can call the account's wallet before the order is loaded. The reentrancy guard then rejects fills, announcements and cancellations, and `cancelAll` only affects orders that are not validated yet.",
  },
  {
    detector: "incorrect-equality",
    contract: "OrderGateway",
    member: "statusOf",
    reason: "The function compares hashes.",
  },
  {
    detector: "incorrect-equality",
    contract: "OrderGateway",
    member: "_consume",
    reason: "The function compares hashes.",
  },
];
