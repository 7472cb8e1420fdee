import { expect, test } from "vitest";
import { deployment } from "../../test/fixtures.js";
import { lensAccount, lensWith } from "../../test/lens.js";
import { getMaker } from "./makers.js";

const other = deployment.base;

test("behavior: getMaker returns the reason why the shares have no value", async () => {
  const locked = "0x4b3f3e32";
  const raw = {
    maker: other,
    isRetired: false,
    isSpotHedged: false,
    isValued: false,
    valueError: locked,
    totalAssets: 0n,
    sharePrice: 0n,
    isInsolvent: false,
    totalSupply: 9n,
    asset: deployment.collateral,
    longUtilRatio: 1n,
    shortUtilRatio: 0n,
    longCapacity: 2n,
    shortCapacity: 3n,
    account: lensAccount,
  };
  const maker = await getMaker(lensWith("getMaker", [raw]), { deployment, maker: other });
  expect(maker.valueError).toEqual({ status: "unavailable", revert: undefined, data: locked });
  // Unknown is not zero.
  expect(maker).toMatchObject({ totalAssets: undefined, sharePrice: undefined, isInsolvent: undefined });
  expect(maker).toMatchObject({ totalShares: 9n, utilization: { long: 1n, short: 0n }, position: { size: 5n } });
});
