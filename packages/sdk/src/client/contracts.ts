// The definition of writing actions of each contract. Each is marked as pure, so that bundlers drop those that are not used.
// An action names the functions and events of the contract that it needs; see `generated/contracts`.
import type { Address } from "viem";
import type { Deployment } from "../deployment.js";
import { type WritesTo, writesTo } from "./define-write.js";
import type { GetHedgeParameters, MarketParameters } from "./parameters.js";

type AddressField = {
  [field in keyof Deployment]: Deployment[field] extends Address ? field : never;
}[keyof Deployment] &
  string;
type MarketWrites = WritesTo<MarketParameters>;

/** Writes to the contract under a field of the deployment. */
const to = (field: AddressField): MarketWrites => writesTo(({ deployment }: MarketParameters) => deployment[field]);

/** Defines a writing action of the Vault. */
export const vaultWrite: MarketWrites = /* @__PURE__ */ to("vault");
/** Defines a writing action of the ClearingHouse. */
export const clearingHouseWrite: MarketWrites = /* @__PURE__ */ to("clearingHouse");
/** Defines a writing action of the Backstop. */
export const backstopWrite: MarketWrites = /* @__PURE__ */ to("backstop");
/** Defines a writing action of the oracle. */
export const pythOracleWrite: MarketWrites = /* @__PURE__ */ to("oracle");
/** Defines a writing action of the OrderGateway. */
export const orderGatewayWrite: MarketWrites = /* @__PURE__ */ to("orderGateway");
/** Defines a writing action of the SignedOrderGateway. */
export const signedOrderGatewayWrite: MarketWrites = /* @__PURE__ */ to("signedOrderGateway");
/** Defines a writing action of the deployment's OracleMaker. */
export const oracleMakerWrite: MarketWrites = /* @__PURE__ */ to("oracleMaker");

/** Defines a writing action of any LP vault: the OracleMaker has the functions of all of them. */
export const lpVaultWrite: WritesTo<{ maker: Address }> = /* @__PURE__ */ writesTo(
  ({ maker }: { maker: Address }) => maker,
);

/** Defines a writing action of the request vault of a maker. */
export const lpRequestVaultWrite: WritesTo<{ requestVault: Address }> = /* @__PURE__ */ writesTo(
  ({ requestVault }: { requestVault: Address }) => requestVault,
);

/** A hedged vault, base or quote. */
export const hedgedVaultOf = ({ deployment, maker = deployment.spotHedgeBaseMaker }: GetHedgeParameters): Address =>
  maker;
/** Defines a writing action of a hedged vault, base or quote: the base vault has the functions that both have. */
export const hedgedVaultWrite: WritesTo<GetHedgeParameters> = /* @__PURE__ */ writesTo(hedgedVaultOf);

/** Defines a writing action of an aggregate vault. */
export const lpAggregateVaultWrite: WritesTo<{ aggregateVault: Address }> = /* @__PURE__ */ writesTo(
  ({ aggregateVault }: { aggregateVault: Address }) => aggregateVault,
);

/** Defines a writing action of a quote vault. */
export const quoteVaultWrite: WritesTo<{ maker: Address }> = /* @__PURE__ */ writesTo(
  ({ maker }: { maker: Address }) => maker,
);
