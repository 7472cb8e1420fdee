import { encodeFunctionResult } from "viem";
import { exchangeLensAbi } from "../src/generated/abis.js";
import { clientWith } from "./clients.js";

/** An account as the lens returns it. */
export const lensAccount = {
  marketId: 1n,
  status: 1,
  isMaker: false,
  lastFillAt: 1_700_000_000n,
  closes: 2n,
  size: 5n,
  openNotional: -10n,
  margin: 7n,
  pendingFunding: 1n,
  pendingBorrowing: 2n,
  price: 0n,
  priceError: "0x",
  accountValue: 0n,
  marginRatio: 0n,
  initialRequirement: 0n,
  maintenanceRequirement: 0n,
  freeMarginXCD: 0n,
  isLiquidatable: false,
  liquidationPrice: 3n,
} as const;

/** A client of a node on which the lens returns `results`: of the function first, of `getAccount` afterwards. */
export function lensWith(functionName: "getTrader" | "getMaker" | "getAccount", results: readonly unknown[]) {
  let next = 0;
  return clientWith({
    eth_call: () =>
      encodeFunctionResult({
        abi: exchangeLensAbi,
        functionName: next === 0 ? functionName : "getAccount",
        result: results[next++],
      } as never),
  });
}
