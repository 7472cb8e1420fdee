import { type Address, BaseError, type Client, ContractFunctionRevertedError, parseAbi } from "viem";
import { defineRead } from "../../client/define-read.js";
import { readContract } from "../../client/reverts.js";
import { uniswapV3AdapterAbi, uniswapV4AdapterAbi } from "../../generated/abis.js";
import type { Ppm } from "../../units.js";

/** Parameters of {@link getSpotPath}. */
export type GetSpotPathParameters = {
  /** A hedged vault's adapter, or one that its owner might set. */
  adapter: Address;
};

/** The pools of an adapter's path, starting at the base token. Fees in parts per million of the input. */
export type SpotPath = {
  /** From the base token to the collateral: one more than the number of pools. */
  tokens: readonly Address[];
} & (
  | { exchange: "uniswapV3"; pools: readonly { address: Address; fee: Ppm }[] }
  | {
      exchange: "uniswapV4";
      poolManager: Address;
      /** Pools without hooks. */
      pools: readonly { fee: Ppm; tickSpacing: number }[];
    }
);

const poolAbi = /* @__PURE__ */ parseAbi(["function fee() view returns (uint24)"]);

/**
 * Reads the path of an adapter of Uniswap v3 or v4. An adapter is immutable, but a hedged vault's owner can set another
 * one with `setHedgeParameters`: read the path of that one before.
 *
 * @example
 * const { parameters } = await getHedge(client, { deployment });
 * const { exchange, tokens, pools } = await getSpotPath(client, { adapter: parameters.adapter });
 */
export const getSpotPath = /* @__PURE__ */ defineRead(
  async (client: Client, { adapter }: GetSpotPathParameters): Promise<SpotPath> => {
    const path = { address: adapter, abi: uniswapV4AdapterAbi } as const;
    const [legs, poolManager] = await Promise.all([
      readContract(client, { ...path, functionName: "legs" }),
      readContract(client, { ...path, functionName: "poolManager" }).catch(undefinedIfReverted),
    ]);
    const indices = (count: bigint) => Array.from({ length: Number(count) }, (_, i) => BigInt(i));
    const tokens = await Promise.all(
      indices(legs + 1n).map((i) => readContract(client, { ...path, functionName: "tokenAt", args: [i] })),
    );
    if (poolManager !== undefined) {
      const keys = await Promise.all(
        indices(legs).map((leg) => readContract(client, { ...path, functionName: "poolKeyAt", args: [leg] })),
      );
      const pools = keys.map(({ fee, tickSpacing }) => ({ fee, tickSpacing }));
      return { exchange: "uniswapV4", tokens, poolManager, pools };
    }
    const pools = await Promise.all(
      indices(legs).map(async (leg) => {
        const address = await readContract(client, {
          address: adapter,
          abi: uniswapV3AdapterAbi,
          functionName: "poolAt",
          args: [leg],
        });
        return { address, fee: await readContract(client, { address, abi: poolAbi, functionName: "fee" }) };
      }),
    );
    return { exchange: "uniswapV3", tokens, pools };
  },
);

/** Returns undefined for a revert: an adapter of Uniswap v3 has no PoolManager. Throws any other error. */
function undefinedIfReverted(error: unknown): undefined {
  if (error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError)) return;
  throw error;
}
