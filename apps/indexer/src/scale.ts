import type { Deployment } from "@counterpoise/sdk";
import { deploymentsOf, passedConfig } from "../server/config.ts";

/** The markets of the configuration. */
export const deployments = deploymentsOf(passedConfig());
/** The first market, for the tokens of the venue: all markets of a Vault share the collateral. */
export const tokens = deployments[0] as Deployment;
