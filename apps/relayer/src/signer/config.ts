// The signer's configuration. docs/operations.md explains each key.
import { configSections, configTypes } from "@counterpoise/service-kit";
import { z } from "zod";

const gwei = 10n ** 9n;
const ether = 10n ** 18n;
const { amount, url, port } = configTypes;

/** The schema of the configuration. Unknown keys are errors. */
export const signerSchema = z.strictObject({
  /** In logs and metrics. */
  name: z.string().default("signer"),
  chainId: z.number().int().positive(),
  /** The key: a keystore, or on the devnet a plain key or an unlocked account. */
  key: configSections.signer,
  /** The devnet's node, for an unlocked account. */
  rpcUrl: url.optional(),
  /** Files that the deployment script has written: the markets and gateways whose settlements are signed. */
  markets: z.array(z.string()).min(1),
  /** Where signatures are requested: the loopback interface only. */
  host: z.string().default("127.0.0.1"),
  port: port.default(0),
  /** File with the token of all requests, mode 600. */
  tokenFile: z.string(),
  /** File with epochs and spending, which outlives the process. */
  stateFile: z.string(),
  server: configSections.server,
  limits: z
    .strictObject({
      /** Of one transaction. */
      gas: amount.prefault("50000000"),
      /** Wei per gas. */
      maxFeePerGas: amount.prefault(String(200n * gwei)),
      /** Wei for gas in an hour, at the fees that the transactions allow. */
      gasPerHour: amount.prefault(String(ether)),
      /** Wei that transactions carry in an hour. */
      valuePerHour: amount.prefault("0"),
    })
    .prefault({}),
  log: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** The signer's configuration. */
export type SignerProcessConfig = z.output<typeof signerSchema>;
