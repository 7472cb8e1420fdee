// The relayer's configuration. docs/operations.md explains each key.
import { configSections, configTypes, gasSection } from "@counterpoise/service-kit";
import { z } from "zod";

const { amount, milliseconds, seconds, url, port } = configTypes;
const count = z.number().int().positive();

/** A token bucket: so many at once, and so many more in each second. */
const bucket = (burst: number, perSecond: number) =>
  z.strictObject({ burst: count, perSecond: z.number().positive() }).prefault({ burst, perSecond });

/** The schema of the configuration. Unknown keys are errors. */
export const relayerSchema = z.strictObject({
  /** In logs and metrics. */
  name: z.string().default("relayer"),
  chainId: z.number().int().positive(),
  ...configSections,
  /** The signer's process, or a key of its own; omitted by a front end, which only takes orders. */
  signer: configSections.signer.optional(),
  /** Files that the deployment script has written, one a market. */
  markets: z.array(z.string()).min(1),
  /** The most blocks that one request of events may span. Default: no limit. */
  maxBlockRange: amount.optional(),
  /** The public API. */
  api: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      port: port.default(0),
      /** The address of the client is the last one of `X-Forwarded-For`, which a proxy in front has set. */
      isBehindProxy: z.boolean().default(false),
      /** Bytes. */
      maxBody: count.default(32_768),
      /** Connections at once. */
      maxConnections: count.default(4_096),
      streams: z.strictObject({ total: count, perClient: count }).prefault({ total: 1_000, perClient: 20 }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Orders and cancellations of an account, once its signature is verified. */
      account: bucket(100, 20),
      /** Requests of a client's address. */
      client: bucket(400, 100),
      /** Open orders of an account. */
      openOrders: count.default(200),
      /** Seconds from now until an order expires, at most. */
      lifetime: seconds.default(30 * 86_400),
    })
    .prefault({}),
  signatures: z
    .strictObject({
      /** Gas of a check by a wallet, and of one that deploys the wallet first. */
      walletGas: amount.prefault("400000"),
      deploymentGas: amount.prefault("1500000"),
      timeout: milliseconds.default(1_000),
      /** Checks by wallets at once. */
      concurrency: count.default(4),
      /** Waiting checks, beyond which a client is refused. */
      waiting: count.default(64),
    })
    .prefault({}),
  prices: z.strictObject({
    endpoints: z.array(z.strictObject({ url, keyFile: z.string().optional() })).min(1),
    budget: z.strictObject({ requests: count, per: milliseconds }).prefault({ requests: 10, per: 10_000 }),
    timeout: milliseconds.default(3_000),
    /** Seconds behind the chain's time from which the source's latest price raises an alarm. */
    staleAfter: seconds.default(30),
  }),
  settlement: z
    .strictObject({
      /** Fills in one transaction. */
      maxFills: count.max(64).default(16),
      /** Gas of one fill, wallet's check included. */
      gasPerFill: amount.prefault("2500000"),
      /** In the collateral's own decimals; charged for a fill. Orders that allow less are refused. */
      fee: amount.prefault("0"),
      /** Failed settlements after which an order is dropped. */
      strikes: count.default(3),
    })
    .prefault({}),
  gas: gasSection,
  sending: z
    .strictObject({
      confirmations: amount.prefault("1"),
      replaceAfter: milliseconds.default(15_000),
      grace: milliseconds.default(5_000),
      maxInFlight: count.max(64).default(8),
      leaseTime: milliseconds.default(30_000),
      stuckAfter: milliseconds.default(120_000),
    })
    .prefault({}),
  /** Orders that are compared with the chain again in each block. */
  revalidated: count.default(64),
  /** Milliseconds between two looks at the head. */
  interval: milliseconds.default(500),
  /** Seconds without a new block until an alarm. */
  stalledAfter: seconds.default(60),
  log: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** The relayer's configuration. */
export type RelayerConfig = z.output<typeof relayerSchema>;
