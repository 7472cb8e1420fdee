import { custom, type EIP1193RequestFn, http, RpcRequestError, type Transport } from "viem";

/**
 * A transport to a local node that answers as a node does that has pruned old blocks: it serves the state of the latest block
 * only, and headers and logs from `firstBlock` on.
 *
 * Conformance: geth answers requests of pruned history with code 4444 and "pruned history unavailable" (EIP-4444), and reads
 * of an old state with "missing trie node". Anvil with `--prune-history` answers the latter with `BlockOutOfRangeError`: the
 * requests that this double lets pass reach an Anvil that runs so.
 */
export function prunedNode(rpcUrl: string, firstBlock: bigint): { transport: Transport; refused: string[] } {
  const refused: string[] = [];
  const node = http(rpcUrl, { retryCount: 0 })({}).request as EIP1193RequestFn;
  const refuse = (method: string, code: number, message: string): never => {
    refused.push(method);
    throw new RpcRequestError({ body: { method }, error: { code, message }, url: rpcUrl });
  };
  const isPruned = (block: unknown) =>
    typeof block === "string" && block.startsWith("0x") && BigInt(block) < firstBlock;
  const request = async ({ method, params }: { method: string; params?: unknown }) => {
    const given = (params ?? []) as unknown[];
    if (method === "eth_getLogs" && isPruned((given[0] as { fromBlock: unknown }).fromBlock)) {
      refuse(method, 4444, "pruned history unavailable");
    }
    if (method === "eth_getBlockByNumber" && isPruned(given[0])) refuse(method, 4444, "pruned history unavailable");
    if (method === "eth_call" && given[1] !== undefined && given[1] !== "latest") {
      const head = (await node({ method: "eth_blockNumber" })) as string;
      if (given[1] !== head) refuse(method, -32_000, "missing trie node");
    }
    return node({ method, params } as never);
  };
  return { transport: custom({ request }, { retryCount: 0 }), refused };
}
