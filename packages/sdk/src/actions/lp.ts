import type { Address, Hash } from "viem";
import { oracleMakerAbi } from "../generated/abis.js";
import { requireEvent, type SigningClient, sendCall, waitForSuccess } from "./write.js";

// Deposits, withdrawals and share views are the same functions in every maker: those of its LP vault.
const lpVaultAbi = oracleMakerAbi;

export type DepositLpParameters = {
  maker: Address;
  /** In the decimals of the maker's asset. The maker must be approved for it. */
  amount: bigint;
  /** WAD. */
  minShares: bigint;
  /** Default: the client's account. */
  receiver?: Address;
};

/**
 * Deposits into a maker at once. While the maker has a whitelist this is for the LPs on it (`NotWhitelistLp`), and
 * afterwards for anybody as long as no price enters into it (`UseRequest`). Everybody else requests a deposit, see
 * `requestLpDeposit`. Reverts `LessThanMinimum`, `DepositCapExceeded`.
 */
export async function depositLp(
  client: SigningClient,
  { maker, amount, minShares, receiver }: DepositLpParameters,
): Promise<Hash> {
  return sendCall(client, {
    address: maker,
    abi: lpVaultAbi,
    functionName: "deposit",
    args: [amount, minShares, receiver ?? client.account.address],
  });
}

/** {@link depositLp}, waits, and returns the shares, WAD. */
export async function depositLpSync(client: SigningClient, parameters: DepositLpParameters): Promise<bigint> {
  const receipt = await waitForSuccess(client, await depositLp(client, parameters));
  return requireEvent(receipt, { abi: lpVaultAbi, address: parameters.maker, eventName: "Deposited" }).args.shares;
}

export type WithdrawLpParameters = {
  maker: Address;
  /** WAD. */
  shares: bigint;
  /** In the decimals of the maker's asset. */
  minAmount: bigint;
  /** Default: the client's account. */
  receiver?: Address;
};

/** Withdraws from a maker at once, on the same terms as {@link depositLp}; else see `requestLpRedeem`. */
export async function withdrawLp(
  client: SigningClient,
  { maker, shares, minAmount, receiver }: WithdrawLpParameters,
): Promise<Hash> {
  return sendCall(client, {
    address: maker,
    abi: lpVaultAbi,
    functionName: "withdraw",
    args: [shares, minAmount, receiver ?? client.account.address],
  });
}

/** {@link withdrawLp}, waits, and returns what was paid, in the decimals of the maker's asset. */
export async function withdrawLpSync(client: SigningClient, parameters: WithdrawLpParameters): Promise<bigint> {
  const receipt = await waitForSuccess(client, await withdrawLp(client, parameters));
  return requireEvent(receipt, { abi: lpVaultAbi, address: parameters.maker, eventName: "Withdrawn" }).args.underlying;
}
