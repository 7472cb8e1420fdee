// The block and the price that the figures come from, and what does not answer.
import { useApp } from "./data/context.js";
import { useIndex } from "./data/indexer.js";
import { useLivePrice } from "./data/price-feed.js";
import { useView } from "./data/snapshot.js";
import { amount, dateOf, duration, utcOf } from "./format.js";
import { strings } from "./strings.js";
import { useNow } from "./ui/index.js";

/** Seconds without a block, after which the chain counts as stalled. */
const STALLED_AFTER = 60;

export function StatusBar() {
  const { prices } = useApp();
  const { view, error, updatedAt } = useView();
  const { status } = useLivePrice(prices);
  const now = useNow();
  const index = useIndex(view?.blockNumber);
  const text = strings.status;
  const blockAge = view && now - Number(view.blockTime);
  return (
    <footer className="status">
      <span className={`dot ${error ? "dot-bad" : view ? "dot-good" : ""}`} aria-hidden="true" />
      {view && (
        <span title={text.blockTitle(`${dateOf(view.blockTime)} (${utcOf(view.blockTime)})`)} data-testid="block">
          {text.block(amount(view.blockNumber, 0, { min: 0 }))}
        </span>
      )}
      {view && (
        <span className="muted">
          {view.price === undefined || view.publishTime === undefined
            ? text.noPrice
            : `${view.source === "service" ? text.fromService : text.fromChain}, ${text.priceAge(duration(now - Number(view.publishTime)))}`}
        </span>
      )}
      {index.status !== "off" && (
        <span className="muted" title={text.indexHelp} data-testid="index-lag">
          {index.status === "known" ? text.index(amount(index.lag, 0, { min: 0 })) : text.indexUnknown}
        </span>
      )}
      <span className="faults" role="status">
        {error && `${text.rpcFailing} ${updatedAt > 0 ? text.rpcFailingAge(duration(now - updatedAt / 1_000)) : ""}`}
        {!error && blockAge !== undefined && blockAge > STALLED_AFTER && text.chainStalled(duration(blockAge))}
        {!error && status === "failing" && text.serviceFailing}
      </span>
    </footer>
  );
}
