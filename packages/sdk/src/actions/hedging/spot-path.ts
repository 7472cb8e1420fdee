import { type Address, BaseError, ContractFunctionRevertedError } from "viem";
import { defineRead } from "../../client/define-read.js";
import { all, type ReadCall, type Steps, view } from "../../client/steps.js";
import * as v3 from "../../generated/contracts/uniswap-v3-adapter.js";
import * as v4 from "../../generated/contracts/uniswap-v4-adapter.js";
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

/** The fee of a pool of Uniswap v3. */
const poolFee = {
  type: "function",
  name: "fee",
  inputs: [],
  outputs: [{ type: "uint24" }],
  stateMutability: "view",
} as const;

/**
 * Reads the path of an adapter of Uniswap v3 or v4. An adapter is immutable, but a hedged vault's owner can set another
 * one with `setHedgeParameters`: read the path of that one before.
 *
 * @example
 * const { parameters } = await getHedge(client, { deployment });
 * const { exchange, tokens, pools } = await getSpotPath(client, { adapter: parameters.adapter });
 */
export const getSpotPath = /* @__PURE__ */ defineRead(function* ({ adapter }: GetSpotPathParameters): Steps<SpotPath> {
  const [legs, poolManager] = yield* all([
    view(adapter, v4.legs, []),
    undefinedIfReverted(view(adapter, v4.poolManager, [])),
  ]);
  const indices = (count: bigint) => Array.from({ length: Number(count) }, (_, i) => BigInt(i));
  const tokens = yield* all(indices(legs + 1n).map((i) => view(adapter, v4.tokenAt, [i])));
  if (poolManager !== undefined) {
    const keys = yield* all(indices(legs).map((leg) => view(adapter, v4.poolKeyAt, [leg])));
    const pools = keys.map(({ fee, tickSpacing }) => ({ fee, tickSpacing }));
    return { exchange: "uniswapV4", tokens, poolManager, pools };
  }
  const addresses = yield* all(indices(legs).map((leg) => view(adapter, v3.poolAt, [leg])));
  const fees = yield* all(addresses.map((address) => view(address, poolFee, [])));
  return { exchange: "uniswapV3", tokens, pools: addresses.map((address, i) => ({ address, fee: fees[i] ?? 0 })) };
});

/** Returns undefined for a revert: an adapter of Uniswap v3 has no PoolManager. Throws any other error. */
function* undefinedIfReverted<value>(read: ReadCall<value>): Steps<value | undefined> {
  try {
    return yield* read;
  } catch (error) {
    if (error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError)) return;
    throw error;
  }
}
