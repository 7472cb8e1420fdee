// The contracts whose events are indexed. Ponder requests the events that have a handler.
import {
  backstopAbi,
  circuitBreakerAbi,
  clearingHouseAbi,
  lpRequestVaultAbi,
  oracleMakerAbi,
  orderGatewayAbi,
  pythOracleAbi,
  signedOrderGatewayAbi,
  spotHedgeBaseMakerAbi,
  spotHedgeQuoteMakerAbi,
  vaultAbi,
} from "@counterpoise/sdk/abis";
import { createConfig } from "ponder";
import { type Address, isAddressEqual, zeroAddress } from "viem";
import { deploymentsOf, passedConfig } from "./server/config.ts";

const config = passedConfig();
const deployments = deploymentsOf(config);

/** The distinct addresses of a contract; one that no deployment has gets an address without events. */
const at = (addresses: readonly (Address | undefined)[]): Address[] => {
  const present = addresses.filter((each): each is Address => each !== undefined && !isAddressEqual(each, zeroAddress));
  const distinct = [...new Set(present)];
  return distinct.length > 0 ? distinct : [zeroAddress];
};
const of = (key: "vault" | "clearingHouse" | "backstop" | "breaker" | "oracle" | "orderGateway") =>
  at(deployments.map((deployment) => deployment[key]));

const starts = deployments.map(({ startBlock = 0n }) => Number(startBlock));
const shared = { chain: "main", startBlock: Math.min(...starts) } as const;

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL as string },
  ordering: "multichain",
  chains: {
    main: {
      id: config.chainId,
      rpc: config.rpc.map(({ url }) => url),
      pollingInterval: config.pollingInterval,
      ...(config.maxBlockRange !== undefined && { ethGetLogsBlockRange: config.maxBlockRange }),
      // A devnet that is reset has other blocks under the same numbers.
      disableCache: config.chainId === 31_337,
    },
  },
  contracts: {
    Vault: { ...shared, abi: vaultAbi, address: of("vault") },
    ClearingHouse: { ...shared, abi: clearingHouseAbi, address: of("clearingHouse") },
    Backstop: { ...shared, abi: backstopAbi, address: of("backstop") },
    CircuitBreaker: { ...shared, abi: circuitBreakerAbi, address: of("breaker") },
    PythOracle: { ...shared, abi: pythOracleAbi, address: of("oracle") },
    OrderGateway: { ...shared, abi: orderGatewayAbi, address: of("orderGateway") },
    SignedOrderGateway: {
      ...shared,
      abi: signedOrderGatewayAbi,
      address: at(deployments.map(({ signedOrderGateway }) => signedOrderGateway)),
    },
    OracleMaker: { ...shared, abi: oracleMakerAbi, address: at(deployments.map(({ oracleMaker }) => oracleMaker)) },
    SpotHedgeBaseMaker: {
      ...shared,
      abi: spotHedgeBaseMakerAbi,
      address: at(deployments.map(({ spotHedgeBaseMaker }) => spotHedgeBaseMaker)),
    },
    SpotHedgeQuoteMaker: {
      ...shared,
      abi: spotHedgeQuoteMakerAbi,
      address: at(deployments.map(({ spotHedgeQuoteMaker }) => spotHedgeQuoteMaker)),
    },
    LpRequestVault: {
      ...shared,
      abi: lpRequestVaultAbi,
      address: at(
        deployments.flatMap((each) => [
          each.oracleMakerRequestVault,
          each.spotHedgeBaseMakerRequestVault,
          each.spotHedgeQuoteMakerRequestVault,
        ]),
      ),
    },
  },
});
