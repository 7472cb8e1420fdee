import { stripVTControlCharacters } from "node:util";
import { WAD } from "@counterpoise/testkit";
import { describe, expect, test } from "vitest";
import { brokenLaws, type DemoReport, renderReport, reportToJson } from "./report.js";

const report: DemoReport = {
  symbols: { base: "ETH", quote: "USDC" },
  series: {
    name: "eth-usd-2018-01-16.csv",
    rows: 5_030,
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
  feed: {
    gaps: { count: 2, longest: 5_040 },
    largestJump: WAD / 10n,
    stale: 12,
    atSecondSource: 5,
    spotShortfalls: 1,
  },
  agents: [
    { name: "trend", description: "follows the last half hour" },
    { name: "idle", description: "waits" },
  ],
  liquidations: {
    againstMaker: 3,
    takenOver: 1,
    deleveraged: 2,
    flagged: 1,
    recovered: 4,
    notional: 50_000n * WAD,
    rewards: 625n * WAD,
    badDebt: 0n,
    delay: 5,
    refused: new Map([["RewardTooLow", 1]]),
  },
  lpRequests: { requested: 4, deposits: 3, redemptions: 1, returned: 0, reasons: new Map([["not settled yet: X", 2]]) },
  makers: [
    {
      name: "OracleMaker",
      fills: 1_204,
      inventory: -12_345_600_000_000_000_000n,
      capacity: 740n * WAD,
      utilization: { long: WAD / 60n, short: 0n },
      attribution: {
        lpFee: 100n * WAD,
        spread: 600n * WAD,
        inventory: 500n * WAD,
        funding: 30n * WAD,
        borrowing: 4n * WAD,
        hedgeCost: 0n,
        liquidation: 0n,
        uncollectable: 0n,
        keepers: 0n,
        donated: 0n,
        total: 1_234n * WAD,
        valueChange: 1_234n * WAD,
        unexplained: 0n,
        keptFees: 250n * WAD,
      },
      lp: {
        deposited: 1_000_000n * WAD,
        value: 1_001_000n * WAD,
        held: 1_000_000n * WAD,
        againstHolding: 1_000n * WAD,
        drawdown: WAD / 100n,
        assetDrawdown: WAD / 100n,
      },
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
      attribution: {
        lpFee: 0n,
        spread: 300n * WAD,
        inventory: 0n,
        funding: 0n,
        borrowing: 0n,
        hedgeCost: -305n * WAD,
        liquidation: 0n,
        uncollectable: 0n,
        keepers: 0n,
        donated: 0n,
        total: -5n * WAD,
        valueChange: -5n * WAD,
        unexplained: 0n,
        keptFees: 0n,
      },
      lp: {
        deposited: 1_000_000n * WAD,
        value: 749_250n * WAD,
        held: 750_000n * WAD,
        againstHolding: -750n * WAD,
        drawdown: WAD / 4n,
        assetDrawdown: WAD / 1_000n,
      },
      asset: "ETH",
      totalAssets: 1_110n * WAD,
      sharePriceBefore: WAD,
      sharePriceAfter: (999n * WAD) / 1_000n,
    },
  ],
  takers: [
    {
      name: "trend",
      trades: 88,
      liquidations: 2,
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
      trades: 0,
      liquidations: 0,
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
    atSecondSource: 3,
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
      Scripted takers, no forecast. One market: results of several markets together are not shown.

        Rows                                    5,030
        Time                                    2018-01-15 00:00 to 2018-01-18 12:00 UTC (3 d 12 h)
        Price                                   1,349.80 to 1,012.35 USDC (-25.00%)
        Range                                   770.00 to 1,352.00 USDC
        Gaps in the feed                        2, the longest 1 h 24 min
          largest jump at a reopening           10.00%
          looks without a price                 12
          looks with the second source's price  5
        Spot market not at the oracle price     1 times

      Market
        Status                   active
        Open interest of takers  20.0000 ETH long, 7.5000 ETH short
        Funding per day          +0.2500%
        Funding paid             12.50 USDC
        Borrowing fees paid      4.00 USDC
        Trading fees paid        321.00 USDC
        Insurance                400.00 USDC
        Bad debt                 0.00 USDC

      First LP, 1,000,000 dollars in each maker
                                        OracleMaker  SpotHedgeBaseMaker
        Deposits                               USDC                 ETH
        Value at the end               1,001,000.00          749,250.00
        Return in dollars                  +0.1000%           -25.0750%
        Value of holding instead       1,000,000.00          750,000.00
        Against holding                   +1,000.00             -750.00
        Return in its asset                +0.1000%            -0.1000%
        Largest drawdown in dollars           1.00%              25.00%
        Largest drawdown in its asset       1.0000%             0.1000%

      Change of makers' assets by cause, USDC
                                                         OracleMaker  SpotHedgeBaseMaker
        Makers' own fees                                     +100.00                0.00
        Paid by takers over the oracle price, besides        +600.00             +300.00
        Inventory                                            +500.00                0.00
        Funding                                               +30.00                0.00
        Borrowing                                              +4.00                0.00
        Paid for hedges over the oracle price                   0.00             -305.00
        Liquidations and bonds                                  0.00                0.00
        Uncollectable profit                                    0.00                0.00
        Keepers                                                 0.00                0.00
        Donations                                               0.00                0.00
        Sum                                                +1,234.00               -5.00
        Change of assets, less flows of LPs                +1,234.00               -5.00
        Unexplained                                             0.00                0.00
        Fees of entering and leaving LPs, to the others      +250.00                0.00

      Makers
                                      OracleMaker  SpotHedgeBaseMaker
        Hedges on                               -          Uniswap v4
        Fills                               1,204                 310
        Inventory                    -12.3456 ETH         +3.0000 ETH
        Capacity                     740.0000 ETH      1,111.0000 ETH
        Utilization long                    1.67%               0.00%
        Utilization short                   0.00%              25.00%
        Hedge drift, largest                    -           3e-18 ETH
        Hedge drift at the end                  -               0 ETH
        Base not bought back                    -          0.0020 ETH
        Rebalances by keepers                   -                   7
        Total assets            1,501,234.00 USDC      1,110.0000 ETH
        Share price before          1.000000 USDC        1.000000 ETH
        Share price after           1.001000 USDC        0.999000 ETH

      Takers
               Trades  Liquidated  Size ETH   Volume USDC  Fees USDC  Realized PnL  Unrealized PnL  Margin USDC  Paid over oracle
        trend      88           2   -7.5000  1,000,000.00    +200.50     -1,000.00          +25.00   199,000.00          +4.0 bps
        idle        0           0    0.0000          0.00       0.00          0.00            0.00   200,000.00                 -

        trend: follows the last half hour
        idle: waits

      Liquidations
        Closed against the OracleMaker     3
        Taken over by the liquidator       1
        Notional                           50,000.00 USDC
        Rewards                            625.00 USDC
        Counterparties deleveraged         2
        Shortfalls flagged for bad debt    1
        Bad debt recorded                  0.00 USDC
        Recovered within the delay of 5 s  4
        Attempts refused
          RewardTooLow                     1

      Orders
        Created                         1,520
        Executed                        1,514
          at the second source's price  3
        Purged                          4
        Expired                         1
        Still open                      1
          CapacityExceeded              3
          Slippage                      1

      LP requests
        Requested             4
        Deposits settled      3
        Redemptions settled   1
        Returned              0
          not settled yet: X  2

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
      orders: { created: 0, executed: 0, atSecondSource: 0, purged: 0, expired: 0, reasons: new Map() },
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
