import { expect, test } from "vitest";
import { ProfitTest } from "./profit.js";

const WAD = 10n ** 18n;
const config = { minimum: 10n, subsidized: ["liquidation"] as const, maxSubsidyPerHour: 100n };

test("default: income in the chain's coin and in quote against the cost", () => {
  const profit = new ProfitTest(config);
  const work = { kind: "order", cost: 50n, coinPrice: 2n * WAD } as const;
  expect(profit.test({ ...work, income: { wei: 60n } })).toEqual({ isAccepted: true, gain: 10n, subsidy: 0n });
  expect(profit.test({ ...work, income: { wei: 59n } })).toMatchObject({ isAccepted: false, reason: "unprofitable" });
  // 120 quote at 2 quote per coin.
  expect(profit.test({ ...work, income: { quote: 120n } })).toMatchObject({ isAccepted: true, gain: 10n });
  // Without a price of the coin, quote counts for nothing.
  expect(profit.test({ ...work, coinPrice: 0n, income: { quote: 120n } })).toMatchObject({ isAccepted: false });
});

test("behavior: work for the safety of the exchange may lose up to a limit in an hour", () => {
  let now = 0;
  const profit = new ProfitTest(config, () => now);
  const loss = () => profit.test({ kind: "liquidation", income: {}, cost: 60n, coinPrice: WAD });
  expect(loss()).toEqual({ isAccepted: true, gain: -60n, subsidy: 60n });
  profit.spend(60n);
  expect(loss()).toMatchObject({ isAccepted: false, reason: "subsidy-spent" });
  now = 3_600_001;
  expect(loss()).toMatchObject({ isAccepted: true });
  expect(profit.spent).toBe(0n);
});
