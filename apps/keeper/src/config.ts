// The keeper's configuration. docs/operations.md explains each key.
import { configSections, configTypes, gasSection } from "@counterpoise/service-kit";
import { z } from "zod";
import { workKinds } from "./work.js";

const ether = 10n ** 18n;
const { amount, milliseconds, seconds, url } = configTypes;
const kinds = z.array(z.enum(workKinds));

/** The schema of the configuration. Unknown keys are errors. */
export const keeperSchema = z.strictObject({
  /** In logs and metrics. */
  name: z.string().default("keeper"),
  chainId: z.number().int().positive(),
  ...configSections,
  /** Files that the deployment script has written, one a market. */
  markets: z.array(z.string()).min(1),
  /** The most blocks that one request of events may span. Default: no limit. */
  maxBlockRange: amount.optional(),
  prices: z.strictObject({
    endpoints: z.array(z.strictObject({ url, keyFile: z.string().optional() })).min(1),
    /** Requests for each endpoint in `per` milliseconds, shared by all markets. */
    budget: z
      .strictObject({ requests: z.number().int().positive(), per: milliseconds })
      .prefault({ requests: 10, per: 10_000 }),
    timeout: milliseconds.default(3_000),
    /** Seconds behind the chain's time from which the source's latest price raises an alarm. */
    staleAfter: seconds.default(30),
    /** Parts per million of the stored price. */
    deviation: amount.prefault("1000"),
    /** Seconds. */
    heartbeat: amount.prefault("20"),
  }),
  /** Kinds of work. Default: all; dead feeds need `settlesDeadFeeds` too. */
  work: kinds.default([...workKinds]),
  settlesDeadFeeds: z.boolean().default(false),
  /** Signed orders: files and relayers' feeds. */
  orders: z.array(z.union([z.strictObject({ file: z.string() }), z.strictObject({ url })])).default([]),
  gas: gasSection,
  profit: z
    .strictObject({
      /** Wei; the least gain of work that is done for its pay. */
      minimum: amount.prefault("0"),
      /** Kinds that are done also at a loss. */
      subsidized: kinds.default(["price", "liquidation", "shortfall", "deleveraging", "quote-vault", "hedge-gap"]),
      /** Wei. */
      maxSubsidyPerHour: amount.prefault(String(ether / 10n)),
      /** Collateral per coin of the chain, WAD. Default: the market's own price, for markets of the chain's coin. */
      coinPrice: amount.optional(),
    })
    .prefault({}),
  sending: z
    .strictObject({
      /** Blocks on top of a transaction's. */
      confirmations: amount.prefault("1"),
      replaceAfter: milliseconds.default(15_000),
      grace: milliseconds.default(5_000),
      maxInFlight: z.number().int().positive().max(64).default(16),
      leaseTime: milliseconds.default(30_000),
      stuckAfter: milliseconds.default(120_000),
    })
    .prefault({}),
  /** Each market is worked by the keeper that holds its lease. Default: all keepers work all markets, and race. */
  shards: z.strictObject({ leaseTime: milliseconds.default(15_000) }).optional(),
  /** Milliseconds between two looks at the head. */
  interval: milliseconds.default(500),
  /** Seconds without a new block until an alarm. */
  stalledAfter: seconds.default(60),
  /** Finds, simulates and logs, and sends nothing. */
  dryRun: z.boolean().default(false),
  log: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** The keeper's configuration. */
export type KeeperConfig = z.output<typeof keeperSchema>;
