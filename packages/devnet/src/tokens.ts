import { type Address, maxUint256, type TransactionReceipt } from "viem";
import { parseAccount } from "viem/accounts";
import { erc20Abi, testTokenAbi, weth9Abi } from "./abis.js";
import { forgeArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";

/** An ERC-20 with its decimals. */
export type Token = { address: Address; decimals: number };

export type DeployTestTokenParameters = {
  /** Default "USD Coin (test)". */
  name?: string | undefined;
  /** Default "USDC". */
  symbol?: string | undefined;
  /** Default 6. */
  decimals?: number | undefined;
};

/** Deploys an ERC-20 that any account can mint. @throws {ArtifactNotFoundError} if the contracts have not been built */
export async function deployTestToken(
  client: DevnetClient,
  { name = "USD Coin (test)", symbol = "USDC", decimals = 6 }: DeployTestTokenParameters = {},
): Promise<Token> {
  const address = await deployContract(client, { ...forgeArtifact("TestToken"), args: [name, symbol, decimals] });
  return { address, decimals };
}

/** Mints a test token. `amount` is in the token's own decimals. */
export async function mintTestToken(
  client: DevnetClient,
  { token, to, amount }: { token: Address; to: Address; amount: bigint },
): Promise<TransactionReceipt> {
  const hash = await client.writeContract({
    address: token,
    abi: testTokenAbi,
    functionName: "mint",
    args: [to, amount],
  });
  return settled(client, hash, "Mint");
}

/** Wraps ether of the client. The node credits the ether that the client lacks. */
export async function wrapEther(
  client: DevnetClient,
  { weth, amount }: { weth: Address; amount: bigint },
): Promise<TransactionReceipt> {
  const { address } = parseAccount(client.account);
  const balance = await client.getBalance({ address });
  if (balance < amount) await client.setBalance({ address, value: balance + amount });
  const hash = await client.writeContract({ address: weth, abi: weth9Abi, functionName: "deposit", value: amount });
  return settled(client, hash, "Wrapping of ether");
}

/** Approves `spender` for the client's tokens. Default of `amount`: no limit. */
export async function approveToken(
  client: DevnetClient,
  { token, spender, amount = maxUint256 }: { token: Address; spender: Address; amount?: bigint | undefined },
): Promise<TransactionReceipt> {
  const hash = await client.writeContract({
    address: token,
    abi: erc20Abi,
    functionName: "approve",
    args: [spender, amount],
  });
  return settled(client, hash, "Approval");
}

/** A token balance, in the token's own decimals. */
export function balanceOf(client: DevnetClient, { token, owner }: { token: Address; owner: Address }): Promise<bigint> {
  return client.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] });
}
