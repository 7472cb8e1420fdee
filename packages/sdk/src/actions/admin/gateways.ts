import type { Address } from "viem";
import { clearingHouseWrite, oracleMakerWrite, signedOrderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import * as clearingHouse from "../../generated/contracts/clearing-house.js";
import * as oracleMaker from "../../generated/contracts/oracle-maker.js";
import * as signedOrderGateway from "../../generated/contracts/signed-order-gateway.js";

/** Parameters of {@link setGateway}. */
export type SetGatewayParameters = { deployment: Deployment; gateway: Address; approved: boolean };

/**
 * Approves a gateway, or revokes the approval. An approved gateway matches its users' orders and pays relayers from their
 * funds. Owner; the guardian may only revoke.
 */
export const setGateway = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setGateway],
  ({ gateway, approved }: SetGatewayParameters) => call("setGateway", [gateway, approved]),
);
/** Sends {@link setGateway} and waits for it. */
export const setGatewaySync = /* @__PURE__ */ confirmed(setGateway);

/** Parameters of {@link setRelayer}. */
export type SetRelayerParameters = { deployment: Deployment; relayer: Address; approved: boolean };

/** Approves a relayer of signed orders, or revokes the approval. Owner only. */
export const setRelayer = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.setRelayer],
  ({ relayer, approved }: SetRelayerParameters) => call("setRelayer", [relayer, approved]),
);
/** Sends {@link setRelayer} and waits for it. */
export const setRelayerSync = /* @__PURE__ */ confirmed(setRelayer);

/** Parameters of {@link setValidSender}. */
export type SetValidSenderParameters = { deployment: Deployment; sender: Address; approved: boolean };

/** Approves a sender of orders to the OracleMaker, such as a gateway, or revokes the approval. Owner only. */
export const setValidSender = /* @__PURE__ */ oracleMakerWrite(
  [oracleMaker.setValidSender],
  ({ sender, approved }: SetValidSenderParameters) => call("setValidSender", [sender, approved]),
);
/** Sends {@link setValidSender} and waits for it. */
export const setValidSenderSync = /* @__PURE__ */ confirmed(setValidSender);
