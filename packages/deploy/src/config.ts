// The configuration of an exchange and its markets: its schema, its files, and the relations of its settings.
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Address, getAddress, type Hex, isAddress, zeroAddress } from "viem";
import { z } from "zod";
import { ConfigurationError, type ConfigurationProblem, UnitError } from "./errors.js";
import {
  DAY_SECONDS,
  decimalToUnits,
  durationToSeconds,
  feeIndexDecimals,
  percentPerPeriod,
  percentToPpm,
  YEAR_SECONDS,
} from "./units.js";

const checkedText = (check: (text: string) => unknown, pattern: RegExp, description: string) =>
  z
    .string()
    .regex(pattern)
    .superRefine((text, context) => {
      try {
        check(text);
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        context.addIssue({ code: "custom", message: error.message });
      }
    })
    .meta({ description });

const percent = checkedText(percentToPpm, /^\d+(\.\d{1,4})?%$/, 'Percentage, at most four decimals: "0.05%"');
const duration = checkedText(durationToSeconds, /^\d+[smhd]$/, 'Duration: "90s", "5m", "8h", "2d"');
const decimal = checkedText((text) => decimalToUnits(text, 18), /^\d+(\.\d+)?$/, 'Decimal number: "12.5"');
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .refine((text) => isAddress(text), { error: "is not an address with a valid checksum" })
  .transform((text): Address => getAddress(text));
const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => text.toLowerCase() as Hex);
const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,30}$/);
/** Where an address was read, and when. */
const origin = { source: z.string().min(1).optional(), readOn: z.iso.date().optional() };

const token = z.strictObject({
  address,
  symbol: z.string().min(1),
  decimals: z.int().min(0).max(18),
  ...origin,
});

const aggregator = z
  .strictObject({
    address,
    /** The result that `description()` of the aggregator must have, as "ETH / USD". */
    description: z.string().min(1),
    heartbeat: duration,
    minAnswer: decimal,
    maxAnswer: decimal,
    ...origin,
  })
  .meta({
    description: "Chainlink aggregator (proxy), the second source; its answers count between the bounds, in dollars",
  });

const feedAges = { maxAge: duration, maxExecutionAge: duration, maxLiquidationAge: duration.optional() };

const feed = z.strictObject({
  pythId: bytes32,
  ...feedAges,
  freshAge: duration.optional(),
  fallbackAge: duration.optional(),
  maxConfidence: percent.optional(),
  maxDeviation: percent.optional(),
  /** Ether, paid by the oracle's balance for one execution. Default: Pyth's fee. */
  updateFee: decimal.optional(),
  /** Pyth contract of this market. Default: that of the exchange. */
  pyth: address.optional(),
  chainlink: aggregator.optional(),
  collateral: z
    .strictObject({ pythId: bytes32, ...feedAges, maxSkew: duration.optional(), chainlink: aggregator.optional() })
    .optional(),
  sequencer: z.strictObject({ address, gracePeriod: duration, ...origin }).optional(),
});

const pools = { token: address.optional(), fee: percent };
const path_ = z.union([
  z.strictObject({ uniswapV3Factory: address, pools: z.array(z.strictObject(pools)).min(1).max(3), ...origin }),
  z.strictObject({
    uniswapV4PoolManager: address,
    pools: z
      .array(z.strictObject({ ...pools, tickSpacing: z.int() }))
      .min(1)
      .max(3),
    ...origin,
  }),
]);

const requests = z.strictObject({ delay: duration, validity: duration, minKeeperFee: decimal.optional() });
const maker = {
  name: identifier,
  /** Name and symbol of the share. Default: from kind and market. */
  shareName: z.string().min(1).optional(),
  shareSymbol: z.string().min(1).optional(),
  minMarginRatio: percent,
  /** In whole tokens. Default: no cap. */
  depositCap: decimal.optional(),
  /** Whether every account may deposit. Default: the market's `lps` only. */
  openToAll: z.boolean().optional(),
  requests: requests.optional(),
};
const hedged = {
  ...maker,
  path: path_,
  maxHedgeDeviation: percent,
  spread: percent,
  maxCarryPerDay: percent.optional(),
};
const makers = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("oracle"),
    ...maker,
    maxSpread: percent,
    /** In base. */
    maxPosition: decimal,
    lpFee: percent.optional(),
    confidenceFactor: percent.optional(),
    maxConfidencePremium: percent.optional(),
  }),
  z.strictObject({ kind: z.literal("spotHedgeBase"), ...hedged }),
  z.strictObject({
    kind: z.literal("spotHedgeQuote"),
    ...hedged,
    targetMarginRatio: percent,
    reserveRatio: percent,
    rebalanceBand: percent,
    deleverageRatio: percent,
    maxDeleverageDeviation: percent,
    keeperFeeRatio: percent,
    /** In collateral. */
    maxKeeperFee: decimal,
    keeperInterval: duration,
  }),
]);

/** The file of one market. */
export const marketSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Markets have the ids 1, 2, ... in the order of their creation. */
  id: z.int().min(1),
  symbol: identifier,
  /** Default risk settings, from the thinnest to the deepest spot market. */
  preset: z.enum(["thin", "mid", "major"]),
  base: token,
  /** Collateral for one base, roughly: sets the precision of fee indices. */
  referencePrice: decimal,
  /** Default: active. */
  status: z.enum(["active", "reduceOnly"]).optional(),
  feed,
  initialMarginRatio: percent,
  maintenanceMarginRatio: percent,
  priceBand: percent,
  tradingFee: percent.optional(),
  liquidationPenalty: percent.optional(),
  liquidatorShare: percent.optional(),
  minPositionValue: decimal.optional(),
  liquidationBounty: decimal.optional(),
  deleverageWindow: duration.optional(),
  settlementDelay: duration.optional(),
  maxBorrowingRatePerYear: percent.optional(),
  funding: z
    .strictObject({
      maxRatePerDay: percent.optional(),
      /** Time from zero to the highest rate at a skew of `skewScale`. */
      time: duration.optional(),
      /** In base. */
      skewScale: decimal.optional(),
    })
    .optional(),
  orders: z.strictObject({
    delay: duration,
    priceWindow: duration,
    validity: duration,
    /** In ether. */
    minKeeperFee: decimal,
    volatilityPerYear: percent.optional(),
    checksClock: z.boolean().optional(),
    keeperGas: z.int().positive().optional(),
    baseFeeFactor: percent.optional(),
  }),
  signedOrders: z
    .strictObject({
      delay: duration.optional(),
      priceWindow: duration.optional(),
      validity: duration.optional(),
      relayerMaxAge: duration.optional(),
      /** In collateral. Default: a tenth. */
      minRelayFee: decimal.optional(),
    })
    .optional(),
  /** Accounts that may deposit in all makers of this market. */
  lps: z.array(address),
  makers: z.array(makers).min(1),
});

/** The file of an exchange on one network. */
export const exchangeSchema = z.strictObject({
  $schema: z.string().optional(),
  name: identifier,
  chainId: z.int().positive(),
  /** Addresses that no source confirms yet. Such a configuration cannot be applied. */
  missing: z.array(z.string()).optional(),
  collateral: token,
  pyth: z.strictObject({ address, ...origin }),
  /** Owns all contracts, or proposes and executes operations of the timelock. */
  owner: address,
  /** Configures the exchange before the hand-over to the owner. Needed with a timelock. */
  deployer: address.optional(),
  guardian: address.optional(),
  timelock: z.strictObject({ delay: duration }).optional(),
  /** Whether later approvals of accounts that choose the moment of a price have a delay. Default: true. */
  seal: z.boolean().optional(),
  breaker: z
    .strictObject({ window: duration, maxOutflow: percent.optional(), maxBaseOutflow: percent.optional() })
    .optional(),
  relayers: z.array(address),
  /** In ether: balance of the oracle for Pyth's fees, sent when less than half of it is left. */
  oracleFloat: decimal,
  /** Whether owner and guardian may be accounts without contract code. For test networks. */
  acceptsAccounts: z.boolean().optional(),
  /** Whether settings may break the relations that no contract checks, and a sealed exchange may lack a timelock. */
  acceptsRisk: z.boolean().optional(),
  /** Files of the markets, relative to this file, in the order of their ids. */
  markets: z.array(z.string()),
});

export type MarketConfig = z.output<typeof marketSchema>;
export type MakerConfig = MarketConfig["makers"][number];
/** A configuration with the content of its market files. */
export type ExchangeConfig = Omit<z.output<typeof exchangeSchema>, "markets"> & { markets: MarketConfig[] };

/** The JSON Schema of both kinds of files. */
export const jsonSchemas = () => ({
  exchange: z.toJSONSchema(exchangeSchema, { io: "input", target: "draft-2020-12" }),
  market: z.toJSONSchema(marketSchema, { io: "input", target: "draft-2020-12" }),
});

/**
 * Reads the file of an exchange and those of its markets.
 *
 * @throws {@link ConfigurationError} with all problems of a file; relations name both values
 */
export function loadConfig(file: string): ExchangeConfig {
  const exchange = parseFile(file, exchangeSchema);
  const markets = exchange.markets.map((market) => parseFile(path.resolve(path.dirname(file), market), marketSchema));
  const config = { ...exchange, markets };
  const problems = relationProblems(config);
  if (problems.length > 0) throw new ConfigurationError(file, problems);
  return config;
}

function parseFile<T extends z.ZodType>(file: string, schema: T): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigurationError(file, [{ path: "(file)", problem: (error as Error).message }]);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new ConfigurationError(
    file,
    result.error.issues.map(({ path: keys, message }) => ({ path: keys.join(".") || "(document)", problem: message })),
  );
}

/** Relations between settings that are in the files. The list checks those with defaults of presets. */
export function relationProblems(config: ExchangeConfig): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const refuse = (at: string, problem: string) => problems.push({ path: at, problem });
  const atMost = (
    convert: (text: string) => bigint,
    [at, value]: [string, string | undefined],
    [limitAt, limit]: [string, string | undefined],
    isStrict = false,
  ) => {
    if (value === undefined || limit === undefined) return;
    const [a, b] = [convert(value), convert(limit)];
    if (a > b || (isStrict && a === b)) {
      refuse(at, `${value} must be ${isStrict ? "below" : "at most"} ${limitAt}, which is ${limit}`);
    }
  };
  const isSealed = config.seal ?? true;
  if (isSealed && config.timelock === undefined && !config.acceptsRisk) {
    refuse("timelock", `is missing, and seal is ${isSealed}: a sealed exchange needs an owner with a delay`);
  }
  if (config.timelock && durationToSeconds(config.timelock.delay) === 0n) {
    refuse("timelock.delay", `is ${config.timelock.delay}, and must be at least 1s`);
  }
  if (config.timelock && config.deployer === undefined) {
    refuse("deployer", "is missing, and timelock is set: it configures the exchange before the hand-over");
  }
  const symbols = new Set<string>();
  for (const [index, market] of config.markets.entries()) {
    const at = (key: string) => `markets[${index}].${key}`;
    if (market.id !== index + 1) refuse(at("id"), `is ${market.id}, and this is market ${index + 1} of the list`);
    if (symbols.has(market.symbol)) refuse(at("symbol"), `${market.symbol} is the symbol of another market`);
    symbols.add(market.symbol);
    const ratio = (a: [string, string | undefined], b: [string, string | undefined], isStrict = false) =>
      atMost(percentToPpm, [at(a[0]), a[1]], b, isStrict);
    const time = (a: [string, string | undefined], b: [string, string | undefined]) =>
      atMost(durationToSeconds, [at(a[0]), a[1]], b);
    const { initialMarginRatio: initial, priceBand, orders } = market;
    ratio(["maintenanceMarginRatio", market.maintenanceMarginRatio], ["initialMarginRatio", initial], true);
    ratio(["priceBand", priceBand], ["initialMarginRatio", initial], true);
    time(["orders.priceWindow", orders.priceWindow], ["orders.validity", orders.validity]);
    time(["feed.maxLiquidationAge", market.feed.maxLiquidationAge], ["feed.maxAge", market.feed.maxAge]);
    time(["feed.freshAge", market.feed.freshAge], ["feed.maxAge", market.feed.maxAge]);
    for (const [key, source] of [
      ["feed.chainlink", market.feed.chainlink],
      ["feed.collateral.chainlink", market.feed.collateral?.chainlink],
    ] as const) {
      if (!source) continue;
      atMost(
        (text) => decimalToUnits(text, 18),
        [at(`${key}.minAnswer`), source.minAnswer],
        ["maxAnswer", source.maxAnswer],
        true,
      );
    }
    if (!market.makers.some(({ kind }) => kind === "oracle") && market.status !== "reduceOnly") {
      refuse(
        at("makers"),
        `have no oracle maker, and status is ${market.status ?? "active"}: only it quotes both sides`,
      );
    }
    const names = new Set<string>();
    for (const [i, maker] of market.makers.entries()) {
      const key = (name: string) => `makers[${i}].${name}`;
      if (names.has(maker.name)) refuse(at(key("name")), `${maker.name} is the name of another maker`);
      names.add(maker.name);
      ratioAtLeast(maker.minMarginRatio, initial, at(key("minMarginRatio")));
      if (maker.requests) {
        const { delay, validity } = maker.requests;
        time(["orders.delay", orders.delay], [key("requests.delay"), delay]);
        const [life, least] = [
          durationToSeconds(delay) + durationToSeconds(validity),
          durationToSeconds(orders.delay) + durationToSeconds(orders.validity),
        ];
        if (life < least) {
          refuse(at(key("requests")), `last ${life}s, and orders last ${least}s: requests must last as long`);
        }
      }
      if (maker.kind === "oracle") continue;
      ratio([key("maxHedgeDeviation"), maker.maxHedgeDeviation], ["priceBand", priceBand], true);
      const last = maker.path.pools.at(-1)?.token;
      if (last !== undefined && last !== config.collateral.address) {
        refuse(at(key("path.pools")), `end at ${last}, and the collateral is ${config.collateral.address}`);
      }
    }
  }
  return problems;

  function ratioAtLeast(value: string, limit: string, where: string) {
    if (percentToPpm(value) < percentToPpm(limit)) {
      refuse(where, `${value} must be at least initialMarginRatio, which is ${limit}`);
    }
  }
}

const KINDS = {
  oracle: { name: "OM", title: "oracle" },
  spotHedgeBase: { name: "SHB", title: "spotHedgeBase" },
  spotHedgeQuote: { name: "SHQ", title: "spotHedgeQuote" },
} as const;

/** An existing contract of a deployment, by the id of its step. */
export type ExistingContract = { id: string; address: Address };

/**
 * The configuration in the units of the contracts, for the script that builds the list. Settings without a value are left out: the
 * script takes them from the market's preset.
 */
export function toListInput(config: ExchangeConfig, existing: readonly ExistingContract[] = []): unknown {
  const tokens = config.collateral.decimals;
  return withoutUndefined({
    name: config.name,
    owner: config.owner,
    deployer: config.deployer ?? zeroAddress,
    collateral: config.collateral.address,
    pyth: config.pyth.address,
    guardian: config.guardian ?? zeroAddress,
    timelockDelay: config.timelock ? seconds(config.timelock.delay) : "0",
    seal: config.seal ?? true,
    acceptsRisk: config.acceptsRisk ?? false,
    breaker: config.breaker && {
      window: seconds(config.breaker.window),
      maxOutflow: ppm(config.breaker.maxOutflow),
      maxBaseOutflow: ppm(config.breaker.maxBaseOutflow),
    },
    relayers: config.relayers,
    oracleFloat: units(config.oracleFloat, 18),
    existing,
    markets: config.markets.map((market) => ({
      id: `${market.id}`,
      symbol: market.symbol,
      preset: market.preset,
      base: market.base.address,
      isActive: market.status !== "reduceOnly",
      feed: feedInput(market.feed),
      market: {
        initialMarginRatio: ppm(market.initialMarginRatio),
        maintenanceMarginRatio: ppm(market.maintenanceMarginRatio),
        feeIndexDecimals: `${feeIndexDecimals(market.referencePrice)}`,
        priceBand: ppm(market.priceBand),
        tradingFee: ppm(market.tradingFee),
        liquidationPenalty: ppm(market.liquidationPenalty),
        liquidatorShare: ppm(market.liquidatorShare),
        minPositionValue: units(market.minPositionValue, 18),
        liquidationBounty: units(market.liquidationBounty, 18),
        deleverageWindow: seconds(market.deleverageWindow),
        settlementDelay: seconds(market.settlementDelay),
      },
      maxBorrowingRate: rate(market.maxBorrowingRatePerYear, "year"),
      funding: market.funding && {
        maxRate: rate(market.funding.maxRatePerDay, "day"),
        time: seconds(market.funding.time),
        skewScale: units(market.funding.skewScale, 18),
      },
      rules: {
        delay: seconds(market.orders.delay),
        priceWindow: seconds(market.orders.priceWindow),
        validity: seconds(market.orders.validity),
        minKeeperFee: units(market.orders.minKeeperFee, 18),
        volatility: ppm(market.orders.volatilityPerYear),
        checksClock: market.orders.checksClock,
        keeperGas: market.orders.keeperGas?.toString(),
        baseFeeFactor: market.orders.baseFeeFactor && (percentToPpm(market.orders.baseFeeFactor) / 10_000n).toString(),
      },
      signedRules: {
        delay: seconds(market.signedOrders?.delay),
        priceWindow: seconds(market.signedOrders?.priceWindow),
        validity: seconds(market.signedOrders?.validity),
        relayerMaxAge: seconds(market.signedOrders?.relayerMaxAge),
        minRelayFee: units(market.signedOrders?.minRelayFee ?? (tokens === 0 ? "1" : "0.1"), tokens),
      },
      lps: market.lps,
      makers: market.makers.map((maker, index) => makerInput(maker, index, market, tokens)),
    })),
  });
}

function feedInput(feed: MarketConfig["feed"]) {
  const ages = (source: { maxAge: string; maxExecutionAge: string; maxLiquidationAge?: string | undefined }) => ({
    maxAge: seconds(source.maxAge),
    maxExecutionAge: seconds(source.maxExecutionAge),
    maxLiquidationAge: seconds(source.maxLiquidationAge),
  });
  const second = (source: NonNullable<MarketConfig["feed"]["chainlink"]> | undefined) =>
    source && {
      aggregator: source.address,
      heartbeat: seconds(source.heartbeat),
      minAnswer: units(source.minAnswer, 18),
      maxAnswer: units(source.maxAnswer, 18),
    };
  return {
    pythId: feed.pythId,
    ...ages(feed),
    freshAge: seconds(feed.freshAge),
    fallbackAge: seconds(feed.fallbackAge),
    maxConfidence: ppm(feed.maxConfidence),
    maxDeviation: ppm(feed.maxDeviation),
    updateFee: units(feed.updateFee, 18),
    pyth: feed.pyth,
    ...second(feed.chainlink),
    sequencerFeed: feed.sequencer?.address,
    sequencerGracePeriod: seconds(feed.sequencer?.gracePeriod),
    collateral: feed.collateral && {
      pythId: feed.collateral.pythId,
      ...ages(feed.collateral),
      maxSkew: seconds(feed.collateral.maxSkew),
      ...second(feed.collateral.chainlink),
    },
  };
}

function makerInput(maker: MakerConfig, index: number, market: MarketConfig, tokens: number) {
  const kind = KINDS[maker.kind];
  const earlier = market.makers.slice(0, index).filter((other) => other.kind === maker.kind).length;
  const suffix = earlier === 0 ? "" : ` ${earlier + 1}`;
  const common = {
    kind: kind.title,
    name: maker.name,
    shareName: maker.shareName ?? `Counterpoise ${kind.name} ${market.symbol}${suffix}`,
    shareSymbol: maker.shareSymbol ?? `cp${kind.name}-${market.symbol}${suffix.trim()}`,
    minMarginRatio: ppm(maker.minMarginRatio),
    depositCap: units(maker.depositCap, maker.kind === "spotHedgeBase" ? market.base.decimals : tokens),
    isWhitelistEnded: maker.openToAll,
    requestRules: {
      delay: seconds(maker.requests?.delay),
      validity: seconds(maker.requests?.validity),
      minKeeperFee: units(maker.requests?.minKeeperFee, 18),
    },
  };
  if (maker.kind === "oracle") {
    return {
      ...common,
      maxSpread: ppm(maker.maxSpread),
      maxAbsPosition: units(maker.maxPosition, 18),
      lpFee: ppm(maker.lpFee),
      confidenceFactor: ppm(maker.confidenceFactor),
      maxConfidencePremium: ppm(maker.maxConfidencePremium),
    };
  }
  const spot = {
    ...("uniswapV3Factory" in maker.path
      ? { uniswapV3Factory: maker.path.uniswapV3Factory }
      : { uniswapV4PoolManager: maker.path.uniswapV4PoolManager }),
    pools: maker.path.pools.map((pool) => ({
      token: pool.token,
      fee: ppm(pool.fee),
      tickSpacing: "tickSpacing" in pool ? pool.tickSpacing : undefined,
    })),
  };
  const hedgedInput = {
    ...common,
    spot,
    maxHedgeDeviation: ppm(maker.maxHedgeDeviation),
    spread: ppm(maker.spread),
    maxCarry: ppm(maker.maxCarryPerDay),
  };
  if (maker.kind === "spotHedgeBase") return hedgedInput;
  return {
    ...hedgedInput,
    targetMarginRatio: ppm(maker.targetMarginRatio),
    reserveRatio: ppm(maker.reserveRatio),
    rebalanceBand: ppm(maker.rebalanceBand),
    deleverageRatio: ppm(maker.deleverageRatio),
    maxDeleverageDeviation: ppm(maker.maxDeleverageDeviation),
    keeperFeeRatio: ppm(maker.keeperFeeRatio),
    maxKeeperFee: units(maker.maxKeeperFee, tokens),
    keeperInterval: seconds(maker.keeperInterval),
  };
}

const ppm = (text: string | undefined) => (text === undefined ? undefined : percentToPpm(text).toString());
const seconds = (text: string | undefined) => (text === undefined ? undefined : durationToSeconds(text).toString());
const units = (text: string | undefined, decimals: number) =>
  text === undefined ? undefined : decimalToUnits(text, decimals).toString();
const rate = (text: string | undefined, period: "day" | "year") =>
  text === undefined ? undefined : percentPerPeriodText(text, period);

function percentPerPeriodText(text: string, period: "day" | "year"): string {
  return percentPerPeriod(text, period === "day" ? DAY_SECONDS : YEAR_SECONDS).toString();
}

/** JSON without the keys that have no value. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
