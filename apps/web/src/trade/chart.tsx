// The chart of the oracle price: prices stored on the chain, the live price, and the account's entry and liquidation price.
import { useQuery } from "@tanstack/react-query";
import {
  CandlestickSeries,
  ColorType,
  createChart,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  TickMarkType,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useMemo, useRef, useState } from "react";
import { marketName } from "../config.js";
import { candlesOf, loadStoredPrices, type PricePoint } from "../data/candles.js";
import { useApp } from "../data/context.js";
import { useLivePrice } from "../data/price-feed.js";
import type { View } from "../data/snapshot.js";
import { priceDigits, shortTimeOf, timeOf } from "../format.js";
import { strings } from "../strings.js";
import { chartColours, colour, followTheme } from "../ui/chart-theme.js";
import { Choice } from "../ui/index.js";

const INTERVALS = [
  { value: "0", label: strings.chart.tick },
  { value: "15", label: "15s" },
  { value: "60", label: "1m" },
  { value: "300", label: "5m" },
  { value: "3600", label: "1h" },
] as const;
type Interval = (typeof INTERVALS)[number]["value"];

/** Of lines and of candles: each kind of series takes its own. */
const seriesColours = () => ({
  color: colour("--accent"),
  upColor: colour("--up"),
  downColor: colour("--down"),
  wickUpColor: colour("--up"),
  wickDownColor: colour("--down"),
});

/** Stored prices, and behind the last of them the live ones. */
function joined(stored: readonly PricePoint[], live: readonly PricePoint[]): PricePoint[] {
  const last = stored.at(-1)?.time ?? 0n;
  return [...stored, ...live.filter(({ time }) => time > last)];
}

export default function Chart({ view }: { view: View | undefined }) {
  const { client, config, deployment, prices } = useApp();
  const { ticks } = useLivePrice(prices);
  const [interval, setInterval] = useState<Interval>("0");
  const { data, isError, isPending } = useQuery({
    queryKey: ["stored-prices", deployment.marketId.toString()],
    queryFn: () =>
      loadStoredPrices(client, { deployment, blocks: config.chartBlocks, maxBlockRange: config.maxBlockRange }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });
  const [seen, setSeen] = useState<readonly PricePoint[]>([]);
  const stored = view?.state.lastPrice;
  // Without a price service, each new price on the chain continues the chart.
  useEffect(() => {
    if (!stored) return;
    const point = { time: stored.publishTime, price: stored.price };
    setSeen((before) => ((before.at(-1)?.time ?? 0n) < point.time ? [...before.slice(-3_600), point] : before));
  }, [stored]);
  const points = useMemo(() => {
    const live = ticks.length > 0 ? ticks.map(({ publishTime, price }) => ({ time: publishTime, price })) : seen;
    return data || isError ? joined(data ?? [], live) : [];
  }, [data, isError, ticks, seen]);

  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi>(undefined);
  const series = useRef<ISeriesApi<"Line" | "Candlestick">>(undefined);
  const lines = useRef<IPriceLine[]>([]);
  const digits = view?.price === undefined ? 2 : priceDigits(view.price);

  useEffect(() => {
    if (!frame.current) return;
    const created = createChart(frame.current, {
      autoSize: true,
      layout: { background: { type: ColorType.Solid, color: "transparent" }, fontSize: 11, attributionLogo: true },
      timeScale: {
        timeVisible: true,
        secondsVisible: true,
        rightOffset: 4,
        minBarSpacing: 0.05,
        tickMarkFormatter: (time: UTCTimestamp, kind: TickMarkType) =>
          kind === TickMarkType.TimeWithSeconds ? timeOf(time) : shortTimeOf(time),
      },
      // The browser's own name of the locale may be one that `Intl` rejects, as in "en-US@posix".
      localization: {
        locale: Intl.NumberFormat().resolvedOptions().locale,
        timeFormatter: (time: UTCTimestamp) => timeOf(time),
      },
      handleScale: { axisPressedMouseMove: false },
    });
    chart.current = created;
    const unfollow = followTheme(() => {
      series.current?.applyOptions(seriesColours());
      created.applyOptions(chartColours());
    });
    return () => {
      unfollow();
      chart.current = undefined;
      series.current = undefined;
      created.remove();
    };
  }, []);

  const shown = useRef<{ interval: Interval; count: number } | undefined>(undefined);
  useEffect(() => {
    const api = chart.current;
    if (!api) return;
    if (shown.current?.interval !== interval || !series.current) {
      if (series.current) api.removeSeries(series.current);
      lines.current = [];
      const priceFormat = { type: "price", precision: digits, minMove: 10 ** -digits } as const;
      series.current =
        interval === "0"
          ? api.addSeries(LineSeries, {
              ...seriesColours(),
              lineWidth: 2,
              priceFormat,
              priceLineStyle: LineStyle.Dotted,
            })
          : api.addSeries(CandlestickSeries, { ...seriesColours(), borderVisible: false, priceFormat });
      shown.current = { interval, count: 0 };
    }
    const bars = candlesOf(points, Math.max(1, Number(interval))).map((bar) => ({
      ...bar,
      time: bar.time as UTCTimestamp,
    }));
    series.current.setData(interval === "0" ? bars.map(({ time, close }) => ({ time, value: close })) : bars);
    if (shown.current && shown.current.count === 0 && bars.length > 0) {
      shown.current.count = bars.length;
      const span = interval === "0" ? 400 : 120;
      api.timeScale().setVisibleLogicalRange({ from: Math.max(-2, bars.length - span), to: bars.length + 4 });
    }
  }, [points, interval, digits]);

  const account = view?.account;
  const entry = account?.entryPrice;
  const liquidation = account?.liquidationPrice || undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new series has no lines
  useEffect(() => {
    const current = series.current;
    if (!current) return;
    for (const line of lines.current) current.removePriceLine(line);
    const marks = [
      { price: entry, title: strings.chart.entry, color: colour("--muted") },
      { price: liquidation, title: strings.chart.liquidation, color: colour("--down") },
    ];
    lines.current = marks.flatMap(({ price, ...line }) =>
      price === undefined
        ? []
        : [
            current.createPriceLine({
              ...line,
              price: Number(price) / 1e18,
              lineWidth: 1,
              lineStyle: LineStyle.Dashed,
            }),
          ],
    );
  }, [entry, liquidation, interval]);

  return (
    <section className="panel chart" aria-label={strings.chart.label(marketName(deployment))}>
      <div className="chart-head">
        <Choice
          label={strings.chart.intervals}
          options={INTERVALS}
          chosen={interval}
          onChoose={setInterval}
          className="small"
        />
        <span className="muted small" role="status">
          {isPending
            ? strings.chart.loading
            : isError
              ? strings.chart.failed
              : points.length === 0
                ? strings.chart.empty
                : ""}
        </span>
      </div>
      <div className="chart-frame" ref={frame} title={strings.chart.source} />
    </section>
  );
}
