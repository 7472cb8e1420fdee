import type { Abi, Address, ContractFunctionArgs, Hex } from "viem";
import { encodeFunctionData, parseAbi, parseSignature } from "viem";
import { getBlock, readContract, signTypedData } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { vaultAbi } from "../generated/abis.js";
import { confirmed } from "./define-write.js";
import { type DepositParameters, vaultWrite } from "./vault.js";
import type { SigningClient } from "./write.js";

const permitAbi = parseAbi([
  "function name() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
]);

const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

const setOperatorTypes = {
  SetOperator: [
    { name: "account", type: "address" },
    { name: "operator", type: "address" },
    { name: "approved", type: "bool" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** Seconds from the latest block for which a signature is good unless the caller says otherwise. */
const SIGNATURE_VALIDITY = 3_600n;

/** How a permit of the collateral is signed. */
export type PermitOptions = {
  /** Seconds. Default: an hour after the latest block. */
  deadline?: bigint;
  /** The collateral's name and version in its EIP-712 domain. Default: its `name()`, and "1". */
  domain?: { name: string; version: string };
};

/** What {@link depositWithPermit} takes. */
export type DepositWithPermitParameters = DepositParameters & PermitOptions;

/**
 * {@link deposit} without an approval before it: the client signs an ERC-2612 permit of the collateral for the Vault, and
 * the same transaction uses it. For collateral that has permits; a permit that does not hold leaves the token's own error
 * about the allowance.
 *
 * @example
 * await depositWithPermit(client, { deployment, amount: parseUnits("1000", 6) });
 */
export const depositWithPermit = /* @__PURE__ */ vaultWrite(
  async ({ deployment, amount, account, deadline, domain }: DepositWithPermitParameters, client: SigningClient) => {
    const { vault: spender } = deployment;
    const { v, r, s, ...permit } = await signPermit(client, { deployment, spender, amount, deadline, domain });
    const args = [account ?? client.account.address, amount, permit.deadline, v, r, s] as const;
    return { functionName: "depositWithPermit", args } as const;
  },
);
/** {@link depositWithPermit}, waits. */
export const depositWithPermitSync = /* @__PURE__ */ confirmed(depositWithPermit);

type SignPermitParameters = {
  deployment: Deployment;
  spender: Address;
  amount: bigint;
  deadline: bigint | undefined;
  domain: { name: string; version: string } | undefined;
};

/** An ERC-2612 permit of the collateral, signed by the client with its next nonce. */
export async function signPermit(
  client: SigningClient,
  { deployment, spender, amount, deadline, domain }: SignPermitParameters,
): Promise<{ deadline: bigint; v: number; r: Hex; s: Hex }> {
  const owner = client.account.address;
  const token = { address: deployment.collateral, abi: permitAbi } as const;
  const [name, nonce, expiry] = await Promise.all([
    domain?.name ?? readContract(client, { ...token, functionName: "name" }),
    readContract(client, { ...token, functionName: "nonces", args: [owner] }),
    deadline ?? defaultDeadline(client),
  ]);
  const signature = await signTypedData(client, {
    account: client.account,
    domain: {
      name,
      version: domain?.version ?? "1",
      chainId: deployment.chainId,
      verifyingContract: deployment.collateral,
    },
    types: permitTypes,
    primaryType: "Permit",
    message: { owner, spender, value: amount, nonce, deadline: expiry },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { deadline: expiry, v: 27 + yParity, r, s };
}

/** What {@link signSetOperator} takes. */
export type SignSetOperatorParameters = {
  deployment: Deployment;
  /** Default: the OrderGateway. */
  operator?: Address;
  approved: boolean;
  /** Seconds. Default: an hour after the latest block. */
  deadline?: bigint;
};

/** An account's word about an operator, for anybody to bring to the chain. */
export type SignedOperator = {
  account: Address;
  operator: Address;
  approved: boolean;
  /** Seconds. */
  deadline: bigint;
  signature: Hex;
};

/**
 * Signs that an operator may trade for the client's account, or no longer, with the account's next nonce at the Vault.
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
    readContract(client, { address: deployment.vault, abi: vaultAbi, functionName: "nonces", args: [account] }),
    deadline ?? defaultDeadline(client),
  ]);
  const signature = await signTypedData(client, {
    account: client.account,
    domain: {
      name: "Counterpoise Vault",
      version: "1",
      chainId: deployment.chainId,
      verifyingContract: deployment.vault,
    },
    types: setOperatorTypes,
    primaryType: "SetOperator",
    message: { account, operator, approved, nonce, deadline: expiry },
  });
  return { account, operator, approved, deadline: expiry, signature };
}

/** What {@link setOperatorBySig} takes. */
export type SetOperatorBySigParameters = SignedOperator & { deployment: Deployment };

/**
 * Brings what {@link signSetOperator} signed to the chain; anybody may. Reverts `InvalidSignature`, also when it has been
 * used, and `SignatureExpired`.
 */
export const setOperatorBySig = /* @__PURE__ */ vaultWrite(
  ({ account, operator, approved, deadline, signature }: SetOperatorBySigParameters) => ({
    functionName: "setOperatorBySig",
    args: [account, operator, approved, deadline, signature],
  }),
);
/** {@link setOperatorBySig}, waits. */
export const setOperatorBySigSync = /* @__PURE__ */ confirmed(setOperatorBySig);

/** What {@link donateInsurance} takes. */
export type DonateInsuranceParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals, out of the client's fund. */
  amount: bigint;
};

/** Gives collateral of the client's fund to the market's insurance, for good. Reverts `InsufficientFund`. */
export const donateInsurance = /* @__PURE__ */ vaultWrite(({ deployment, amount }: DonateInsuranceParameters) => ({
  functionName: "donate",
  args: [deployment.marketId, amount],
}));
/** {@link donateInsurance}, waits. */
export const donateInsuranceSync = /* @__PURE__ */ confirmed(donateInsurance);

type VaultWrite =
  | "deposit"
  | "depositWithPermit"
  | "withdraw"
  | "donate"
  | "transferFundToMargin"
  | "transferMarginToFund"
  | "returnMargin"
  | "setOperator"
  | "setOperatorBySig";

/** One of the Vault's functions for account holders, with its arguments as the contract takes them. */
export type VaultCall = {
  [name in VaultWrite]: {
    functionName: name;
    args: ContractFunctionArgs<typeof vaultAbi, "nonpayable", name>;
  };
}[VaultWrite];

/** What {@link multicallVault} takes. */
export type MulticallVaultParameters = { deployment: Deployment; calls: readonly VaultCall[] };

/**
 * Several of the Vault's functions in one transaction; all of them happen, or none. Reverts with the error of the one that
 * fails.
 *
 * @example
 * await multicallVault(client, {
 *   deployment,
 *   calls: [
 *     { functionName: "deposit", args: [account, amount] },
 *     { functionName: "transferFundToMargin", args: [deployment.marketId, account, amount] },
 *     { functionName: "setOperator", args: [deployment.orderGateway, true] },
 *   ],
 * });
 */
export const multicallVault = /* @__PURE__ */ vaultWrite(({ calls }: MulticallVaultParameters) => ({
  functionName: "multicall",
  // Which arguments belong to which function, the type of `calls` has checked.
  args: [
    calls.map(({ functionName, args }) =>
      encodeFunctionData({ abi: vaultAbi as Abi, functionName, args: args as readonly unknown[] }),
    ),
  ],
}));
/** {@link multicallVault}, waits. */
export const multicallVaultSync = /* @__PURE__ */ confirmed(multicallVault);

const defaultDeadline = async (client: SigningClient): Promise<bigint> =>
  (await getBlock(client)).timestamp + SIGNATURE_VALIDITY;
