// Changes of the ledger, in the words of the Vault's events. The conformance test compares the two, and attribution reads them.

/** The name of an account. */
export type AccountId = string;

/** How a fill changed a margin, WAD quote: + realizedPnl - funding - borrowing. */
export type MarginChange = { realizedPnl: bigint; funding: bigint; borrowing: bigint };

/** A fill between two accounts. Amounts WAD, from the taker's side. */
export type PositionsChanged = {
  type: "PositionsChanged";
  taker: AccountId;
  maker: AccountId;
  base: bigint;
  quote: bigint;
  /** The oracle's price. */
  price: bigint;
  takerMargin: MarginChange;
  makerMargin: MarginChange;
};

/** A change. Amounts WAD; those that end in `XCD` are in the collateral's own decimals. */
export type Booking =
  | PositionsChanged
  | { type: "TradingFeePaid"; taker: AccountId; amount: bigint }
  | { type: "PenaltySettled"; account: AccountId; liquidator: AccountId; accountDelta: bigint; liquidatorDelta: bigint }
  | { type: "ShortfallCovered"; account: AccountId; amount: bigint; insurance: bigint }
  | { type: "InsuranceDonated"; donor: AccountId; amountXCD: bigint }
  | { type: "MarginReceived"; account: AccountId; amountXCD: bigint }
  | { type: "MarginPaidOut"; account: AccountId; amountXCD: bigint };
