import { parseSimulatedPopulation, type SimulatedPopulation } from "@counterpoise/agents";
import defaults from "../../default-scenario.json" with { type: "json" };
import type { ExchangeParameters } from "../engine/exchange.js";
import type { FeedSettings } from "./market.js";
import type { GeneratedPrices } from "./price-path.js";

type Settings = Omit<typeof defaults, "population">;

/**
 * Parameters of a run. Amounts are dollars, times seconds; ratios of the exchange parts per million, all others fractions of one. The
 * file default-scenario.json has every field with its default.
 */
export type Scenario = Settings & { population: SimulatedPopulation };

/** A scenario cannot be used. The message names the field, its value and the limit. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field} ${problem}`);
  }
}

const { population: defaultPopulation, ...defaultSettings } = defaults;

/** The scenario without changes. */
export const defaultScenario: Scenario = {
  ...defaultSettings,
  population: parseSimulatedPopulation(defaultPopulation),
};

/** Reads a scenario whose fields replace those of `base`; a `population` is replaced as a whole. @throws {ScenarioError} {@link PopulationError} */
export function parseScenario(given: unknown, base: Scenario = defaultScenario): Scenario {
  const { population: before, ...settings } = base;
  const { population, ...rest } = objectOf(given, "the scenario");
  const merged = merge(settings, rest, "") as Settings;
  const { initialMarginRatio, maintenanceMarginRatio } = merged.rules;
  if (maintenanceMarginRatio >= initialMarginRatio) {
    throw new ScenarioError(
      "rules.maintenanceMarginRatio",
      `${maintenanceMarginRatio} must be below ${initialMarginRatio}`,
    );
  }
  return { ...merged, population: population === undefined ? before : parseSimulatedPopulation(population) };
}

/** The scenario with another value of one parameter, such as `oracleMaker.lpFee`. @throws {ScenarioError} */
export function withParameter(scenario: Scenario, field: string, value: number): Scenario {
  const change = field.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  return parseScenario(change, scenario);
}

/** The scenario with another number of the agents of each type; zero switches a type off. */
export function withAgents(scenario: Scenario, isKept: (agent: { type: string; name: string }) => boolean): Scenario {
  const { population } = scenario;
  const takers = population.takers.filter(isKept);
  return { ...scenario, population: { ...population, takers, movers: population.movers.filter(isKept) } };
}

function merge(base: object, given: object, path: string): object {
  const fields = base as Record<string, unknown>;
  const result = { ...fields };
  for (const [name, value] of Object.entries(given)) {
    const field = path === "" ? name : `${path}.${name}`;
    if (!Object.hasOwn(fields, name)) {
      throw new ScenarioError(field, `is no parameter; parameters: ${Object.keys(fields).join(", ")}`);
    }
    const usual = fields[name];
    if (Array.isArray(usual)) result[name] = listOf(value, field, usual.length);
    else if (typeof usual === "object") result[name] = merge(usual as object, objectOf(value, field), field);
    else result[name] = numberOf(value, field);
  }
  return result;
}

function objectOf(value: unknown, field: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ScenarioError(field, `must be an object, not ${JSON.stringify(value)}`);
}

function listOf(value: unknown, field: string, length: number): number[] {
  if (!Array.isArray(value) || value.length !== length) {
    throw new ScenarioError(field, `must be a list of ${length} numbers, not ${JSON.stringify(value)}`);
  }
  return value.map((each, index) => numberOf(each, `${field}[${index}]`));
}

function numberOf(value: unknown, field: string): number {
  if (typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= 1e12) return value;
  throw new ScenarioError(field, `must be a number from -1e12 to 1e12, not ${JSON.stringify(value)}`);
}

const WAD = 10n ** 18n;
const USD = 10n ** 6n;
const DAY = 86_400n;
/** The Vault stores rates in these units, WAD per second. */
const RATE_UNIT = 100_000n;
const wad = (amount: number): bigint => (BigInt(Math.round(amount * 1e6)) * WAD) / 1_000_000n;
/** WAD per second of parts per million per `period`. */
const rate = (ppm: number, period: bigint): bigint =>
  ((WAD * BigInt(Math.round(ppm))) / 1_000_000n / period / RATE_UNIT) * RATE_UNIT;

/** The settings of the exchange. @param price the first price, dollars per base. */
export function exchangeOf(
  { rules, oracle, fees, oracleMaker, baseVault, quoteVault }: Scenario,
  price: number,
): ExchangeParameters {
  const cap = wad(oracleMaker.cap / price);
  const maxFundingRate = rate(fees.maxFundingPerDay, DAY);
  return {
    collateralDecimals: 6,
    oracle,
    rules: { ...rules, minPositionValue: wad(rules.minPositionValue), liquidationBounty: wad(rules.liquidationBounty) },
    fees: {
      // About 17 digits of a price.
      indexDecimals: BigInt(Math.max(0, Math.min(18, 17 - Math.floor(price).toString().length))),
      maxFundingRate,
      maxFundingVelocity: maxFundingRate / BigInt(Math.round(fees.fundingTimeConstant)) || 1n,
      skewScale: cap,
      maxBorrowingRate: rate(fees.maxBorrowingPerYear, 365n * DAY),
    },
    oracleMaker: {
      maxSpread: oracleMaker.maxSpread,
      maxAbsPosition: cap,
      minMarginRatio: oracleMaker.minMarginRatio,
      lpFee: oracleMaker.lpFee,
      confidenceFactor: oracleMaker.confidenceFactor,
      maxConfidencePremium: oracleMaker.maxConfidencePremium,
    },
    baseVault,
    quoteVault: { ...quoteVault, maxKeeperFee: BigInt(Math.round(quoteVault.maxKeeperFee)) * USD },
  };
}

export type { FeedSettings, GeneratedPrices };
