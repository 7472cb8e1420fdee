// The EIP-712 domains that the contracts verify signatures in.
import type { TypedDataDomain } from "viem";
import type { Deployment } from "../deployment.js";

/** The Vault's domain. */
export const vaultDomain = (deployment: Deployment): TypedDataDomain => ({
  name: "Counterpoise Vault",
  version: "1",
  chainId: deployment.chainId,
  verifyingContract: deployment.vault,
});

/** The SignedOrderGateway's domain. */
export const signedOrderDomain = (deployment: Deployment): TypedDataDomain => ({
  name: "Counterpoise SignedOrderGateway",
  version: "1",
  chainId: deployment.chainId,
  verifyingContract: deployment.signedOrderGateway,
});
