// Draws docs/inventory-curve.svg from the SDK's maths: `pnpm plot`. A test of the SDK draws it again and compares.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { marginalPrice, quoteForBase, reservationPrice } from "../src/maths/inventory-curve.js";

const FILE = new URL("../../../docs/inventory-curve.svg", import.meta.url);

// The example of docs/oracle-maker.md: m = 2,000, s = 1%, X = 500.
const WAD = 10n ** 18n;
const CAP = 500;
const PRICE = 2000;
const charges = { confidence: 0n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0 };
const maker = { price: wad(PRICE), maxSpread: 10_000, maxAbsPosition: wad(CAP), ...charges };

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #24292f }
    .title { font-size: 15px; font-weight: 600 }
    .small { font-size: 12px; fill: #57606a }
    .axis { stroke: #57606a; fill: none }
    .grid { stroke: #d8dee4; fill: none }
    .ask { stroke: #cf222e; stroke-width: 2.5; fill: none }
    .bid { stroke: #0969da; stroke-width: 2.5; fill: none }
    .reservation { stroke: #ffffff; stroke-width: 1.2; stroke-dasharray: 5 5; fill: none }
    .premium { fill: #cf222e; fill-opacity: 0.16; stroke: none }
    .long { stroke: #1a7f37; stroke-width: 2.5; fill: none }
    .flat { stroke: #8250df; stroke-width: 2.5; fill: none }
    .short { stroke: #bc4c00; stroke-width: 2.5; fill: none }
    .t-ask { fill: #cf222e } .t-bid { fill: #0969da } .t-long { fill: #1a7f37 } .t-flat { fill: #8250df } .t-short { fill: #bc4c00 }`;

/** The drawing, as the text of an SVG file. */
export function plotInventoryCurve(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 440" role="img" aria-label="Marginal prices by inventory, and average price of a buy by its size">
  <style>${STYLE}
  </style>
  <rect width="1000" height="440" fill="#ffffff"/>
${marginalPrices()}
${averagePrices()}
</svg>
`;
}

type Anchor = "start" | "middle" | "end";
type Frame = { left: number; right: number; top: number; bottom: number; x: [number, number]; y: [number, number] };

function marginalPrices() {
  const frame: Frame = { left: 70, right: 480, top: 70, bottom: 370, x: [-CAP, CAP], y: [1976, 2024] };
  const inventories = range(-CAP, CAP, 50);
  const line = (price: (inventory: number) => bigint) =>
    points(
      frame,
      inventories.map((x) => [x, toNumber(price(x))]),
    );
  const ask = (inventory: number) => marginalPrice(at(inventory), { takerBuys: true });
  const bid = (inventory: number) => marginalPrice(at(inventory), { takerBuys: false });

  // A buy of 400 that takes the maker from 150 long to 250 short.
  const [before, after] = [150, -250];
  const size = before - after;
  const premium = toNumber(quoteForBase(at(before), { takerBuys: true, size: wad(size) })) - size * PRICE;
  const shaded = points(frame, [
    [0, PRICE],
    [after, PRICE],
    [after, toNumber(ask(after))],
  ]);
  const [arrowFrom, arrowTo] = [place(frame, before, 1997), place(frame, after, 1997)];
  return [
    text(frame.left, 30, "Marginal prices by the maker's inventory", "title"),
    text(frame.left, 48, "m = 2,000, s = 1%, X = 500", "small"),
    ...grid(frame, range(-CAP, CAP, 250), range(1980, 2020, 10)),
    text((frame.left + frame.right) / 2, 408, "inventory x (short &lt; 0 &lt; long)", "small", "middle"),
    `<polygon class="premium" points="${shaded}"/>`,
    `<polyline class="bid" points="${line(bid)}"/>`,
    `<polyline class="ask" points="${line(ask)}"/>`,
    // It lies on the one or the other.
    `<polyline class="reservation" points="${line((x) => reservationPrice(at(x)))}"/>`,
    label(frame, -430, 2019.8, "ask", "t-ask"),
    label(frame, -430, 2001.2, "bid = m", "t-bid"),
    label(frame, 300, 2001.2, "ask = m", "t-ask"),
    label(frame, 400, 1986.2, "bid", "t-bid"),
    label(frame, 492, 1994, "reservation (dashed)", "small", "end"),
    `<path class="axis" d="M${arrowFrom} L${arrowTo} m7,-4 l-7,4 l7,4"/>`,
    label(frame, -480, 1991.2, `a buy of ${size} from 150 long`, "small"),
    label(frame, -480, 1988.8, "to 250 short pays 2,000 for each", "small"),
    label(frame, -480, 1986.4, `and the shaded premium of ${format(premium)}`, "small"),
  ]
    .map((line) => `  ${line}`)
    .join("\n");
}

function averagePrices() {
  const frame: Frame = { left: 580, right: 960, top: 70, bottom: 370, x: [0, 750], y: [2000, 2016] };
  const line = (inventory: number) =>
    points(
      frame,
      range(0, CAP + inventory, 5).map((size) => {
        if (size === 0) return [0, toNumber(marginalPrice(at(inventory), { takerBuys: true }))];
        const cost = quoteForBase(at(inventory), { takerBuys: true, size: wad(size) });
        return [size, toNumber((cost * WAD) / wad(size))];
      }),
    );
  return [
    text(frame.left, 30, "Average price of a buy by its size", "title"),
    text(frame.left, 48, "each curve ends where the maker's short reaches the cap", "small"),
    ...grid(frame, range(0, 750, 250), range(2000, 2015, 5)),
    text((frame.left + frame.right) / 2, 408, "size q", "small", "middle"),
    `<polyline class="short" points="${line(-250)}"/>`,
    `<polyline class="flat" points="${line(0)}"/>`,
    `<polyline class="long" points="${line(250)}"/>`,
    label(frame, 130, 2011, "from 250 short", "t-short"),
    label(frame, 290, 2004.9, "from flat", "t-flat"),
    label(frame, 560, 2001.2, "from 250 long", "t-long"),
  ]
    .map((line) => `  ${line}`)
    .join("\n");
}

/** Lines and figures of both axes. */
function grid(frame: Frame, xs: number[], ys: number[]) {
  const { left, right, top, bottom } = frame;
  return [
    ...ys.map((y) => `<path class="grid" d="M${left},${scaleY(frame, y)} H${right}"/>`),
    ...ys.map((y) => text(left - 8, scaleY(frame, y) + 4, format(y), "small", "end")),
    ...xs.map((x) => `<path class="grid" d="M${scaleX(frame, x)},${top} V${bottom}"/>`),
    ...xs.map((x) => text(scaleX(frame, x), bottom + 18, format(x), "small", "middle")),
    `<path class="axis" d="M${left},${top} V${bottom} H${right}"/>`,
  ];
}

function at(inventory: number) {
  return { ...maker, inventory: wad(inventory) };
}

function wad(n: number) {
  return BigInt(n) * WAD;
}

/** Six decimals are more than a pixel. */
function toNumber(amount: bigint) {
  return Number(amount / 10n ** 12n) / 1e6;
}

function format(n: number) {
  return n.toLocaleString("en-US").replace("-", "−");
}

function range(from: number, to: number, step: number) {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function scaleX({ left, right, x: [from, to] }: Frame, x: number) {
  return round(left + ((x - from) / (to - from)) * (right - left));
}

function scaleY({ top, bottom, y: [from, to] }: Frame, y: number) {
  return round(bottom - ((y - from) / (to - from)) * (bottom - top));
}

function round(n: number) {
  return Math.round(n * 100) / 100;
}

function place(frame: Frame, x: number, y: number) {
  return `${scaleX(frame, x)},${scaleY(frame, y)}`;
}

function points(frame: Frame, list: number[][]) {
  return list.map(([x = 0, y = 0]) => place(frame, x, y)).join(" ");
}

function text(x: number, y: number, words: string, style: string, anchor: Anchor = "start") {
  return `<text class="${style}" x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;
}

/** A text at a point of the graph. */
function label(frame: Frame, x: number, y: number, words: string, style: string, anchor?: Anchor) {
  return text(scaleX(frame, x), scaleY(frame, y), words, style, anchor);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, plotInventoryCurve());
