// The figures of a market in one line.
import { OracleMaker } from "@counterpoise/sdk/entities";
import { baseName, marketName } from "../config.js";
import { useApp } from "../data/context.js";
import { maxLeverage } from "../data/preview.js";
import type { View } from "../data/snapshot.js";
import { compact, duration, percent, price, quote, size, UNKNOWN } from "../format.js";
import { strings } from "../strings.js";
import { Figure, toneOf, useNow, Value } from "../ui/index.js";

const WAD = 10n ** 18n;
const HOUR = 3_600n;

export function KeyFigures({ view }: { view: View | undefined }) {
  const { deployment } = useApp();
  const text = strings.figures;
  const now = useNow();
  const base = baseName(deployment);
  const state = view?.state;
  const market = view?.account.market;
  const funding = market && market.rates.fundingRate * HOUR;
  const oracle = view?.makers.find(({ entity }) => entity instanceof OracleMaker)?.entity;
  const confidence = market?.confidence;
  const ratio = confidence !== undefined && view?.price ? (confidence * WAD) / view.price : undefined;
  return (
    <section className="panel figures" aria-label={text.label}>
      <h1>
        {marketName(deployment)}
        <span className="hidden"> {strings.nav.trade}</span>
      </h1>
      <div className="headline" title={text.oracle}>
        <span className="hidden">{text.oracle}</span>
        <span className="big" data-testid="oracle-price">
          <Value text={price(view?.price)} />
        </span>
        <span className="muted small">{deployment.collateralSymbol}</span>
      </div>
      <dl>
        <Figure label={text.confidence} value={ratio === undefined ? UNKNOWN : `±${percent(ratio, { min: 3 })}`} />
        <Figure
          label={text.funding}
          value={percent(funding, { min: 4, sign: "always" })}
          help={text.fundingHelp}
          name="funding"
        />
        <Figure
          label={text.openInterest}
          value={
            market
              ? `${size(market.openInterest.takerLong)} / ${size(market.openInterest.takerShort)} ${base}`
              : UNKNOWN
          }
          help={text.openInterestHelp}
          name="open-interest"
        />
        <Figure
          label={text.skew}
          value={market ? `${size(market.skew, { sign: "always" })} ${base}` : UNKNOWN}
          help={text.skewHelp}
          tone={toneOf(market?.skew)}
          name="skew"
        />
        <Figure
          label={text.room}
          value={oracle ? `${compact(oracle.capacity.buys)} / ${compact(oracle.capacity.sells)} ${base}` : UNKNOWN}
          help={text.roomHelp}
        />
        <Figure label={text.insurance} value={quote(state?.insurance)} name="insurance" />
        {state && state.badDebt > 0n && <Figure label={text.badDebt} value={quote(state.badDebt)} tone="down" />}
        <Figure
          label={text.maxLeverage}
          value={market ? `${Number((maxLeverage(market.initialMarginRatio) * 10n) / WAD) / 10}×` : UNKNOWN}
        />
        <Figure
          label={text.age}
          value={view?.publishTime === undefined ? UNKNOWN : duration(now - Number(view.publishTime))}
        />
      </dl>
    </section>
  );
}
