import type { Address } from "viem";
import type { Deployment } from "../../deployment.js";
import { signedOrderGatewayAbi } from "../../generated/abis.js";
import { type WritesTo, writesTo } from "../define-write.js";

/** Where signed orders are settled. */
export const signedGateway = ({
  deployment,
}: {
  deployment: Deployment;
}): { address: Address; abi: typeof signedOrderGatewayAbi } => ({
  address: deployment.signedOrderGateway,
  abi: signedOrderGatewayAbi,
});

/** Defines a writing action of the SignedOrderGateway. */
export const signedGatewayWrite: WritesTo<{ deployment: Deployment }, typeof signedOrderGatewayAbi> =
  /* @__PURE__ */ writesTo(signedGateway);
