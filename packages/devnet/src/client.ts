import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  type CustomTransport,
  createClient,
  custom,
  defineChain,
  type EIP1193RequestFn,
  getAddress,
  type Hex,
  http,
  publicActions,
  type TransactionReceipt,
  testActions,
  toHex,
  walletActions,
} from "viem";
import { TransactionRevertedError } from "./errors.js";

export type CreateDevnetClientParameters = {
  rpcUrl: string;
  /** The sender. For an address the node signs, which is the fastest, and transactions are free of gas costs. */
  account: Account | Address;
  /** Default 31337. */
  chainId?: number | undefined;
};

/** Creates a viem client with public, wallet and test actions, for a node that mines each transaction at once. */
export function createDevnetClient({ rpcUrl, account, chainId = 31_337 }: CreateDevnetClientParameters) {
  const chain = devnetChain({ rpcUrl, chainId });
  return createClient<CustomTransport, Chain, Account | Address>({
    account,
    chain,
    transport: automineTransport(chain, rpcUrl),
    pollingInterval: 10,
  })
    .extend(publicActions)
    .extend(walletActions)
    .extend(testActions({ mode: "anvil" }));
}

/**
 * Gas limit of each transaction. An estimate would be too low for the first swap of a pool in a later second, which
 * writes to the pool's price history: the node estimates at the time of the last block.
 */
const TRANSACTION_GAS = 16_000_000n;

export type DevnetClient = ReturnType<typeof createDevnetClient>;

/**
 * HTTP transport with one request for a transaction, where viem's actions make four (chain id, send, receipt and the
 * latest block). The node returns the receipt with the send, and the transport stores it until an action reads it.
 */
function automineTransport(chain: Chain, rpcUrl: string) {
  // No retries: a transaction that seems to have failed must not be sent twice.
  const node = http(rpcUrl, { batch: { wait: 0 }, retryCount: 0, timeout: 60_000 })({ chain });
  const forward = node.request as EIP1193RequestFn;
  const receipts = new Map<string, unknown>();

  const request = async ({ method, params }: { method: string; params?: unknown }) => {
    if (method === "eth_chainId") return toHex(chain.id);
    if (method === "eth_sendTransaction") {
      const [transaction] = params as [object];
      const defaults = { maxFeePerGas: "0x0", maxPriorityFeePerGas: "0x0", gas: toHex(TRANSACTION_GAS) };
      const receipt = (await forward({
        method: "eth_sendTransactionSync",
        params: [{ ...defaults, ...transaction }],
      } as never)) as { transactionHash: string };
      receipts.set(receipt.transactionHash, receipt);
      return receipt.transactionHash;
    }
    if (method === "eth_getTransactionReceipt") {
      const [hash] = params as [string];
      const receipt = receipts.get(hash);
      receipts.delete(hash);
      if (receipt) return receipt;
    }
    return forward({ method, params } as never);
  };
  return custom({ request }, { retryCount: 0 });
}

export function devnetChain({ rpcUrl, chainId }: { rpcUrl: string; chainId: number }): Chain {
  return defineChain({
    id: chainId,
    name: "Counterpoise devnet",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
}

/** Waits for a transaction and returns its receipt. @throws {TransactionRevertedError} if it reverted */
export async function settled(client: DevnetClient, hash: Hex, action: string): Promise<TransactionReceipt> {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new TransactionRevertedError(hash, action);
  return receipt;
}

export type DeployContractParameters = {
  /** The name in errors. */
  name: string;
  abi: Abi;
  bytecode: Hex;
  args?: readonly unknown[] | undefined;
};

/** Deploys a contract and returns its address. */
export async function deployContract(
  client: DevnetClient,
  { name, abi, bytecode, args = [] }: DeployContractParameters,
): Promise<Address> {
  const hash = await client.deployContract({ abi, bytecode, args });
  const { contractAddress } = await settled(client, hash, `Deployment of ${name}`);
  if (!contractAddress) throw new TransactionRevertedError(hash, `Deployment of ${name}`);
  return getAddress(contractAddress);
}
