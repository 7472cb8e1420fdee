import { type Address, type Hex, parseAbi, parseAbiParameters, parseSignature } from "viem";
import { getBlock, signTypedData } from "viem/actions";
import type { Deployment } from "../deployment.js";
import type { CollateralAmount } from "../units.js";
import type { PermitOptions } from "./parameters.js";
import { readContract } from "./reverts.js";
import type { SigningClient } from "./transaction.js";

/** Seconds from the latest block for which a signature or an order is valid by default. */
const VALIDITY = 3_600n;

/** The default deadline of a signature or an order, in seconds. */
export const defaultDeadline = async (client: SigningClient): Promise<bigint> =>
  (await getBlock(client)).timestamp + VALIDITY;

const permitAbi = /* @__PURE__ */ parseAbi([
  "function name() view returns (string)",
  "function nonces(address owner) view returns (uint256)",
]);

const permitTypes = {
  Permit: /* @__PURE__ */ parseAbiParameters(
    "address owner, address spender, uint256 value, uint256 nonce, uint256 deadline",
  ),
} as const;

type SignPermitParameters = PermitOptions & { deployment: Deployment; spender: Address; amount: CollateralAmount };

/** Signs an ERC-2612 permit of the collateral with the client's next nonce. */
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
  const { chainId, collateral: verifyingContract } = deployment;
  const signature = await signTypedData(client, {
    account: client.account,
    domain: { name, version: domain?.version ?? "1", chainId, verifyingContract },
    types: permitTypes,
    primaryType: "Permit",
    message: { owner, spender, value: amount, nonce, deadline: expiry },
  });
  const { r, s, yParity } = parseSignature(signature);
  return { deadline: expiry, v: 27 + yParity, r, s };
}
