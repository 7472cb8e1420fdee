// Performance, ways out, inventory and attribution of an LP vault.
import type { Revert } from "@counterpoise/sdk";
import { returnsBetween } from "@counterpoise/sdk/history";
import { useMutation } from "@tanstack/react-query";
import { baseName } from "../config.js";
import { useApp } from "../data/context.js";
import type { View } from "../data/snapshot.js";
import { exposureOf, loadAttribution, roomOf, sharePriceOf, useShareHistory, type Vault } from "../data/vaults.js";
import { messageOf } from "../errors.js";
import { amount, compact, dateOf, duration, percent, price, quote, size, timeOf, UNKNOWN } from "../format.js";
import { strings } from "../strings.js";
import { Line, Notice, toneOf, Value } from "../ui/index.js";
import { wadOf } from "./amounts.js";

const DAY = 86_400n;
const WINDOWS = [DAY, 7n * DAY, 30n * DAY] as const;
const text = strings.earn;

/** Returns over stated windows; a window that the history does not reach is said to be so. */
export function Performance({ vault }: { vault: Vault }) {
  const { data } = useShareHistory(vault.maker);
  const sharePrice = sharePriceOf(vault);
  const time = BigInt(Math.floor(Date.now() / 1_000));
  const known = data?.samples ?? [];
  const last = known.at(-1);
  const samples = sharePrice === undefined || (last && last.time > time) ? known : [...known, { time, sharePrice }];
  const [first, latest] = [samples[0], samples.at(-1)];
  const span = first && latest ? latest.time - first.time : 0n;
  const whole = span > 0n ? returnsBetween(samples, span) : undefined;
  const words = text.performance;
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <dl className="preview">
        {WINDOWS.map((window) => {
          const returns = data && returnsBetween(samples, window);
          const label = words.apr((window / DAY).toString());
          if (returns?.status !== "known")
            return (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="muted" data-testid={`apr-${window / DAY}`}>
                  {!data ? (
                    <Value text={UNKNOWN} />
                  ) : known.length > 0 ? (
                    words.notEnough(duration(Number(span)))
                  ) : (
                    words.noHistory
                  )}
                </dd>
              </div>
            );
          return (
            <Line
              key={label}
              label={label}
              value={percent(returns.apr, { sign: "always" })}
              help={words.aprHelp(dateOf(returns.from), dateOf(returns.to))}
              tone={toneOf(returns.apr)}
              name={`apr-${window / DAY}`}
            />
          );
        })}
        <Line
          label={first && known.length > 0 ? words.since(dateOf(first.time)) : words.sinceStart}
          value={whole?.status === "known" ? percent(whole.growth, { min: 4, sign: "always" }) : UNKNOWN}
          tone={whole?.status === "known" ? toneOf(whole.growth) : undefined}
          name="growth"
        />
        <Line
          label={words.drawdown}
          help={words.drawdownHelp}
          value={whole?.status === "known" ? percent(whole.drawdown, { min: 4 }) : UNKNOWN}
          name="drawdown"
        />
      </dl>
    </section>
  );
}

/** Both ways out: by request and in kind, each with its reason where it is closed. */
export function Exit({ vault }: { vault: Vault }) {
  const { deployment } = useApp();
  const { exit, asset, exitShares, position } = vault;
  const { byRequest, inKind } = exit;
  const words = text.exit;
  const reasonOf = (reason: { revert: Revert | undefined } | undefined): string => {
    if (!reason?.revert) return words.noReason;
    const { title, detail } = messageOf(reason.revert, deployment);
    return detail === "" ? title : `${title}. ${detail}`;
  };
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <p className="muted small">
        {position.shares > 0n ? words.own(amount(exitShares, 18, { min: 2, max: 4 })) : words.example}
      </p>
      <dl className="preview">
        <div>
          <dt>{words.byRequest}</dt>
          <dd data-testid="exit-request">
            <span className={`badge badge-${byRequest.settlesNow ? "good" : "bad"}`}>
              {byRequest.settlesNow ? words.settles : words.waits}
            </span>
          </dd>
        </div>
        {byRequest.settlesNow ? (
          <>
            <Line
              label={words.pays}
              value={`${amount(byRequest.assets, asset.decimals, { min: 2, max: 6 })} ${asset.symbol}`}
            />
            {byRequest.quote > 0n && (
              <Line
                label={words.alsoPays}
                value={`${amount(byRequest.quote, deployment.collateralDecimals)} ${deployment.collateralSymbol}`}
              />
            )}
            {byRequest.met < exitShares && (
              <Line label={words.part} value={percent((byRequest.met * 10n ** 18n) / exitShares)} />
            )}
          </>
        ) : (
          <div>
            <dt>{words.reason}</dt>
            <dd className="wrap">{reasonOf(byRequest.reason)}</dd>
          </div>
        )}
        <Line
          label={words.latest}
          help={words.latestHelp}
          value={byRequest.latestAt === undefined ? UNKNOWN : timeOf(byRequest.latestAt)}
        />
        <div className="total">
          <dt>{words.inKind}</dt>
          <dd data-testid="exit-kind">
            <span className={`badge badge-${inKind.slice ? "good" : "bad"}`}>
              {inKind.slice ? words.open(duration(Number(inKind.notice))) : words.closed}
            </span>
          </dd>
        </div>
        {inKind.slice ? (
          <>
            <Line
              label={words.slice}
              value={`${size(inKind.slice.base, { sign: "always" })} ${baseName(deployment)}`}
            />
            <Line label={words.margin} value={`${quote(inKind.slice.margin)} ${deployment.collateralSymbol}`} />
            {inKind.lackingMargin > 0n && <Line label={words.lacking} value={quote(inKind.lackingMargin)} />}
          </>
        ) : (
          <div>
            <dt>{words.reason}</dt>
            <dd className="wrap">{reasonOf(inKind.reason)}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}

/** Position and hedge of an LP vault, and what its cap still admits. */
export function Inventory({ vault }: { vault: Vault }) {
  const { deployment } = useApp();
  const { hedge, asset, position, kind } = vault;
  const words = text.inventory;
  const exposure = exposureOf(vault);
  const base = baseName(deployment);
  const baseSize = (value: bigint | undefined) =>
    value === undefined ? UNKNOWN : `${size(value, { sign: "always" })} ${base}`;
  const room = roomOf(vault);
  const { utilization, account } = position.makerState;
  const { liquidationPrice } = account;
  return (
    <section className="panel card" aria-label={kind === "oracle" ? words.title : words.hedgeTitle}>
      <h2>{kind === "oracle" ? words.title : words.hedgeTitle}</h2>
      <dl className="preview">
        <Line label={words.position} value={baseSize(position.makerState.position.size)} />
        {kind !== "oracle" && <Line label={words.hedge} help={words.hedgeHelp} value={baseSize(exposure?.hedge)} />}
        <Line label={words.net} help={words.netHelp} value={baseSize(exposure?.net)} name="net-exposure" />
        {hedge && (
          <Line
            label={words.gap}
            help={words.gapHelp}
            value={`${amount(hedge.gap, deployment.baseDecimals, { min: 0, max: 6, sign: "always" })} ${base}`}
          />
        )}
        <Line
          label={words.utilization}
          value={`${percent(utilization.long, { min: 1 })} / ${percent(utilization.short, { min: 1 })}`}
        />
        <Line
          label={words.liquidation}
          value={
            position.makerState.position.size === 0n || liquidationPrice === 0n ? words.none : price(liquidationPrice)
          }
        />
        <Line
          label={words.room}
          value={
            room === "unlimited"
              ? text.table.unlimited
              : room === undefined
                ? UNKNOWN
                : `${compact(wadOf(room, asset))} ${asset.symbol}`
          }
        />
      </dl>
    </section>
  );
}

const PARTS = [
  "lpFee",
  "spread",
  "inventory",
  "funding",
  "borrowing",
  "hedgeCost",
  "liquidation",
  "uncollectable",
  "keepers",
  "donated",
] as const;

/** The result since the deployment by cause, computed from the chain's logs when it is asked for. */
export function Attribution({ vault, view }: { vault: Vault; view: View | undefined }) {
  const { client, config, deployment } = useApp();
  const words = text.attribution;
  const { maker } = vault;
  const run = useMutation({
    mutationFn: () =>
      loadAttribution(client, { deployment, maker, price: view?.price, maxBlockRange: config.maxBlockRange }),
  });
  const { data } = run;
  return (
    <section className="panel card" aria-label={words.title}>
      <h2>{words.title}</h2>
      {!data && <p className="muted small">{words.help}</p>}
      {!data && (
        <button type="button" data-testid="attribute" disabled={run.isPending} onClick={() => run.mutate()}>
          {run.isPending ? words.pending : words.run}
        </button>
      )}
      {run.error && <Notice tone="error" title={words.failed} />}
      {data && (
        <>
          <dl className="preview" data-testid="attribution">
            {PARTS.filter((part) => data[part] !== 0n).map((part) => (
              <Line
                key={part}
                label={words.parts[part]}
                value={quote(data[part], { sign: "always" })}
                tone={toneOf(data[part])}
              />
            ))}
            <div className="total">
              <dt>{words.total}</dt>
              <dd className={`tone-${toneOf(data.total) ?? "none"}`} data-testid="attribution-total">
                {quote(data.total, { sign: "always" })} {deployment.collateralSymbol}
              </dd>
            </div>
          </dl>
          <p className="muted small">
            {words.state(
              amount(data.blockNumber, 0, { min: 0 }),
              amount(BigInt(data.fills), 0, { min: 0 }),
              amount(data.price, 18),
            )}
          </p>
        </>
      )}
    </section>
  );
}
