// Risk of a market: exposure, solvency, price, the breaker's room, parameters in force and their changes.
import { useState } from "react";
import { baseName, marketName } from "../config.js";
import { useApp } from "../data/context.js";
import { type Limits, useLimits, useParameterChanges } from "../data/risk.js";
import { useView, type View } from "../data/snapshot.js";
import { amount, dateOf, duration, percent, ppm, price, quote, short, size, UNKNOWN, utcOf } from "../format.js";
import { strings } from "../strings.js";
import { Line, Notice, toneOf, useNow } from "../ui/index.js";

const text = strings.risk;
const WAD = 10n ** 18n;
const HOUR = 3_600n;
const YEAR = 365n * 86_400n;

export function RiskPage() {
  const { deployment } = useApp();
  const { view, error } = useView();
  const { data: limits } = useLimits();
  const status = view?.state.status;
  return (
    <div className="earn">
      <div className="page-head">
        <h1>
          {strings.nav.risk} <span className="muted">{marketName(deployment)}</span>
        </h1>
        <p className="muted">{text.intro}</p>
      </div>
      {status && status !== "active" && <Notice tone="warning">{strings.status.marketNotActive[status]}</Notice>}
      {!view && error && <Notice tone="error">{strings.status.rpcFailing}</Notice>}
      <div className="details three">
        <Exposure view={view} />
        <Solvency view={view} limits={limits} />
        <Price view={view} limits={limits} />
        <Rates view={view} limits={limits} />
        <Rules view={view} limits={limits} />
        <Sources limits={limits} />
      </div>
      <Changes />
    </div>
  );
}

function Exposure({ view }: { view: View | undefined }) {
  const { deployment } = useApp();
  const base = baseName(deployment);
  const words = text.exposure;
  const interest = view?.state.openInterest;
  const sized = (value: bigint | undefined, sign: "auto" | "always" = "auto") =>
    value === undefined ? UNKNOWN : `${size(value, { sign })} ${base}`;
  const worth = (value: bigint | undefined) =>
    value === undefined || view?.price === undefined ? undefined : quote((value * view.price) / WAD);
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        <Line
          label={words.long}
          value={sized(interest?.takerLong)}
          help={worth(interest?.takerLong)}
          name="risk-long"
        />
        <Line
          label={words.short}
          value={sized(interest?.takerShort)}
          help={worth(interest?.takerShort)}
          name="risk-short"
        />
        <Line
          label={words.skew}
          value={sized(view?.state.skew, "always")}
          tone={toneOf(view?.state.skew)}
          help={strings.figures.skewHelp}
          name="risk-skew"
        />
        <Line
          label={words.makers}
          value={interest ? `${size(interest.makerLong)} / ${size(interest.makerShort)} ${base}` : UNKNOWN}
        />
        <Line
          label={words.capacity}
          value={
            view ? `${size(view.state.capacity.makerLong)} / ${size(view.state.capacity.makerShort)} ${base}` : UNKNOWN
          }
        />
        <Line
          label={words.utilization}
          value={
            view
              ? `${percent(view.state.utilization.long, { min: 1 })} / ${percent(view.state.utilization.short, { min: 1 })}`
              : UNKNOWN
          }
        />
      </dl>
    </section>
  );
}

function Solvency({ view, limits }: { view: View | undefined; limits: Limits | undefined }) {
  const { deployment } = useApp();
  const { collateralDecimals, collateralSymbol, baseDecimals } = deployment;
  const words = text.solvency;
  const state = view?.state;
  const room = (outflow: Limits["collateralOutflow"], decimals: number, symbol: string): string =>
    limits === undefined
      ? UNKNOWN
      : outflow === undefined
        ? words.noLimit
        : `${amount(outflow.available, decimals)} ${symbol}`;
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        <Line label={words.insurance} value={quote(state?.insurance)} name="risk-insurance" />
        <Line
          label={words.badDebt}
          value={quote(state?.badDebt)}
          tone={state && state.badDebt > 0n ? "down" : undefined}
          name="risk-bad-debt"
        />
        <Line label={words.balance} value={amount(state?.balance, collateralDecimals)} help={words.balanceHelp} />
        <Line
          label={words.breaker(collateralSymbol)}
          help={words.breakerHelp}
          value={room(limits?.collateralOutflow, collateralDecimals, collateralSymbol)}
          name="risk-breaker"
        />
        <Line
          label={words.breaker(baseName(deployment))}
          help={words.breakerHelp}
          value={room(limits?.baseOutflow, baseDecimals, baseName(deployment))}
        />
      </dl>
    </section>
  );
}

function Price({ view, limits }: { view: View | undefined; limits: Limits | undefined }) {
  const now = useNow();
  const words = text.price;
  const market = view?.account.market;
  const confidence = market?.confidence;
  const ratio = confidence !== undefined && view?.price ? (confidence * WAD) / view.price : undefined;
  const stored = view?.state.lastPrice;
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        <Line label={words.oracle} value={price(view?.price)} name="risk-price" />
        <Line label={words.confidence} value={ratio === undefined ? UNKNOWN : `±${percent(ratio, { min: 3 })}`} />
        <Line label={words.stored} value={price(stored?.price)} />
        <Line
          label={words.age}
          value={stored ? duration(now - Number(stored.publishTime)) : UNKNOWN}
          help={stored && `${dateOf(stored.publishTime)} (${utcOf(stored.publishTime)})`}
          name="risk-age"
        />
        <Line label={words.maxAge} value={limits ? duration(limits.feed.maxAge) : UNKNOWN} />
        <Line
          label={words.maxConfidence}
          value={limits?.feed.maxConfidence === 0 ? words.noLimit : ppm(limits?.feed.maxConfidence)}
        />
      </dl>
    </section>
  );
}

function Rates({ view, limits }: { view: View | undefined; limits: Limits | undefined }) {
  const { deployment } = useApp();
  const words = text.rates;
  const state = view?.state;
  const hourly = (rate: bigint | undefined, sign: "auto" | "always" = "auto") =>
    percent(rate === undefined ? undefined : rate * HOUR, { min: 4, sign });
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        <Line
          label={words.funding}
          value={hourly(state?.fundingRate, "always")}
          help={strings.figures.fundingHelp}
          name="risk-funding"
        />
        <Line label={words.yearly} value={percent(state && state.fundingRate * YEAR, { min: 1, sign: "always" })} />
        <Line label={words.cap} value={`±${hourly(limits?.funding.maxRate)}`} />
        <Line
          label={words.skewScale}
          help={words.skewScaleHelp}
          value={limits ? `${size(limits.funding.skewScale)} ${baseName(deployment)}` : UNKNOWN}
        />
        <Line
          label={words.borrowing}
          value={state ? `${hourly(state.longBorrowingRate)} / ${hourly(state.shortBorrowingRate)}` : UNKNOWN}
        />
        <Line label={words.accrual} value={state ? (state.isFrozen ? words.frozen : words.accrues) : UNKNOWN} />
      </dl>
    </section>
  );
}

function Rules({ view, limits }: { view: View | undefined; limits: Limits | undefined }) {
  const words = text.rules;
  const state = view?.state;
  const rules = state?.rules;
  const target = state?.target;
  const isRamping = state && target && target.initialMarginRatio !== state.initialMarginRatio;
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        <Line label={words.initial} value={ppm(state?.initialMarginRatio)} name="risk-initial" />
        <Line label={words.maintenance} value={ppm(state?.maintenanceMarginRatio)} />
        {isRamping && (
          <Line
            label={words.target(dateOf(target.rampEnd))}
            value={`${ppm(target.initialMarginRatio)} / ${ppm(target.maintenanceMarginRatio)}`}
          />
        )}
        <Line label={words.fee} value={ppm(rules?.tradingFee)} />
        <Line label={words.penalty} value={ppm(rules?.liquidationPenalty)} />
        <Line label={words.liquidator} value={ppm(rules?.liquidatorShare)} />
        <Line label={words.band} value={ppm(rules?.priceBand)} />
        <Line label={words.minimum} value={quote(limits?.minPositionValue)} />
        <Line label={words.window} value={rules ? duration(rules.deleverageWindow) : UNKNOWN} />
        <Line label={words.settlement} value={rules ? duration(rules.settlementDelay) : UNKNOWN} />
      </dl>
    </section>
  );
}

function Sources({ limits }: { limits: Limits | undefined }) {
  const words = text.sources;
  const feed = limits?.feed;
  const named = (address: string) => (BigInt(address) === 0n ? words.none : short(address));
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        <Line label={words.feed} value={feed ? short(feed.pythId) : UNKNOWN} help={feed?.pythId} />
        <Line label={words.second} value={feed ? named(feed.aggregator) : UNKNOWN} help={feed?.aggregator} />
        <Line
          label={words.deviation}
          value={feed && BigInt(feed.aggregator) === 0n ? words.none : ppm(feed?.maxDeviation)}
        />
        <Line label={words.execution} value={feed ? duration(feed.maxExecutionAge) : UNKNOWN} />
        <Line label={words.liquidation} value={feed ? duration(feed.maxLiquidationAge) : UNKNOWN} />
        <Line
          label={words.pending}
          value={limits ? (limits.pendingFeed ? dateOf(limits.pendingFeed.appliesAt) : words.none) : UNKNOWN}
        />
      </dl>
    </section>
  );
}

/** Arguments of an event in one line: nested ones as JSON. */
const valuesOf = (values: Record<string, unknown>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");

/** Changes that are shown at first. */
const FEW = 10;

function Changes() {
  const [isWhole, setWhole] = useState(false);
  const { config } = useApp();
  const { data, isError, isPending } = useParameterChanges();
  const words = text.changes;
  const missing =
    config.indexerUrl === undefined || isError ? words.unknown : isPending ? strings.common.loading : undefined;
  return (
    <section className="panel tables" aria-label={words.title}>
      <h2 className="note">{words.title}</h2>
      {missing || data?.changes.length === 0 ? (
        <p className="empty">{missing ?? words.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than the screen is scrolled with the keyboard
        <div className="table-frame" tabIndex={0}>
          <table>
            <caption className="hidden">{words.title}</caption>
            <thead>
              <tr>
                <th scope="col">{words.time}</th>
                <th scope="col">{words.change}</th>
                <th scope="col">{words.values}</th>
                <th scope="col">{words.author}</th>
              </tr>
            </thead>
            <tbody>
              {data?.changes.slice(0, isWhole ? undefined : FEW).map((change) => (
                <tr key={change.id} data-testid="parameter-change">
                  <td title={utcOf(change.time)}>{dateOf(change.time)}</td>
                  <td data-label={words.change}>
                    {change.contract} <span className="strong">{change.name}</span>
                  </td>
                  <td data-label={words.values} className="values small">
                    {valuesOf(change.values)}
                  </td>
                  <td data-label={words.author} className="mono" title={change.author}>
                    {short(change.author)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data && !isWhole && data.changes.length > FEW && (
        <p className="note">
          <button type="button" onClick={() => setWhole(true)}>
            {words.showAll(amount(BigInt(data.changes.length), 0, { min: 0 }))}
          </button>
        </p>
      )}
      {isWhole && data?.hasMore && <p className="note muted small">{words.more}</p>}
    </section>
  );
}
