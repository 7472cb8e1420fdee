import { type Address, type Hex, parseAbiParameters } from "viem";
import { signTypedData } from "viem/actions";
import { vaultWrite } from "../client/contracts.js";
import { call } from "../client/define-write.js";
import { readContract } from "../client/reverts.js";
import { defaultDeadline } from "../client/signatures.js";
import type { SigningClient } from "../client/transaction.js";
import { confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import { vaultDomain } from "../entities/domains.js";
import * as vault from "../generated/contracts/vault.js";

/** Parameters of {@link setOperator}. */
export type SetOperatorParameters = {
  deployment: Deployment;
  /** Default: the OrderGateway. */
  operator?: Address;
  approved: boolean;
};

/**
 * Approves an operator of the client's account, or revokes the approval. An operator trades for the account and moves its
 * collateral between fund and margin, or to the account's own wallet, never to another one. The OrderGateway must be an
 * operator before the first order.
 */
export const setOperator = /* @__PURE__ */ vaultWrite(
  [vault.setOperator],
  ({ deployment, operator, approved }: SetOperatorParameters) =>
    call("setOperator", [operator ?? deployment.orderGateway, approved]),
);
/** Sends {@link setOperator} and waits for it. */
export const setOperatorSync = /* @__PURE__ */ confirmed(setOperator);

const setOperatorTypes = {
  SetOperator: /* @__PURE__ */ parseAbiParameters(
    "address account, address operator, bool approved, uint256 nonce, uint256 deadline",
  ),
} as const;

/** Parameters of {@link signSetOperator}. */
export type SignSetOperatorParameters = SetOperatorParameters & {
  /** Seconds. Default: one hour after the latest block. */
  deadline?: bigint | undefined;
};

/** An account's signed approval of an operator, or its revocation. Any account can submit it. */
export type SignedOperator = {
  account: Address;
  operator: Address;
  approved: boolean;
  /** Seconds. */
  deadline: bigint;
  signature: Hex;
};

/**
 * Signs the approval of an operator of the client's account, or its revocation, with the account's next nonce at the
 * Vault.
 *
 * @example
 * const signed = await signSetOperator(trader, { deployment, approved: true });
 * await setOperatorBySig(relayer, { deployment, ...signed });
 */
export async function signSetOperator(
  client: SigningClient,
  { deployment, operator = deployment.orderGateway, approved, deadline }: SignSetOperatorParameters,
): Promise<SignedOperator> {
  const account = client.account.address;
  const [nonce, expiry] = await Promise.all([
    readContract(client, { address: deployment.vault, abi: [vault.nonces], functionName: "nonces", args: [account] }),
    deadline ?? defaultDeadline(client),
  ]);
  const signature = await signTypedData(client, {
    account: client.account,
    domain: vaultDomain(deployment),
    types: setOperatorTypes,
    primaryType: "SetOperator",
    message: { account, operator, approved, nonce, deadline: expiry },
  });
  return { account, operator, approved, deadline: expiry, signature };
}

/** Parameters of {@link setOperatorBySig}. */
export type SetOperatorBySigParameters = SignedOperator & { deployment: Deployment };

/**
 * Submits the result of {@link signSetOperator}. Open to any account. Reverts with `InvalidSignature` when the signature
 * is wrong or used, and with `SignatureExpired` after the deadline.
 */
export const setOperatorBySig = /* @__PURE__ */ vaultWrite(
  [vault.setOperatorBySig],
  ({ account, operator, approved, deadline, signature }: SetOperatorBySigParameters) =>
    call("setOperatorBySig", [account, operator, approved, deadline, signature]),
);
/** Sends {@link setOperatorBySig} and waits for it. */
export const setOperatorBySigSync = /* @__PURE__ */ confirmed(setOperatorBySig);
