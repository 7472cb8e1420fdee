import { parseEther } from "viem";
import type { ExchangeParameters } from "../src/index.js";

/** Values by the name of an account. */
export type Names<value> = Record<string, value>;

const DAY = 86_400n;
const USD = 10n ** 6n;
/** The Vault stores rates in these units, WAD per second. */
const RATE_UNIT = 100_000n;
const rate = (amount: string, period: bigint) => (parseEther(amount) / period / RATE_UNIT) * RATE_UNIT;
const maxFundingRate = rate("0.9", DAY);

const exchange = {
  collateralDecimals: 6,
  oracle: { maxAge: 60, maxLiquidationAge: 60, freshAge: 10, maxConfidence: 20_000 },
  rules: {
    initialMarginRatio: 50_000,
    maintenanceMarginRatio: 25_000,
    priceBand: 40_000,
    tradingFee: 300,
    liquidationPenalty: 12_000,
    liquidatorShare: 500_000,
    minPositionValue: parseEther("10"),
    liquidationBounty: parseEther("5"),
    deleverageWindow: 600,
  },
  fees: {
    indexDecimals: 14n,
    maxFundingRate,
    maxFundingVelocity: maxFundingRate / 3_600n,
    skewScale: parseEther("500"),
    maxBorrowingRate: rate("2", 365n * DAY),
  },
  oracleMaker: {
    maxSpread: 10_000,
    maxAbsPosition: parseEther("500"),
    minMarginRatio: 60_000,
    lpFee: 250,
    confidenceFactor: 1_000_000,
    maxConfidencePremium: 3_000,
  },
} as const satisfies Omit<ExchangeParameters, "baseVault" | "quoteVault">;

/** The market of the replay: high rates and low margins, so that fees matter and accounts fail. */
export const settings = {
  takers: Array.from({ length: 8 }, (_, index) => `taker ${index + 1}`),
  lps: ["lp 1", "lp 2"],
  price: parseEther("2000"),
  spotDepth: parseEther("20000"),
  fundsXCD: 10_000_000_000n * USD,
  exchange: {
    ...exchange,
    baseVault: { maxHedgeDeviation: 20_000, minMarginRatio: 60_000, spread: 100, maxCarry: 300_000 },
    quoteVault: {
      maxHedgeDeviation: 20_000,
      minMarginRatio: 60_000,
      spread: 100,
      maxCarry: 300_000,
      targetMarginRatio: 300_000,
      reserveRatio: 100_000,
      rebalanceBand: 20_000,
      deleverageRatio: 80_000,
      maxDeleverageDeviation: 5_000,
      keeperFeeRatio: 100,
      maxKeeperFee: 5n * USD,
      keeperInterval: 60,
    },
  },
};
