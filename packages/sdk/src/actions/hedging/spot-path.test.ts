import {
  type Abi,
  type Address,
  decodeFunctionData,
  encodeFunctionResult,
  getAddress,
  type Hex,
  RpcRequestError,
  zeroAddress,
} from "viem";
import { describe, expect, test } from "vitest";
import { clientWith } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { uniswapV3AdapterAbi, uniswapV4AdapterAbi } from "../../generated/abis.js";
import { getSpotPath } from "../../index.js";

const adapter = deployment.spotHedgeBaseMakerAdapter;
const [base, middle, quote] = [deployment.base, deployment.vault, deployment.collateral];
const pools = [deployment.oracle, deployment.lens];
const poolManager = deployment.backstop;
const FEE = "0xddca3f43";

const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;

const abi = [...uniswapV4AdapterAbi, ...uniswapV3AdapterAbi] as Abi;

/** A client of a node with an adapter of two pools. An adapter of Uniswap v3 has no PoolManager. */
const answering = (answers: { poolManager?: Address }) =>
  clientWith({
    eth_call: ([call]) => {
      const { to, data } = call as { to: Address; data: Hex };
      if (data === FEE) return word(getAddress(to) === pools[0] ? 500 : 100);
      const { functionName, args } = decodeFunctionData({ abi, data });
      const index = Number(args?.[0] ?? 0n);
      const results: Record<string, unknown> = {
        legs: 2n,
        tokenAt: [base, middle, quote][index],
        poolAt: pools[index],
        poolKeyAt: {
          currency0: base,
          currency1: middle,
          fee: 500 + index,
          tickSpacing: 10 + index,
          hooks: zeroAddress,
        },
        poolManager: answers.poolManager,
      };
      const result = results[functionName];
      if (result === undefined) {
        throw new RpcRequestError({ body: {}, url: "", error: { code: 3, message: "execution reverted" } });
      }
      return encodeFunctionResult({ abi, functionName, result });
    },
  });

describe("getSpotPath", () => {
  test("default: Uniswap v4", async () => {
    expect(await getSpotPath(answering({ poolManager }), { adapter })).toEqual({
      exchange: "uniswapV4",
      tokens: [base, middle, quote],
      poolManager,
      pools: [
        { fee: 500, tickSpacing: 10 },
        { fee: 501, tickSpacing: 11 },
      ],
    });
  });

  test("default: Uniswap v3", async () => {
    expect(await getSpotPath(answering({}), { adapter })).toEqual({
      exchange: "uniswapV3",
      tokens: [base, middle, quote],
      pools: [
        { address: pools[0], fee: 500 },
        { address: pools[1], fee: 100 },
      ],
    });
  });

  test("error: an address without an adapter", async () => {
    await expect(getSpotPath(clientWith({ eth_call: () => "0x" }), { adapter })).rejects.toThrow(
      'returned no data ("0x")',
    );
  });
});
