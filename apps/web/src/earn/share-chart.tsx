// The share price of an LP vault at each settlement of a request, and now.
import {
  ColorType,
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineType,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import { sharePriceOf, useShareHistory, type Vault } from "../data/vaults.js";
import { amount, dateOf, timeOf } from "../format.js";
import { strings } from "../strings.js";
import { chartColours, colour, followTheme } from "../ui/chart-theme.js";
import { Value } from "../ui/index.js";

const text = strings.earn.history;
const DIGITS = 6;

export default function ShareChart({ vault }: { vault: Vault }) {
  const { data, isError, isPending } = useShareHistory(vault.maker);
  const now = sharePriceOf(vault);
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi>(undefined);
  const series = useRef<ISeriesApi<"Line">>(undefined);
  const samples = data?.samples ?? [];
  const isEmpty = samples.length === 0;

  useEffect(() => {
    if (!frame.current || isEmpty) return;
    const created = createChart(frame.current, {
      autoSize: true,
      layout: { background: { type: ColorType.Solid, color: "transparent" }, fontSize: 11, attributionLogo: true },
      timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 1 },
      localization: {
        locale: Intl.NumberFormat().resolvedOptions().locale,
        timeFormatter: (time: UTCTimestamp) => dateOf(time),
      },
      handleScale: { axisPressedMouseMove: false },
    });
    const line = created.addSeries(LineSeries, {
      lineWidth: 2,
      // No price is known between two settlements.
      lineType: LineType.WithSteps,
      pointMarkersVisible: true,
      priceFormat: { type: "price", precision: DIGITS, minMove: 10 ** -DIGITS },
    });
    [chart.current, series.current] = [created, line];
    const unfollow = followTheme(() => {
      line.applyOptions({ color: colour("--accent") });
      created.applyOptions(chartColours());
    });
    return () => {
      unfollow();
      [chart.current, series.current] = [undefined, undefined];
      created.remove();
    };
  }, [isEmpty]);

  const count = samples.length;
  useEffect(() => {
    if (!series.current || count === 0) return;
    const byTime = new Map<number, number>();
    for (const { time, sharePrice } of samples) byTime.set(Number(time), Number(sharePrice) / 1e18);
    if (now !== undefined) {
      const last = Number(samples.at(-1)?.time ?? 0n);
      byTime.set(Math.max(last + 1, Math.floor(Date.now() / 1_000)), Number(now) / 1e18);
    }
    series.current.setData([...byTime].map(([time, value]) => ({ time: time as UTCTimestamp, value })));
    chart.current?.timeScale().fitContent();
  }, [samples, count, now]);

  const latest = samples.at(-1);
  return (
    <section className={`panel chart history ${isEmpty ? "is-empty" : ""}`} aria-label={text.label}>
      <div className="chart-head">
        <h2>{text.title}</h2>
        <span className="strong" data-testid="share-price">
          <Value text={amount(now, 18, { min: DIGITS })} />
        </span>
        <span className="muted small" role="status" data-testid="history-source">
          {isPending
            ? text.loading
            : isError
              ? text.failed
              : text.source(data.source, amount(BigInt(samples.length), 0, { min: 0 }))}
        </span>
      </div>
      {isEmpty ? (
        <p className="empty">{isPending ? text.loading : isError ? text.failed : text.empty}</p>
      ) : (
        <>
          <p className="hidden">
            {text.described(
              amount(samples[0]?.sharePrice, 18, { min: DIGITS }),
              amount(latest?.sharePrice, 18, { min: DIGITS }),
              timeOf(latest?.time ?? 0n),
            )}
          </p>
          <div className="chart-frame" ref={frame} />
        </>
      )}
    </section>
  );
}
