import type { DeploymentConfig } from "@counterpoise/devnet";
import { parseEther } from "viem";
import { USD, WAD } from "./units.js";

const DAY = 86_400n;
const YEAR = 365n * DAY;
/** The Vault stores rates in these units, WAD per second. */
const RATE_UNIT = 100_000n;
const rate = (amount: string, period: bigint) => (parseEther(amount) / period / RATE_UNIT) * RATE_UNIT;
const MAX_FUNDING_RATE = rate("0.1", DAY);

/**
 * The market that the demo and the end-to-end tests configure. Each of them adds what depends on its own price: the
 * feed's id, `feeIndexDecimals`, `skewScale` and `maxAbsPosition`. Ratios are parts per million, times seconds.
 */
export const market = {
  feed: { maxAge: 60, maxExecutionAge: 60, maxLiquidationAge: 60, maxConfidence: 0 },
  market: {
    initialMarginRatio: 100_000,
    maintenanceMarginRatio: 62_500,
    priceBand: 50_000,
    tradingFee: 200,
    liquidationPenalty: 25_000,
    liquidatorShare: 500_000,
    minPositionValue: 10n * WAD,
  },
  // At most 10% a day, with a time constant of a day.
  funding: { maxRate: MAX_FUNDING_RATE, maxVelocity: MAX_FUNDING_RATE / DAY },
  // 20% a year at full utilization.
  maxBorrowingRate: rate("0.2", YEAR),
  rules: { delay: 3, priceWindow: 10, validity: 60, minKeeperFee: 10n ** 14n },
  oracleMaker: { maxSpread: 10_000, minMarginRatio: 100_000, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0 },
  baseVault: { maxHedgeDeviation: 20_000, minMarginRatio: 500_000, spread: 0, maxCarry: 0 },
  quoteVault: {
    maxHedgeDeviation: 20_000,
    minMarginRatio: 200_000,
    spread: 0,
    maxCarry: 0,
    targetMarginRatio: 500_000,
    reserveRatio: 500_000,
    rebalanceBand: 20_000,
    deleverageRatio: 150_000,
    maxDeleverageDeviation: 5_000,
    keeperFeeRatio: 100,
    maxKeeperFee: 5n * USD,
    keeperInterval: 60,
  },
} as const;

/** Configuration of a deployment, without the addresses that {@link setUpExchange} fills in. */
export type ExchangeConfig = Omit<
  DeploymentConfig,
  "owner" | "collateral" | "base" | "pyth" | "whitelistLps" | "spotHedgeBaseMaker" | "spotHedgeQuoteMaker"
> & {
  /** Default: the deployer. */
  owner?: DeploymentConfig["owner"] | undefined;
  spotHedgeBaseMaker: Omit<DeploymentConfig["spotHedgeBaseMaker"], "spot">;
  /** Default: no quote vault. */
  spotHedgeQuoteMaker?: Omit<NonNullable<DeploymentConfig["spotHedgeQuoteMaker"]>, "spot"> | undefined;
};
