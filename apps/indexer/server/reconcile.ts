// Compares the indexed sums with the chain, to the last unit: positions, funds, escrows, balances and insurance.
import type { Deployment } from "@counterpoise/sdk";
import { exchangeLensAbi, vaultAbi } from "@counterpoise/sdk/abis";
import type { Address, PublicClient } from "viem";

/** The indexed sums at the last block that changed them. */
export type IndexedSums = {
  /** The last block whose events changed the ledger. */
  block: bigint;
  positions: readonly { marketId: bigint; account: Address; size: bigint; openNotional: bigint; margin: bigint }[];
  funds: readonly { account: Address; fundXCD: bigint }[];
  escrows: readonly { account: Address; gateway: Address; escrowXCD: bigint }[];
  markets: readonly { marketId: bigint; balanceXCD: bigint; insurance: bigint }[];
};

/** A figure that differs from the chain's. */
export type Difference = { figure: string; indexed: string; chain: string };

/** The result of a comparison. */
export type Reconciliation = {
  /** The block whose state was compared. */
  block: bigint;
  /** Figures compared. */
  checked: number;
  /** The sum of all absolute differences, each in its own unit. Zero, if the index is right. */
  difference: bigint;
  differences: readonly Difference[];
};

/** The sums cannot be compared at a block now: the ledger has changed since, and the node lacks the older state. */
export class NotComparableError extends Error {
  override name = "NotComparableError";
  readonly block: bigint;
  readonly head: bigint;
  constructor({ block, head }: { block: bigint; head: bigint }) {
    super(`The node lacks the state of block ${block}, and later blocks up to ${head} have changed the ledger.`);
    this.block = block;
    this.head = head;
  }
}

/** Blocks whose state every node has. */
const RECENT = 64n;
const MOST_DIFFERENCES = 20;

/** Compares sums with the chain. @throws {NotComparableError} while no block has both */
export async function reconcile(
  client: PublicClient,
  deployments: readonly Deployment[],
  sums: IndexedSums,
): Promise<Reconciliation> {
  const { vault, lens } = deployments[0] as Deployment;
  const head = await client.getBlockNumber({ cacheTime: 0 });
  let blockNumber = sums.block;
  if (head - sums.block > RECENT) {
    // A block without changes since has the same state.
    const later = await client.getLogs({ address: vault, fromBlock: sums.block + 1n, toBlock: head });
    if (later.length > 0) throw new NotComparableError({ block: sums.block, head });
    blockNumber = head;
  }
  const of = { address: vault, abi: vaultAbi, blockNumber } as const;
  const differences: Difference[] = [];
  let [checked, difference] = [0, 0n];
  const compare = (figure: string, indexed: bigint, chain: bigint): void => {
    checked += 1;
    if (indexed === chain) return;
    difference += indexed > chain ? indexed - chain : chain - indexed;
    if (differences.length < MOST_DIFFERENCES) differences.push({ figure, indexed: `${indexed}`, chain: `${chain}` });
  };
  for (const { marketId, account, ...indexed } of sums.positions) {
    const chain = await client.readContract({ ...of, functionName: "positionOf", args: [marketId, account] });
    for (const field of ["size", "openNotional", "margin"] as const)
      compare(`${field} of ${account} in market ${marketId}`, indexed[field], chain[field]);
  }
  for (const { account, fundXCD } of sums.funds)
    compare(
      `fund of ${account}`,
      fundXCD,
      await client.readContract({ ...of, functionName: "fundOf", args: [account] }),
    );
  for (const { account, gateway, escrowXCD } of sums.escrows) {
    const [total] = await client.readContract({ ...of, functionName: "escrowOf", args: [account, gateway] });
    compare(`escrow of ${account} at ${gateway}`, escrowXCD, total);
  }
  for (const { marketId, balanceXCD, insurance } of sums.markets) {
    const abi = exchangeLensAbi;
    const chain = await client.readContract({
      address: lens,
      abi,
      functionName: "marketOf",
      args: [marketId],
      blockNumber,
    });
    compare(`balance of market ${marketId}`, balanceXCD, chain.balance);
    compare(`insurance of market ${marketId}`, insurance, chain.insurance);
  }
  return { block: blockNumber, checked, difference, differences };
}
