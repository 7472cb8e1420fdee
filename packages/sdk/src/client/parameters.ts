import type { Address } from "viem";
import type { Deployment } from "../deployment.js";

/** Parameters of actions on the deployment's market as a whole. */
export type MarketParameters = { deployment: Deployment };

/** Parameters of actions on one account in the deployment's market. */
export type AccountParameters = { deployment: Deployment; account: Address };

/** Parameters of actions on one maker of the deployment's market. */
export type MakerParameters = { deployment: Deployment; maker: Address };

/** Parameters of actions on a hedged vault. */
export type GetHedgeParameters = {
  deployment: Deployment;
  /** The hedged vault. Default: the deployment's base vault. */
  maker?: Address;
};

/** Parameters of actions on a quote vault: `deployment.spotHedgeQuoteMaker`. */
export type QuoteVaultParameters = { maker: Address };

/** How the client signs a permit of the collateral. */
export type PermitOptions = {
  /** Seconds. Default: one hour after the latest block. */
  deadline?: bigint | undefined;
  /** The name and version of the collateral's EIP-712 domain. Default: its `name()`, and "1". */
  domain?: { name: string; version: string } | undefined;
};

/** Parameters of actions that read or watch events. */
export type EventsParameters = {
  deployment: Deployment;
  /** Default: all accounts. */
  account?: Address;
};
