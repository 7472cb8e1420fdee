// The contracts that actions read and call: `{ address, abi }` for the parameters of an action, and the definition of
// writing actions of each contract. Each definition is marked as pure, so that bundlers drop the ABIs that are not used.
import type { Abi, Address } from "viem";
import {
  backstopAbi,
  circuitBreakerAbi,
  clearingHouseAbi,
  exchangeLensAbi,
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

/** The exchange's Vault. */
export const vault: Contract<MarketParameters, typeof vaultAbi> = ({ deployment }) => ({
  address: deployment.vault,
  abi: vaultAbi,
});
/** Defines a writing action of the Vault. */
export const vaultWrite: WritesTo<MarketParameters, typeof vaultAbi> = /* @__PURE__ */ writesTo(vault);

/** The ClearingHouse. */
export const clearingHouse: Contract<MarketParameters, typeof clearingHouseAbi> = ({ deployment }) => ({
  address: deployment.clearingHouse,
  abi: clearingHouseAbi,
});
/** Defines a writing action of the ClearingHouse. */
export const clearingHouseWrite: WritesTo<MarketParameters, typeof clearingHouseAbi> =
  /* @__PURE__ */ writesTo(clearingHouse);

/** The Backstop. */
export const backstop: Contract<MarketParameters, typeof backstopAbi> = ({ deployment }) => ({
  address: deployment.backstop,
  abi: backstopAbi,
});
/** Defines a writing action of the Backstop. */
export const backstopWrite: WritesTo<MarketParameters, typeof backstopAbi> = /* @__PURE__ */ writesTo(backstop);

/** The CircuitBreaker; the zero address where a deployment has none. */
export const circuitBreaker: Contract<MarketParameters, typeof circuitBreakerAbi> = ({ deployment }) => ({
  address: deployment.breaker,
  abi: circuitBreakerAbi,
});

/** The ExchangeLens. */
export const exchangeLens: Contract<MarketParameters, typeof exchangeLensAbi> = ({ deployment }) => ({
  address: deployment.lens,
  abi: exchangeLensAbi,
});

/** The oracle. */
export const pythOracle: Contract<MarketParameters, typeof pythOracleAbi> = ({ deployment }) => ({
  address: deployment.oracle,
  abi: pythOracleAbi,
});
/** Defines a writing action of the oracle. */
export const pythOracleWrite: WritesTo<MarketParameters, typeof pythOracleAbi> = /* @__PURE__ */ writesTo(pythOracle);

/** The OrderGateway. */
export const orderGateway: Contract<MarketParameters, typeof orderGatewayAbi> = ({ deployment }) => ({
  address: deployment.orderGateway,
  abi: orderGatewayAbi,
});
/** Defines a writing action of the OrderGateway. */
export const orderGatewayWrite: WritesTo<MarketParameters, typeof orderGatewayAbi> =
  /* @__PURE__ */ writesTo(orderGateway);

/** The SignedOrderGateway. */
export const signedOrderGateway: Contract<MarketParameters, typeof signedOrderGatewayAbi> = ({ deployment }) => ({
  address: deployment.signedOrderGateway,
  abi: signedOrderGatewayAbi,
});
/** Defines a writing action of the SignedOrderGateway. */
export const signedOrderGatewayWrite: WritesTo<MarketParameters, typeof signedOrderGatewayAbi> =
  /* @__PURE__ */ writesTo(signedOrderGateway);

/** The deployment's OracleMaker. */
export const oracleMaker: Contract<MarketParameters, typeof oracleMakerAbi> = ({ deployment }) => ({
  address: deployment.oracleMaker,
  abi: oracleMakerAbi,
});
/** Defines a writing action of the OracleMaker. */
export const oracleMakerWrite: WritesTo<MarketParameters, typeof oracleMakerAbi> =
  /* @__PURE__ */ writesTo(oracleMaker);

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

/** A spot-hedged vault, base or quote, for the functions that both have. */
export const hedgedVault: Contract<GetHedgeParameters, typeof spotHedgeBaseMakerAbi> = ({
  deployment,
  maker = deployment.spotHedgeBaseMaker,
}) => ({ address: maker, abi: spotHedgeBaseMakerAbi });
/** Defines a writing action that both spot-hedged vaults have. */
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
