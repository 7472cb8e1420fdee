import type { Address, Hash } from "viem";
import type { Deployment } from "../deployment.js";
import { clearingHouseAbi } from "../generated/abis.js";
import { marketStatusId, type SettableStatus } from "../market-status.js";
import { hedgeCalls } from "./hedge.js";
import type { MarketRules } from "./lens.js";
import { type ContractCall, type SigningClient, sendCall } from "./write.js";

// Where a timelock owns the exchange, it makes these calls: schedule what `adminCalls` builds.
const houseCall = (deployment: Deployment, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: deployment.clearingHouse,
  abi: clearingHouseAbi,
  functionName,
  args,
});

export type SetStatusParameters = { deployment: Deployment; status: SettableStatus };

export type SetMarginRatiosParameters = {
  deployment: Deployment;
  /** Parts per million of the current notional. */
  initialMarginRatio: number;
  /** Parts per million of the current notional. */
  maintenanceMarginRatio: number;
  /** Seconds from now until they are in force: a day to thirty. */
  rampDuration: bigint;
};

export type SetFundingParameters = {
  deployment: Deployment;
  /** WAD per second, of the notional. */
  maxRate: bigint;
  /** WAD per second squared, at full skew. */
  maxVelocity: bigint;
  /** WAD base: net taker position at which the skew is full. */
  skewScale: bigint;
};

export type SetBorrowingParameters = {
  deployment: Deployment;
  /** WAD per second, of the net exposure of makers that are used to the full. */
  maxRate: bigint;
};

export type SetRulesParameters = { deployment: Deployment; rules: MarketRules };

export type SetDepositCapParameters = {
  deployment: Deployment;
  /** The most that deposits may bring the Vault to, in the collateral's own decimals; zero: no limit. */
  cap: bigint;
};

export type MakerParameters = { deployment: Deployment; maker: Address };

/** The calls of the owner and the guardian, for a timelock or a multisig to make. */
export const adminCalls = {
  setMarketStatus: ({ deployment, status }: SetStatusParameters): ContractCall =>
    houseCall(deployment, "setMarketStatus", [deployment.marketId, marketStatusId(status)]),
  setSystemStatus: ({ deployment, status }: SetStatusParameters): ContractCall =>
    houseCall(deployment, "setSystemStatus", [marketStatusId(status)]),
  setRules: ({ deployment, rules }: SetRulesParameters): ContractCall =>
    houseCall(deployment, "setRules", [deployment.marketId, rules]),
  setMarginRatios: ({ deployment, ...ratios }: SetMarginRatiosParameters): ContractCall =>
    houseCall(deployment, "setMarginRatios", [
      deployment.marketId,
      ratios.initialMarginRatio,
      ratios.maintenanceMarginRatio,
      ratios.rampDuration,
    ]),
  setFunding: ({ deployment, maxRate, maxVelocity, skewScale }: SetFundingParameters): ContractCall =>
    houseCall(deployment, "setFunding", [deployment.marketId, maxRate, maxVelocity, skewScale]),
  setBorrowing: ({ deployment, maxRate }: SetBorrowingParameters): ContractCall =>
    houseCall(deployment, "setBorrowing", [deployment.marketId, toUint48(maxRate)]),
  setDepositCap: ({ deployment, cap }: SetDepositCapParameters): ContractCall =>
    houseCall(deployment, "setDepositCap", [cap]),
  setGuardian: ({ deployment, guardian }: { deployment: Deployment; guardian: Address }): ContractCall =>
    houseCall(deployment, "setGuardian", [guardian]),
  retireMaker: ({ deployment, maker }: MakerParameters): ContractCall => houseCall(deployment, "retireMaker", [maker]),
  ...hedgeCalls,
} as const;

/** viem takes integers of up to 48 bits as numbers. */
const toUint48 = (value: bigint): number => Number(value);

/**
 * Sets what the deployment's market allows: the owner in any direction, the guardian to something stricter. Reverts
 * `StatusNotAllowed` for everybody else, `NoMakerForBothSides` and `BadDebtOutstanding` for a market that cannot open.
 *
 * @example
 * await setMarketStatus(guardian, { deployment, status: "paused" });
 */
export async function setMarketStatus(client: SigningClient, parameters: SetStatusParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setMarketStatus(parameters));
}

/** Sets what the whole system allows; for each market the stricter of this and its own status binds. */
export async function setSystemStatus(client: SigningClient, parameters: SetStatusParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setSystemStatus(parameters));
}

/**
 * Sets what trades and liquidations go by. Owner only. Reverts `RuleOutOfRange` with the rule and its limits.
 *
 * @example
 * const rules = await getMarketRules(client, { deployment });
 * await setRules(owner, { deployment, rules: { ...rules, tradingFee: 500 } });
 */
export async function setRules(client: SigningClient, parameters: SetRulesParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setRules(parameters));
}

/** Moves the margin ratios in a straight line. Owner only. Reverts `InvalidMarginRatios` and `InvalidRamp`. */
export async function setMarginRatios(client: SigningClient, parameters: SetMarginRatiosParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setMarginRatios(parameters));
}

/** Sets up funding, or with zeros turns it off; what has accrued is settled first. Reverts `InvalidFunding`. */
export async function setFunding(client: SigningClient, parameters: SetFundingParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setFunding(parameters));
}

/** Sets the borrowing rate of makers that are used to the full. Owner only. Reverts `InvalidBorrowing`. */
export async function setBorrowing(client: SigningClient, parameters: SetBorrowingParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setBorrowing(parameters));
}

/** Limits what deposits may bring the Vault to. Owner only. */
export async function setDepositCap(client: SigningClient, parameters: SetDepositCapParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setDepositCap(parameters));
}

/** Names who may tighten at once. Owner only. */
export async function setGuardian(
  client: SigningClient,
  parameters: { deployment: Deployment; guardian: Address },
): Promise<Hash> {
  return sendCall(client, adminCalls.setGuardian(parameters));
}

/** From now on the maker's exposure can only shrink. Owner or guardian. Reverts `UnknownMaker`. */
export async function retireMaker(client: SigningClient, parameters: MakerParameters): Promise<Hash> {
  return sendCall(client, adminCalls.retireMaker(parameters));
}
