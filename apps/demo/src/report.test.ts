import { stripVTControlCharacters } from "node:util";
import { WAD } from "@counterpoise/testkit";
import { describe, expect, test } from "vitest";
import { brokenLaws, type DemoReport, renderReport, reportToJson } from "./report.js";

const report: DemoReport = {
  symbols: { base: "ETH", quote: "USDC" },
  series: {
    name: "eth-usd-2018-01-16.csv",
    rows: 5_030,
    steps: 5_040,
    from: 1_515_974_400,
    to: 1_516_276_800,
    firstPrice: 1_349_800_000_000_000_000_000n,
    lastPrice: 1_012_350_000_000_000_000_000n,
    lowestPrice: 770n * WAD,
    highestPrice: 1_352n * WAD,
  },
  market: {
    status: "active",
    openInterest: { long: 20n * WAD, short: (15n * WAD) / 2n },
    dailyFunding: WAD / 400n,
    fees: { trading: 321n * WAD, fundingPaid: (25n * WAD) / 2n, borrowingPaid: 4n * WAD },
    insurance: 400n * WAD,
    badDebt: 0n,
  },
  makers: [
    {
      name: "OracleMaker",
      fills: 1_204,
      inventory: -12_345_600_000_000_000_000n,
      capacity: 740n * WAD,
      utilization: { long: WAD / 60n, short: 0n },
      earned: 1_234_567_890_000_000_000_000n,
      asset: "USDC",
      totalAssets: 1_501_234n * WAD,
      sharePriceBefore: WAD,
      sharePriceAfter: (1_001n * WAD) / 1_000n,
    },
    {
      name: "SpotHedgeBaseMaker",
      fills: 310,
      inventory: 3n * WAD,
      capacity: 1_111n * WAD,
      utilization: { long: 0n, short: WAD / 4n },
      hedgeDrift: { largest: 3n, atEnd: 0n, shortage: WAD / 500n },
      hedgesOn: "Uniswap v4",
      rebalances: 7,
      earned: -5n * WAD,
      asset: "ETH",
      totalAssets: 1_110n * WAD,
      sharePriceBefore: WAD,
      sharePriceAfter: (999n * WAD) / 1_000n,
    },
  ],
  takers: [
    {
      name: "trend",
      strategy: "follows the last half hour",
      trades: 88,
      size: -(15n * WAD) / 2n,
      volume: 1_000_000n * WAD,
      margin: 199_000n * WAD,
      fees: (401n * WAD) / 2n,
      realizedPnl: -1_000n * WAD,
      unrealizedPnl: 25n * WAD,
      priceAgainstOracle: WAD / 2_500n,
    },
    {
      name: "idle",
      strategy: "waits",
      trades: 0,
      size: 0n,
      volume: 0n,
      margin: 200_000n * WAD,
      fees: 0n,
      realizedPnl: 0n,
      unrealizedPnl: 0n,
      priceAgainstOracle: 0n,
    },
  ],
  orders: {
    created: 1_520,
    executed: 1_514,
    purged: 4,
    expired: 1,
    reasons: new Map([
      ["Slippage", 1],
      ["CapacityExceeded", 3],
    ]),
  },
  laws: [
    { id: "L1", statement: "sizes sum to zero", worst: 0n, unit: "base", holds: true, checks: 1_600 },
    {
      id: "L2",
      statement: "accounts are worth what the market holds",
      worst: 7n,
      unit: "quote",
      holds: true,
      checks: 9,
    },
    { id: "H1", statement: "base held follows the position", worst: -3n, unit: "base", holds: true, checks: 1_600 },
  ],
  totals: {
    transactions: 14_321,
    executions: [
      { maker: "OracleMaker", count: 2, gas: 300_001n },
      { maker: "SpotHedgeBaseMaker", count: 0, gas: 0n },
    ],
    wallTimeMilliseconds: 75_400,
  },
};

const broken: DemoReport = {
  ...report,
  laws: report.laws.map((law) => (law.id === "H1" ? { ...law, holds: false } : law)),
};

describe("renderReport", () => {
  test("default", () => {
    expect(renderReport(report)).toMatchInlineSnapshot(`
      "Counterpoise ETH/USDC, eth-usd-2018-01-16.csv
        Steps  5,040 (5,030 rows, 10 filled)
        Time   2018-01-15 00:00 to 2018-01-18 12:00 UTC (3 d 12 h)
        Price  1,349.80 to 1,012.35 USDC (-25.00%)
        Range  770.00 to 1,352.00 USDC

      Market
        Status                   active
        Open interest of takers  20.0000 ETH long, 7.5000 ETH short
        Funding per day          +0.2500%
        Funding paid             12.50 USDC
        Borrowing fees paid      4.00 USDC
        Trading fees paid        321.00 USDC
        Insurance                400.00 USDC
        Bad debt                 0.00 USDC

      Makers
                                        OracleMaker  SpotHedgeBaseMaker
        Hedges on                                 -          Uniswap v4
        Fills                                 1,204                 310
        Inventory                      -12.3456 ETH         +3.0000 ETH
        Capacity                       740.0000 ETH      1,111.0000 ETH
        Utilization long                      1.67%               0.00%
        Utilization short                     0.00%              25.00%
        Hedge drift, largest                      -           3e-18 ETH
        Hedge drift at the end                    -               0 ETH
        Base not bought back                      -          0.0020 ETH
        Rebalances by keepers                     -                   7
        Earned over oracle price     +1,234.57 USDC          -5.00 USDC
        Total assets              1,501,234.00 USDC      1,110.0000 ETH
        Share price before            1.000000 USDC        1.000000 ETH
        Share price after             1.001000 USDC        0.999000 ETH
        Share price change                 +0.1000%            -0.1000%

      Takers
               Trades  Size ETH   Volume USDC  Fees USDC  Realized PnL  Unrealized PnL  Margin USDC  Paid over oracle
        trend      88   -7.5000  1,000,000.00    +200.50     -1,000.00          +25.00   199,000.00          +4.0 bps
        idle        0    0.0000          0.00       0.00          0.00            0.00   200,000.00                 -

        trend: follows the last half hour
        idle: waits

      Orders
        Created             1,520
        Executed            1,514
        Purged              4
        Expired             1
        Still open          1
          CapacityExceeded  3
          Slippage          1

      Ledger laws
        L1  sizes sum to zero                         worst 0 ETH       1,600 checks  ok
        L2  accounts are worth what the market holds  worst 7e-18 USDC  9 checks      ok
        H1  base held follows the position            worst -3e-18 ETH  1,600 checks  ok

      Totals
        Transactions                      14,321
        Gas per fill, OracleMaker         150,000 (average of 2)
        Gas per fill, SpotHedgeBaseMaker  -
        Wall time                         1 min 15 s

      All ledger laws hold.
      "
    `);
  });

  test("behavior: a broken law is named", () => {
    const text = renderReport(broken);
    expect(text).toContain("Broken laws: H1 (base held follows the position)");
    expect(text).toMatch(/H1 .* BROKEN/);
    expect(text).not.toContain("All ledger laws hold");
  });

  test("behavior: colours change nothing else", () => {
    for (const each of [report, broken]) {
      const coloured = renderReport(each, { color: true });
      expect(coloured).not.toBe(renderReport(each));
      expect(stripVTControlCharacters(coloured)).toBe(renderReport(each));
    }
  });

  test("behavior: no line ends in spaces", () => {
    expect(renderReport(report)).not.toMatch(/ \n/);
  });

  test("behavior: a run without trades", () => {
    const empty: DemoReport = {
      ...report,
      makers: [],
      takers: [],
      orders: { created: 0, executed: 0, purged: 0, expired: 0, reasons: new Map() },
      totals: { transactions: 0, executions: [], wallTimeMilliseconds: 0 },
    };
    expect(renderReport(empty)).toContain("All ledger laws hold.");
  });
});

describe("brokenLaws", () => {
  test("default", () => {
    expect(brokenLaws(report)).toEqual([]);
    expect(brokenLaws(broken).map(({ id }) => id)).toEqual(["H1"]);
  });
});

describe("reportToJson", () => {
  test("default", () => {
    const json = JSON.parse(reportToJson(report));
    expect(json).toMatchObject({
      ok: true,
      brokenLaws: [],
      symbols: { base: "ETH", quote: "USDC" },
      series: { rows: 5_030, firstPrice: { wad: "1349800000000000000000", text: "1,349.8 USDC" } },
      makers: [
        {
          name: "OracleMaker",
          hedgesOn: null,
          hedgeDrift: null,
          rebalances: null,
          sharePriceChange: { text: "+0.1000%" },
        },
        {
          hedgesOn: "Uniswap v4",
          rebalances: 7,
          hedgeDrift: { largest: { wad: "3", text: "3e-18 ETH" }, atEnd: { wad: "0", text: "0 ETH" } },
        },
      ],
      takers: [{ size: { wad: "-7500000000000000000", text: "-7.5 ETH" } }, { trades: 0 }],
      orders: { created: 1_520, reasons: { CapacityExceeded: 3, Slippage: 1 } },
      laws: [{ id: "L1" }, { worst: { wad: "7", text: "7e-18 USDC" } }, { worst: { wad: "-3" }, holds: true }],
      totals: { transactions: 14_321, executions: [{ gas: "300001" }, { count: 0 }] },
    });
  });

  test("behavior: a broken law", () => {
    expect(JSON.parse(reportToJson(broken))).toMatchObject({ ok: false, brokenLaws: ["H1"] });
  });
});
