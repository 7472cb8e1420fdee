import type { AbiEvent } from "viem";
import {
  type Address,
  type Client,
  encodeEventTopics,
  type Hex,
  isAddressEqual,
  type Log,
  pad,
  parseEventLogs,
} from "viem";
import type { BlockSpan } from "../client/history.js";
import { headOf, inOrder, type LogFilter, readPages, requestLogs } from "../client/logs.js";
import type { Deployment } from "../deployment.js";
import * as backstop from "../generated/contracts/backstop.js";
import * as clearingHouse from "../generated/contracts/clearing-house.js";
import * as oracleMaker from "../generated/contracts/oracle-maker.js";
import * as quoteMaker from "../generated/contracts/spot-hedge-quote-maker.js";
import * as vault from "../generated/contracts/vault.js";
import { abs } from "../maths/integers.js";
import type { LpEvent } from "./lp-ledger.js";

const Transfer = {
  type: "event",
  name: "Transfer",
  inputs: [
    { name: "from", type: "address", indexed: true },
    { name: "to", type: "address", indexed: true },
    { name: "value", type: "uint256", indexed: false },
  ],
} as const;

/** A quote vault's own reduction; the Backstop has an event of the same name. */
const VaultDeleveraged = quoteMaker.Deleveraged;

/** Events that name the LP vault as the second indexed value, as the third, and those that it emits. */
const accountEvents = [
  vault.TradingFeePaid,
  vault.PositionsChanged,
  vault.PenaltySettled,
  vault.ShortfallCovered,
  vault.FundToMargin,
  vault.MarginToFund,
  vault.MarginReceived,
  vault.MarginPaidOut,
  clearingHouse.Liquidated,
  backstop.Deleveraged,
  backstop.AccountSettled,
] as const;
const counterpartyEvents = [
  vault.PositionsChanged,
  vault.PenaltySettled,
  vault.BondPaid,
  backstop.Deleveraged,
] as const;
const makerEvents = [
  oracleMaker.Deposited,
  oracleMaker.Withdrawn,
  oracleMaker.LpFeeKept,
  oracleMaker.PythOracleOrderFilled,
  quoteMaker.QuoteWithdrawn,
  quoteMaker.BaseWithdrawn,
  quoteMaker.SpotHedged,
  quoteMaker.HedgeShortage,
  quoteMaker.HedgeUnderfunded,
  quoteMaker.Rebalanced,
  VaultDeleveraged,
] as const;

/** The logs of the exchange's contracts and of the tokens. */
const exchangeAbi = [...accountEvents, vault.BondPaid, Transfer] as const;

/** Parameters of {@link lpEventsOf}. */
export type LpEventsOfParameters = {
  deployment: Deployment;
  maker: Address;
  /**
   * Logs of whole transactions in the order of the chain: of the LP vault, the Vault, the ClearingHouse, the Backstop, and of
   * both tokens. Others are skipped.
   */
  logs: readonly Log[];
};

/** The events of the LP vault between two fills of a transaction. Amounts WAD. */
type Segment = {
  price: bigint | undefined;
  /** Collateral and base that reached the LP vault and its margin. */
  tokens: { quote: bigint; base: bigint };
  /** Paid in by LPs. */
  flow: { quote: bigint; base: bigint };
  keepers: bigint;
  lpFee: bigint;
  /** Whether an event of the LP vault or of the exchange is about it: tokens without one are not counted by the contracts. */
  isKnown: boolean;
  isHedged: boolean;
  events: LpEvent[];
};

const newSegment = (): Segment => ({
  price: undefined,
  tokens: { quote: 0n, base: 0n },
  flow: { quote: 0n, base: 0n },
  ...{ keepers: 0n, lpFee: 0n, isKnown: false, isHedged: false, events: [] },
});

/**
 * The events of an LP vault's result, from logs: see {@link getLpEvents}, which reads them. Hedges are what moved on the tokens
 * beside the flows of LPs, so that no amount is estimated.
 *
 * @example
 * for (const event of lpEventsOf({ deployment, maker, logs })) applyLpEvent(ledger, event);
 */
export function lpEventsOf({ deployment, maker, logs }: LpEventsOfParameters): LpEvent[] {
  const quoteScale = 10n ** BigInt(18 - deployment.collateralDecimals);
  const baseScale = 10n ** BigInt(18 - deployment.baseDecimals);
  const isInBase = isAddressEqual(maker, deployment.spotHedgeBaseMaker);
  const isMaker = (account: Address) => isAddressEqual(account, maker);
  const known = new Set(
    [
      ...[deployment.vault, deployment.clearingHouse, deployment.backstop],
      ...[deployment.collateral, deployment.base],
    ].map((address) => address.toLowerCase()),
  );
  const [ours, theirs] = [
    logs.filter(({ address }) => isMaker(address)),
    logs.filter(({ address }) => known.has(address.toLowerCase())),
  ];
  const parsed = [
    ...parseEventLogs({ abi: makerEvents, logs: ours as Log[], strict: true }).map(
      (event) => ({ of: "maker", event }) as const,
    ),
    ...parseEventLogs({ abi: exchangeAbi, logs: theirs as Log[], strict: true }).map(
      (event) => ({ of: "exchange", event }) as const,
    ),
  ].sort((a, b) => positionOf(a.event) - positionOf(b.event));

  const result: LpEvent[] = [];
  let transaction: Hex | null | undefined;
  let segment = newSegment();
  /** Of the transaction: the segments that a fill ended, the last one open. */
  let segments: Segment[] = [];
  const flush = () => {
    for (const each of [...segments, segment]) result.push(...eventsOf(each));
    segments = [];
    segment = newSegment();
  };
  /** The last fill of the transaction. */
  const fill = () =>
    segments.at(-1)?.events.find((event) => event.type === "fill") as (LpEvent & { type: "fill" }) | undefined;
  const payment = (quote: bigint) => segment.events.push({ type: "payment", cause: "liquidation", quote });

  for (const { of, event } of parsed) {
    if (event.transactionHash !== transaction) flush();
    transaction = event.transactionHash;
    if (of === "maker") {
      segment.isKnown = true;
      switch (event.eventName) {
        case "Deposited":
        case "Withdrawn": {
          const amount = event.eventName === "Deposited" ? event.args.underlying : -event.args.underlying;
          if (isInBase) segment.flow.base += amount * baseScale;
          else segment.flow.quote += amount * quoteScale;
          break;
        }
        case "QuoteWithdrawn":
          segment.flow.quote -= event.args.quoteXCD * quoteScale;
          break;
        case "BaseWithdrawn":
          segment.flow.base -= event.args.base * baseScale;
          break;
        case "LpFeeKept": {
          const fee = event.args.feeXCD * (isInBase ? baseScale : quoteScale);
          const quote = event.args.quoteFeeXCD * quoteScale + (isInBase ? 0n : fee);
          segment.events.push({ type: "keptFee", base: isInBase ? fee : 0n, quote });
          break;
        }
        case "PythOracleOrderFilled":
          segment.price = event.args.orcalePrice;
          segment.lpFee += event.args.fee;
          break;
        case "SpotHedged":
          segment.price = event.args.oraclePrice;
          segment.lpFee += abs(event.args.takerQuote - event.args.spotQuote);
          segment.isHedged = true;
          break;
        case "HedgeShortage":
        case "HedgeUnderfunded":
          segment.events.push({ type: "shortage", base: event.args.base });
          break;
        case "Rebalanced":
        case "Deleveraged":
          segment.keepers += event.args.feeXCD * quoteScale;
          break;
      }
      continue;
    }
    switch (event.eventName) {
      case "Transfer": {
        const { from, to, value } = event.args;
        const amount = (isMaker(to) ? value : 0n) - (isMaker(from) ? value : 0n);
        if (isAddressEqual(event.address, deployment.collateral)) segment.tokens.quote += amount * quoteScale;
        else segment.tokens.base += amount * baseScale;
        break;
      }
      case "FundToMargin":
      case "MarginReceived":
        if (isMaker(event.args.account)) moveTokens(segment, event.args.amountXCD * quoteScale);
        break;
      case "MarginToFund":
      case "MarginPaidOut":
        if (isMaker(event.args.account)) moveTokens(segment, -event.args.amountXCD * quoteScale);
        break;
      case "TradingFeePaid":
        if (isMaker(event.args.taker)) segment.events.push({ type: "hedge", base: 0n, quote: -event.args.amount });
        break;
      case "PositionsChanged": {
        const { taker, maker: other, price, takerMargin, makerMargin, base, quote } = event.args;
        if (!isMaker(taker) && !isMaker(other)) break;
        const isTaker = isMaker(taker);
        segment.isKnown = true;
        segment.price = price;
        const { funding, borrowing } = isTaker ? takerMargin : makerMargin;
        segment.events.push({
          ...{ type: "fill", price, lpFee: isTaker ? 0n : segment.lpFee },
          ...(isTaker ? { base, quote, cause: "hedge" } : { base: -base, quote: -quote, cause: "trade" }),
        });
        segment.events.push({ type: "carry", funding, borrowing });
        segments.push(segment);
        segment = newSegment();
        break;
      }
      case "PenaltySettled": {
        const { account, liquidator, accountDelta, liquidatorDelta } = event.args;
        if (isMaker(account)) payment(accountDelta);
        if (isMaker(liquidator)) payment(liquidatorDelta);
        break;
      }
      case "ShortfallCovered":
        if (isMaker(event.args.account)) payment(event.args.amount);
        break;
      case "BondPaid":
        if (isMaker(event.args.maker)) payment(event.args.amountXCD * quoteScale);
        break;
      case "Liquidated":
      case "AccountSettled":
        explain(isMaker(event.args.account), "liquidation");
        break;
      case "Deleveraged":
        explain(isMaker(event.args.account), "liquidation");
        explain(isMaker(event.args.counterparty), "deleveraging");
        break;
    }
  }
  flush();
  return result;

  function explain(isOurs: boolean, cause: "liquidation" | "deleveraging"): void {
    const last = isOurs ? fill() : undefined;
    if (last) Object.assign(last, { cause, lpFee: 0n });
  }
}

const positionOf = ({ blockNumber, logIndex }: Log<bigint, number, false>): number =>
  Number(blockNumber) * 1_000_000 + logIndex;

function moveTokens(segment: Segment, quote: bigint): void {
  segment.tokens.quote += quote;
  segment.isKnown = true;
}

/** The events of a segment: first what LPs and keepers moved, then the hedge, which is the rest, then the fill. */
function eventsOf({ price, tokens, flow, keepers, isKnown, isHedged, events }: Segment): LpEvent[] {
  const first: LpEvent[] = [];
  if (flow.base !== 0n || flow.quote !== 0n) first.push({ type: "flow", ...flow });
  if (keepers !== 0n) first.push({ type: "payment", cause: "keepers", quote: -keepers });
  const rest = { base: tokens.base - flow.base, quote: tokens.quote - flow.quote + keepers };
  if (isKnown && (rest.base !== 0n || rest.quote !== 0n)) {
    first.push(isHedged ? { type: "hedge", price, ...rest } : { type: "payment", cause: "donated", ...rest });
  }
  return [...first, ...events];
}

/** Parameters of {@link getLpEvents}. */
export type GetLpEventsParameters = BlockSpan & { deployment: Deployment; maker: Address };

const signatures = (events: readonly AbiEvent[]): Hex[] =>
  events.map((event) => encodeEventTopics({ abi: [event] })[0] as Hex);

/**
 * Reads the events of an LP vault's result, the oldest first: fills, hedges, funding and borrowing, penalties, flows of LPs. WAD.
 * Five requests, and one for the latest block without a `toBlock`; as many again for each further `maxBlockRange` blocks.
 *
 * @example
 * const ledger = newLpLedger();
 * for (const event of await getLpEvents(client, { deployment, maker: deployment.oracleMaker })) applyLpEvent(ledger, event);
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of `fromBlock`.
 */
export async function getLpEvents(
  client: Client,
  { deployment, maker, maxBlockRange, ...span }: GetLpEventsParameters,
): Promise<LpEvent[]> {
  const { fromBlock = deployment.startBlock ?? 0n, toBlock = await headOf(client) } = span;
  const exchange = [deployment.vault, deployment.clearingHouse, deployment.backstop];
  const tokens = [deployment.collateral, deployment.base];
  const [transfer, account] = [signatures([Transfer]), pad(maker.toLowerCase() as Hex)];
  const filters: LogFilter[] = [
    { address: exchange, topics: [signatures(accountEvents), null, account] },
    { address: exchange, topics: [signatures(counterpartyEvents), null, null, account] },
    { address: maker, topics: [signatures(makerEvents)] },
    { address: tokens, topics: [transfer, account] },
    { address: tokens, topics: [transfer, null, account] },
  ];
  const pages = readPages({ fromBlock, toBlock, maxBlockRange, isNewestFirst: false }, async (range) =>
    inOrder((await Promise.all(filters.map((filter) => requestLogs(client, filter, range)))).flat()),
  );
  const events: LpEvent[] = [];
  for await (const { result } of pages) events.push(...lpEventsOf({ deployment, maker, logs: result as Log[] }));
  return events;
}
