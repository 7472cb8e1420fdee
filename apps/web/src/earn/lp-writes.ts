// Transactions of LPs, which load when one is sent.
import type { SigningClient } from "@counterpoise/sdk";
import {
  cancelLpRequestSync,
  claimLpAssetsSync,
  claimLpSharesSync,
  claimReturnedLpRequestSync,
  requestLpDepositSync,
  requestLpRedeemSync,
} from "@counterpoise/sdk";
import { type Address, erc20Abi } from "viem";
import { readContract, waitForTransactionReceipt, writeContract } from "viem/actions";

export { cancelLpRequestSync, claimLpAssetsSync, claimLpSharesSync, claimReturnedLpRequestSync, requestLpRedeemSync };

/** Approves the request vault for what it lacks, and requests the deposit. */
export async function depositByRequest(
  client: SigningClient,
  { asset, ...request }: { asset: Address } & Parameters<typeof requestLpDepositSync>[1],
) {
  const owner = client.account.address;
  const token = { address: asset, abi: erc20Abi } as const;
  const { requestVault: spender, assets } = request;
  const allowed = await readContract(client, { ...token, functionName: "allowance", args: [owner, spender] });
  if (allowed < assets) {
    const hash = await writeContract(client, {
      ...{ ...token, functionName: "approve", args: [spender, assets] },
      ...{ account: client.account, chain: client.chain },
    });
    await waitForTransactionReceipt(client, { hash });
  }
  return requestLpDepositSync(client, request);
}
