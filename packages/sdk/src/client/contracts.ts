// The contracts that actions read and call: `{ address, abi }` for the parameters of an action, and the definition of
// writing actions of each contract. Each definition is marked as pure, so that bundlers drop the ABIs that are not used.
import type { Abi, Address } from "viem";
import type { Deployment } from "../deployment.js";
import {
  backstopAbi,
  circuitBreakerAbi,
  clearingHouseAbi,
  exchangeLensAbi,
  lpAggregateVaultAbi,
  lpRequestVaultAbi,
  oracleMakerAbi,
  orderGatewayAbi,
  pythOracleAbi,
  signedOrderGatewayAbi,
  spotHedgeBaseMakerAbi,
  spotHedgeQuoteMakerAbi,
  vaultAbi,
} from "../generated/abis.js";
import { type WritesTo, writesTo } from "./define-write.js";
import type { GetHedgeParameters, MarketParameters } from "./parameters.js";

type Contract<parameters, abi extends Abi> = (parameters: parameters) => { address: Address; abi: abi };
type AddressField = {
  [field in keyof Deployment]: Deployment[field] extends Address ? field : never;
}[keyof Deployment] &
  string;
type InMarket<abi extends Abi> = Contract<MarketParameters, abi>;
type MarketWrites<abi extends Abi> = WritesTo<MarketParameters, abi>;

/** The contract under a field of the deployment. */
const at =
  <const abi extends Abi>(field: AddressField, abi: abi): InMarket<abi> =>
  ({ deployment }) => ({ address: deployment[field], abi });

/** The exchange's Vault. */
export const vault: InMarket<typeof vaultAbi> = /* @__PURE__ */ at("vault", vaultAbi);
/** Defines a writing action of the Vault. */
export const vaultWrite: MarketWrites<typeof vaultAbi> = /* @__PURE__ */ writesTo(vault);

/** The ClearingHouse. */
export const clearingHouse: InMarket<typeof clearingHouseAbi> = /* @__PURE__ */ at("clearingHouse", clearingHouseAbi);
/** Defines a writing action of the ClearingHouse. */
export const clearingHouseWrite: MarketWrites<typeof clearingHouseAbi> = /* @__PURE__ */ writesTo(clearingHouse);

/** The Backstop. */
export const backstop: InMarket<typeof backstopAbi> = /* @__PURE__ */ at("backstop", backstopAbi);
/** Defines a writing action of the Backstop. */
export const backstopWrite: MarketWrites<typeof backstopAbi> = /* @__PURE__ */ writesTo(backstop);

/** The CircuitBreaker; the zero address if a deployment has none. */
export const circuitBreaker: InMarket<typeof circuitBreakerAbi> = /* @__PURE__ */ at("breaker", circuitBreakerAbi);

/** The ExchangeLens. */
export const exchangeLens: InMarket<typeof exchangeLensAbi> = /* @__PURE__ */ at("lens", exchangeLensAbi);

/** The oracle. */
export const pythOracle: InMarket<typeof pythOracleAbi> = /* @__PURE__ */ at("oracle", pythOracleAbi);
/** Defines a writing action of the oracle. */
export const pythOracleWrite: MarketWrites<typeof pythOracleAbi> = /* @__PURE__ */ writesTo(pythOracle);

/** The OrderGateway. */
export const orderGateway: InMarket<typeof orderGatewayAbi> = /* @__PURE__ */ at("orderGateway", orderGatewayAbi);
/** Defines a writing action of the OrderGateway. */
export const orderGatewayWrite: MarketWrites<typeof orderGatewayAbi> = /* @__PURE__ */ writesTo(orderGateway);

/** The SignedOrderGateway. */
export const signedOrderGateway: InMarket<typeof signedOrderGatewayAbi> = /* @__PURE__ */ at(
  "signedOrderGateway",
  signedOrderGatewayAbi,
);
/** Defines a writing action of the SignedOrderGateway. */
export const signedOrderGatewayWrite: MarketWrites<typeof signedOrderGatewayAbi> =
  /* @__PURE__ */ writesTo(signedOrderGateway);

/** The deployment's OracleMaker. */
export const oracleMaker: InMarket<typeof oracleMakerAbi> = /* @__PURE__ */ at("oracleMaker", oracleMakerAbi);
/** Defines a writing action of the OracleMaker. */
export const oracleMakerWrite: MarketWrites<typeof oracleMakerAbi> = /* @__PURE__ */ writesTo(oracleMaker);

/** Any maker, for the functions that every LP vault has. */
export const lpVault: Contract<{ maker: Address }, typeof oracleMakerAbi> = ({ maker }) => ({
  address: maker,
  abi: oracleMakerAbi,
});
/** Defines a writing action that every LP vault has. */
export const lpVaultWrite: WritesTo<{ maker: Address }, typeof oracleMakerAbi> = /* @__PURE__ */ writesTo(lpVault);

/** The request vault of a maker. */
export const lpRequestVault: Contract<{ requestVault: Address }, typeof lpRequestVaultAbi> = ({ requestVault }) => ({
  address: requestVault,
  abi: lpRequestVaultAbi,
});
/** Defines a writing action of a request vault. */
export const lpRequestVaultWrite: WritesTo<{ requestVault: Address }, typeof lpRequestVaultAbi> =
  /* @__PURE__ */ writesTo(lpRequestVault);

/** An aggregate vault. */
export const lpAggregateVault: Contract<{ aggregateVault: Address }, typeof lpAggregateVaultAbi> = ({
  aggregateVault,
}) => ({ address: aggregateVault, abi: lpAggregateVaultAbi });
/** Defines a writing action of an aggregate vault. */
export const lpAggregateVaultWrite: WritesTo<{ aggregateVault: Address }, typeof lpAggregateVaultAbi> =
  /* @__PURE__ */ writesTo(lpAggregateVault);

/** A hedged vault, base or quote, for the functions that both have. */
export const hedgedVault: Contract<GetHedgeParameters, typeof spotHedgeBaseMakerAbi> = ({
  deployment,
  maker = deployment.spotHedgeBaseMaker,
}) => ({ address: maker, abi: spotHedgeBaseMakerAbi });
/** Defines a writing action that both hedged vaults have. */
export const hedgedVaultWrite: WritesTo<GetHedgeParameters, typeof spotHedgeBaseMakerAbi> =
  /* @__PURE__ */ writesTo(hedgedVault);

/** A quote vault. */
export const quoteVault: Contract<{ maker: Address }, typeof spotHedgeQuoteMakerAbi> = ({ maker }) => ({
  address: maker,
  abi: spotHedgeQuoteMakerAbi,
});
/** Defines a writing action of a quote vault. */
export const quoteVaultWrite: WritesTo<{ maker: Address }, typeof spotHedgeQuoteMakerAbi> =
  /* @__PURE__ */ writesTo(quoteVault);
