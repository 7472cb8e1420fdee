import {
  type Address,
  concat,
  encodeFunctionData,
  encodePacked,
  type Hex,
  hashTypedData,
  parseAbi,
  serializeErc6492Signature,
  size,
  type TypedDataDefinition,
  zeroAddress,
} from "viem";
import { type LocalAccount, toAccount } from "viem/accounts";
import { packageArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";

const safeAbi = parseAbi([
  "function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver)",
]);
const multiSendAbi = parseAbi(["function multiSend(bytes transactions) payable"]);
const proxyFactoryAbi = parseAbi([
  "function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce) returns (address proxy)",
]);

/** The contracts that all Safes of a chain share. */
export type SafeContracts = { singleton: Address; proxyFactory: Address; fallbackHandler: Address; multiSend: Address };

/** Deploys the contracts behind every Safe with the bytecode of their official package. */
export async function deploySafeContracts(client: DevnetClient): Promise<SafeContracts> {
  const deploy = (name: string, folder: string) =>
    deployContract(
      client,
      packageArtifact(name, `@safe-global/safe-contracts/build/artifacts/contracts/${folder}${name}.sol/${name}.json`),
    );
  return {
    singleton: await deploy("Safe", ""),
    proxyFactory: await deploy("SafeProxyFactory", "proxies/"),
    fallbackHandler: await deploy("CompatibilityFallbackHandler", "handler/"),
    multiSend: await deploy("MultiSend", "libraries/"),
  };
}

/** A wallet, deployed or not, with the call that deploys it. */
export type Safe = { address: Address; factory: Address; factoryData: Hex };

export type PlanSafeParameters = {
  contracts: SafeContracts;
  /** The only owner of the wallet. */
  owner: Address;
  /** Calls that the wallet makes at its deployment. */
  calls?: readonly { to: Address; data: Hex }[];
};

/** Computes the address of a Safe and the call that deploys it. Sends no transaction. */
export async function planSafe(
  client: DevnetClient,
  { contracts, owner, calls = [] }: PlanSafeParameters,
): Promise<Safe> {
  const { singleton, proxyFactory: factory, fallbackHandler, multiSend } = contracts;
  const transactions = calls.map(({ to, data }) =>
    encodePacked(["uint8", "address", "uint256", "uint256", "bytes"], [0, to, 0n, BigInt(size(data)), data]),
  );
  const setup = encodeFunctionData({
    abi: safeAbi,
    functionName: "setup",
    args: [
      [owner],
      1n,
      multiSend,
      encodeFunctionData({ abi: multiSendAbi, functionName: "multiSend", args: [concat(["0x", ...transactions])] }),
      fallbackHandler,
      zeroAddress,
      0n,
      zeroAddress,
    ],
  });
  const creation = {
    abi: proxyFactoryAbi,
    functionName: "createProxyWithNonce",
    args: [singleton, setup, 0n],
  } as const;
  const { result: address } = await client.simulateContract({ address: factory, ...creation });
  return { address, factory, factoryData: encodeFunctionData(creation) };
}

/** Deploys a planned Safe. */
export async function deploySafe(client: DevnetClient, { factory, factoryData }: Safe): Promise<void> {
  const hash = await client.sendTransaction({ to: factory, data: factoryData } as never);
  await settled(client, hash, "Deployment of a Safe");
}

export type SafeAccountParameters = { safe: Safe; owner: LocalAccount };

/**
 * Returns a viem account that signs typed data for a Safe (ERC-1271): the owner signs the Safe's message. Before the
 * wallet is deployed, the signature contains the call that deploys it (ERC-6492). It sends no transactions.
 */
export function safeAccount(client: DevnetClient, { safe, owner }: SafeAccountParameters): LocalAccount {
  const unsupported = () => {
    throw new Error("This account of a Safe signs typed data only");
  };
  return toAccount({
    address: safe.address,
    signMessage: unsupported,
    signTransaction: unsupported,
    async signTypedData(typedData) {
      const signature = await owner.signTypedData({
        domain: { chainId: client.chain.id, verifyingContract: safe.address },
        types: { SafeMessage: [{ name: "message", type: "bytes" }] },
        primaryType: "SafeMessage",
        message: { message: hashTypedData(typedData as TypedDataDefinition) },
      });
      if (await client.getCode({ address: safe.address })) return signature;
      return serializeErc6492Signature({ address: safe.factory, data: safe.factoryData, signature });
    },
  });
}
