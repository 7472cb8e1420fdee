// The tables. Amounts are exact integers: WAD, except those whose name ends in XCD, which are in the collateral's own decimals, and
// amounts of LP vaults, which are in the decimals of the asset. Times are Unix seconds. `seq` orders rows as the chain does.
import { index, onchainTable, type PgColumnsBuilders, primaryKey } from "ponder";

/** Of each row that an event inserts. */
const occurrence = (t: PgColumnsBuilders) => ({
  seq: t.text().notNull(),
  block: t.bigint().notNull(),
  time: t.bigint().notNull(),
  hash: t.hex().notNull(),
});

export const markets = onchainTable("markets", (t) => ({
  ...occurrence(t),
  marketId: t.bigint().primaryKey(),
  status: t.text().notNull(),
  /** The market's tokens in the Vault. */
  balanceXCD: t.bigint().notNull(),
  /** Below zero: bad debt. */
  insurance: t.bigint().notNull(),
  settlementPrice: t.bigint(),
}));

export const makers = onchainTable("makers", (t) => ({
  ...occurrence(t),
  maker: t.hex().primaryKey(),
  marketId: t.bigint().notNull(),
  /** registered, retired or removed. */
  status: t.text().notNull(),
}));

export const positions = onchainTable(
  "positions",
  (t) => ({
    ...occurrence(t),
    marketId: t.bigint().notNull(),
    account: t.hex().notNull(),
    size: t.bigint().notNull(),
    openNotional: t.bigint().notNull(),
    /** Before fees that are pending. */
    margin: t.bigint().notNull(),
    /** Sums over the account's fills. */
    realizedPnl: t.bigint().notNull(),
    funding: t.bigint().notNull(),
    borrowing: t.bigint().notNull(),
    tradingFees: t.bigint().notNull(),
    fillCount: t.integer().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.marketId, table.account] }), byAccount: index().on(table.account) }),
);

export const funds = onchainTable("funds", (t) => ({ account: t.hex().primaryKey(), fundXCD: t.bigint().notNull() }));

export const escrows = onchainTable(
  "escrows",
  (t) => ({ account: t.hex().notNull(), gateway: t.hex().notNull(), escrowXCD: t.bigint().notNull() }),
  (table) => ({ pk: primaryKey({ columns: [table.account, table.gateway] }) }),
);

export const fills = onchainTable(
  "fills",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    marketId: t.bigint().notNull(),
    taker: t.hex().notNull(),
    maker: t.hex().notNull(),
    base: t.bigint().notNull(),
    quote: t.bigint().notNull(),
    /** The oracle's. */
    price: t.bigint().notNull(),
    tradingFee: t.bigint().notNull(),
    takerRealizedPnl: t.bigint().notNull(),
    takerFunding: t.bigint().notNull(),
    takerBorrowing: t.bigint().notNull(),
    makerRealizedPnl: t.bigint().notNull(),
    makerFunding: t.bigint().notNull(),
    makerBorrowing: t.bigint().notNull(),
    /** trade, order, signed-order, liquidation, deleveraging or settlement. */
    kind: t.text().notNull(),
    /** The delayed order that was filled. */
    orderId: t.bigint(),
    /** The leg of the signed order that was filled. */
    legHash: t.hex(),
    /** Why a position was deleveraged: profit or window-over. */
    reason: t.text(),
  }),
  (table) => ({ bySeq: index().on(table.seq), byTaker: index().on(table.taker), byMaker: index().on(table.maker) }),
);

export const orders = onchainTable(
  "orders",
  (t) => ({
    ...occurrence(t),
    orderId: t.bigint().primaryKey(),
    marketId: t.bigint().notNull(),
    taker: t.hex().notNull(),
    maker: t.hex().notNull(),
    isBaseToQuote: t.boolean().notNull(),
    isExactInput: t.boolean().notNull(),
    isReduceOnly: t.boolean().notNull(),
    amount: t.bigint().notNull(),
    oppositeBound: t.bigint().notNull(),
    executableAt: t.bigint().notNull(),
    expiresAt: t.bigint().notNull(),
    keeperFeeWei: t.bigint().notNull(),
    bondXCD: t.bigint().notNull(),
    /** open, executed, purged or expired: of an expired order that was removed. */
    status: t.text().notNull(),
    skips: t.integer().notNull(),
    endTime: t.bigint(),
    endHash: t.hex(),
    /** The keeper, or the account that removed the order. */
    endedBy: t.hex(),
    base: t.bigint(),
    quote: t.bigint(),
    price: t.bigint(),
    /** The error of the purge, or of the last skip: its name, and its bytes. */
    reason: t.text(),
    reasonData: t.hex(),
    /** The bond that went to the maker. */
    bondPaidXCD: t.bigint(),
  }),
  (table) => ({ bySeq: index().on(table.seq), byTaker: index().on(table.taker) }),
);

/** Signed orders that reached the chain, by leg: announced or filled. */
export const signedOrders = onchainTable(
  "signed_orders",
  (t) => ({
    ...occurrence(t),
    legHash: t.hex().primaryKey(),
    account: t.hex().notNull(),
    marketId: t.bigint(),
    maker: t.hex(),
    isBaseToQuote: t.boolean(),
    isReduceOnly: t.boolean(),
    amount: t.bigint(),
    /** announced, filled, purged, expired or cancelled. */
    status: t.text().notNull(),
    announcements: t.integer().notNull(),
    filledBase: t.bigint().notNull(),
    filledQuote: t.bigint().notNull(),
    relayFeesXCD: t.bigint().notNull(),
    updateTime: t.bigint().notNull(),
    reason: t.text(),
    reasonData: t.hex(),
    bondPaidXCD: t.bigint(),
  }),
  (table) => ({ bySeq: index().on(table.seq), byAccount: index().on(table.account) }),
);

export const liquidations = onchainTable(
  "liquidations",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    marketId: t.bigint().notNull(),
    account: t.hex().notNull(),
    liquidator: t.hex().notNull(),
    maker: t.hex().notNull(),
    base: t.bigint().notNull(),
    reward: t.bigint().notNull(),
  }),
  (table) => ({ bySeq: index().on(table.seq), byAccount: index().on(table.account) }),
);

export const deleveragings = onchainTable(
  "deleveragings",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    marketId: t.bigint().notNull(),
    account: t.hex().notNull(),
    counterparty: t.hex().notNull(),
    base: t.bigint().notNull(),
    price: t.bigint().notNull(),
    reason: t.text().notNull(),
    rank: t.bigint().notNull(),
    closeId: t.bigint().notNull(),
  }),
  (table) => ({ bySeq: index().on(table.seq) }),
);

/** Changes of the insurance, and bad debt. */
export const insuranceChanges = onchainTable(
  "insurance_changes",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    marketId: t.bigint().notNull(),
    account: t.hex().notNull(),
    /** trading-fee, penalty, donation, shortfall or bad-debt. */
    kind: t.text().notNull(),
    /** Of the insurance. Zero for bad-debt, which a shortfall has caused. */
    delta: t.bigint().notNull(),
    /** The market's whole bad debt after it. */
    badDebt: t.bigint(),
  }),
  (table) => ({ bySeq: index().on(table.seq) }),
);

export const lpRequests = onchainTable(
  "lp_requests",
  (t) => ({
    ...occurrence(t),
    requestVault: t.hex().notNull(),
    requestId: t.bigint().notNull(),
    controller: t.hex().notNull(),
    owner: t.hex().notNull(),
    isDeposit: t.boolean().notNull(),
    /** Assets of a deposit, shares of a redemption. */
    input: t.bigint().notNull(),
    minOut: t.bigint(),
    executableAt: t.bigint(),
    expiresAt: t.bigint(),
    keeperFeeWei: t.bigint(),
    /** pending, settled, partly-settled, returned or cancelled. */
    status: t.text().notNull(),
    settledInput: t.bigint().notNull(),
    output: t.bigint().notNull(),
    quoteXCD: t.bigint().notNull(),
    /** Quote per base of the last settlement. */
    price: t.bigint(),
    returned: t.bigint().notNull(),
    reason: t.text(),
    endTime: t.bigint(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.requestVault, table.requestId] }),
    bySeq: index().on(table.seq),
    byController: index().on(table.controller),
  }),
);

export const lpClaims = onchainTable(
  "lp_claims",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    requestVault: t.hex().notNull(),
    controller: t.hex().notNull(),
    receiver: t.hex().notNull(),
    /** deposit, redemption, quote, returned-assets or returned-shares. */
    kind: t.text().notNull(),
    assets: t.bigint().notNull(),
    shares: t.bigint().notNull(),
    quoteXCD: t.bigint().notNull(),
  }),
  (table) => ({ bySeq: index().on(table.seq), byController: index().on(table.controller) }),
);

/** The value of a maker's shares at each deposit, withdrawal and settlement. */
export const sharePrices = onchainTable(
  "share_prices",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    maker: t.hex().notNull(),
    totalAssets: t.bigint().notNull(),
    totalShares: t.bigint().notNull(),
    /** Quote per base. */
    price: t.bigint().notNull(),
  }),
  (table) => ({ bySeq: index().on(table.seq), byMaker: index().on(table.maker) }),
);

export const parameterChanges = onchainTable(
  "parameter_changes",
  (t) => ({
    ...occurrence(t),
    id: t.text().primaryKey(),
    address: t.hex().notNull(),
    contract: t.text().notNull(),
    name: t.text().notNull(),
    /** Undefined for a change of all markets. */
    marketId: t.bigint(),
    /** The arguments of the event; integers as text. */
    values: t.json().notNull(),
    /** The sender of the transaction. */
    author: t.hex().notNull(),
  }),
  (table) => ({ bySeq: index().on(table.seq) }),
);

/** Of a transaction in progress: the last fill and the fee before it, to which a later event of the transaction belongs. */
export const lastFills = onchainTable(
  "last_fills",
  (t) => ({
    hash: t.hex().notNull(),
    marketId: t.bigint().notNull(),
    account: t.hex().notNull(),
    fillId: t.text(),
    fee: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.hash, table.marketId, table.account] }) }),
);

/** The last block whose events changed the ledger. */
export const ledgerHead = onchainTable("ledger_head", (t) => ({
  id: t.integer().primaryKey(),
  block: t.bigint().notNull(),
}));
