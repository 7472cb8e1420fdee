// The indexer's configuration: a file in JSON, and variables of the environment.
import { readFileSync } from "node:fs";
import { type Deployment, parseDeployment } from "@counterpoise/sdk";
import { z } from "zod";

const url = z.string().regex(/^https?:\/\/\S+$/, "expected an http or https address");

export const indexerSchema = z.strictObject({
  chainId: z.number().int().positive(),
  rpc: z.array(z.strictObject({ url })).min(1),
  /** Files that the deployment script wrote, one a market. */
  markets: z.array(z.string()).min(1),
  /** Milliseconds between two looks at the head. */
  pollingInterval: z.number().int().min(100).default(1_000),
  /** The most blocks of one request of events. Default: Ponder's own choice. */
  maxBlockRange: z.number().int().positive().optional(),
  /** Blocks that the index may be behind the head until its health is an alarm. */
  maxLag: z.number().int().positive().default(30),
  /** Seconds between two reconciliations with the chain. */
  reconcileEvery: z.number().int().positive().default(60),
});

export type IndexerConfig = z.output<typeof indexerSchema>;

/** The markets of the configuration. @throws `InvalidDeploymentError` for a malformed file */
export const deploymentsOf = ({ markets }: IndexerConfig): Deployment[] =>
  markets.map((file) => parseDeployment(JSON.parse(readFileSync(file, "utf8"))));

/** The configuration that the launcher passes on to Ponder's process. */
export const passedConfig = (): IndexerConfig => indexerSchema.parse(JSON.parse(process.env.INDEXER_JSON ?? "{}"));
