import { decodeFunctionData, type Hex } from "viem";
import { expect, test } from "vitest";
import { sentBy } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import { multicallVault } from "./multicall.js";

test("default: multicallVault", async () => {
  const { functionName, args } = await sentBy(vaultAbi, (client) =>
    multicallVault(client, {
      deployment,
      calls: [
        { functionName: "deposit", args: [taker, 5n] },
        { functionName: "transferFundToMargin", args: [1n, taker, 5n] },
      ],
    }),
  );
  expect(functionName).toBe("multicall");
  const [datas] = args as [Hex[]];
  expect(datas.map((data) => decodeFunctionData({ abi: vaultAbi, data }))).toEqual([
    { functionName: "deposit", args: [taker, 5n] },
    { functionName: "transferFundToMargin", args: [1n, taker, 5n] },
  ]);
});
