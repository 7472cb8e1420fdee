// Parts of every plan of a trade: calls, requirements and their sending.
import { type Address, encodeFunctionData, erc20Abi, type Hash, type Hex } from "viem";
import { readContract } from "viem/actions";
import type { ReadOptions } from "../client/define-read.js";
import { readContract as readDecoded } from "../client/reverts.js";
import { type ContractCall, type SigningClient, sendCall, waitForSuccess } from "../client/transaction.js";
import type { Deployment } from "../deployment.js";
import type { Fees } from "../entities/account.js";
import * as vault from "../generated/contracts/vault.js";
import type { Obstacle } from "../models/market.js";
import type { CollateralAmount, Wad } from "../units.js";

/** A call for `wallet_sendCalls` (EIP-5792), or for any other batch. */
export type Call = { to: Address; data: Hex; value: bigint };

/** A condition of the calls. `calls` of the plan fulfil those that are not met. */
export type Requirement =
  /** The collateral that the exchange takes out of the wallet, in its own decimals. `isMet`: an allowance covers it. */
  | { kind: "approval"; spender: Address; amount: CollateralAmount; isMet: boolean }
  /** A signature that `send` can use instead of the approval, in the transaction of the order itself. */
  | { kind: "permit"; spender: Address; amount: CollateralAmount; isSupported: boolean }
  /** A gateway of orders that trades for the account. */
  | { kind: "operator"; operator: Address; isMet: boolean };

/** Whether the order would execute at the present price, as far as the state of the chain tells. */
export type Prediction =
  | { outcome: "executes"; obstacle: undefined }
  /** `purged`: the execution would end the order. `skipped`: the order would stay open until the cause has passed. */
  | { outcome: "purged" | "skipped"; obstacle: Obstacle };

/** The result of a trade at the present price. Amounts WAD quote unless stated otherwise. */
export type TradeQuote = {
  maker: Address;
  /** Signed change of the position, WAD base. */
  size: Wad;
  /** |size| x oracle price, rounded up. */
  notional: Wad;
  oraclePrice: Wad;
  averagePrice: Wad;
  /** The exchange's trading fee, rounded up. */
  fee: Wad;
  /** The cost of the trade beyond the oracle price, before `fee`: the maker's premiums, fees and spread. */
  impact: Wad;
  /** The worst quote that the order accepts, of the taker's whole amount. */
  bound: Wad;
  /** Of the position after the trade, WAD; undefined when nothing is left, and zero as for `Account.liquidationPrice`. */
  liquidationPrice: Wad | undefined;
  /** After the trade, WAD; undefined when nothing is left. */
  leverage: Wad | undefined;
  /** The fees of the next hour after the trade, owed above zero. */
  feesPerHour: Fees;
};

/** The options of reads that a plan takes. */
export type PlanOptions = ReadOptions;

/** Whether the collateral has permits (ERC-2612). */
export const hasPermits = async (client: SigningClient, { collateral }: Deployment): Promise<boolean> =>
  readContract(client, {
    address: collateral,
    abi: [
      {
        type: "function",
        name: "DOMAIN_SEPARATOR",
        stateMutability: "view",
        inputs: [],
        outputs: [{ type: "bytes32" }],
      },
    ] as const,
    functionName: "DOMAIN_SEPARATOR",
  }).then(
    () => true,
    () => false,
  );

/** Whether a gateway is an operator of the client's account. */
export const isOperator = (client: SigningClient, deployment: Deployment, operator: Address): Promise<boolean> =>
  readDecoded(client, {
    address: deployment.vault,
    abi: [vault.isOperator],
    functionName: "isOperator",
    args: [client.account.address, operator],
  });

/** The approval that the Vault needs for an amount out of the wallet. */
export async function approvalOf(
  client: SigningClient,
  deployment: Deployment,
  amount: CollateralAmount,
): Promise<{ requirement: Requirement & { kind: "approval" }; calls: ContractCall[] }> {
  const { collateral: address, vault: spender } = deployment;
  const token = { address, abi: erc20Abi } as const;
  const held = await readContract(client, {
    ...token,
    functionName: "allowance",
    args: [client.account.address, spender],
  });
  const isMet = held >= amount;
  return {
    requirement: { kind: "approval", spender, amount, isMet },
    calls: isMet ? [] : [{ ...token, functionName: "approve", args: [spender, amount] }],
  };
}

/** A call for a batch. */
export const callOf = ({ address, abi, functionName, args, value = 0n }: ContractCall): Call => ({
  to: address,
  data: encodeFunctionData({ abi, functionName, args }),
  value,
});

/** Sends calls one after another, and waits for each. Returns the hash of the last. */
export async function sendAll(client: SigningClient, calls: readonly ContractCall[]): Promise<Hash> {
  let hash: Hash | undefined;
  for (const call of calls) {
    hash = await sendCall(client, call);
    await waitForSuccess(client, hash);
  }
  if (hash === undefined) throw new TypeError("There is no call to send.");
  return hash;
}
