// A limit order from the words of the ticket: the collateral that it needs in the fund, its permissions, and its signature.
import {
  bondOf,
  type Deployment,
  depositSync,
  getEscrow,
  getFund,
  getSignedOrderRules,
  type SigningClient,
  setOperatorSync,
  signOrder,
  type Wad,
  waitForSuccess,
} from "@counterpoise/sdk";
import { type Address, erc20Abi, parseAbi } from "viem";
import { getBlock, readContract, writeContract } from "viem/actions";
import type { StoredOrder } from "./signed-orders.js";

const operatorAbi = parseAbi(["function isOperator(address account, address operator) view returns (bool)"]);

/** Seconds for which a limit order is valid: 7 days. */
const VALIDITY = 7n * 86_400n;

/** The terms of a limit order. Prices and size WAD, margin and fee in the collateral's own decimals. */
export type LimitTerms = {
  side: "long" | "short";
  price: Wad;
  size: Wad;
  margin: bigint;
  fee: bigint;
  maker: Address;
  takeProfitPrice: Wad | undefined;
  stopPrice: Wad | undefined;
};

/** Puts an amount into the fund, with an allowance for exactly this amount where it is missing. */
export async function addToFund(client: SigningClient, deployment: Deployment, amount: bigint): Promise<void> {
  if (amount <= 0n) return;
  const { address: owner } = client.account;
  const token = { address: deployment.collateral, abi: erc20Abi } as const;
  const held = await readContract(client, { ...token, functionName: "allowance", args: [owner, deployment.vault] });
  if (held < amount) {
    const args = [deployment.vault, amount] as const;
    const { account, chain } = client;
    await waitForSuccess(
      client,
      await writeContract(client, { ...token, functionName: "approve", args, account, chain }),
    );
  }
  await depositSync(client, { deployment, amount });
}

/** The collateral that the fund must hold for an order, in its own decimals: margin, fee, and the missing part of the bond. */
export async function neededFund(client: SigningClient, deployment: Deployment, terms: LimitTerms): Promise<bigint> {
  const account = client.account.address;
  const [rules, escrow] = await Promise.all([
    getSignedOrderRules(client, { deployment }),
    getEscrow(client, { deployment, account, gateway: deployment.signedOrderGateway }),
  ]);
  const isOracle = terms.maker.toLowerCase() === deployment.oracleMaker.toLowerCase();
  const decimals = deployment.collateralDecimals;
  const { size: amount, price } = terms;
  const bond = isOracle ? bondOf({ amount, isExactBase: true, price, bondRatio: rules.bondRatio, decimals }) : 0n;
  const free = escrow.total - escrow.bound;
  return terms.margin + terms.fee + (bond > free ? bond - free : 0n);
}

/** Funds, permits and signs a limit order. */
export async function signLimitOrder(
  client: SigningClient,
  deployment: Deployment,
  terms: LimitTerms,
): Promise<StoredOrder> {
  const account = client.account.address;
  const [needed, fund, isApproved, { timestamp }] = await Promise.all([
    neededFund(client, deployment, terms),
    getFund(client, { deployment, account }),
    readContract(client, {
      address: deployment.vault,
      abi: operatorAbi,
      functionName: "isOperator",
      args: [account, deployment.signedOrderGateway],
    }),
    getBlock(client),
  ]);
  await addToFund(client, deployment, needed - fund);
  if (!isApproved)
    await setOperatorSync(client, { deployment, operator: deployment.signedOrderGateway, approved: true });
  const { takeProfitPrice, stopPrice } = terms;
  const hasBracket = takeProfitPrice !== undefined || stopPrice !== undefined;
  const submission = await signOrder(client, {
    deployment,
    kind: "limit",
    isBaseToQuote: terms.side === "short",
    amount: terms.size,
    price: terms.price,
    maker: terms.maker,
    margin: terms.margin,
    maxRelayFee: terms.fee,
    expiresAt: timestamp + VALIDITY,
    ...(hasBracket && {
      bracket: {
        ...(takeProfitPrice !== undefined && { takeProfitPrice }),
        ...(stopPrice !== undefined && { stopPrice }),
        exitFee: terms.fee,
      },
    }),
  });
  return { kind: "limit", ...submission };
}
