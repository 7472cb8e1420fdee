import type { Address, Hash } from "viem";
import type { Deployment } from "../deployment.js";
import {
  clearingHouseAbi,
  lpRequestsAbi,
  oracleMakerAbi,
  pythOracleAbi,
  signedOrderGatewayAbi,
} from "../generated/abis.js";
import { marketStatusId, type SettableStatus } from "../market-status.js";
import { hedgeCalls } from "./hedge.js";
import type { MarketRules } from "./lens.js";
import type { Feed } from "./prices.js";
import type { OracleMakerParameters } from "./read.js";
import { type ContractCall, type SigningClient, sendCall } from "./write.js";

// Where a timelock owns the exchange, it makes these calls: schedule what `adminCalls` builds.
const houseCall = (deployment: Deployment, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: deployment.clearingHouse,
  abi: clearingHouseAbi,
  functionName,
  args,
});

/** Whitelist and rules of LPs are the same functions in every maker. */
const makerCall = (maker: Address, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: maker,
  abi: oracleMakerAbi,
  functionName,
  args,
});

const oracleCall = (deployment: Deployment, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: deployment.oracle,
  abi: pythOracleAbi,
  functionName,
  args: [deployment.marketId, ...args],
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

export type SetWhitelistLpParameters = { maker: Address; account: Address; allowed: boolean };

export type SetLpRulesParameters = {
  maker: Address;
  /** The most that all shares may be worth after a deposit, in the decimals of the maker's asset. */
  depositCap: bigint;
  /** The entry and exit fee, parts per million; at most 1%. */
  requestFee: number;
};

export type SetLpRequestRulesParameters = {
  /** The maker's request vault. */
  requests: Address;
  /** Seconds from a request to the moment whose price it gets: at least the chain's lag plus one price interval. */
  delay: number;
  /** Seconds after that for which it lives at most; not more than the feed's `maxExecutionAge`. */
  validity: number;
  /** Wei. */
  minKeeperFee: bigint;
};

export type ProposeFeedParameters = { deployment: Deployment; feed: Feed };
export type SetOracleMakerParametersParameters = { deployment: Deployment; parameters: OracleMakerParameters };

export type SetValidSenderParameters = { deployment: Deployment; sender: Address; allowed: boolean };
export type SetGatewayParameters = { deployment: Deployment; gateway: Address; allowed: boolean };

export type SetRelayerParameters = { deployment: Deployment; relayer: Address; allowed: boolean };

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
  setWhitelistLp: ({ maker, account, allowed }: SetWhitelistLpParameters): ContractCall =>
    makerCall(maker, "setWhitelistLp", [account, allowed]),
  endWhitelist: ({ maker }: { maker: Address }): ContractCall => makerCall(maker, "endWhitelist", []),
  setLpRules: ({ maker, depositCap, requestFee }: SetLpRulesParameters): ContractCall =>
    makerCall(maker, "setLpRules", [depositCap, requestFee]),
  setLpRequestRules: ({ requests, ...rules }: SetLpRequestRulesParameters): ContractCall => ({
    address: requests,
    abi: lpRequestsAbi,
    functionName: "setRules",
    args: [{ delay: rules.delay, validity: rules.validity, minKeeperFee: rules.minKeeperFee }],
  }),
  proposeFeed: ({ deployment, feed }: ProposeFeedParameters): ContractCall =>
    oracleCall(deployment, "proposeFeed", [feed]),
  cancelFeed: ({ deployment }: { deployment: Deployment }): ContractCall => oracleCall(deployment, "cancelFeed", []),
  setOracleMakerParameters: ({ deployment, parameters }: SetOracleMakerParametersParameters): ContractCall =>
    makerCall(deployment.oracleMaker, "setParameters", [parameters]),
  setValidSender: ({ deployment, sender, allowed }: SetValidSenderParameters): ContractCall =>
    makerCall(deployment.oracleMaker, "setValidSender", [sender, allowed]),
  setGateway: ({ deployment, gateway, allowed }: SetGatewayParameters): ContractCall =>
    houseCall(deployment, "setGateway", [gateway, allowed]),
  setRelayer: ({ deployment, relayer, allowed }: SetRelayerParameters): ContractCall => ({
    address: deployment.signedOrderGateway,
    abi: signedOrderGatewayAbi,
    functionName: "setRelayer",
    args: [relayer, allowed],
  }),
  ...hedgeCalls,
} as const;

/** viem takes integers of up to 48 bits as numbers. */
const toUint48 = (value: bigint): number => Number(value);

/**
 * Sets what the deployment's market allows: the owner in any direction, the guardian to something stricter. Reverts
 * `StatusNotAllowed` for everybody else, `NoMakerForBothSides` for a market that cannot open. An active market with
 * bad debt counts as `reduceOnly` until the debt is covered.
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

/** Lets an LP use a maker's immediate deposits and withdrawals, or not. Owner only. */
export async function setWhitelistLp(client: SigningClient, parameters: SetWhitelistLpParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setWhitelistLp(parameters));
}

/**
 * Ends a maker's whitelist for good: from then on its immediate deposits and withdrawals serve anybody, and only while no
 * price enters into them. Owner only.
 */
export async function endWhitelist(client: SigningClient, parameters: { maker: Address }): Promise<Hash> {
  return sendCall(client, adminCalls.endWhitelist(parameters));
}

/** Sets a maker's deposit cap and its entry and exit fee. Owner only. Reverts `RatioOutOfRange`. */
export async function setLpRules(client: SigningClient, parameters: SetLpRulesParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setLpRules(parameters));
}

/** Sets the times and the least keeper fee of LP requests to come. Owner only. Reverts `InvalidRequestRules`. */
export async function setLpRequestRules(client: SigningClient, parameters: SetLpRequestRulesParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setLpRequestRules(parameters));
}

/**
 * Announces other sources of the market's price; `applyFeed` puts them in force after two days. Owner only. Reverts
 * `InvalidFeed`, `UnreadableSource`.
 *
 * @example
 * const feed = await getFeed(client, { deployment });
 * await proposeFeed(owner, { deployment, feed: { ...feed, maxConfidence: 10_000 } });
 */
export async function proposeFeed(client: SigningClient, parameters: ProposeFeedParameters): Promise<Hash> {
  return sendCall(client, adminCalls.proposeFeed(parameters));
}

/** Takes an announced change of the sources back. Owner only. Reverts `NoPendingFeed`. */
export async function cancelFeed(client: SigningClient, parameters: { deployment: Deployment }): Promise<Hash> {
  return sendCall(client, adminCalls.cancelFeed(parameters));
}

/**
 * Sets what the OracleMaker quotes by, all of it. Owner only. Reverts `PriceBandTooNarrow` when spread, fee and confidence
 * premium together could leave the market's price band; `RatioOutOfRange`, `InvalidMaxAbsPosition`,
 * `InvalidConfidencePremium`.
 *
 * @example
 * const parameters = await getOracleMakerParameters(client, { deployment });
 * await setOracleMakerParameters(owner, { deployment, parameters: { ...parameters, lpFee: 200 } });
 */
export async function setOracleMakerParameters(
  client: SigningClient,
  parameters: SetOracleMakerParametersParameters,
): Promise<Hash> {
  return sendCall(client, adminCalls.setOracleMakerParameters(parameters));
}

/** Lets a gateway bring orders to the OracleMaker, or not. Owner only. */
export async function setValidSender(client: SigningClient, parameters: SetValidSenderParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setValidSender(parameters));
}

/**
 * Lets a gateway match its users' orders and pay relayers out of their funds, or no longer. Owner; the guardian can only
 * take the right away.
 */
export async function setGateway(client: SigningClient, parameters: SetGatewayParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setGateway(parameters));
}

/** Permits a relayer of signed orders, or no longer. Owner only. */
export async function setRelayer(client: SigningClient, parameters: SetRelayerParameters): Promise<Hash> {
  return sendCall(client, adminCalls.setRelayer(parameters));
}
