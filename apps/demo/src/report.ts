import { styleText } from "node:util";
import type { LpResult } from "@counterpoise/sdk/report";
import { formatBps, formatCount, formatExact, formatPercent, formatPrice, formatWad, WAD } from "@counterpoise/testkit";
import Table from "cli-table3";
import type { LiquidationCounts } from "./liquidations.js";
import type { Attribution } from "./simulation.js";
import { formatDuration, formatTime } from "./time.js";

/** The report of a run of the demo. Amounts, prices and ratios are WAD, times are seconds. */
export type DemoReport = {
  /** Symbols of the market's base and collateral. */
  symbols: { base: string; quote: string };
  series: SeriesReport;
  market: MarketReport;
  feed: FeedReport;
  makers: readonly MakerReport[];
  takers: readonly TakerReport[];
  /** The kinds of agents, each with a sentence. */
  agents: readonly { name: string; description: string }[];
  orders: OrdersReport;
  liquidations: LiquidationsReport;
  lpRequests: LpRequestsReport;
  laws: readonly LawReport[];
  totals: TotalsReport;
};

export type SeriesReport = {
  name: string;
  /** Replayed rows. */
  rows: number;
  from: number;
  to: number;
  firstPrice: bigint;
  lastPrice: bigint;
  lowestPrice: bigint;
  highestPrice: bigint;
};

/** The price feed during the run. */
export type FeedReport = {
  /** Times without rows, in which no price was published. */
  gaps: { count: number; longest: number };
  /** Largest change of the price over a gap. */
  largestJump: bigint;
  /** How often a keeper found no price for liquidations in a gap, and how often the second source's. */
  stale: number;
  atSecondSource: number;
  /** How often the arbitrageur could not bring a spot market to the oracle price. */
  spotShortfalls: number;
};

/** Liquidations of a run. Amounts WAD quote. */
export type LiquidationsReport = Omit<LiquidationCounts, "refused"> & {
  /** Seconds. */
  delay: number;
  /** How often the exchange refused an attempt, by reason. */
  refused: ReadonlyMap<string, number>;
};

/** Requests of the second LP, which enters and leaves all makers through the queue. */
export type LpRequestsReport = {
  requested: number;
  deposits: number;
  redemptions: number;
  returned: number;
  reasons: ReadonlyMap<string, number>;
};

/** The market at the end, and the fees paid during the run. Amounts are quote unless stated otherwise. */
export type MarketReport = {
  status: string;
  /** Open interest of takers, base. */
  openInterest: { long: bigint; short: bigint };
  /** Funding per day, as a ratio of the notional. Positive: longs pay shorts. */
  dailyFunding: bigint;
  fees: { trading: bigint; fundingPaid: bigint; borrowingPaid: bigint };
  insurance: bigint;
  badDebt: bigint;
};

export type MakerReport = {
  name: string;
  /** The spot exchange on which the maker hedges; undefined for a maker without a hedge. */
  hedgesOn?: string | undefined;
  fills: number;
  /** Perpetual position, base. */
  inventory: bigint;
  /** Position at which the maker's utilization is one, base. */
  capacity: bigint;
  utilization: { long: bigint; short: bigint };
  /**
   * Base held plus perpetual position, less the net base of LPs and the shortage, base; undefined for a maker without
   * a hedge. The shortage is base that the maker did not buy back, because fees had consumed the quote for it (H3).
   */
  hedgeDrift?: { largest: bigint; atEnd: bigint; shortage: bigint } | undefined;
  /** How often keepers have moved the margin to its target; undefined for a maker without a target. */
  rebalances?: number | undefined;
  attribution: Attribution;
  /** The first LP's result, in dollars. */
  lp: LpResult;
  /** Symbol of the asset in which shares are denominated. */
  asset: string;
  /** Asset; undefined while the value is unknown. */
  totalAssets?: bigint | undefined;
  /** Asset per share. */
  sharePriceBefore: bigint;
  /** Asset per share: the last known value. */
  sharePriceAfter: bigint;
};

export type TakerReport = {
  name: string;
  trades: number;
  /** How often the exchange has closed its position, in part or whole. */
  liquidations: number;
  /** Base. */
  size: bigint;
  /** Quote traded, at oracle prices. */
  volume: bigint;
  /** Quote. */
  margin: bigint;
  /** Quote: trading fees, plus funding and borrowing paid less received. */
  fees: bigint;
  /** Quote, less fees: collateral in all places less that at the start. */
  realizedPnl: bigint;
  /** Quote, less pending fees. */
  unrealizedPnl: bigint;
  /** Average price paid, relative to the oracle price. Positive: worse for the taker. */
  priceAgainstOracle: bigint;
};

export type OrdersReport = {
  created: number;
  executed: number;
  /** Executed at the second source's price, while the first one had none. */
  atSecondSource: number;
  purged: number;
  /** Cancelled by the keeper after expiry. */
  expired: number;
  /** How often an order was purged or not executed, by reason. */
  reasons: ReadonlyMap<string, number>;
};

export type LawReport = {
  /** The law's number in the specification: L1, H1, ... */
  id: string;
  statement: string;
  /** The figure furthest from what the law allows, over all checks. */
  worst: bigint;
  /** "base" or "quote". */
  unit: string;
  holds: boolean;
  checks: number;
};

export type TotalsReport = {
  transactions: number;
  /** Executed orders and their gas, by maker. */
  executions: readonly { maker: string; count: number; gas: bigint }[];
  wallTimeMilliseconds: number;
};

/** Every report says this: agents that follow fixed rules do not behave like a market's participants. */
export const LABEL = "Scripted takers, no forecast. One market: results of several markets together are not shown.";

/** Returns the laws that do not hold. */
export const brokenLaws = (report: DemoReport): readonly LawReport[] => report.laws.filter(({ holds }) => !holds);

export type RenderReportOptions = {
  /** Whether the text is coloured, for a terminal. */
  color?: boolean;
};

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** Formats the report as text. */
export function renderReport(report: DemoReport, { color = false }: RenderReportOptions = {}): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const heading = (text: string) => paint("bold", text);
  return [
    heading(`Counterpoise ${report.symbols.base}/${report.symbols.quote}, ${report.series.name}`),
    LABEL,
    "",
    table(seriesRows(report)),
    heading("Market"),
    table(marketRows(report)),
    heading(`First LP, ${formatWad(report.makers[0]?.lp.deposited ?? 0n, { decimals: 0 })} dollars in each maker`),
    table(lpRows(report, paint), { rightFrom: 1 }),
    heading(`Change of makers' assets by cause, ${report.symbols.quote}`),
    table(attributionRows(report, paint), { rightFrom: 1 }),
    heading("Makers"),
    table(makerRows(report), { rightFrom: 1 }),
    heading("Takers"),
    table(takerRows(report, paint), { rightFrom: 1 }),
    ...report.agents.map(({ name, description }) => paint("dim", `  ${name}: ${description}`)),
    "",
    heading("Liquidations"),
    table(liquidationRows(report)),
    heading("Orders"),
    table(orderRows(report)),
    heading("LP requests"),
    table(requestRows(report)),
    heading("Ledger laws"),
    table(lawRows(report, paint)),
    heading("Totals"),
    table(totalRows(report)),
    verdict(report, paint),
    "",
  ].join("\n");
}

function seriesRows({ series, feed, symbols }: DemoReport): string[][] {
  const { rows, from, to, firstPrice, lastPrice, lowestPrice, highestPrice } = series;
  const change = formatPercent(((lastPrice - firstPrice) * WAD) / firstPrice, { sign: true });
  const { gaps, largestJump, stale, atSecondSource, spotShortfalls } = feed;
  return [
    ["Rows", formatCount(rows)],
    ["Time", `${formatTime(from)} to ${formatTime(to)} UTC (${formatDuration(to - from)})`],
    ["Price", `${formatPrice(firstPrice)} to ${formatPrice(lastPrice)} ${symbols.quote} (${change})`],
    ["Range", `${formatPrice(lowestPrice)} to ${formatPrice(highestPrice)} ${symbols.quote}`],
    ...(gaps.count === 0
      ? [["Gaps in the feed", "none"]]
      : [
          ["Gaps in the feed", `${formatCount(gaps.count)}, the longest ${formatDuration(gaps.longest)}`],
          ["  largest jump at a reopening", formatPercent(largestJump)],
          ["  looks without a price", formatCount(stale)],
          ["  looks with the second source's price", formatCount(atSecondSource)],
        ]),
    ...(spotShortfalls > 0 ? [["Spot market not at the oracle price", `${formatCount(spotShortfalls)} times`]] : []),
  ];
}

function marketRows({ market, symbols: { base, quote } }: DemoReport): string[][] {
  const { status, openInterest, dailyFunding, fees, insurance, badDebt } = market;
  const size = (value: bigint) => `${formatWad(value, { decimals: 4 })} ${base}`;
  const money = (value: bigint) => `${formatWad(value)} ${quote}`;
  return [
    ["Status", status],
    ["Open interest of takers", `${size(openInterest.long)} long, ${size(openInterest.short)} short`],
    ["Funding per day", formatPercent(dailyFunding, { decimals: 4, sign: true })],
    ["Funding paid", money(fees.fundingPaid)],
    ["Borrowing fees paid", money(fees.borrowingPaid)],
    ["Trading fees paid", money(fees.trading)],
    ["Insurance", money(insurance)],
    ["Bad debt", money(badDebt)],
  ];
}

function lpRows({ makers }: DemoReport, paint: Paint): string[][] {
  const money = (value: bigint) => formatWad(value);
  const row = (label: string, cell: (maker: MakerReport) => string) => [label, ...makers.map(cell)];
  const gain = (value: bigint, text: string) => signed(value, text, paint);
  const returned = ({ lp }: MakerReport) => ((lp.value - lp.deposited) * WAD) / lp.deposited;
  const percent = (value: bigint) => formatPercent(value, { decimals: 4, sign: true });
  return [
    row("", ({ name }) => paint("bold", name)),
    row("Deposits", ({ asset }) => asset),
    row("Value at the end", ({ lp }) => money(lp.value)),
    row("Return in dollars", (maker) => gain(returned(maker), percent(returned(maker)))),
    row("Value of holding instead", ({ lp }) => money(lp.held)),
    row("Against holding", ({ lp }) => gain(lp.againstHolding, formatWad(lp.againstHolding, { sign: true }))),
    row("Return in its asset", (maker) => gain(sharePriceChange(maker), percent(sharePriceChange(maker)))),
    row("Largest drawdown in dollars", ({ lp }) => formatPercent(lp.drawdown)),
    row("Largest drawdown in its asset", ({ lp }) => formatPercent(lp.assetDrawdown, { decimals: 4 })),
  ];
}

const CAUSES: readonly { label: string; of: keyof Attribution }[] = [
  { label: "Makers' own fees", of: "lpFee" },
  { label: "Paid by takers over the oracle price, besides", of: "spread" },
  { label: "Inventory", of: "inventory" },
  { label: "Funding", of: "funding" },
  { label: "Borrowing", of: "borrowing" },
  { label: "Paid for hedges over the oracle price", of: "hedgeCost" },
  { label: "Liquidations and bonds", of: "liquidation" },
  { label: "Uncollectable profit", of: "uncollectable" },
  { label: "Keepers", of: "keepers" },
  { label: "Donations", of: "donated" },
  { label: "Sum", of: "total" },
  { label: "Change of assets, less flows of LPs", of: "valueChange" },
  { label: "Unexplained", of: "unexplained" },
  { label: "Fees of entering and leaving LPs, to the others", of: "keptFees" },
];

function attributionRows({ makers }: DemoReport, paint: Paint): string[][] {
  return [
    ["", ...makers.map(({ name }) => paint("bold", name))],
    ...CAUSES.map(({ label, of }) => [
      label,
      ...makers.map(({ attribution }) => signed(attribution[of], formatWad(attribution[of], { sign: true }), paint)),
    ]),
  ];
}

function makerRows({ makers, symbols: { base, quote } }: DemoReport): string[][] {
  const size = (value: bigint, sign = false) => `${formatWad(value, { decimals: 4, sign })} ${base}`;
  const row = (label: string, cell: (maker: MakerReport) => string) => [label, ...makers.map(cell)];
  return [
    row("", ({ name }) => name),
    row("Hedges on", ({ hedgesOn }) => hedgesOn ?? "-"),
    row("Fills", ({ fills }) => formatCount(fills)),
    row("Inventory", ({ inventory }) => size(inventory, true)),
    row("Capacity", ({ capacity }) => size(capacity)),
    row("Utilization long", ({ utilization }) => formatPercent(utilization.long)),
    row("Utilization short", ({ utilization }) => formatPercent(utilization.short)),
    row("Hedge drift, largest", ({ hedgeDrift }) => (hedgeDrift ? `${formatExact(hedgeDrift.largest)} ${base}` : "-")),
    row("Hedge drift at the end", ({ hedgeDrift }) => (hedgeDrift ? `${formatExact(hedgeDrift.atEnd)} ${base}` : "-")),
    row("Base not bought back", ({ hedgeDrift }) => (hedgeDrift ? size(hedgeDrift.shortage) : "-")),
    row("Rebalances by keepers", ({ rebalances }) => (rebalances === undefined ? "-" : formatCount(rebalances))),
    row("Total assets", ({ totalAssets, asset }) =>
      totalAssets === undefined ? "unknown" : assetAmount(totalAssets, asset, quote),
    ),
    row(
      "Share price before",
      ({ sharePriceBefore, asset }) => `${formatWad(sharePriceBefore, { decimals: 6 })} ${asset}`,
    ),
    row("Share price after", ({ sharePriceAfter, asset }) => `${formatWad(sharePriceAfter, { decimals: 6 })} ${asset}`),
  ];
}

const assetAmount = (amount: bigint, asset: string, quote: string) =>
  `${formatWad(amount, { decimals: asset === quote ? 2 : 4 })} ${asset}`;

const sharePriceChange = ({ sharePriceBefore, sharePriceAfter }: MakerReport): bigint =>
  sharePriceBefore === 0n ? 0n : ((sharePriceAfter - sharePriceBefore) * WAD) / sharePriceBefore;

function takerRows({ takers, symbols: { base, quote } }: DemoReport, paint: Paint): string[][] {
  const money = (value: bigint) => signed(value, formatWad(value, { sign: true }), paint);
  const head = [
    "",
    "Trades",
    "Liquidated",
    `Size ${base}`,
    `Volume ${quote}`,
    `Fees ${quote}`,
    "Realized PnL",
    "Unrealized PnL",
    `Margin ${quote}`,
    "Paid over oracle",
  ];
  return [
    head.map((text) => paint("bold", text)),
    ...takers.map((taker) => [
      taker.name,
      formatCount(taker.trades),
      formatCount(taker.liquidations),
      formatWad(taker.size, { decimals: 4, sign: true }),
      formatWad(taker.volume),
      formatWad(taker.fees, { sign: true }),
      money(taker.realizedPnl),
      money(taker.unrealizedPnl),
      formatWad(taker.margin),
      taker.trades === 0 ? "-" : formatBps(taker.priceAgainstOracle),
    ]),
  ];
}

const reasonRows = (reasons: ReadonlyMap<string, number>): string[][] =>
  [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => [`  ${reason}`, formatCount(count)]);

function liquidationRows({ liquidations, symbols: { quote } }: DemoReport): string[][] {
  const { againstMaker, takenOver, deleveraged, flagged, recovered, notional, rewards, badDebt, delay, refused } =
    liquidations;
  return [
    ["Closed against the OracleMaker", formatCount(againstMaker)],
    ["Taken over by the liquidator", formatCount(takenOver)],
    ["Notional", `${formatWad(notional)} ${quote}`],
    ["Rewards", `${formatWad(rewards)} ${quote}`],
    ["Counterparties deleveraged", formatCount(deleveraged)],
    ["Shortfalls flagged for bad debt", formatCount(flagged)],
    ["Bad debt recorded", `${formatWad(badDebt)} ${quote}`],
    [`Recovered within the delay of ${formatDuration(delay)}`, formatCount(recovered)],
    ...(refused.size > 0 ? [["Attempts refused", ""], ...reasonRows(refused)] : []),
  ];
}

function orderRows({ orders }: DemoReport): string[][] {
  const { created, executed, atSecondSource, purged, expired, reasons } = orders;
  const open = created - executed - purged - expired;
  return [
    ["Created", formatCount(created)],
    ["Executed", formatCount(executed)],
    ...(atSecondSource > 0 ? [["  at the second source's price", formatCount(atSecondSource)]] : []),
    ["Purged", formatCount(purged)],
    ["Expired", formatCount(expired)],
    ...(open > 0 ? [["Still open", formatCount(open)]] : []),
    ...reasonRows(reasons),
  ];
}

function requestRows({ lpRequests }: DemoReport): string[][] {
  const { requested, deposits, redemptions, returned, reasons } = lpRequests;
  return [
    ["Requested", formatCount(requested)],
    ["Deposits settled", formatCount(deposits)],
    ["Redemptions settled", formatCount(redemptions)],
    ["Returned", formatCount(returned)],
    ...reasonRows(reasons),
  ];
}

function lawRows({ laws, symbols }: DemoReport, paint: Paint): string[][] {
  const unit = (name: string) => (name === "base" ? symbols.base : name === "quote" ? symbols.quote : name);
  return laws.map(({ id, statement, worst, unit: name, holds, checks }) => [
    id,
    statement,
    `worst ${formatExact(worst)} ${unit(name)}`,
    `${formatCount(checks)} checks`,
    holds ? paint("green", "ok") : paint("red", "BROKEN"),
  ]);
}

function totalRows({ totals: { transactions, executions, wallTimeMilliseconds } }: DemoReport): string[][] {
  return [
    ["Transactions", formatCount(transactions)],
    ...executions.map(({ maker, count, gas }) => [
      `Gas per fill, ${maker}`,
      count === 0 ? "-" : `${formatCount(gas / BigInt(count))} (average of ${formatCount(count)})`,
    ]),
    ["Wall time", formatDuration(wallTimeMilliseconds / 1_000)],
  ];
}

function verdict(report: DemoReport, paint: Paint): string {
  const broken = brokenLaws(report);
  if (broken.length === 0) return paint(["bold", "green"], "All ledger laws hold.");
  const laws = broken.map(({ id, statement }) => `${id} (${statement})`).join(", ");
  return paint(["bold", "red"], `Broken laws: ${laws}`);
}

function signed(value: bigint, text: string, paint: Paint): string {
  if (value === 0n) return text;
  return paint(value > 0n ? "green" : "red", text);
}

const BLANK_LINES = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ mid: "", "mid-mid": "", "left-mid": "", "right-mid": "" },
  ...{ left: "", right: "", middle: "  " },
};

/** Aligns columns, two spaces apart. Columns from `rightFrom` on are aligned to the right. */
function table(rows: string[][], { rightFrom = Number.POSITIVE_INFINITY }: { rightFrom?: number } = {}): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const aligned = new Table({
    chars: BLANK_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: Array.from({ length: columns }, (_, column) => (column >= rightFrom ? "right" : "left")),
  });
  aligned.push(...rows);
  const lines = aligned.toString().split("\n");
  return `${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}\n`;
}

/** Formats the report as JSON. Each figure has its WAD value as a decimal string, and a text with its unit. */
export function reportToJson(report: DemoReport): string {
  const { symbols, series, market, feed, makers, takers, orders, liquidations, lpRequests, laws, totals } = report;
  const { base, quote } = symbols;
  const amount = (wad: bigint, unit: string) => ({ wad: wad.toString(), text: `${formatExact(wad)} ${unit}` });
  const ratio = (wad: bigint) => ({ wad: wad.toString(), text: formatPercent(wad, { decimals: 4, sign: true }) });
  const broken = brokenLaws(report);
  const json = {
    label: LABEL,
    ok: broken.length === 0,
    brokenLaws: broken.map(({ id }) => id),
    symbols,
    series: {
      name: series.name,
      rows: series.rows,
      from: series.from,
      to: series.to,
      firstPrice: amount(series.firstPrice, quote),
      lastPrice: amount(series.lastPrice, quote),
      lowestPrice: amount(series.lowestPrice, quote),
      highestPrice: amount(series.highestPrice, quote),
    },
    market: {
      status: market.status,
      openInterest: { long: amount(market.openInterest.long, base), short: amount(market.openInterest.short, base) },
      dailyFunding: ratio(market.dailyFunding),
      fees: {
        trading: amount(market.fees.trading, quote),
        fundingPaid: amount(market.fees.fundingPaid, quote),
        borrowingPaid: amount(market.fees.borrowingPaid, quote),
      },
      insurance: amount(market.insurance, quote),
      badDebt: amount(market.badDebt, quote),
    },
    feed: { ...feed, largestJump: ratio(feed.largestJump) },
    makers: makers.map((maker) => ({
      name: maker.name,
      hedgesOn: maker.hedgesOn ?? null,
      fills: maker.fills,
      inventory: amount(maker.inventory, base),
      capacity: amount(maker.capacity, base),
      utilization: { long: ratio(maker.utilization.long), short: ratio(maker.utilization.short) },
      hedgeDrift: maker.hedgeDrift
        ? {
            largest: amount(maker.hedgeDrift.largest, base),
            atEnd: amount(maker.hedgeDrift.atEnd, base),
            shortage: amount(maker.hedgeDrift.shortage, base),
          }
        : null,
      rebalances: maker.rebalances ?? null,
      attribution: Object.fromEntries(
        Object.entries(maker.attribution).map(([cause, value]) => [cause, amount(value, quote)]),
      ),
      lp: {
        deposited: amount(maker.lp.deposited, quote),
        value: amount(maker.lp.value, quote),
        held: amount(maker.lp.held, quote),
        againstHolding: amount(maker.lp.againstHolding, quote),
        drawdown: ratio(maker.lp.drawdown),
        assetDrawdown: ratio(maker.lp.assetDrawdown),
      },
      totalAssets: maker.totalAssets === undefined ? null : amount(maker.totalAssets, maker.asset),
      sharePriceBefore: amount(maker.sharePriceBefore, maker.asset),
      sharePriceAfter: amount(maker.sharePriceAfter, maker.asset),
      sharePriceChange: ratio(sharePriceChange(maker)),
    })),
    takers: takers.map((taker) => ({
      name: taker.name,
      trades: taker.trades,
      liquidations: taker.liquidations,
      size: amount(taker.size, base),
      volume: amount(taker.volume, quote),
      margin: amount(taker.margin, quote),
      fees: amount(taker.fees, quote),
      realizedPnl: amount(taker.realizedPnl, quote),
      unrealizedPnl: amount(taker.unrealizedPnl, quote),
      priceAgainstOracle: ratio(taker.priceAgainstOracle),
    })),
    agents: report.agents,
    liquidations: {
      ...liquidations,
      notional: amount(liquidations.notional, quote),
      rewards: amount(liquidations.rewards, quote),
      badDebt: amount(liquidations.badDebt, quote),
      refused: Object.fromEntries(liquidations.refused),
    },
    lpRequests: { ...lpRequests, reasons: Object.fromEntries(lpRequests.reasons) },
    orders: { ...orders, reasons: Object.fromEntries(orders.reasons) },
    laws: laws.map(({ id, statement, worst, unit, holds, checks }) => ({
      id,
      statement,
      worst: amount(worst, unit === "base" ? base : unit === "quote" ? quote : unit),
      checks,
      holds,
    })),
    totals: {
      transactions: totals.transactions,
      executions: totals.executions.map(({ maker, count, gas }) => ({ maker, count, gas: gas.toString() })),
      wallTimeMilliseconds: Math.round(totals.wallTimeMilliseconds),
    },
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
