import { describe, expect, test } from "vitest";
import { sentBy } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { clearingHouseAbi } from "../generated/abis.js";
import { accrue, liquidate } from "./liquidation.js";

const other = deployment.base;
const zero = "0x0000000000000000000000000000000000000000";
const MAX = 2n ** 256n - 1n;

describe("liquidation", () => {
  test("default: liquidate takes over as much as may be closed", async () => {
    expect(await sentBy(clearingHouseAbi, (client) => liquidate(client, { deployment, account: other }))).toEqual({
      to: deployment.clearingHouse,
      functionName: "liquidate",
      args: [
        { marketId: 1n, account: other, liquidator: taker, maker: zero, amount: MAX, minReward: 0n, priceBound: 0n },
      ],
    });
  });

  test("behavior: liquidate with every parameter", async () => {
    const parameters = {
      account: other,
      maker: deployment.oracleMaker,
      liquidator: deployment.vault,
      amount: 1n,
      minReward: 2n,
      priceBound: 3n,
    };
    const { args } = await sentBy(clearingHouseAbi, (client) => liquidate(client, { deployment, ...parameters }));
    expect(args).toEqual([{ marketId: 1n, ...parameters }]);
  });

  test("default: accrue", async () => {
    expect(await sentBy(clearingHouseAbi, (client) => accrue(client, { deployment }))).toEqual({
      to: deployment.clearingHouse,
      functionName: "accrue",
      args: [1n],
    });
  });
});
