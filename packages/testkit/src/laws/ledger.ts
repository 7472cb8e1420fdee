import {
  type Deployment,
  getEscrow,
  getFund,
  getMarket,
  getPendingFees,
  getPosition,
  type Market,
  type Position,
} from "@counterpoise/sdk";
import { clearingHouseAbi } from "@counterpoise/sdk/abis";
import { type Address, type Client, erc20Abi } from "viem";
import { readContract } from "viem/actions";
import { sum } from "../maths.js";
import { COLLATERAL_SCALE } from "../units.js";
import { checkLaw, type LawCheck } from "./law.js";

/** The ledger of a market at one moment, and the tokens of its exchange, all amounts WAD. */
export type LedgerSnapshot = {
  positions: ReadonlyMap<Address, Position>;
  /** Collateral of the market. */
  marketBalance: bigint;
  /** Collateral of all other markets of the exchange. */
  otherMarkets: bigint;
  /** Funding and borrowing that all accounts owe now, less what they are owed. */
  pendingFees: bigint;
  /** Funding and borrowing that fills have settled: paid less received. */
  settledFees: bigint;
  insurance: bigint;
  badDebt: bigint;
  /** The smallest unit of the collateral. */
  collateralUnit: bigint;
  /** Funds, and collateral in escrow at both gateways. */
  funds: bigint;
  /** The Vault's balance of the collateral token. */
  vaultTokens: bigint;
};

export type ReadLedgerParameters = {
  deployment: Deployment;
  /** All accounts that can hold a position, margin or a fund. */
  accounts: readonly Address[];
  /** Funding and borrowing that the Vault's events have settled, paid less received, WAD quote. */
  settledFees: bigint;
};

/** Reads the ledger from the chain. */
export async function readLedger(
  client: Client,
  { deployment, accounts, settledFees }: ReadLedgerParameters,
): Promise<LedgerSnapshot> {
  const gateways = [deployment.orderGateway, deployment.signedOrderGateway];
  const [positions, fees, funds, escrows, markets, vaultTokens] = await Promise.all([
    Promise.all(accounts.map((account) => getPosition(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getPendingFees(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getFund(client, { deployment, account }))),
    Promise.all(
      accounts.flatMap((account) => gateways.map((gateway) => getEscrow(client, { deployment, account, gateway }))),
    ),
    readMarkets(client, deployment),
    tokenBalance(client, { token: deployment.collateral, owner: deployment.vault }),
  ]);
  const market = markets.find(({ marketId }) => marketId === deployment.marketId) as Market;
  return {
    positions: new Map(accounts.map((account, i) => [account, positions[i] as Position])),
    marketBalance: market.balance * COLLATERAL_SCALE,
    otherMarkets: (sum(markets.map(({ balance }) => balance)) - market.balance) * COLLATERAL_SCALE,
    pendingFees: sum(fees.map(({ funding, borrowing }) => funding + borrowing)),
    settledFees,
    insurance: market.insurance,
    badDebt: market.badDebt,
    collateralUnit: COLLATERAL_SCALE,
    funds: (sum(funds) + sum(escrows.map(({ total }) => total))) * COLLATERAL_SCALE,
    vaultTokens: vaultTokens * COLLATERAL_SCALE,
  };
}

/** All markets of a deployment's exchange. Their ids are 1, 2, ... */
async function readMarkets(client: Client, deployment: Deployment): Promise<Market[]> {
  const house = { address: deployment.clearingHouse, abi: clearingHouseAbi } as const;
  const count = await readContract(client, { ...house, functionName: "marketCount" });
  const ids = Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1));
  return Promise.all(ids.map((marketId) => getMarket(client, { deployment: { ...deployment, marketId } })));
}

/** Checks L1 to L5. L3 is about all markets of the exchange, which share the Vault's tokens and the funds. */
export function checkLedger(ledger: LedgerSnapshot): LawCheck[] {
  const positions = [...ledger.positions.values()];
  // By L1 the price cancels out of the sum of account values.
  const values = sum(positions.map(({ margin, openNotional }) => margin + openNotional));
  const worth = values - ledger.pendingFees + ledger.insurance - ledger.badDebt;
  const flat = positions.filter(({ size }) => size === 0n).map(({ margin }) => margin);
  const lowest = flat.reduce((least, margin) => (margin < least ? margin : least), 0n);
  return [
    checkLaw("L1", sum(positions.map(({ size }) => size))),
    checkLaw("L2", ledger.marketBalance - worth, ledger.collateralUnit),
    checkLaw("L3", ledger.vaultTokens - ledger.funds - ledger.marketBalance - ledger.otherMarkets),
    checkLaw("L4", ledger.settledFees + ledger.pendingFees, ledger.collateralUnit),
    checkLaw("L5", lowest),
  ];
}

/** A token balance, in the token's own decimals. */
export const tokenBalance = (client: Client, { token, owner }: { token: Address; owner: Address }): Promise<bigint> =>
  readContract(client, { address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] });
